"""The meridian plane of a stack: a disc of metal on a wider disc of electrolyte."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from femna.case.element_size import element_size
from femna.mesh.arrays import ELECTROLYTE_FACETS, METAL_FACETS, BodyArrays, CellArrays
from femna.mesh.grading import Zone, interface_nodes
from femna.mesh.layer_2d import ELECTROLYTE_GROWTH, METAL_GROWTH, mesh_layer
from femna.mesh.maps import conducting_map
from femna.mesh.outline import Outline
from femna.mesh.step import FloatArray
from femna.mesh.step_map import StepMap

if TYPE_CHECKING:
    from femna.case import Case, Stack

RIM_SEGMENTS: Final[int] = 20
"""Elements at the rim in a thickness of the metal: current crowds there, and metal leaves."""

FRINGE_SEGMENTS: Final[int] = 10
"""Elements of the bare electrolyte far from the rim, in a thickness of the electrolyte."""

RIM, BARE = "rim", "bare"


def stack_2d(
    case: Case, geometry: Stack, *, refine: float = 1.0, outline: Outline | None = None
) -> CellArrays:
    """Mesh metal and electrolyte of an axisymmetric stack.

    Parameters
    ----------
    case : Case
        The validated case.
    geometry : Stack
        Its geometry.
    refine : float
        Divides every element size, for studies of convergence.
    outline : Outline, optional
        Of metal that has changed its shape; else that of the case. Elements are as many across the
        thickness as at first.

    Returns
    -------
    CellArrays
        In units of the metal's first radius. A rim of the metal that is not held is the group
        ``rim`` instead of ``side``; the electrolyte's faces beyond the electrodes are ``bare``.
    """
    radius = 0.5 * geometry.electrode_diameter
    thickness, depth = geometry.metal_thickness / radius, geometry.electrolyte_thickness / radius
    edge, counter = 0.5 * geometry.electrolyte_diameter / radius, geometry.counter.outer / radius
    first = Outline(1.0, thickness)
    outline = outline or first
    rim, thickness = outline.radius, outline.height
    thinner = min(1.0, thickness / first.height)
    nodes = _nodes(case, geometry, outline, thinner, refine)
    bare = edge - rim
    fringe = rim + _fringe(bare, thickness, depth, refine) if bare > 0.0 else nodes[-1:]
    surface = np.concatenate([nodes, fringe[1:]])
    metal = mesh_layer(
        nodes,
        np.zeros_like(nodes),
        thickness,
        growth=METAL_GROWTH,
        names=METAL_FACETS,
        refine=refine,
    )
    electrolyte = mesh_layer(
        surface,
        np.zeros_like(surface),
        -depth,
        growth=ELECTROLYTE_GROWTH,
        names=ELECTROLYTE_FACETS,
        refine=refine,
        breaks=[counter],
    )
    if geometry.rim != "held":
        metal = _renamed(metal, "side", RIM, beyond=rim)
    electrolyte = _renamed(electrolyte, "interface", BARE, beyond=rim)
    electrolyte = _renamed(electrolyte, "far", BARE, beyond=counter)
    return CellArrays(
        metal=metal,
        electrolyte=electrolyte,
        symmetry=geometry.symmetry,
        length_scale=radius,
        half_period=radius,
    )


def _nodes(
    case: Case, geometry: Stack, outline: Outline, thinner: float, refine: float
) -> FloatArray:
    """Return the radii of the interface nodes in units of the metal's first radius.

    `thinner` is the share of its first thickness that is left of the metal.
    """
    radius, end = 0.5 * geometry.electrode_diameter, outline.radius
    chart = conducting_map(case, half_period=radius)
    zones = [Zone(end, end, outline.height / RIM_SEGMENTS)]
    if isinstance(chart, StepMap):
        zones += [z.over(radius) for z in chart.zones()]
    coarsest = min(element_size(case.numerics, geometry) / radius, 0.25) * thinner
    return interface_nodes(end, zones, coarsest=coarsest, refine=refine)


def _fringe(width: float, thickness: float, depth: float, refine: float) -> FloatArray:
    """Return the distances of the nodes of the bare ring from the rim, the first one 0."""
    finest, coarsest = thickness / RIM_SEGMENTS, depth / FRINGE_SEGMENTS
    zones = [Zone(0.0, 0.0, min(finest, coarsest))]
    return interface_nodes(width, zones, coarsest=min(coarsest, width), refine=refine)


def _renamed(body: BodyArrays, old: str, new: str, *, beyond: float) -> BodyArrays:
    """Give the facets of a group that lie at a radius or further out another name."""
    names = body.names if new in body.names else body.names | {new: len(body.names) + 1}
    outside = np.all(body.points[body.facets][:, :, 0] >= beyond * (1.0 - 1e-9), axis=1)
    chosen = outside & (body.tags == names[old])
    return replace(body, tags=np.where(chosen, names[new], body.tags), names=names)
