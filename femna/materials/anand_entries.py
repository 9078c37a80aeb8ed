"""The numbers of Anand's law: the case's, or else the set's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from femna.case import AnandCreep
from femna.materials.creep import CreepLaw, creep_law
from femna.materials.ledger import Ledger
from femna.materials.library import MaterialSet

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "prefactor": "1/s",
        "activation_energy": "J/mol",
        "rate_sensitivity": "1",
        "initial_resistance": "Pa",
        "hardening": "Pa",
        "hardening_exponent": "1",
        "saturation": "Pa",
        "saturation_exponent": "1",
    }
)
"""Key in ``metal.creep``, which a set has with ``anand_`` before it, to its SI unit."""


def anand_law(creep: AnandCreep, material: MaterialSet, ledger: Ledger) -> CreepLaw:
    """Return Anand's law of a case.

    Raises
    ------
    InputError
        Neither the case nor the set has one of its numbers.
    """
    numbers = {
        key: ledger.take(f"metal.creep.{key}", getattr(creep, key), material, f"anand_{key}", unit)
        for key, unit in UNITS.items()
    }
    numbers["hardening_modulus"] = numbers.pop("hardening")
    return creep_law(creep.law, **numbers)
