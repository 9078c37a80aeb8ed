"""The protocol as a list of phases with signed current and a definite length."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from femna.case import Case


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One step of the protocol, resolved.

    Attributes
    ----------
    index : int
        Number of the phase over the whole run, from 0.
    kind : {"strip", "plate", "rest"}
    half_cycle : int
        Which half cycle, from 1; a rest belongs to the one before it.
    cycle : int
        Which repetition of the protocol's steps, from 1.
    current : float
        Applied current density [A/m^2], positive when stripping, 0 at rest.
    pressure : float
        Stack force over nominal area [Pa].
    temperature : float
        [K].
    duration : float
        [s].
    until : float
        Magnitude of the voltage that ends it [V]; infinite if none does.
    """

    index: int
    kind: Literal["strip", "plate", "rest"]
    half_cycle: int
    cycle: int
    current: float
    pressure: float
    temperature: float
    duration: float
    until: float = math.inf

    @property
    def charge(self) -> float:
        """Charge that passes in the phase, its sign left out [C/m^2]."""
        return abs(self.current) * self.duration


def phases(case: Case) -> tuple[Phase, ...]:
    """Resolve the protocol of a case; a step's own values go before the protocol's."""
    protocol = case.protocol
    found: list[Phase] = []
    half_cycle = 0
    for place, step in enumerate(protocol.steps * protocol.repeat):
        if step.do == "rest":
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
            )
        )
    return tuple(found)
