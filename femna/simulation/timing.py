"""Where the steps of a phase must end, and how long they may be."""

from __future__ import annotations

from typing import Final

from femna.case import Case
from femna.simulation.control import STEPS_PER_PHASE
from femna.simulation.hold import time_to_charge
from femna.simulation.schedule import Phase
from femna.simulation.setup import Model
from femna.simulation.state import Clock

FIRST_GAP: Final = 0.1
"""The first step lets the surface recede by at most this share of the roughness."""

CLOSING_SHARE: Final = 1.0 / 32.0
"""Least part of a phase's usual length to which a step is shortened to end with an enclosed void,
which softens the metal until the step's end."""

STRETCH: Final = 1e-3
"""Share of its length by which a fixed step may be longer, where less would be left of a phase:
thirds and sixths of a charge are written with a few decimals."""

ROUND_OFF: Final = 1e-9
"""The same of a step whose length is free."""


def first_length(phase: Phase, model: Model) -> float:
    """Return the length [s] of a phase's first step."""
    case, scales = model.case, model.scales
    fixed = case.numerics.step or case.numerics.first_step
    reference = abs(phase.current) or scales.current
    if fixed is not None:
        return min(fixed / reference, phase.duration)
    speed = scales.velocity * reference / scales.current
    return min(FIRST_GAP * model.properties.interface.roughness / speed, phase.duration / 4.0)


def usual_length(phase: Phase, case: Case) -> float:
    """Return a phase's length [s]; of a hold, whose time is the longest, at nominal current."""
    if phase.held is None:
        return phase.duration
    return min(phase.duration, phase.most_charge / case.protocol.current_density)


def next_length(clock: Clock, phase: Phase, model: Model) -> float:
    """Return the next step's length [s], ending exactly on the next target."""
    case = model.case
    adaptive = case.numerics.step is None
    wanted = clock.next_dt or first_length(phase, model)
    if adaptive:
        closing = max(clock.void_lifetime, CLOSING_SHARE * usual_length(phase, case))
        wanted = min(wanted, phase.duration / STEPS_PER_PHASE, closing)
    until = time_to_charge(phase, clock)
    now = clock.phase_time
    target = next(t for t in _targets(phase, case) if t > now + 1e-12 * phase.duration)
    left = target - now
    stretched = wanted * (1.0 + (ROUND_OFF if adaptive else STRETCH))
    if left <= min(stretched, until * (1.0 + ROUND_OFF)):
        return left
    wanted = min(wanted, until)
    return 0.5 * left if adaptive and wanted > 0.5 * left else wanted


def _targets(phase: Phase, case: Case) -> list[float]:
    """Return the times [s] within the phase that must be met exactly, in order."""
    times = {phase.duration}
    if phase.current and phase.kind != "hold":
        times |= {q / abs(phase.current) for q in _charges(case) if 0.0 < q < phase.charge}
    return sorted(times)


def _charges(case: Case) -> list[float]:
    return [q for q in case.output.fields_at if not isinstance(q, str)]


def output_due(phase: Phase, time: float, case: Case) -> bool:
    """Say whether the case asks for fields at a time [s] of a phase."""
    if "end" in case.output.fields_at and time >= phase.duration:
        return True
    if not phase.current and time > 0.0:  # a rest has no charge of its own
        return False
    charge = abs(phase.current) * time
    return any(abs(q - charge) <= 1e-9 * max(q, 1e-9 * phase.charge) for q in _charges(case))
