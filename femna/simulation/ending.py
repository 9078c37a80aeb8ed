"""How the physics ends a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np

from femna.case import Limits
from femna.simulation.measures import CURRENT_UNIT

Status = Literal["ok", "contact_lost", "voltage_limit", "shorted"]

VOLTAGE_TOLERANCE: Final = 2e-3
"""Relative tolerance in which the end of a run at the voltage limit is located."""


def ending(row: Mapping[str, Any], limits: Limits, *, last: bool) -> Status | None:
    """Return how a step ends the run, None if it does not.

    Parameters
    ----------
    row : mapping
        The step's row of the history.
    limits : Limits
        The case's limits.
    last : bool
        Whether the step ends the protocol.
    """
    if reaches(row["voltage_V"], limits.voltage):
        return "voltage_limit"
    if row["contact_fraction"] < limits.contact_fraction:
        return "contact_lost"
    plating = limits.plating_current
    local = row["max_local_current_mA_cm2"] * CURRENT_UNIT
    spread = row.get("film_spread", 1)  # before, the film's edge takes what the gap cannot
    if plating is not None and row["current_mA_cm2"] < 0.0 and spread and local > plating:
        return "shorted"
    return "ok" if last else None


def reaches(voltage: float, limit: float) -> bool:
    """Say whether a voltage [V] has come to its limit, within the tolerance."""
    return abs(voltage) >= limit * (1.0 - VOLTAGE_TOLERANCE)


def oversteps(voltage: float, limit: float) -> bool:
    """Say whether a voltage [V] lies beyond its limit by more than the tolerance."""
    return abs(voltage) > limit * (1.0 + VOLTAGE_TOLERANCE)


def share_to_limit(before: float, after: float, limit: float) -> float:
    """Return the share of a step at which log V meets the limit, by interpolation.

    Parameters
    ----------
    before, after : float
        Voltage [V] before and after the step.
    limit : float
        Voltage limit [V], between them.
    """
    start = max(abs(before), 1e-12)
    whole = np.log(abs(after) / start)
    return float(np.clip(np.log(limit / start) / whole, 0.05, 1.0 - 1e-6))
