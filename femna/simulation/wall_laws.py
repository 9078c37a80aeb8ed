"""From a wall of the case to the law that the solver uses, and the numbers that it rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from femna.case import Case, FrictionWall, ViscousWall, Wall
from femna.materials.ledger import Ledger, SourceEntry
from femna.physics.flow_stress import CreepLaw, characteristic_stress
from femna.physics.wall import Friction, Viscous, WallLaw
from femna.simulation.scales import Scales

STICKING: Final = 1e4
"""Drag of an electrolyte that sticks, over the metal's own (flow stress over velocity): the metal
slides at some 1e-4 of the velocity scale instead of not at all."""

_COMPUTED: Final = (
    "computed: flow stress of the metal at the rate at which it has to shear (recession speed over "
    "half a period; in a thinner layer, times the square of half a period over the thickness) "
    "and at {:g} K, over sqrt 3 (von Mises); that rate, an estimate, stands for the equivalent one"
)


@dataclass(frozen=True, kw_only=True)
class ShearStrength:
    """Shear strength of the metal, over a unit of traction.

    Attributes
    ----------
    creep : CreepLaw
        Creep law (SI).
    rate : float
        Strain rate at which the flow stress counts [1/s].
    unit : float
        [Pa].
    """

    creep: CreepLaw
    rate: float
    unit: float

    def __call__(self, temperature: float) -> float:
        """Return flow stress over sqrt 3 (von Mises) at a temperature [K]."""
        return (
            characteristic_stress(self.creep, self.rate, temperature) / math.sqrt(3.0) / self.unit
        )


@dataclass(frozen=True)
class GivenStrength:
    """A shear strength that the case gives, at any temperature."""

    value: float

    def __call__(self, temperature: float) -> float:
        """Return it."""
        return self.value


def wall_law(
    wall: Wall, creep: CreepLaw, scales: Scales, *, rate: float, temperature: float
) -> WallLaw | None:
    """Return how a wall resists sliding metal, dimensionless; None where it slips freely.

    Parameters
    ----------
    wall : Wall
        What the case asks for.
    creep : CreepLaw
        Creep law of the metal (SI).
    scales : Scales
        Characteristic values.
    rate : float
        Strain rate at which the metal's flow stress counts [1/s].
    temperature : float
        [K]; only the drag of a wall that sticks is measured by it.
    """
    if isinstance(wall, ViscousWall):
        return Viscous(drag=wall.drag * scales.velocity / scales.traction)
    if isinstance(wall, FrictionWall):
        given = wall.shear_strength
        return Friction(
            coefficient=wall.coefficient,
            strength=(
                ShearStrength(creep=creep, rate=rate, unit=scales.traction)
                if given is None
                else GivenStrength(given / scales.traction)
            ),
            slip_speed=wall.slip_velocity,
        )
    if wall.law == "sticking":
        own = characteristic_stress(creep, rate, temperature) / scales.traction
        return Viscous(drag=STICKING * own)
    return None


def wall_sources(case: Case, creep: CreepLaw, *, rate: float) -> tuple[SourceEntry, ...]:
    """Return the numbers of both walls; a strength that is computed at every temperature.

    Parameters
    ----------
    case : Case
        The validated case.
    creep : CreepLaw
        Creep law of the metal (SI).
    rate : float
        Strain rate at which its flow stress counts [1/s].
    """
    ledger = Ledger()
    temperatures = dict.fromkeys(
        step.temperature or case.protocol.temperature for step in case.protocol.steps
    )
    walls = {
        "interface.wall": case.interface.wall,
        "metal.collector_wall": case.metal.collector_wall,
    }
    for key, wall in walls.items():
        if isinstance(wall, ViscousWall):
            ledger.state(f"{key}.drag", wall.drag, "Pa*s/m")
        if isinstance(wall, FrictionWall):
            ledger.state(f"{key}.coefficient", wall.coefficient, "1")
            ledger.state(f"{key}.slip_velocity", wall.slip_velocity, "1")
            if wall.shear_strength is not None:
                ledger.state(f"{key}.shear_strength", wall.shear_strength, "Pa")
                continue
            for temperature in temperatures:
                strength = ShearStrength(creep=creep, rate=rate, unit=1.0)(temperature)
                note = _COMPUTED.format(temperature)
                ledger.state(f"{key}.shear_strength", strength, "Pa", source=note, label="C")
    return tuple(ledger.entries)
