"""``[cycling]``: what plating does to voids, and what is counted of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from femna.case.base import AS_TUPLE, Table
from femna.case.geometry import UnitCell
from femna.case.metal_voids import one_power
from femna.case.quantities import Bare, Count, Fraction, Length, Physical
from femna.case.refusal import refuse
from femna.case.stack import Stack
from femna.case.symmetry import SHAPES

if TYPE_CHECKING:
    from femna.case.model import Case

Volume = Annotated[float, Physical("volume", "m^3", ("um^3",), "1000 um^3", above=0.0)]

_KEY = "cycling"


class Cycling(Table):
    """Plated metal spreads over an open gap as a film and encloses it as a void.

    Attributes
    ----------
    film_thickness : float
        Of the film that spreads from the triple line [m]; a thinner gap is filled by it.
    film_share : float
        Of the plated metal, what spreads until the gap is covered.
    porous_creep : str
        ``hollow_body``: each enclosed void is spread over a round region as the round void that
        closes as fast, and softens the metal there. ``duva_crow``: voids soften the metal where
        they are and close by the creep of a porous metal, at a rate that depends on the elements
        and is far too low where a void is flat. ``none``: the flow does not know of them, and they
        keep their volume; to see what they do.
    bins : tuple of float
        Limits of the ranges of size in which voids are counted [m^3], rising; the last range is
        open.
    jump_error : float, optional
        Cycles are left out where contact fraction and volume of voids change little from one to
        the next: every jump with this error in the contact fraction at most, all together with
        this error in the volume, over the largest of the cycle. Not given, every cycle is computed.
    longest_jump : int
        Most cycles that are left out at once.
    """

    film_thickness: Length
    film_share: Annotated[float, Bare(above=0.0, at_most=1.0)] = 1.0
    porous_creep: Literal["hollow_body", "duva_crow", "none"] = "hollow_body"
    bins: Annotated[tuple[Volume, ...], Field(min_length=1), AS_TUPLE] = (
        1000e-18,
        2500e-18,
        10000e-18,
    )
    jump_error: Fraction | None = None
    longest_jump: Count = 20


def check_cycling(case: Case) -> None:
    """Refuse a cell in which voids cannot be enclosed, and laws that do not go with them.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the key, its value, the limit and the remedy.
    """
    cycling = case.cycling
    if cycling is None:
        return
    geometry = case.geometry
    flat = isinstance(geometry, UnitCell | Stack) and _in_2d(geometry)
    if not flat:
        refuse(
            _KEY,
            "(given)",
            "is available in cells in 2D that femna meshes",
            "use plane_strain or axisymmetric, or a stack",
        )
    if isinstance(geometry, UnitCell) and geometry.metal_voids is not None:
        refuse(_KEY, "(given)", "does not go with geometry.metal_voids", "leave one of them out")
    if case.interface.capillarity:
        refuse(
            "interface.capillarity",
            True,
            "a void that is met again opens as a slot, whose curvature the interface cannot show",
            "leave capillarity or cycling out",
        )
    if case.numerics.linear_solver == "iterative":
        refuse(
            "numerics.linear_solver",
            "iterative",
            "does not know of the voids in the metal",
            "use auto or direct, or leave cycling out",
        )
    if cycling.jump_error is not None and case.mask is not None:
        refuse(
            f"{_KEY}.jump_error",
            cycling.jump_error,
            "does not know what the mask remembers",
            "leave it or the mask out",
        )
    if list(cycling.bins) != sorted(set(cycling.bins)):
        refuse(f"{_KEY}.bins", "(given)", "must rise", "put the limits in order")
    if cycling.porous_creep == "none":
        return
    if case.metal.elastic:
        refuse(
            "metal.elastic",
            True,
            "the creep of a metal with voids is known without elastic strain",
            "leave elastic out, or set cycling.porous_creep = 'none'",
        )
    if not one_power(case):
        refuse(
            f"{_KEY}.porous_creep",
            cycling.porous_creep,
            "is known only for a creep law that is one power of stress",
            "choose such a law in metal.creep, or 'none'",
        )


def _in_2d(geometry: UnitCell | Stack) -> bool:
    if isinstance(geometry, Stack):
        return geometry.symmetry == "axisymmetric"
    return SHAPES[geometry.symmetry].dimension == 2
