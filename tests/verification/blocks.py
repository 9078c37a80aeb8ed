"""Structured blocks, and half spaces bent to a shallow sphere, whose faces are named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from femna.mesh.arrays import BodyArrays, IntArray, compact, external_facets
from femna.mesh.bodies import Body, distribute_body
from verification.meshes import grid_cells

Array = NDArray[np.float64]

Namer = Callable[[Array], NDArray[np.str_]]


def body(points: Array, cells: IntArray, namer: Namer) -> Body:
    """Distribute a mesh; `namer` names the external facets by their centres (K, d)."""
    arrays = None
    if MPI.COMM_WORLD.rank == 0:
        points, cells, _ = compact(points, cells)
        facets = external_facets(cells)
        labels = namer(points[facets].mean(axis=1))
        names = {str(name): k + 1 for k, name in enumerate(sorted(set(labels)))}
        tags = np.array([names[str(label)] for label in labels])
        arrays = BodyArrays(points, cells, facets, tags, names)
    return distribute_body(MPI.COMM_WORLD, arrays)


def box_names(low: Array, high: Array) -> Namer:
    """Name the faces of a box: bottom, top, west, east, and in 3D south, north."""
    axes = [("west", "east"), ("south", "north"), ("bottom", "top")]
    axes = axes if len(low) == 3 else [axes[0], axes[2]]

    def name(centres: Array) -> NDArray[np.str_]:
        found = np.full(len(centres), "inner", dtype="<U8")
        for axis, (below, above) in enumerate(axes):
            found[np.abs(centres[:, axis] - low[axis]) < 1e-9] = below
            found[np.abs(centres[:, axis] - high[axis]) < 1e-9] = above
        return found

    return name


def block(low: tuple[float, ...], high: tuple[float, ...], counts: tuple[int, ...]) -> Body:
    """Return a box of triangles or tetrahedra."""
    axes = [np.linspace(a, b, n + 1) for a, b, n in zip(low, high, counts, strict=True)]
    names = box_names(np.array(low), np.array(high))
    if len(low) == 2:
        x, y = np.meshgrid(*axes)
        return body(np.column_stack([x.ravel(), y.ravel()]), grid_cells(*counts), names)
    x, y, z = np.meshgrid(*axes, indexing="ij")
    points = np.column_stack([x.ravel(), y.ravel(), z.ravel()])
    shape = np.array(counts) + 1
    corner = np.stack(np.meshgrid(*(np.arange(n) for n in counts), indexing="ij"), axis=-1)
    corner = corner.reshape(-1, 3)
    cells = []
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        path = [corner]
        for axis in order:
            path.append(path[-1] + np.eye(3, dtype=int)[axis])
        cells.append(
            np.stack([(p[:, 0] * shape[1] + p[:, 1]) * shape[2] + p[:, 2] for p in path], 1)
        )
    return body(points, np.concatenate(cells).astype(np.int64), names)
