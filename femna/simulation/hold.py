"""Where a hold of the voltage ends: at its charge, or where the current has fallen far enough."""

from __future__ import annotations

import math
from typing import Final

from femna.simulation.ending import share_to_limit
from femna.simulation.schedule import Phase
from femna.simulation.state import Clock

CHARGE_TOLERANCE: Final = 1e-6
"""Relative tolerance in which the charge that ends a hold is met."""

CURRENT_TOLERANCE: Final = 2e-3
"""Relative tolerance in which the current that ends a hold is met."""


def share_to_end(
    phase: Phase, clock: Clock, *, before: float, after: float, dt: float
) -> float | None:
    """Return the share of a step at which a hold ends; None if the step does not go beyond.

    Parameters
    ----------
    phase : Phase
        Any; only a hold ends here.
    clock : Clock
        At the step's beginning.
    before, after : float
        Current density [A/m^2] before and after the step.
    dt : float
        Its length [s].
    """
    if phase.held is None:
        return None
    more = after * dt
    if abs(clock.phase_charge + more) > phase.most_charge * (1.0 + CHARGE_TOLERANCE):
        return _missing(phase, clock, after) / more
    least = phase.least_current
    fell = abs(after) < least * (1.0 - CURRENT_TOLERANCE) and abs(before) > least
    if fell and after and clock.phase_time > 0.0:
        return share_to_limit(before, after, least)
    return None


def hold_over(phase: Phase, clock: Clock) -> bool:
    """Say whether a hold has come to its end before its time."""
    if phase.held is None:
        return False
    full = abs(clock.phase_charge) >= phase.most_charge * (1.0 - CHARGE_TOLERANCE)
    return full or abs(clock.current) <= phase.least_current * (1.0 + CURRENT_TOLERANCE)


def time_to_charge(phase: Phase, clock: Clock) -> float:
    """Return how long until a hold's charge is full at the present current [s]."""
    if phase.held is None or clock.phase_time == 0.0 or not clock.current:
        return phase.duration
    return _missing(phase, clock, clock.current) / clock.current


def _missing(phase: Phase, clock: Clock, current: float) -> float:
    """Return the charge by which a current ends a hold [C/m^2], of the current's sign."""
    return math.copysign(phase.most_charge, current) - clock.phase_charge
