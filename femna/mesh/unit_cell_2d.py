"""The half period of plane strain, or the meridian plane, of a unit cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from femna.case.element_size import element_size
from femna.mesh.arrays import ELECTROLYTE_FACETS, METAL_FACETS, CellArrays
from femna.mesh.grading import Zone, interface_nodes
from femna.mesh.layer_2d import ELECTROLYTE_GROWTH, METAL_GROWTH, mesh_layer
from femna.mesh.maps import conducting_map
from femna.mesh.step import FloatArray
from femna.mesh.step_map import StepMap
from femna.mesh.void_cap import VoidCap

if TYPE_CHECKING:
    from femna.case import Case, UnitCell

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
        metal=mesh_layer(
            nodes, cap, thickness, growth=METAL_GROWTH, names=METAL_FACETS, refine=refine
        ),
        electrolyte=mesh_layer(
            nodes, flat, -depth, growth=ELECTROLYTE_GROWTH, names=ELECTROLYTE_FACETS, refine=refine
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
        zones = [z.over(half) for z in chart.zones()]
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
