"""A stack in three dimensions: one half of it, on a plane of symmetry.

Seen from above, metal and electrolyte share one mesh of triangles, with the outlines of both
electrodes and of the disc in it. Columns of tetrahedra stand on the triangles.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from femna.mesh.arrays import BodyArrays, CellArrays, IntArray, compact, external_facets
from femna.mesh.columns import column_tetrahedra, layers_between_walls, layers_from_interface
from femna.mesh.stack_plan import Plan, counter_centre, plan_of
from femna.mesh.step import FloatArray

if TYPE_CHECKING:
    from femna.case import Case, Stack

METAL_LAYERS: Final = 4
"""Layers of elements in the metal."""


def stack_3d(case: Case, geometry: Stack, *, refine: float = 1.0) -> CellArrays:
    """Mesh metal and electrolyte of one half of a stack.

    Parameters
    ----------
    case : Case
        The validated case.
    geometry : Stack
        Its geometry, of symmetry mirror.
    refine : float
        Divides every element size, for studies of convergence.

    Returns
    -------
    CellArrays
        In units of half of the electrode's diameter, the centre of the electrode at the origin.
        Groups as in two dimensions: an open rim of the metal is ``rim`` instead of ``side``, and
        the electrolyte's faces beyond the electrodes are ``bare``.
    """
    radius = 0.5 * geometry.electrode_diameter
    thickness, depth = geometry.metal_thickness / radius, geometry.electrolyte_thickness / radius
    plan = plan_of(case, geometry, refine=refine)
    heights = layers_between_walls(round(METAL_LAYERS * refine)) * thickness
    depths = layers_from_interface(depth, first=plan.finest, refine=refine)
    metal = _metal(plan, heights, geometry)
    if geometry.platen_tilt is not None:
        metal = _tilted(metal, slope=float(np.tan(geometry.platen_tilt)), thickness=thickness)
    return CellArrays(
        metal=metal,
        electrolyte=_electrolyte(plan, -depths, geometry),
        symmetry=geometry.symmetry,
        length_scale=radius,
        half_period=radius,
    )


def _metal(plan: Plan, heights: FloatArray, geometry: Stack) -> BodyArrays:
    points, cells, facets, centres = _columns(plan.points, plan.triangles[plan.in_metal], heights)
    names = {"interface": 1, "platen": 2, "side": 3}
    tags = np.full(len(facets), names["side"], dtype=np.int64)
    tags[_at(points, facets, heights[0])] = names["interface"]
    tags[_at(points, facets, heights[-1])] = names["platen"]
    if geometry.rim == "open":
        names["rim"] = 4
        around = (tags == names["side"]) & (centres[:, 1] > 1e-9)
        tags[around] = names["rim"]
    return BodyArrays(points, cells, facets, tags, names)


def _electrolyte(plan: Plan, heights: FloatArray, geometry: Stack) -> BodyArrays:
    radius = 0.5 * geometry.electrode_diameter
    points, cells, facets, centres = _columns(plan.points, plan.triangles, heights)
    counter = geometry.counter.over(radius).holds(centres[:, :2] - counter_centre(geometry, radius))
    names = {"interface": 1, "far": 2, "side": 3, "bare": 4}
    tags = np.full(len(facets), names["side"], dtype=np.int64)
    above, below = _at(points, facets, heights[0]), _at(points, facets, heights[-1])
    covered = geometry.electrode.over(radius).holds(centres[:, :2])
    tags[above] = np.where(covered[above], names["interface"], names["bare"])
    tags[below] = np.where(counter[below], names["far"], names["bare"])
    return BodyArrays(points, cells, facets, tags, names)


def _columns(
    plan: FloatArray, triangles: IntArray, heights: FloatArray
) -> tuple[FloatArray, IntArray, IntArray, FloatArray]:
    """Return points, cells, outer facets and the facets' centres of a body."""
    places, renumbered, _ = compact(plan, triangles)
    points, cells = column_tetrahedra(places, renumbered, heights)
    points, cells, _ = compact(points, cells)
    facets = external_facets(cells)
    return points, cells, facets, points[facets].mean(axis=1)


def _at(points: FloatArray, facets: IntArray, height: float) -> np.ndarray:
    return np.asarray(np.all(points[facets][:, :, 2] == height, axis=1))


def _tilted(metal: BodyArrays, *, slope: float, thickness: float) -> BodyArrays:
    """Lean the platen's face, every column stretched evenly."""
    points = metal.points.copy()
    points[:, 2] *= 1.0 + slope * points[:, 0] / thickness
    return replace(metal, points=points)
