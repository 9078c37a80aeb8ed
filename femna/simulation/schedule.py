"""The protocol as a list of phases with signed current and a definite length."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from femna.case import Case
from femna.simulation.state import Clock


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One step of the protocol, resolved.

    Attributes
    ----------
    index : int
        Number of the phase over the whole run, from 0.
    kind : {"strip", "plate", "hold", "rest"}
    half_cycle : int
        Which half cycle, from 1; a rest belongs to the one before it.
    cycle : int
        Which repetition of the protocol's steps, from 1.
    current : float
        Applied current density [A/m^2], positive when stripping; 0 at rest and in a hold.
    pressure : float
        Stack force over nominal area [Pa].
    temperature : float
        [K].
    duration : float
        [s].
    until : float
        Magnitude of the voltage that ends it [V]; infinite if none does.
    held : float or None
        Voltage of a hold [V], in which the current follows; None elsewhere.
    most_charge : float
        Magnitude of the charge that ends a hold [C/m^2].
    least_current : float
        Magnitude of the current density at which a hold ends [A/m^2].
    """

    index: int
    kind: Literal["strip", "plate", "hold", "rest"]
    half_cycle: int
    cycle: int
    current: float
    pressure: float
    temperature: float
    duration: float
    until: float = math.inf
    held: float | None = None
    most_charge: float = math.inf
    least_current: float = 0.0

    @property
    def charge(self) -> float:
        """Charge that passes in the phase, its sign left out; 0 of a hold [C/m^2]."""
        return abs(self.current) * self.duration

    def current_at(self, clock: Clock) -> float:
        """Return the applied current density, or that of a hold's last step [A/m^2]."""
        return self.current if self.held is None else clock.current

    def charge_at(self, clock: Clock) -> float:
        """Return the charge that has passed in the phase, its sign left out [C/m^2]."""
        if self.held is None:
            return abs(self.current) * clock.phase_time
        return abs(clock.phase_charge)


def phases(case: Case) -> tuple[Phase, ...]:
    """Resolve the protocol of a case; a step's own values go before the protocol's."""
    protocol = case.protocol
    found: list[Phase] = []
    half_cycle = 0
    for place, step in enumerate(protocol.steps * protocol.repeat):
        if step.do == "rest":
            current, duration = 0.0, step.time or 0.0
        elif step.do == "hold":
            half_cycle += 1
            current, duration = 0.0, step.time or 0.0
        else:
            half_cycle += 1
            magnitude = protocol.current_of(step)
            current = magnitude if step.do == "strip" else -magnitude
            duration = protocol.charge_of(step) / magnitude
        found.append(
            Phase(
                index=place,
                kind=step.do,
                half_cycle=max(half_cycle, 1),
                cycle=place // len(protocol.steps) + 1,
                current=current,
                pressure=step.pressure or protocol.pressure,
                temperature=step.temperature or protocol.temperature,
                duration=duration,
                until=step.until or math.inf,
                held=step.voltage,
                most_charge=protocol.charge_of(step) if step.do == "hold" else math.inf,
                least_current=step.until_current or 0.0,
            )
        )
    return tuple(found)
