"""Structured meshes for verification: a graded layer and a sector of an annulus."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from femna.mesh.arrays import BodyArrays, IntArray, compact, external_facets, tag_box
from femna.mesh.bodies import Body, Cell, distribute_body

Array = NDArray[np.float64]


def grid_cells(columns: int, rows: int) -> IntArray:
    """Triangles (2 columns rows, 3) of a grid of points numbered row by row.

    Diagonals alternate (union jack), so that the mesh prefers no direction.
    """
    cells = []
    for j in range(rows):
        for i in range(columns):
            a = j * (columns + 1) + i
            b, c, d = a + 1, a + columns + 1, a + columns + 2
            cells += [(a, b, d), (a, d, c)] if (i + j) % 2 == 0 else [(a, b, c), (b, d, c)]
    return np.array(cells, dtype=np.int64)


def graded(length: float, count: int, ratio: float) -> Array:
    """Return count + 1 places from 0 to `length`; sizes grow evenly to `ratio` times the first."""
    s = np.linspace(0.0, 1.0, count + 1)
    if ratio == 1.0:
        return length * s
    return np.asarray(length * np.expm1(np.log(ratio) * s) / (ratio - 1.0))


def layer(columns: int, rows: int, *, thickness: float, ratio: float) -> BodyArrays:
    """Layer 0 < x < 1, 0 < y < thickness; interface at y = 0, rows graded away from it."""
    x, y = np.meshgrid(np.linspace(0.0, 1.0, columns + 1), graded(thickness, rows, ratio))
    points, cells, _ = compact(np.column_stack([x.ravel(), y.ravel()]), grid_cells(columns, rows))
    return tag_box(points, cells, height=thickness, names=("interface", "platen", "side"))


def channel(
    columns: int, rows: int, *, length: float, free: Callable[[Array], Array] | None = None
) -> BodyArrays:
    """Layer 0 < x < length, 0 < y < 1 with rows that are three times finer at both faces.

    y = 0 "interface", y = 1 "platen", x = 0 and x = length "side" (a symmetry plane, or the
    axis). `free` says of the centres (K, 2) of the boundary's facets which bear nothing; they are
    "free" instead.
    """
    half = graded(0.5, rows // 2, 3.0)
    y = np.concatenate([half, 1.0 - half[-2::-1]])
    x, z = np.meshgrid(np.linspace(0.0, length, columns + 1), y)
    points, cells, _ = compact(np.column_stack([x.ravel(), z.ravel()]), grid_cells(columns, rows))
    box = tag_box(points, cells, height=1.0, names=("interface", "platen", "side"))
    if free is None:
        return box
    tags = np.where(free(points[box.facets].mean(axis=1)), 4, box.tags)
    return BodyArrays(points, cells, box.facets, tags, {**box.names, "free": 4})


def sector(around: int, through: int, *, inner: float, outer: float) -> BodyArrays:
    """Quarter of an annulus with vertices on both circles, elements of one shape at every radius.

    Outer circle "interface" (it takes the pressure), y = 0 "platen" (slips), x = 0 "side" (a
    symmetry plane, or the axis of revolution), inner circle "void" (free).
    """
    radius = inner * (outer / inner) ** np.linspace(0.0, 1.0, through + 1)
    angle = np.linspace(0.0, 0.5 * np.pi, around + 1)
    r, t = np.meshgrid(radius, angle)
    grid = np.column_stack([(r * np.cos(t)).ravel(), (r * np.sin(t)).ravel()])
    grid[np.abs(grid) < 1e-14 * outer] = 0.0
    points, cells, _ = compact(grid, grid_cells(through, around))
    facets = external_facets(cells)
    corners = points[facets]
    distance = np.linalg.norm(corners, axis=2)
    on_axis = np.all(corners[:, :, 0] == 0.0, axis=1)
    on_plane = np.all(corners[:, :, 1] == 0.0, axis=1)
    on_void = np.all(distance < inner * (1.0 + 1e-9), axis=1)
    tags = np.where(on_plane, 2, np.where(on_axis, 3, np.where(on_void, 4, 1))).astype(np.int64)
    names = {"interface": 1, "platen": 2, "side": 3, "void": 4}
    return BodyArrays(points, cells, facets, tags, names)


def metal_cell(arrays: BodyArrays, *, symmetry: str = "plane_strain") -> Cell:
    """Wrap one body as a cell whose electrolyte is never asked for anything."""
    body: Body = distribute_body(MPI.COMM_SELF, arrays)
    return Cell(
        metal=body,
        electrolyte=body,
        symmetry=symmetry,
        multiplicity=1,
        length_scale=1.0,
        half_period=1.0,
    )
