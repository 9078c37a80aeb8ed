"""The half period of plane strain, or the meridian plane, of a unit cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from femna.case.element_size import element_size
from femna.mesh.arrays import (
    ELECTROLYTE_FACETS,
    METAL_FACETS,
    BodyArrays,
    CellArrays,
    compact,
    tag_box,
)
from femna.mesh.gmsh_session import generate, gmsh_model
from femna.mesh.grading import Zone, interface_nodes
from femna.mesh.maps import conducting_map
from femna.mesh.step import FloatArray
from femna.mesh.step_map import StepMap
from femna.mesh.void_cap import VoidCap

if TYPE_CHECKING:
    from femna.case import Case, UnitCell

METAL_GROWTH: Final[float] = 0.2
ELECTROLYTE_GROWTH: Final[float] = 0.35
"""Growth of the element size per distance from the interface: neighbours differ by 1 + it."""

VOID_SEGMENTS: Final[int] = 24
"""Horizontal divisions of a void's radius, twice as fine at the triple line."""


def unit_cell_2d(case: Case, geometry: UnitCell, *, refine: float = 1.0) -> CellArrays:
    """Mesh metal and electrolyte of a plane-strain or axisymmetric unit cell.

    Parameters
    ----------
    case : Case
        The validated case.
    geometry : UnitCell
        Its geometry.
    refine : float
        Divides every element size, for studies of convergence.

    Returns
    -------
    CellArrays
        In units of half of the period; the interface vertices of the bodies have the same
        horizontal coordinates, bit for bit.
    """
    half = 0.5 * geometry.period
    void = None
    if geometry.initial_void is not None:
        void = VoidCap(geometry.initial_void.radius / half, geometry.initial_void.contact_angle)
    nodes = _nodes(case, geometry, void, refine)
    flat = np.zeros_like(nodes)
    cap = flat if void is None else void.heights(nodes)
    thickness = geometry.metal_thickness / half
    depth = geometry.electrolyte_thickness / half
    return CellArrays(
        metal=_layer(nodes, cap, thickness, METAL_GROWTH / refine, METAL_FACETS, refine),
        electrolyte=_layer(
            nodes, flat, -depth, ELECTROLYTE_GROWTH / refine, ELECTROLYTE_FACETS, refine
        ),
        symmetry=geometry.symmetry,
        length_scale=half,
        half_period=half,
    )


def _nodes(case: Case, geometry: UnitCell, void: VoidCap | None, refine: float) -> FloatArray:
    """Return the horizontal places of the interface nodes in units of the half period."""
    half = 0.5 * geometry.period
    chart = conducting_map(case, half_period=half)
    zones: list[Zone] = []
    if isinstance(chart, StepMap):
        zones = [Zone(z.start / half, z.stop / half, z.size / half) for z in chart.zones()]
    fixed: list[float] = []
    if void is not None:
        pitch = void.radius / VOID_SEGMENTS
        zones.append(Zone(0.0, void.radius, pitch))
        zones.append(Zone(void.radius, void.radius, 0.5 * pitch))
        fixed.append(void.radius)
    for buried in geometry.metal_voids or ():
        x, radius = buried.x / half, buried.radius / half
        zones.append(Zone(max(x - radius, 0.0), min(x + radius, 1.0), radius / VOID_SEGMENTS))
        fixed.append(x)  # the last column that a shrinking void keeps
    coarsest = min(element_size(case.numerics, geometry) / half, 0.25)
    return interface_nodes(1.0, zones, coarsest=coarsest, fixed=fixed, refine=refine)


def _layer(
    x: FloatArray,
    heights: FloatArray,
    far: float,
    growth: float,
    names: tuple[str, ...],
    refine: float,
) -> BodyArrays:
    """Mesh the layer between the polyline (x, heights) and the height `far`."""
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
        corners = [geo.addPoint(float(x[-1]), far, 0.0), geo.addPoint(float(x[0]), far, 0.0)]
        ring = [*points, *corners]
        lines = [geo.addLine(a, b) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
        for line in lines[: len(points) - 1]:
            geo.mesh.setTransfiniteCurve(line, 2)
        geo.addPlaneSurface([geo.addCurveLoop(lines)])
        geo.synchronize()
        coordinates, cells = generate(module, 2, size)
    plane = coordinates[:, :2].copy()
    for axis, values in ((0, (x[0], x[-1])), (1, (far,))):
        for value in values:
            plane[np.abs(plane[:, axis] - value) < 1e-12, axis] = value
    kept, cells, _ = compact(plane, cells)
    return tag_box(kept, cells, height=far, names=names)
