"""The interface in section, and in 3D as a surface that turns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
from scipy.spatial import Delaunay

from femna.report.chart import Axis, Series, View
from femna.report.reading import Record, value_of
from femna.report.section_figure import Section, blocked_spans

_ALONG: Final = Axis("distance from the centre of the cell (µm)", "x")
_QUANTITIES: Final = (
    ("contact pressure", "contact_pressure_MPa", Axis("contact pressure (MPa)", "p", zero=True)),
    ("gap", "gap_um", Axis("gap (µm)", "gap", zero=True)),
    ("current", "current_mA_cm2", Axis("local current (mA/cm²)", "i", zero=True)),
)
_MOST: Final = 4000
"""Vertices of a surface in the page; of more, every second, third, ... is kept."""


def section_views(sections: list[Section]) -> list[View]:
    """Return contact pressure, gap and current along the interface, a series for each case."""
    views = []
    for name, column, axis in _QUANTITIES:
        series = [
            Series(
                f"{float(row['pressure_MPa']):.3g} MPa",
                place,
                points=[(float(p["x_um"]), float(p[column]), False, "") for p in points],
                mark=False,
            )
            for place, (row, points) in enumerate(sections)
        ]
        views.append(View(name, _ALONG, axis, series, shades=blocked_spans(sections[0][1])))
    return views


def surface(points: Sequence[Record]) -> str:
    """Return the interface of a cell in 3D: gap as height, coloured by gap, pressure or current.

    Empty where the points are not those of a surface.
    """
    names = ("x_um", "y_um", *(column for _, column, _ in _QUANTITIES))
    rows = [[value_of(p, name) for name in names] for p in points]
    table = np.array([row for row in rows if None not in row], dtype=float)
    if len(table) < 4:
        return ""
    table = table[:: 1 + len(table) // _MOST]
    if np.linalg.matrix_rank(table[:, :2] - table[:, :2].mean(axis=0)) < 2:
        return ""
    triangles = Delaunay(table[:, :2]).simplices
    data = {
        "names": [axis.label for _, _, axis in _QUANTITIES],
        "points": [[float(f"{v:.5g}") for v in row] for row in table],
        "triangles": triangles.tolist(),
    }
    caption = (
        "The interface seen from the metal: the height is the gap, drawn larger than it is. Drag, "
        "or use the arrow keys, to turn it; the buttons change what the colour shows."
    )
    content = json.dumps(data, separators=(",", ":"))
    return (
        f'<figure><div class="surface"><script type="application/json">{content}</script></div>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
