"""Structured meshes: a filled quarter disc, and a cell with an elliptic void in its mesh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from femna.mesh.arrays import BodyArrays, compact, external_facets
from verification.meshes import grid_cells

Array = NDArray[np.float64]


def disc(radii: Array) -> BodyArrays:
    """Quarter of a disc whose rings have the given radii, the first zero.

    Outer circle "interface" (it takes the pressure), y = 0 "platen" (slips), x = 0 "side" (a
    symmetry plane, or the axis of revolution).
    """
    count = len(radii) - 1
    i, j = np.meshgrid(np.arange(count + 1), np.arange(count + 1))
    ring = np.maximum(i, j)
    share = np.minimum(i, j) / np.maximum(ring, 1)
    angle = np.where(i >= j, 0.25 * np.pi * share, 0.5 * np.pi - 0.25 * np.pi * share)
    r = np.asarray(radii)[ring]
    grid = np.column_stack([(r * np.cos(angle)).ravel(), (r * np.sin(angle)).ravel()])
    grid[np.abs(grid) < 1e-14 * radii[-1]] = 0.0
    points, cells, _ = compact(grid, grid_cells(count, count))
    facets = external_facets(cells)
    corners = points[facets]
    on_axis = np.all(corners[:, :, 0] == 0.0, axis=1)
    on_plane = np.all(corners[:, :, 1] == 0.0, axis=1)
    tags = np.where(on_plane, 2, np.where(on_axis, 3, 1)).astype(np.int64)
    return BodyArrays(points, cells, facets, tags, {"interface": 1, "platen": 2, "side": 3})


def cell_with_void(
    half_axes: tuple[float, float], *, width: float, height: float, around: int, through: int
) -> BodyArrays:
    """Cell 0 < x < width, 0 < y < height less the quarter of an ellipse at the origin.

    y = height "interface" (it takes the pressure), y = 0 "platen" (slips), x = 0 and x = width
    "side", the ellipse "void" (free).
    """
    right = around // 2
    outer = np.vstack(
        [
            np.column_stack([np.full(right, width), np.linspace(0.0, height, right + 1)[:-1]]),
            np.column_stack(
                [np.linspace(width, 0.0, around - right + 1), np.full(around - right + 1, height)]
            ),
        ]
    )
    angle = np.linspace(0.0, 0.5 * np.pi, around + 1)
    a, b = half_axes
    inner = np.column_stack([a * np.cos(angle), b * np.sin(angle)])
    ratio = 3.0 * max((width - a) / min(a, 3.0 * b + 0.2 * a), 2.0)
    share = np.expm1(np.log(ratio) * np.linspace(0.0, 1.0, through + 1)) / (ratio - 1.0)
    grid = (inner[:, None] + (outer - inner)[:, None] * share[None, :, None]).reshape(-1, 2)
    grid[np.abs(grid) < 1e-12 * width] = 0.0
    points, cells, _ = compact(grid, grid_cells(through, around))
    facets = external_facets(cells)
    corners = points[facets]
    x, y = corners[:, :, 0], corners[:, :, 1]
    sides = np.all(x == 0.0, axis=1) | np.all(x > width * (1.0 - 1e-9), axis=1)
    top = np.all(y > height * (1.0 - 1e-9), axis=1)
    bottom = np.all(y == 0.0, axis=1)
    tags = np.where(bottom, 2, np.where(sides, 3, np.where(top, 1, 4))).astype(np.int64)
    names = {"interface": 1, "platen": 2, "side": 3, "void": 4}
    return BodyArrays(points, cells, facets, tags, names)
