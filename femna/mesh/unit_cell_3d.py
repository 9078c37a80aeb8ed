"""The rectangle between the planes of symmetry of a square or hexagonal array, in 3D."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from femna.case.element_size import element_size
from femna.case.symmetry import SHAPES
from femna.mesh.arrays import (
    ELECTROLYTE_FACETS,
    METAL_FACETS,
    BodyArrays,
    CellArrays,
    compact,
    snap,
    tag_box,
)
from femna.mesh.gmsh_session import generate, gmsh_model
from femna.mesh.grading import COARSE_PLANE
from femna.mesh.maps import conducting_map
from femna.mesh.raised_void import RaisedVoids, raised_voids
from femna.mesh.step import FloatArray

if TYPE_CHECKING:
    from femna.case import Case, UnitCell

METAL_GROWTH: Final[float] = 0.4
ELECTROLYTE_GROWTH: Final[float] = 0.5
"""Growth of the element size per distance from the interface."""


def unit_cell_3d(case: Case, geometry: UnitCell, *, refine: float = 1.0) -> CellArrays:
    """Mesh metal and electrolyte of an array's cell as one conforming model, then split it.

    Parameters
    ----------
    case : Case
        The validated case.
    geometry : UnitCell
        Its geometry, of symmetry square or hexagonal.
    refine : float
        Divides every element size, for studies of convergence.

    Returns
    -------
    CellArrays
        In units of half of the period; both bodies have the same interface triangles.
    """
    half = 0.5 * geometry.period
    thickness = geometry.metal_thickness / half
    depth = geometry.electrolyte_thickness / half
    voids = raised_voids(geometry)
    points, cells = _box(case, geometry, (thickness, depth), voids, refine)
    centre = points[cells][:, :, 2].mean(axis=1)
    metal = points if voids is None else voids.raised(points, thickness)
    return CellArrays(
        metal=_part(metal, cells[centre > 0.0], thickness, METAL_FACETS),
        electrolyte=_part(points, cells[centre < 0.0], -depth, ELECTROLYTE_FACETS),
        symmetry=geometry.symmetry,
        length_scale=half,
        half_period=half,
    )


def _part(points: FloatArray, cells: Any, far: float, names: tuple[str, ...]) -> BodyArrays:
    kept, renumbered, _ = compact(points, cells)
    return tag_box(kept, renumbered, height=far, names=names)


def _box(
    case: Case,
    geometry: UnitCell,
    layers: tuple[float, float],
    voids: RaisedVoids | None,
    refine: float,
) -> tuple[FloatArray, Any]:
    """Mesh two boxes, metal and electrolyte, that share the rectangle at height 0."""
    thickness, depth = layers
    half = 0.5 * geometry.period
    base = (1.0, SHAPES[geometry.symmetry].aspect)
    chart = conducting_map(case, half_period=half)
    coarsest = min(element_size(case.numerics, geometry) / half, 0.25)
    far_metal, far_electrolyte = min(0.25, thickness / 6.0), min(0.25, depth / 6.0)

    def size(x: float, y: float, z: float) -> float:
        place = np.array([[x, y]]) * half
        wanted = chart.size(place, coarsest=coarsest * half, refinement=COARSE_PLANE)
        near = float(wanted[0]) / half
        if voids is not None:
            near = min(near, voids.size(x, y))
        if z >= 0.0:
            return min(near + METAL_GROWTH * z, far_metal) / refine
        return min(near - ELECTROLYTE_GROWTH * z, far_electrolyte) / refine

    with gmsh_model() as module:
        occ = module.model.occ
        metal = occ.addBox(0.0, 0.0, 0.0, *base, thickness)
        electrolyte = occ.addBox(0.0, 0.0, -depth, *base, depth)
        edges = [] if voids is None else voids.imprint(occ, base)
        occ.fragment([(3, metal)], [(3, electrolyte), *edges])
        occ.synchronize()
        points, cells = generate(module, 3, size)
    for axis, values in ((0, (0.0, base[0])), (1, (0.0, base[1])), (2, (-depth, 0.0, thickness))):
        snap(points, axis, values, within=1e-10)
    return points, cells
