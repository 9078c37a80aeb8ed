"""Tetrahedra in vertical columns over a triangulated interface.

Over every vertex stands a column of nodes, with spacings of its own. A prism between three columns
is filled from below: of the three next nodes the lowest closes a tetrahedron with the present node
of each column. The order depends on the two columns of a face alone, so that neighbours match, and
every tetrahedron holds a piece of a column and, seen from above, the whole triangle: its volume is
a third of the piece times the triangle. So no cell turns inside out while every piece of every
column has a length, however steep the surface below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from femna.mesh.arrays import IntArray
from femna.mesh.step import FloatArray
from femna.mesh.void_rims import triangle_areas

GROWTH: Final = 0.4
"""Growth of a column's spacing per height."""


@dataclass(frozen=True)
class Columns:
    """The cells over an interface.

    Attributes
    ----------
    points : ndarray, shape (P, 3)
        Nodes, column after column from below.
    cells : ndarray, shape (M, 4)
    bottom, top : ndarray of int, shape (N,)
        First and last node of each column.
    """

    points: FloatArray
    cells: IntArray
    bottom: IntArray
    top: IntArray


def build_columns(
    vertices: FloatArray,
    triangles: IntArray,
    *,
    gap: FloatArray,
    sizes: FloatArray,
    height: float,
    growth: float = GROWTH,
) -> Columns:
    """Fill the space between a surface and the plane at a height.

    Parameters
    ----------
    vertices : ndarray, shape (N, 2)
        Horizontal places [any length unit, the same for all].
    triangles : ndarray of int, shape (K, 3)
        Of the interface.
    gap : ndarray, shape (N,)
        Height of the surface, below `height`.
    sizes : ndarray, shape (N,)
        Spacing at the lower end of a column.
    height : float
        Of the plane.
    growth : float
        Of the spacing per height.
    """
    counts = np.ceil(np.log1p(growth * height / sizes) / growth - 1e-9).astype(np.int64)
    counts = np.maximum(counts, 1)
    first = np.concatenate([[0], np.cumsum(counts + 1)])[:-1]
    column = np.repeat(np.arange(len(vertices)), counts + 1)
    step = np.arange(len(column)) - first[column]
    # spacings s + growth z, stretched so that the last node is at the plane
    ratio = growth / sizes
    share = np.expm1(np.log1p(ratio[column] * height) * step / counts[column])
    share /= ratio[column] * height
    share[first + counts] = 1.0
    z = gap[column] + share * (height - gap[column])
    points = np.column_stack([vertices[column], z])
    cells = _fill(triangles, counts, first, share)
    return Columns(points, cells, first, first + counts)


def _fill(triangles: IntArray, counts: IntArray, first: IntArray, share: FloatArray) -> IntArray:
    """Return the tetrahedra between the columns of every triangle."""
    pieces = counts[triangles]  # (K, 3)
    total = pieces.sum(axis=1)
    corner = np.repeat(np.arange(triangles.size), pieces.ravel())
    triangle, local = np.divmod(corner, 3)
    begins = np.concatenate([[0], np.cumsum(pieces.ravel())])[:-1]
    piece = np.arange(len(corner)) - begins[corner]
    owner = triangles[triangle, local]
    key = share[first[owner] + piece + 1]
    order = np.lexsort([owner, key, triangle])
    local = local[order]
    triangle = triangle[order]
    start = np.concatenate([[0], np.cumsum(total)])[:-1]
    taken = np.cumsum(np.eye(3, dtype=np.int64)[local], axis=0)
    before = np.vstack([np.zeros((1, 3), dtype=np.int64), taken])[:-1]
    height = before - before[start[triangle]]  # nodes climbed in each of the three columns
    present = first[triangles[triangle]] + height
    following = present[np.arange(len(present)), local] + 1
    return np.column_stack([present, following])


def vertex_areas(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """Return a third of the area of the triangles around each vertex, shape (N,)."""
    area = triangle_areas(vertices, triangles)
    return np.bincount(triangles.ravel(), np.repeat(area / 3.0, 3), minlength=len(vertices))


def vertex_sizes(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """Return the mean length of the edges at each vertex, shape (N,)."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    ends, values = edges.ravel(), np.repeat(length, 2)
    total = np.bincount(ends, values, minlength=len(vertices))
    return np.asarray(total / np.bincount(ends, minlength=len(vertices)), dtype=np.float64)
