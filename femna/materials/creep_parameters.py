"""What each creep law takes, from the case or from the metal's set, with its sources."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from femna.case import (
    AnandCreep,
    Case,
    EntryPointCreep,
    FileCreep,
    NortonDiffusionalCreep,
    PowerLawCreep,
    SizeDependentCreep,
    parse_any,
    prefactor_unit,
)
from femna.case.packages import find_entry_point
from femna.errors import InputError
from femna.materials.arrhenius import boltzmann
from femna.materials.creep.registry import GROUP
from femna.materials.diffusion import ArrheniusSum
from femna.materials.ledger import Ledger
from femna.materials.material_set import MaterialSet
from femna.materials.quantities import ANAND, LATTICE_TERMS

SAMPLE: Final = (1e-3, 10.0, 81)
"""Stresses on which a user's law is checked: from and to, over the least and the largest stack
pressure of the protocol, and their number."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """Where a law's numbers may come from; `molar_volume` in [m^3/mol]."""

    case: Case
    material: MaterialSet
    ledger: Ledger
    molar_volume: float

    def take(self, key: str, given: float | None, name: str, unit: str = "") -> float:
        """Return the case's number, or else the set's."""
        return self.ledger.take(f"metal.creep.{key}", given, self.material, name, unit)


def creep_parameters(request: Request) -> dict[str, Any]:
    """Return what `femna.materials.creep.creep_law` takes for the law of a case.

    Raises
    ------
    InputError
        When neither the case nor the set has a number, or the law's code cannot be found.
    """
    creep = request.case.metal.creep
    return GATHER[creep.law](request, creep)


def _power_law(request: Request, creep: PowerLawCreep) -> dict[str, Any]:
    if creep.alternative is not None:
        chosen = request.material.with_alternative(creep.alternative, key="metal.creep.alternative")
        request = replace(request, material=chosen)
    unit = "" if creep.n is None else prefactor_unit(creep.n)
    return {
        "n": request.take("n", creep.n, "creep_exponent"),
        "prefactor": request.take("A", creep.A, "creep_prefactor", unit),
        "activation_energy": request.take(
            "activation_energy", creep.activation_energy, "creep_activation_energy"
        ),
        "reference_temperature": request.take(
            "reference_temperature", creep.reference_temperature, "creep_reference_temperature"
        ),
    }


def _anand(request: Request, creep: AnandCreep) -> dict[str, Any]:
    numbers = {key: request.take(key, getattr(creep, key), f"anand_{key}") for key in ANAND}
    numbers["hardening_modulus"] = numbers.pop("hardening")
    return numbers


def _norton_diffusional(request: Request, creep: NortonDiffusionalCreep) -> dict[str, Any]:
    dislocation = _power_law(request, creep) if creep.dislocation_creep else None
    lattice = None
    if "nabarro_herring" in creep.mechanisms:
        lattice = lattice_diffusion(request.material, request.ledger)
    return {
        "dislocation": dislocation,
        "grain_size": creep.grain_size,
        "molar_volume": request.molar_volume,
        "lattice": lattice,
        "boundary": _boundary_diffusion(creep),
    }


def lattice_diffusion(material: MaterialSet, ledger: Ledger) -> ArrheniusSum:
    """Return the lattice diffusivity of a metal [m^2/s].

    Raises
    ------
    InputError
        When the set does not have it.
    """
    names = "lattice_diffusion_prefactor", "lattice_diffusion_energy"
    # a term with one of its two numbers is there: the other one is then asked for
    terms = [
        term for term in LATTICE_TERMS if any(f"{name}_{term}" in material.values for name in names)
    ]
    if not terms:
        raise InputError(
            None,
            "metal.creep.mechanisms",
            "nabarro_herring",
            f"the set {material.name} has no lattice diffusivity",
            "leave nabarro_herring out, or choose another metal.material",
        )
    prefactors, energies = (
        tuple(
            ledger.take(f"metal.{name}_{term}", None, material, f"{name}_{term}") for term in terms
        )
        for name in names
    )
    return ArrheniusSum(prefactors, energies)


def _boundary_diffusion(creep: NortonDiffusionalCreep) -> ArrheniusSum | None:
    value, energy = creep.boundary_diffusivity, creep.boundary_activation_energy
    temperature = creep.boundary_reference_temperature
    if value is None:
        return None
    if energy is None or temperature is None:
        return ArrheniusSum((value,), (0.0,))
    return ArrheniusSum((value * float(boltzmann(-energy, temperature)),), (energy,))


def _size_dependent(request: Request, creep: SizeDependentCreep) -> dict[str, Any]:
    return {
        "bulk": _power_law(request, creep),
        "size": creep.size,
        "reference_length": request.take(
            "size_reference_length", creep.size_reference_length, "size_reference_length"
        ),
        "exponent": request.take("size_exponent", creep.size_exponent, "size_exponent"),
    }


def _file(request: Request, creep: FileCreep) -> dict[str, Any]:
    def refused(limit: str, remedy: str) -> InputError:
        return InputError(None, "metal.creep.file", str(creep.file), limit, remedy)

    try:
        content = creep.file.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise refused(f"cannot be read: {reason}", "give a Python file") from error
    digest = hashlib.sha256(content).hexdigest()
    if creep.sha256 not in (None, digest):
        raise refused("has changed since the case was read", "start again")
    request.ledger.state("metal.creep.file", str(creep.file), "1", note=f"SHA-256 {digest}")
    return {
        "file": creep.file,
        "text": text,
        "function": creep.function,
        "parameters": _parameters(request.ledger, creep),
        **_sample(request.case),
    }


def _entry_point(request: Request, creep: EntryPointCreep) -> dict[str, Any]:
    point = find_entry_point(creep.name, group=GROUP, key="metal.creep.name")
    package = f"{point.dist.name} {point.dist.version}" if point.dist is not None else "no package"
    request.ledger.state("metal.creep.name", creep.name, "1", note=f"{point.value} of {package}")
    return {
        "point": point,
        "parameters": _parameters(request.ledger, creep),
        **_sample(request.case),
    }


def _parameters(ledger: Ledger, creep: FileCreep | EntryPointCreep) -> dict[str, float]:
    """Return the parameters in SI units."""
    found = {}
    for name, given in creep.parameters.items():
        value, unit = parse_any(given) if isinstance(given, str) else (given, "1")
        ledger.state(f"metal.creep.parameters.{name}", value, unit)
        found[name] = value
    return found


def _sample(case: Case) -> dict[str, tuple[float, ...]]:
    """Return the stresses [Pa] and temperatures [K] on which a law is checked."""
    protocol = case.protocol
    pressures = [protocol.pressure, *(s.pressure for s in protocol.steps if s.pressure is not None)]
    temperatures = {
        protocol.temperature,
        *(s.temperature for s in protocol.steps if s.temperature is not None),
    }
    low, high, count = SAMPLE
    stresses = np.geomspace(low * min(pressures), high * max(pressures), count)
    return {
        "stresses": tuple(stresses.tolist()),
        "temperatures": tuple(sorted(temperatures)),
    }


GATHER: Final[Mapping[str, Callable[[Request, Any], dict[str, Any]]]] = MappingProxyType(
    {
        "anand": _anand,
        "norton": _power_law,
        "norton_diffusional": _norton_diffusional,
        "size_dependent": _size_dependent,
        "file": _file,
        "entry_point": _entry_point,
    }
)
"""By the name of the law; a new one is added here."""
