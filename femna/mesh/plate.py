"""A flat plate with a round outer edge and a window, in three dimensions: one quarter of it.

Window and edge are alike on both sides of x and y. Lines along the normals of the window lead from
it to the outer edge; between neighbours stand the elements, so that these may be long along the
window where it is straight and short across it. Chords cut area off; window and edge are therefore
scaled by as much as gives it back, and the plate has the area of the true one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from femna.case.mask_window import Window
from femna.mesh.arrays import BodyArrays, IntArray, compact, external_facets
from femna.mesh.columns import column_tetrahedra
from femna.mesh.ring import columns, grid_triangles
from femna.mesh.step import FloatArray

GROWTH: Final = 2.0
"""Of the columns from an edge on."""

LONGEST: Final = 4.0
"""Of an element along the window or the edge, over the thickness."""

TURN: Final = np.deg2rad(9.0)
"""Largest angle between neighbouring lines."""

PLANES: Final = (("plane_x", 0), ("plane_y", 1))
"""The planes of symmetry, and the direction that each is normal to."""

FACES: Final = ("electrolyte", "platen", "inner", "outer", *(name for name, _ in PLANES))
"""Below, above, at the window, at the outer edge, and where the quarter was cut off."""


def plate_arrays(
    window: Window,
    *,
    outer: float,
    rows: int,
    share: float = 1.0,
    even: bool = False,
    refine: float = 1.0,
) -> BodyArrays:
    """Mesh the quarter x >= 0, y >= 0 of a plate, or what lies above a share of its thickness.

    Parameters
    ----------
    window : Window
        Lengths over the thickness.
    outer : float
        Radius of the edge over the thickness.
    rows : int
        Elements over the height that is meshed; the columns at the edges are as fine.
    share : float
        Of the thickness, which is the unit of length.
    even : bool
        Whether stress is the same everywhere: then one column is enough.
    refine : float
        Divides how long elements are along the edges, for studies of convergence.
    """
    inner, rim = _edges(window, outer, even=even, refine=refine)
    farthest = float(np.linalg.norm(rim - inner, axis=1).max())
    across = np.linspace(0.0, 1.0, 2)
    if not even:
        across = columns(0.0, farthest, size=share / rows, growth=GROWTH) / farthest
    places = (inner + across[:, None, None] * (rim - inner)).reshape(-1, 2)
    triangles = grid_triangles(len(inner) - 1, len(across) - 1)
    heights = np.linspace(1.0 - share, 1.0, rows + 1)
    points, cells, _ = compact(*column_tetrahedra(places, triangles, heights))
    facets = external_facets(cells)
    tags = _tags(facets, (rows + 1, len(across), len(inner)))
    return BodyArrays(points, cells, facets, tags, {name: k + 1 for k, name in enumerate(FACES)})


def _edges(
    window: Window, outer: float, *, even: bool, refine: float
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the lines on the window and on the outer edge, shape (N, 2) each."""
    places, normals = window.electrode.quarter()
    inner = places + window.clearance * normals
    ahead = (inner * normals).sum(axis=1)
    reach = np.sqrt(ahead**2 + outer**2 - (inner**2).sum(axis=1)) - ahead
    rim = inner + reach[:, None] * normals
    steps = np.diff(np.arctan2(normals[:, 1], normals[:, 0])) / TURN
    if not even:
        lengths = [np.linalg.norm(np.diff(line, axis=0), axis=1) for line in (inner, rim)]
        steps = steps + np.maximum(*lengths) / LONGEST
    passed = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0.0, passed[-1], int(np.ceil(refine * passed[-1])) + 1)
    areas = 0.25 * window.area, 0.25 * np.pi * outer**2
    return _line(at, passed, inner, areas[0]), _line(at, passed, rim, areas[1])


def _line(at: FloatArray, passed: FloatArray, line: FloatArray, area: float) -> FloatArray:
    """Return places on a line from axis to axis, scaled so that their chords enclose an area."""
    x, y = (np.interp(at, passed, line[:, k]) for k in (0, 1))
    x[-1], y[0] = 0.0, 0.0
    enclosed = 0.5 * float(x[:-1] @ y[1:] - x[1:] @ y[:-1])
    return np.asarray(np.column_stack([x, y]) * np.sqrt(area / enclosed))


def _tags(facets: IntArray, counts: tuple[int, int, int]) -> IntArray:
    """Return the tags of facets of a grid numbered by height, way from the window, and line."""
    last = np.array(counts) - 1
    height, across, line = np.unravel_index(facets, counts)
    ends = [
        height == 0,
        height == last[0],
        across == 0,
        across == last[1],
        line == last[2],
        line == 0,
    ]
    faces = [end.all(axis=1) for end in ends]
    return np.select(faces, np.arange(1, len(faces) + 1), 0).astype(np.int64)
