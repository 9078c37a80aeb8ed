"""The map of contact over current and pressure: a tile for each case, lines of equal contact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from femna.report.chart import INK, Axis, Dot, Series, View
from femna.report.curves import curve_rows
from femna.report.reading import SweepFolder, value_of
from femna.report.sweep_charts import stated
from femna.study.critical import critical_pressure
from femna.study.curve import Point

LEVELS: Final = (0.5, 0.8, 0.95)
"""Contact fractions that are drawn as lines, beside the criterion's own."""


def map_views(sweep: SweepFolder, combination: tuple[str, ...]) -> list[View]:
    """Return the map of one combination; empty below two currents or two pressures."""
    curves = _curves(sweep, combination)
    if len(curves) < 2 or max(len(points) for points in curves.values()) < 2:
        return []
    tiles, dots = _tiles(curves)
    series = [
        Series("computed cases", INK, points=dots, line=False, halo=True),
        *_lines(curves, _own(sweep)),
        *stated(sweep),
        *cycled_cells(sweep),
    ]
    current = Axis("current density (mA/cm²)", "j", zero=True)
    pressure = Axis("stack pressure (MPa)", "P", log=True)
    view = View("whole", current, pressure, series, tiles=tiles)
    values = [d[1] for d in dots]
    own = Axis(pressure.label, "P", log=True, range=(0.8 * min(values), 1.25 * max(values)))
    return [view, View("computed only", current, own, series, tiles=tiles)]


type Curves = dict[float, list[tuple[float, float, str]]]


def _curves(sweep: SweepFolder, combination: tuple[str, ...]) -> Curves:
    """Return current -> (pressure, contact fraction, status), by rising pressure."""
    curves: Curves = {}
    for current in sweep.currents():
        points = [
            (float(row["pressure_MPa"]), contact, row["status"])
            for row in curve_rows(sweep, combination, current)
            if (contact := value_of(row, "contact_fraction")) is not None
        ]
        if points:
            curves[current] = points
    return curves


def _tiles(curves: Curves) -> tuple[list[tuple[float, float, float, float, float]], list[Dot]]:
    """Give each case the rectangle that is nearest to it; the colour is its own value."""
    tiles: list[tuple[float, float, float, float, float]] = []
    dots: list[Dot] = []
    columns = _edges(list(curves))
    for (current, points), (left, right) in zip(curves.items(), columns, strict=True):
        rows = _edges([math.log(p) for p, _, _ in points])
        for (pressure, contact, status), (low, high) in zip(points, rows, strict=True):
            tiles.append((left, right, math.exp(low), math.exp(high), contact))
            ended = "" if status == "ok" else f", {status.replace('_', ' ')}"
            words = f"{current:g} mA/cm², {pressure:.5g} MPa: contact {contact:.4g}{ended}"
            dots.append((current, pressure, status != "ok", words))
    return tiles, dots


def _edges(centres: Sequence[float]) -> list[tuple[float, float]]:
    """Return the two ends around each of rising centres: half way to its neighbours."""
    if len(centres) == 1:
        return [(centres[0] - 0.1, centres[0] + 0.1)]
    middles = [(a + b) / 2.0 for a, b in pairwise(centres)]
    first, last = 2 * centres[0] - middles[0], 2 * centres[-1] - middles[-1]
    ends = [first, *middles, last]
    return list(pairwise(ends))


def _own(sweep: SweepFolder) -> float | None:
    """Return the contact fraction of the study's criterion."""
    own = sweep.summary.get("critical", {}).get("contact_fraction")
    return float(own) if own else None


def _lines(curves: Curves, own: float | None) -> list[Series]:
    """Read lines of equal contact from each curve as P_crit is; straight between currents.

    The criterion's own is solid, every other level has dashes of its own.
    """
    series = []
    others = sorted({*LEVELS} - {own})
    for level in sorted({*LEVELS, *(() if own is None else (own,))}):
        dots: list[Dot] = []
        for current, points in curves.items():
            curve = [Point(p, c, None, stopped=status != "ok") for p, c, status in points]
            found = critical_pressure(curve, slope=-1.0, contact_fraction=level).by_contact.value
            if found is not None:
                words = f"contact {level:g} at {current:g} mA/cm², {found:.4g} MPa"
                dots.append((current, found, False, words))
        if len(dots) > 1:
            shape = 0 if level == own else 1 + others.index(level)
            name, label = f"contact {level:g}", f"{level:g}"
            series.append(
                Series(name, INK, points=dots, mark=False, halo=True, label=label, shape=shape)
            )
    return series


def cycled_cells(sweep: SweepFolder) -> list[Series]:
    """Return the cells that the experiment cycled: stable and failed ones."""
    kinds: dict[str, list[Dot]] = {}
    for cell in sweep.summary.get("stated_cycling", []):
        kinds.setdefault(str(cell["outcome"]), []).append(
            (float(cell["current"]), float(cell["pressure"]), False, _told(cell))
        )
    return [
        Series(f"cycled: {outcome}", _SIGNS.get(outcome, 4), points=sorted(dots), line=False)
        for outcome, dots in kinds.items()
    ]


_SIGNS: Final = {"fails": 6, "stable": 3}
"""A cross for a cell that failed, a diamond for one that did not."""


def _told(cell: Any) -> str:
    text = f"{cell['pressure']:g} MPa, {cell['current']:g} mA/cm²"
    if "charge" in cell:
        text += f", {cell['charge']:g} mAh/cm² per half cycle"
    if "cycles" in cell:
        text += f", {cell['cycles']} cycles"
    if "fails_in_cycle" in cell:
        text += f", in cycle {cell['fails_in_cycle']}"
    return text
