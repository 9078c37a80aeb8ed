"""``geometry.metal_voids``: voids inside the metal, above the interface, and their checks."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Annotated

from femna.case.base import Table
from femna.case.creep_mechanisms import NortonDiffusionalCreep
from femna.case.quantities import Length, Physical
from femna.case.refusal import micrometres, refuse
from femna.case.symmetry import SHAPES

if TYPE_CHECKING:
    from femna.case.geometry import UnitCell
    from femna.case.model import Case

Position = Annotated[float, Physical("position", "m", ("um",), "0 um", at_least=0.0)]

_KEY = "geometry.metal_voids"


class MetalVoid(Table):
    """A void that the metal encloses at the start: a cylinder (plane strain) or a sphere.

    Attributes
    ----------
    x : float
        Of its centre, from the cell's left line of symmetry [m]. On a line of symmetry, x = 0 or
        half the period, the line halves it; elsewhere all of it lies in the cell. A sphere
        (axisymmetric) has x = 0.
    height : float
        Of its centre above the interface at the start [m].
    radius : float
        [m].
    """

    x: Position
    height: Length
    radius: Length


def check_metal_voids(case: Case, cell: UnitCell) -> None:
    """Refuse voids that do not fit into the metal, or that a law of creep cannot close.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the key, its value, the limit and the remedy.
    """
    voids = cell.metal_voids
    if voids is None:
        return
    if case.interface.capillarity:
        refuse(
            "interface.capillarity",
            True,
            "a void inside the metal opens as a slot, whose curvature the interface cannot show",
            "leave capillarity or geometry.metal_voids out",
        )
    if SHAPES[cell.symmetry].dimension == 3:
        refuse(
            _KEY,
            "(given)",
            f"are not available in a {cell.symmetry} cell",
            "use plane_strain or axisymmetric",
        )
    for index, void in enumerate(voids):
        _check_place(f"{_KEY}.{index}", void, cell)
    _check_neighbours(voids)
    if cell.void_closure:
        check_closure(case)


def _check_place(key: str, void: MetalVoid, cell: UnitCell) -> None:
    half, radius = 0.5 * cell.period, void.radius
    if void.height <= radius:
        refuse(
            f"{key}.height",
            micrometres(void.height),
            f"must be above {micrometres(radius)}, its radius: it lies inside the metal",
            "raise it, or use geometry.initial_void for a void at the interface",
        )
    if void.height + radius >= cell.metal_thickness:
        refuse(
            f"{key}.height",
            micrometres(void.height),
            f"the void must end below the collector at {micrometres(cell.metal_thickness)}",
            "lower it, or make the metal thicker",
        )
    if cell.symmetry == "axisymmetric" and void.x > 0.0:
        refuse(f"{key}.x", micrometres(void.x), "a sphere stands on the axis", "set x = '0 um'")
    if void.x > half:
        refuse(
            f"{key}.x",
            micrometres(void.x),
            f"must be at most {micrometres(half)}, half the period",
            "move it into the cell",
        )
    if radius >= (room := lateral_room(void.x, half)):
        refuse(
            f"{key}.radius",
            micrometres(radius),
            f"must be below {micrometres(room)}, the distance from the centre to the cell's side",
            "make it smaller, or centre it on a line of symmetry",
        )
    start = cell.initial_void
    if start is None:
        return
    big = start.radius / math.sin(start.contact_angle)
    below = big * math.cos(start.contact_angle)
    to_centre = math.hypot(void.x, void.height + below)
    # of the circle only the arc above the electrolyte is there; beside it stands nothing to touch
    beside = (void.height + below) * big < below * to_centre
    room = to_centre - big
    if room <= radius and not beside:
        refuse(
            f"{key}.radius",
            micrometres(radius),
            f"must be below {micrometres(max(room, 0.0))}, the distance to geometry.initial_void",
            "make it smaller or raise it",
        )


def _check_neighbours(voids: tuple[MetalVoid, ...]) -> None:
    for (first, one), (second, other) in combinations(enumerate(voids), 2):
        distance = math.hypot(one.x - other.x, one.height - other.height)
        if distance <= one.radius + other.radius:
            refuse(
                f"{_KEY}.{second}",
                f"{micrometres(distance)} from void {first}",
                f"must be more than {micrometres(one.radius + other.radius)} away, both radii",
                "move them apart",
            )


def one_power(case: Case) -> bool:
    """Say whether the metal's creep rate is one power of the stress."""
    creep = case.metal.creep
    several = isinstance(creep, NortonDiffusionalCreep) and creep.dislocation_creep
    return not several and creep.law in ("norton", "norton_diffusional", "size_dependent")


def check_closure(case: Case) -> None:
    """Refuse to close voids inside the metal under a law of which no closed form is known."""
    if not one_power(case):
        refuse(
            "geometry.void_closure",
            True,
            "is known only for a creep law that is one power of stress",
            "set void_closure = false, or choose such a law in metal.creep",
        )


def lateral_room(x: float, half_period: float) -> float:
    """Return the distance from a void's centre to the next plane of symmetry beside it [m]."""
    if x in (0.0, half_period):
        return half_period
    return min(x, half_period - x)
