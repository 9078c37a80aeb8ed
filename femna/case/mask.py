"""``[mask]``: the polymer around the electrode, which the platen presses once it has sunk.

A ring; around an electrode that is not round a plate with a round outer edge, whose window follows
the electrode's outline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from femna.case.base import AS_TUPLE, Table
from femna.case.bodies import ContentHash, Material
from femna.case.geometry import ReadCell
from femna.case.image_cell import ImageCell
from femna.case.mask_window import Window
from femna.case.quantities import (
    Bare,
    Fraction,
    Length,
    Modulus,
    Physical,
    Positive,
    Pressure,
    Strength,
    Time,
)
from femna.case.refusal import micrometres, refuse
from femna.case.stack import Stack
from femna.case.wall import FreeSlipWall, StickingWall, ViscousWall, free_slip

if TYPE_CHECKING:
    from femna.case.model import Case

Clearance = Annotated[float, Physical("clearance", "m", ("um",), "5 um", at_least=0.0)]


class Relaxation(Table):
    """One term of the modulus of a relaxation test, ``share exp(-t / time)``.

    Attributes
    ----------
    share : float
        Of the instantaneous modulus.
    time : float
        [s].
    """

    share: Fraction
    time: Time


class MaskFriction(Table):
    """Coulomb's friction of both faces of the mask: they stick up to it.

    Attributes
    ----------
    coefficient : float
        Friction over normal pressure.
    shear_strength : float, optional
        Largest friction [Pa]; left out, there is none but what the mask itself bears.
    """

    law: Literal["friction"]
    coefficient: Positive
    shear_strength: Pressure | None = None


def _by_name(raw: object) -> object:
    """Return a law that is given by its bare name as a table."""
    return {"law": raw} if isinstance(raw, str) else raw


Faces = Annotated[
    FreeSlipWall | StickingWall | ViscousWall | MaskFriction,
    Field(discriminator="law"),
    BeforeValidator(_by_name),
]


class Mask(Table):
    """A flat ring between the electrolyte and the platen that carries the stack force.

    Attributes
    ----------
    material : str or Path
        As for `Metal`.
    inner_radius : float, optional
        Of the window [m]. A stack has it from its geometry: the electrode's outline, widened by
        `clearance`.
    outer_radius, thickness : float
        [m]; the outer edge is round, around the electrode's centre.
    window_clearance : float, optional
        Between the electrode's rim and the window [m]; as `inner_radius`.
    platen_clearance : float, optional
        What the platen must sink before it touches the mask [m]; left out, the metal's thickness
        less the mask's.
    faces : FreeSlipWall, StickingWall, ViscousWall or MaskFriction
        How both faces move along platen and electrolyte; the first two also by their bare names.
    viscoelastic : bool
        Whether it relaxes: by `relaxation`, or the set's standard linear solid.
    relaxation : tuple of Relaxation, optional
        A Prony series.
    yields : bool
        Whether it is perfectly plastic at the yield stress (von Mises).
    youngs_modulus, poisson_ratio, yield_stress : float, optional
        [Pa], bare, [Pa].
    sha256 : str, optional
        As for `Metal`.
    """

    material: Material = "polypropylene"
    inner_radius: Length | None = None
    outer_radius: Length
    thickness: Length
    window_clearance: Clearance | None = None
    platen_clearance: Clearance | None = None
    faces: Faces = Field(default_factory=free_slip)
    viscoelastic: bool = False
    relaxation: Annotated[tuple[Relaxation, ...], Field(min_length=1), AS_TUPLE] | None = None
    yields: bool = False
    youngs_modulus: Modulus | None = None
    poisson_ratio: Annotated[float, Bare(above=-1.0, below=0.5)] | None = None
    yield_stress: Strength | None = None
    sha256: ContentHash = Field(default=None, validate_default=True)


def window(case: Case, mask: Mask) -> Window:
    """Return the window of the mask of a case that was checked [m]."""
    if isinstance(case.geometry, Stack):
        return Window(case.geometry.electrode, case.geometry.clearance or 0.0)
    clearance = mask.window_clearance or 0.0
    return Window.around((mask.inner_radius or 0.0) - clearance, clearance)


def check_mask(case: Case) -> None:
    """Refuse a mask that cannot be: see `femna.case.checks.cross_check`."""
    mask = case.mask
    if mask is None:
        return
    if isinstance(case.geometry, Stack):
        _check_in_stack(case.geometry, mask)
    elif mask.inner_radius is None:
        refuse("mask.inner_radius", "(missing)", "this key is required", "add e.g. '2.5 mm'")
    found = window(case, mask)
    if mask.outer_radius <= found.radius:
        what = "the inner radius" if found.is_round else "as far as the window reaches"
        refuse(
            "mask.outer_radius",
            micrometres(mask.outer_radius),
            f"must be above {micrometres(found.radius)}, {what}",
            "make it larger",
        )
    if found.electrode.inner <= 0.0:
        refuse(
            "mask.window_clearance",
            micrometres(found.clearance),
            f"must be below {micrometres(found.radius)}, the inner radius",
            "make it smaller",
        )
    if mask.platen_clearance is None:
        _check_thickness(case, mask)
    if mask.relaxation is not None:
        total = sum(term.share for term in mask.relaxation)
        if not mask.viscoelastic:
            refuse(
                "mask.relaxation",
                "(given)",
                "is not used: mask.viscoelastic is false",
                "write viscoelastic = true, or remove it",
            )
        if total >= 1.0:
            refuse(
                "mask.relaxation",
                f"{total:.6g}",
                "the shares together must be below 1: a solid keeps some of its modulus",
                "lower them",
            )
    if mask.yield_stress is not None and not mask.yields:
        refuse(
            "mask.yield_stress",
            "(given)",
            "is not used: mask.yields is false",
            "write yields = true, or remove it",
        )


def _check_in_stack(stack: Stack, mask: Mask) -> None:
    for name in ("inner_radius", "window_clearance"):
        given = getattr(mask, name)
        if given is not None:
            refuse(
                f"mask.{name}",
                micrometres(given),
                "in a stack the window follows from geometry.electrode_diameter and .clearance",
                "remove it",
            )
    if stack.rim != "held" and stack.clearance is None:
        refuse(
            "geometry.clearance",
            "(missing)",
            f"a mask around a rim that is {stack.rim} stands at a distance",
            "add e.g. clearance = '50 um', or remove [mask]",
        )
    edge = 0.5 * stack.electrolyte_diameter - (stack.electrode_offset or 0.0)
    if mask.outer_radius > edge * (1.0 + 1e-12):
        refuse(
            "mask.outer_radius",
            micrometres(mask.outer_radius),
            f"must be at most {micrometres(edge)}: the electrolyte bears all of it",
            "make it smaller",
        )


def _check_thickness(case: Case, mask: Mask) -> None:
    if isinstance(case.geometry, ReadCell | ImageCell):
        refuse(
            "mask.platen_clearance",
            "(missing)",
            "is needed where the geometry is a mesh file, which says no thickness of the metal",
            "add platen_clearance = '5 um'",
        )
    elif mask.thickness > case.geometry.metal_thickness:
        refuse(
            "mask.thickness",
            micrometres(mask.thickness),
            f"must be at most {micrometres(case.geometry.metal_thickness)}, the metal's thickness: "
            "the platen would not reach the metal",
            "make it thinner, or give platen_clearance for another spacer",
        )


def platen_clearance(case: Case, mask: Mask) -> float:
    """Return what the platen must sink before it touches the mask [m]."""
    if mask.platen_clearance is not None or isinstance(case.geometry, ReadCell | ImageCell):
        return mask.platen_clearance or 0.0
    return max(case.geometry.metal_thickness - mask.thickness, 0.0)
