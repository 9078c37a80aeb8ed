"""From a case to the numbers of the mask, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from femna.case import Case
from femna.case.mask import Mask
from femna.materials.ledger import Ledger
from femna.materials.material_set import MaterialSet


@dataclass(frozen=True)
class MaskProperties:
    """The mask in SI units.

    Attributes
    ----------
    youngs_modulus : float
        Instantaneous [Pa].
    poisson_ratio : float
    relaxation : tuple of (share, time)
        Of the modulus in a relaxation test; [s].
    yield_stress : float, optional
        [Pa].
    """

    youngs_modulus: float
    poisson_ratio: float
    relaxation: tuple[tuple[float, float], ...] = ()
    yield_stress: float | None = None


def resolve_mask(case: Case, mask: Mask, material: MaterialSet, ledger: Ledger) -> MaskProperties:
    """Return what the mask is made of.

    Parameters
    ----------
    case : Case
        Whose other tables say nothing of the mask's material.
    mask : Mask
        Its table.
    material : MaterialSet
        The set that it names.
    ledger : Ledger
        Where the sources are entered.
    """

    def take(name: str, given: float | None) -> float:
        return ledger.take(f"mask.{name}", given, material, name)

    young = take("youngs_modulus", mask.youngs_modulus)
    poisson = take("poisson_ratio", mask.poisson_ratio)
    relaxation: tuple[tuple[float, float], ...] = ()
    if mask.viscoelastic and mask.relaxation is not None:
        relaxation = tuple((term.share, term.time) for term in mask.relaxation)
    elif mask.viscoelastic:
        share, time = (take(name, None) for name in ("relaxation_share", "relaxation_time"))
        relaxation = ((share, time),)
    strength = take("yield_stress", mask.yield_stress) if mask.yields else None
    ledger.state_given("mask", mask)
    return MaskProperties(young, poisson, relaxation, strength)
