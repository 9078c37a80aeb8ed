"""A stack from above: triangles with the outlines of electrodes and electrolyte in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from femna.case.electrode_shape import ElectrodeShape
from femna.case.element_size import element_size
from femna.mesh.arrays import IntArray, compact
from femna.mesh.gmsh_session import generate, gmsh_model
from femna.mesh.grading import COARSE_PLANE
from femna.mesh.maps import conducting_map
from femna.mesh.size_table import SizeTable
from femna.mesh.step import FloatArray

if TYPE_CHECKING:
    from femna.case import Case, Stack

RIM_SEGMENTS: Final = 6.0
"""Elements at the rim in a thickness of the metal."""

FRINGE_SEGMENTS: Final = 4.0
"""Elements of the bare electrolyte far from the rim, in a thickness of the electrolyte."""

SAME: Final = 1e-9
"""Of the electrode's radius, by which outlines that are one may differ."""


@dataclass(frozen=True)
class Plan:
    """The triangles of one half of a stack, y >= 0.

    Attributes
    ----------
    points : array, shape (N, 2)
        In units of half of the electrode's diameter, its centre at the origin.
    triangles : array, shape (M, 3)
    in_metal : array, shape (M,)
        Whether a triangle lies under the metal.
    finest : float
        Element size at the rim.
    """

    points: FloatArray
    triangles: IntArray
    in_metal: npt.NDArray[np.bool_]
    finest: float


def plan_of(case: Case, geometry: Stack, *, refine: float = 1.0) -> Plan:
    """Mesh the plan of a stack of symmetry mirror.

    Parameters
    ----------
    case : Case
        The validated case.
    geometry : Stack
        Its geometry.
    refine : float
        Divides every element size.
    """
    radius = 0.5 * geometry.electrode_diameter
    shape = geometry.electrode.over(radius)
    thickness, depth = geometry.metal_thickness / radius, geometry.electrolyte_thickness / radius
    finest = min(thickness / RIM_SEGMENTS, depth / FRINGE_SEGMENTS)
    chart = conducting_map(case, half_period=radius)
    within, beyond = element_size(case.numerics, geometry) / radius, depth / FRINGE_SEGMENTS
    outline = cKDTree(shape.upper_half())
    below = None
    if geometry.counter_diameter is not None:
        centre = counter_centre(geometry, radius)
        below = cKDTree(geometry.counter.over(radius).upper_half() + centre)
    axis, edge = _axis(geometry, radius), 0.5 * geometry.electrolyte_diameter / radius

    def sizes(places: FloatArray) -> FloatArray:
        near = finest + COARSE_PLANE.slope * outline.query(places)[0]
        if below is not None:  # current crowds there too, far from the metal
            away = below.query(places)[0]
            near = np.minimum(near, 0.5 * beyond + COARSE_PLANE.slope * away)
        of_map = chart.size(places * radius, coarsest=within * radius, refinement=COARSE_PLANE)
        wanted = np.where(shape.holds(places), np.minimum(of_map / radius, within), beyond)
        return np.asarray(np.minimum(near, wanted) / refine)

    step = finest if chart.width == 0.0 else min(finest, chart.width / COARSE_PLANE.across / radius)
    table = SizeTable(sizes, low=(axis - edge, 0.0), high=(axis + edge, edge), step=step)
    with gmsh_model() as module:
        _draw(module.model.occ, geometry, radius, shape)
        points, triangles = generate(module, 2, lambda x, y, _z: table(x, y))
    places = points[:, :2].copy()
    places[np.abs(places[:, 1]) < SAME, 1] = 0.0
    kept, cells, _ = compact(places, triangles)
    return Plan(kept, cells, shape.holds(kept[cells].mean(axis=1)), finest / refine)


def _axis(geometry: Stack, radius: float) -> float:
    """Return where the axis of the electrolyte lies, the metal's centre at 0."""
    return -(geometry.electrode_offset or 0.0) / radius


def counter_centre(geometry: Stack, radius: float) -> FloatArray:
    """Return the centre of the electrode on the far face, the metal's at (0, 0), over a length."""
    return np.array([_axis(geometry, radius) + geometry.counter_offset / radius, 0.0])


def _draw(occ: Any, geometry: Stack, radius: float, shape: ElectrodeShape) -> None:
    """Draw the outlines, cut at y = 0, each line of the drawing once."""
    axis = _axis(geometry, radius)
    edge = 0.5 * geometry.electrolyte_diameter / radius
    outlines = [(ElectrodeShape("round", edge, edge), axis), (shape, 0.0)]
    if geometry.counter_diameter is not None:
        outlines.append((geometry.counter.over(radius), axis))
    drawn: list[tuple[ElectrodeShape, float]] = []
    for outline, centre in outlines:
        if not any(_same(outline, other) and abs(centre - x) < SAME for other, x in drawn):
            drawn.append((outline, centre))
    half = (2, occ.addRectangle(axis - 2.0 * edge, 0.0, 0.0, 4.0 * edge, 2.0 * edge))
    halves, _ = occ.intersect([(2, _face(occ, *one)) for one in drawn], [half])
    if len(halves) > 1:
        occ.fragment(halves[:1], halves[1:])
    occ.synchronize()


def _same(one: ElectrodeShape, other: ElectrodeShape) -> bool:
    apart = (one.half_length - other.half_length, one.half_width - other.half_width)
    return one.name == other.name and max(map(abs, apart)) < SAME


def _face(occ: Any, shape: ElectrodeShape, x: float) -> int:
    """Add what an outline around (x, 0) encloses; return its tag."""
    a, b = shape.half_length, shape.half_width
    if shape.name == "rectangular" and shape.corner > min(a, b) - SAME:
        return _stadium(occ, a, b, x)  # whose shorter sides have no length
    if shape.name == "rectangular":
        size = (2.0 * a, 2.0 * b)
        return int(occ.addRectangle(x - a, -b, 0.0, *size, roundedRadius=shape.corner))
    tag = occ.addDisk(x, 0.0, 0.0, max(a, b), min(a, b))
    if b > a:
        occ.rotate([(2, tag)], x, 0.0, 0.0, 0.0, 0.0, 1.0, 0.5 * np.pi)
    return int(tag)


def _stadium(occ: Any, a: float, b: float, x: float) -> int:
    """Add a rectangle whose shorter sides are half discs, around (x, 0); return its tag."""
    end, along, up = min(a, b), max(a - b, 0.0), max(b - a, 0.0)
    if max(along, up) < SAME:  # a disc after all
        return int(occ.addDisk(x, 0.0, 0.0, end, end))
    discs = [(2, occ.addDisk(x + s * along, s * up, 0.0, end, end)) for s in (-1.0, 1.0)]
    middle = (2.0 * (along or end), 2.0 * (up or end))
    between = (2, occ.addRectangle(x - 0.5 * middle[0], -0.5 * middle[1], 0.0, *middle))
    whole, _ = occ.fuse([between], discs)
    return int(whole[0][1])
