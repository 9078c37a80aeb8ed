"""Columns of tetrahedra on a mesh of triangles."""

from __future__ import annotations

from typing import Final

import numpy as np

from femna.mesh.arrays import IntArray
from femna.mesh.step import FloatArray

GROWTH: Final = 1.5
"""Of the layers of the electrolyte away from the interface."""

COARSEST: Final = 4.0
"""Layers in the electrolyte's thickness where they have grown."""


def layers_between_walls(count: int) -> FloatArray:
    """Return heights from 0 to 1, finest at both ends, shape (count + 1,).

    Metal shears most at the walls that hold it.
    """
    heights = 0.5 * (1.0 - np.cos(np.pi * np.arange(count + 1) / count))
    heights[[0, -1]] = 0.0, 1.0
    return np.asarray(heights)


def layers_from_interface(depth: float, *, first: float, refine: float = 1.0) -> FloatArray:
    """Return distances from 0 to `depth` whose steps grow.

    Parameters
    ----------
    depth : float
        The last distance.
    first : float
        The first step, already divided by `refine`.
    refine : float
        Divides what steps grow by, and the largest step.
    """
    growth, largest = 1.0 + (GROWTH - 1.0) / refine, depth / COARSEST / refine
    steps = [min(first, largest)]
    while sum(steps) < depth:
        steps.append(min(growth * steps[-1], largest))
    distances = np.concatenate([[0.0], np.cumsum(steps)]) * (depth / sum(steps))
    distances[-1] = depth
    return np.asarray(distances)


def column_tetrahedra(
    places: FloatArray, triangles: IntArray, heights: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Stand columns on triangles and cut every prism into three tetrahedra.

    The diagonal of a prism's side goes from the lower place with the smaller number to the upper
    one with the larger number, so that neighbours agree.

    Parameters
    ----------
    places : array, shape (N, 2)
    triangles : array, shape (M, 3)
    heights : array, shape (L + 1,)
        Monotonic.

    Returns
    -------
    points : array, shape (N (L + 1), 3)
        Layer by layer.
    cells : array, shape (3 M L, 4)
        Not oriented.
    """
    count = len(places)
    points = np.column_stack([np.tile(places, (len(heights), 1)), np.repeat(heights, count)])
    a, b, c = np.sort(triangles, axis=1).T
    low = np.arange(len(heights) - 1)[:, None] * count
    up = low + count
    prisms = (
        (a + low, b + low, c + low, c + up),
        (a + low, b + low, c + up, b + up),
        (a + low, b + up, c + up, a + up),
    )
    cells = [np.stack(corners, axis=-1).reshape(-1, 4) for corners in prisms]
    return points, np.concatenate(cells).astype(np.int64)
