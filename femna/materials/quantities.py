"""Which numbers a material set may have, in which unit and between which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, get_args

from femna.case import (
    AnandCreep,
    Electrolyte,
    HardnessContact,
    Mask,
    Metal,
    NortonCreep,
    SizeDependentCreep,
    Table,
    Topography,
    prefactor_unit,
)
from femna.case.quantities import (
    Bare,
    Fraction,
    MolarEnergy,
    Physical,
    Positive,
    Temperature,
    Time,
)
from femna.materials.given import marks

type Quantity = Physical | Bare

PREFACTOR: Final = "creep_prefactor"
EXPONENT: Final = "creep_exponent"
"""The name whose number sets the unit of the prefactor."""

POWER_LAW: Final = (
    EXPONENT,
    PREFACTOR,
    "creep_activation_energy",
    "creep_reference_temperature",
)
"""What the power law takes, and an alternative may replace."""

LATTICE_TERMS: Final = ("1", "2", "3")
"""Ends of the names of a set's entries for the terms of lattice diffusion."""

ANAND: Final = (
    "prefactor",
    "activation_energy",
    "rate_sensitivity",
    "initial_resistance",
    "hardening",
    "hardening_exponent",
    "saturation",
    "saturation_exponent",
)
"""Keys of Anand's law in ``metal.creep``, which a set has with ``anand_`` before them."""

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"metal": ("melting_temperature",), "electrolyte": (), "interface": (), "mask": ()}
)
"""By role, what a run asks for whatever the case gives."""


def _as_in(table: type[Table], *names: str, before: str = "") -> dict[str, Quantity]:
    """Return the quantities of a case's keys, which replace those of the set."""
    return {
        f"{before}{name}": next(
            mark for mark in marks(table.model_fields[name]) if isinstance(mark, Physical | Bare)
        )
        for name in names
    }


def _mark(annotated: object) -> Quantity:
    found: Quantity = get_args(annotated)[1]
    return found


_DIFFUSIVITY: Final = Physical("diffusivity", "m^2/s", ("m^2/s",), "8e-4 m^2/s", above=0.0)
_DENSITY: Final = Physical("density", "kg/m^3", ("g/cm^3",), "0.97 g/cm^3", above=0.0)
_ELASTIC: Final = _as_in(Metal, "youngs_modulus", "poisson_ratio")

_METAL: Final[dict[str, Quantity]] = {
    EXPONENT: _as_in(NortonCreep, "n")["n"],
    **_as_in(NortonCreep, "activation_energy", "reference_temperature", before="creep_"),
    **_as_in(AnandCreep, *ANAND, before="anand_"),
    **_as_in(SizeDependentCreep, "size_exponent", "size_reference_length"),
    **{f"lattice_diffusion_prefactor_{term}": _DIFFUSIVITY for term in LATTICE_TERMS},
    **{f"lattice_diffusion_energy_{term}": _mark(MolarEnergy) for term in LATTICE_TERMS},
    **_ELASTIC,
    **_as_in(Metal, "molar_volume", "surface_energy"),
    "melting_temperature": _mark(Temperature),
    "density": _DENSITY,
}
_ELECTROLYTE: Final[dict[str, Quantity]] = {
    **_as_in(
        Electrolyte,
        "conductivity",
        "conductivity_activation_energy",
        "conductivity_reference_temperature",
    ),
    **_ELASTIC,
}
_INTERFACE: Final[dict[str, Quantity]] = {
    "separation_decay": _as_in(Topography, "decay_ratio")["decay_ratio"],
    "hardness_ratio": _as_in(HardnessContact, "ratio")["ratio"],
    "constriction_coefficient": _mark(Positive),
    "constriction_exponent": _mark(Positive),
}
_MASK: Final[dict[str, Quantity]] = {
    **_as_in(Mask, "youngs_modulus", "poisson_ratio", "yield_stress"),
    "relaxation_share": _mark(Fraction),
    "relaxation_time": _mark(Time),
}
_BY_ROLE: Final[Mapping[str, Mapping[str, Quantity]]] = MappingProxyType(
    {"metal": _METAL, "electrolyte": _ELECTROLYTE, "interface": _INTERFACE, "mask": _MASK}
)


def known_names(role: str) -> tuple[str, ...]:
    """Return the names of the numbers that a set of a role may have."""
    return (*_BY_ROLE[role], *((PREFACTOR,) if role == "metal" else ()))


def quantity(role: str, name: str, *, exponent: float | None) -> Quantity:
    """Return how a number is read, and between which bounds.

    Parameters
    ----------
    role : str
        Of the set.
    name : str
        One of `known_names`.
    exponent : float, optional
        Stress exponent, which sets the unit of the creep prefactor; KeyError without it there.
    """
    if name == PREFACTOR and exponent is not None:
        example = f"1.58 1/s/MPa^{exponent:g}"
        return Physical("creep prefactor", prefactor_unit(exponent), (), example, above=0.0)
    return _BY_ROLE[role][name]


def si_unit(found: Quantity) -> str:
    """Return the SI unit of a quantity, ``"1"`` for a bare number."""
    return found.si if isinstance(found, Physical) else "1"
