"""A flat ring as a structured mesh of its (r, z) section."""

from __future__ import annotations

import numpy as np

from femna.mesh.arrays import BodyArrays, IntArray, compact, external_facets
from femna.mesh.step import FloatArray

GROWTH = 1.4
"""Of the columns from an edge on."""

WIDEST = 2.0
"""Of a column far from the edges, over the thickness."""

FACES = ("electrolyte", "platen", "inner", "outer")
"""Below, above, at the window and at the outer rim."""


def ring_arrays(*, inner: float, outer: float, rows: int) -> BodyArrays:
    """Mesh a ring of thickness one.

    Parameters
    ----------
    inner, outer : float
        Radii over the thickness.
    rows : int
        Elements over the thickness; columns are as fine at the edges and twice a thickness wide
        at most between them, where stress varies slowly.
    """
    r = columns(inner, outer, size=1.0 / rows)
    z = np.linspace(0.0, 1.0, rows + 1)
    x, y = np.meshgrid(r, z)
    points, cells, _ = compact(
        np.column_stack([x.ravel(), y.ravel()]), grid_triangles(len(r) - 1, rows)
    )
    facets = external_facets(cells)
    centres = points[facets].mean(axis=1)
    near = 1e-9 * outer
    faces = [
        np.abs(centres[:, 1]) < 1e-9,
        np.abs(centres[:, 1] - 1.0) < 1e-9,
        np.abs(centres[:, 0] - inner) < near,
        np.abs(centres[:, 0] - outer) < near,
    ]
    tags = np.select(faces, np.arange(1, 5), 0).astype(np.int64)
    names = {name: k + 1 for k, name in enumerate(FACES)}
    return BodyArrays(points, cells, facets, tags, names)


def columns(inner: float, outer: float, *, size: float, growth: float = GROWTH) -> FloatArray:
    """Return places from `inner` to `outer`, finest at both."""
    half = 0.5 * (outer - inner)
    steps = [min(size, half)]
    while sum(steps) < half:
        steps.append(min(growth * steps[-1], WIDEST))
    s = np.concatenate([[0.0], np.cumsum(steps)]) * (half / sum(steps))
    return np.asarray(np.concatenate([inner + s, outer - s[-2::-1]]))


def grid_triangles(columns: int, rows: int) -> IntArray:
    """Return triangles of a grid numbered row by row, diagonals alternating."""
    j, i = np.divmod(np.arange(columns * rows), columns)
    a = j * (columns + 1) + i
    b, c, d = a + 1, a + columns + 1, a + columns + 2
    even = ((i + j) % 2 == 0)[:, None]
    first = np.where(even, np.column_stack([a, b, d]), np.column_stack([a, b, c]))
    second = np.where(even, np.column_stack([a, d, c]), np.column_stack([b, d, c]))
    return np.concatenate([first, second]).astype(np.int64)
