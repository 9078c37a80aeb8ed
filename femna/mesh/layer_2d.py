"""A layer in the plane between an interface and a parallel face, graded away from the interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from femna.mesh.arrays import BodyArrays, compact, snap, tag_box
from femna.mesh.gmsh_session import generate, gmsh_model
from femna.mesh.step import FloatArray

METAL_GROWTH: Final[float] = 0.2
ELECTROLYTE_GROWTH: Final[float] = 0.35
"""Growth of the element size per distance from the interface: neighbours differ by 1 + it."""


def mesh_layer(
    x: FloatArray,
    heights: FloatArray,
    far: float,
    *,
    growth: float,
    names: tuple[str, ...],
    refine: float = 1.0,
    breaks: Sequence[float] = (),
) -> BodyArrays:
    """Mesh the layer between the polyline (x, heights) and the height `far`.

    Parameters
    ----------
    x, heights : arrays, shape (N,)
        The nodes of the interface.
    far : float
        Height of the opposite face.
    growth : float
        Of the element size per distance from the interface.
    names : tuple of str
        Of the interface, the opposite face and the sides.
    refine : float
        Divides the element sizes away from the interface, whose nodes are given.
    breaks : sequence of float
        Horizontal places that must be nodes of the opposite face.
    """
    growth /= refine
    polyline = np.column_stack([x, heights])
    middles = 0.5 * (polyline[1:] + polyline[:-1])
    lengths = np.linalg.norm(np.diff(polyline, axis=0), axis=1)
    coarsest = min(0.25, abs(far) / 6.0) / refine

    def size(px: float, py: float, _pz: float) -> float:
        distance = np.hypot(middles[:, 0] - px, middles[:, 1] - py)
        near = float(np.min(lengths + growth * np.maximum(distance - 0.5 * lengths, 0.0)))
        return min(near, coarsest)

    with gmsh_model() as module:
        geo = module.model.geo
        points = [geo.addPoint(float(a), float(b), 0.0) for a, b in polyline]
        between = sorted((b for b in breaks if x[0] < b < x[-1]), reverse=True)
        opposite = [geo.addPoint(float(b), far, 0.0) for b in (x[-1], *between, x[0])]
        ring = [*points, *opposite]
        lines = [geo.addLine(a, b) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
        for line in lines[: len(points) - 1]:
            geo.mesh.setTransfiniteCurve(line, 2)
        geo.addPlaneSurface([geo.addCurveLoop(lines)])
        geo.synchronize()
        coordinates, cells = generate(module, 2, size)
    plane = coordinates[:, :2].copy()
    for axis, values in ((0, (x[0], x[-1])), (1, (far,))):
        snap(plane, axis, values, within=1e-12)
    kept, cells, _ = compact(plane, cells)
    return tag_box(kept, cells, height=far, names=names)
