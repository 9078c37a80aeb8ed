"""From a case to the numbers that the physics uses, each with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass

from femna.case import Case, Electrolyte, Mask, Metal, ReadCell, counter_case, render
from femna.constants import FARADAY
from femna.errors import InputError
from femna.materials.arrhenius import arrhenius
from femna.materials.creep import CreepLaw, creep_law
from femna.materials.creep_parameters import Request, creep_parameters
from femna.materials.interface import InterfaceProperties, resolve_interface
from femna.materials.ledger import Ledger, SourceEntry
from femna.materials.library import load_set
from femna.materials.mask import MaskProperties, resolve_mask
from femna.materials.material_set import MaterialSet
from femna.materials.plausible import (
    check_activation,
    check_conductivity,
    check_creep,
    temperatures,
)
from femna.materials.surface import SurfaceProperties, resolve_surface


@dataclass(frozen=True)
class MetalProperties:
    """The metal in SI units.

    Attributes
    ----------
    creep : CreepLaw
    molar_volume : float
        [m^3/mol].
    shear_modulus, bulk_modulus : float, optional
        [Pa]; only for an elastic metal.
    """

    creep: CreepLaw
    molar_volume: float
    shear_modulus: float | None
    bulk_modulus: float | None


@dataclass(frozen=True)
class ElectrolyteProperties:
    """The electrolyte in SI units.

    Attributes
    ----------
    conductivity : float
        Ionic, at the reference temperature [S/m].
    activation_energy : float
        [J/mol].
    reference_temperature : float
        [K].
    youngs_modulus, poisson_ratio : float, optional
        [Pa] and bare; only for an elastic electrolyte.
    """

    conductivity: float
    activation_energy: float
    reference_temperature: float
    youngs_modulus: float | None = None
    poisson_ratio: float | None = None

    def conductivity_at(self, temperature: float) -> float:
        """Return the conductivity [S/m] at a temperature [K], by Arrhenius."""
        activation = arrhenius(
            self.activation_energy, temperature, reference=self.reference_temperature
        )
        return float(self.conductivity * activation)


@dataclass(frozen=True)
class Properties:
    """Everything a run takes from material sets, or from the case in their place."""

    metal: MetalProperties
    surface: SurfaceProperties
    electrolyte: ElectrolyteProperties
    interface: InterfaceProperties
    sources: tuple[SourceEntry, ...]
    mask: MaskProperties | None = None


def resolve(case: Case) -> Properties:
    """Return the material properties of a case with their sources.

    Code of the user's is found here and not run: that is `UserLaw.load`.

    Raises
    ------
    InputError
        For an unknown set, a set of the wrong role, a temperature above melting, numbers that no
        matter has at the temperatures, or a charge that takes 90 % of the metal or more.
    """
    ledger = Ledger()
    metal_set = _set_of(case.metal, "metal", ledger)
    electrolyte_set = _set_of(case.electrolyte, "electrolyte", ledger)
    metal = _metal(case, metal_set, ledger)
    surface = resolve_surface(case, metal_set, ledger, molar_volume=metal.molar_volume)
    electrolyte = _electrolyte(case, electrolyte_set, ledger)
    interface = resolve_interface(case, ledger)
    mask = None
    if case.mask is not None:
        mask = resolve_mask(case, case.mask, _set_of(case.mask, "mask", ledger), ledger)
    ledger.state_given("geometry", case.geometry)
    ledger.state_given("metal.creep", case.metal.creep)
    # what a wall rests on is partly computed by a run, which enters all of it
    ledger.state_given("interface", case.interface, without=("wall",))
    _check_temperatures(case, metal_set)
    check_creep(case, metal.creep)
    check_conductivity(
        case,
        conductivity=electrolyte.conductivity,
        activation_energy=electrolyte.activation_energy,
        reference=electrolyte.reference_temperature,
    )
    check_activation(case)
    _check_supply(case, metal.molar_volume)
    if case.counter is not None:
        ledger.state_given("counter", case.counter)
        _check_supply(counter_case(case), metal.molar_volume)
    return Properties(
        metal=metal,
        surface=surface,
        electrolyte=electrolyte,
        interface=interface,
        sources=tuple(ledger.entries),
        mask=mask,
    )


def _set_of(body: Metal | Electrolyte | Mask, role: str, ledger: Ledger) -> MaterialSet:
    key = f"{role}.material"
    material = load_set(body.material, key=key)
    if material.role != role:
        raise InputError(
            None,
            key,
            material.written,
            f"this set describes a material for the {material.role}",
            f"choose a set for the {role}; `femna materials` lists them",
        )
    if material.file is not None:
        if body.sha256 not in (None, material.sha256):
            limit = "has changed since the case was read"
            raise InputError(None, key, material.written, limit, "start again")
        ledger.state(key, material.written, "1", note=f"SHA-256 {material.sha256}")
    return material


def _metal(case: Case, material: MaterialSet, ledger: Ledger) -> MetalProperties:
    chosen = case.metal
    molar_volume = ledger.take("metal.molar_volume", chosen.molar_volume, material, "molar_volume")
    request = Request(case=case, material=material, ledger=ledger, molar_volume=molar_volume)
    law = creep_law(chosen.creep.law, **creep_parameters(request))
    shear: float | None = None
    bulk: float | None = None
    if chosen.elastic:
        young = ledger.take(
            "metal.youngs_modulus", chosen.youngs_modulus, material, "youngs_modulus"
        )
        poisson = ledger.take(
            "metal.poisson_ratio", chosen.poisson_ratio, material, "poisson_ratio"
        )
        shear = young / (2.0 * (1.0 + poisson))
        bulk = young / (3.0 * (1.0 - 2.0 * poisson))
    return MetalProperties(
        creep=law, molar_volume=molar_volume, shear_modulus=shear, bulk_modulus=bulk
    )


def _electrolyte(case: Case, material: MaterialSet, ledger: Ledger) -> ElectrolyteProperties:
    chosen = case.electrolyte
    key = "electrolyte.conductivity"
    young = poisson = None
    if chosen.elastic:
        young, poisson = (
            ledger.take(f"electrolyte.{name}", getattr(chosen, name), material, name)
            for name in ("youngs_modulus", "poisson_ratio")
        )
    return ElectrolyteProperties(
        conductivity=ledger.take(key, chosen.conductivity, material, "conductivity"),
        activation_energy=ledger.take(
            f"{key}_activation_energy",
            chosen.conductivity_activation_energy,
            material,
            "conductivity_activation_energy",
        ),
        reference_temperature=ledger.take(
            f"{key}_reference_temperature",
            chosen.conductivity_reference_temperature,
            material,
            "conductivity_reference_temperature",
        ),
        youngs_modulus=young,
        poisson_ratio=poisson,
    )


def _check_temperatures(case: Case, metal: MaterialSet) -> None:
    melting = metal["melting_temperature"]
    for key, temperature in temperatures(case).items():
        if temperature >= melting.value:
            raise InputError(
                None,
                key,
                render(temperature, ("K",), "K"),
                f"must be below {melting.text}, where {metal.name} melts",
                "lower it",
            )


def largest_net_charge(case: Case) -> float:
    """Return the most charge that the protocol has stripped on balance at any time [C/m^2]."""
    sign = {"strip": 1.0, "plate": -1.0, "rest": 0.0}
    net = peak = 0.0
    for step in case.protocol.steps:
        held = math.copysign(1.0, step.voltage or 0.0)
        net += sign.get(step.do, held) * case.protocol.charge_of(step)
        peak = max(peak, net)
    return peak + max(0.0, net) * (case.protocol.repeat - 1)


def _check_supply(case: Case, molar_volume: float) -> None:
    geometry = case.geometry
    if isinstance(geometry, ReadCell) or geometry.metal_thickness is None:
        return
    removed = largest_net_charge(case) * molar_volume / FARADAY
    limit = 0.9 * geometry.metal_thickness
    if removed >= limit:
        raise InputError(
            None,
            "protocol.charge",
            render(case.protocol.charge, ("mAh/cm^2",), "C/m^2"),
            f"the protocol strips {removed * 1e6:.4g} um of metal in all, "
            f"which must stay below {limit * 1e6:.4g} um, 90 % of geometry.metal_thickness",
            "lower the charge or make the metal thicker",
        )
