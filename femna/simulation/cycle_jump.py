"""Cycles that are left out where the cell changes little from one to the next.

After a whole cycle the contact fractions and the volumes of all voids, open and enclosed, at the
ends of its steps are compared with those of the two cycles before it; a volume over the cycle's
largest. If one changes by d a cycle, and d by e from one to the next, then N cycles along the
straight line through the last two are wrong by some ``N (N + 1) e / 2``; where the voids of two
cycles do not stand over the same vertices there is no line, the state is held, and N cycles are
wrong by ``N d``. It is held only where a cycle leaves as much metal as it found. N is the largest
number that keeps the error asked for: for the contact fraction, which the next cycle finds anew, in
every jump; for the volume, whose errors add up, its share ``N / repeat`` of it. Gap, voids and
collector follow the same line, so that metal, gap and voids fill the cell after a jump as before
it. The cycle after a jump is computed, as is the last one: what it differs by from the line is the
next e.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.case import Case
from femna.simulation.stage import Stage
from femna.simulation.state import Clock

Array = npt.NDArray[np.float64]

_HELD: Final = ("time", "throughput", "enclosed", "reopened")
_LINEAR: Final = (
    *_HELD,
    "removed",
    "platen",
    "outflow",
    "elastic_volume",
    "film",
    "void_volume",
    "closed",
)
"""Numbers of the clock that go on while the state is held, and along the line."""

BALANCED: Final = 1e-9
"""Of the charge that passes in a cycle, what it may take of the metal where the state is held, and
of what has left over the rim, what it may add: round-off."""

LARGEST_CHANGE: Final = 10.0
"""Change of a number along the line of one jump, over the error asked for, at most."""

NEGLIGIBLE: Final = 0.01
"""Volume of voids over that of a gap as high as the roughness, below which it counts as this."""

NOTHING: Final = 1e-12


class CycleJump:
    """Looks at the ends of cycles and leaves some out.

    Parameters
    ----------
    case : Case
        The validated case.
    stage : Stage
        The model in motion.
    """

    def __init__(self, case: Case, stage: Stage) -> None:
        cycling = case.cycling
        self._stage, self._comm = stage, stage.system.comm
        self._error = None if cycling is None else cycling.jump_error
        self._longest = 1 if cycling is None else cycling.longest_jump
        self._steps, self._repeat = len(case.protocol.steps), case.protocol.repeat

    def ends_cycle(self, contact: float) -> bool:
        """Take the contact fraction at the end of a phase, and the volume of voids (collective).

        Say whether the phase ends a cycle to look at: never where every cycle is computed.
        """
        if self._error is None:
            return False
        clock, steps = self._stage.clock, self._steps
        clock.cycle_contacts = (*clock.cycle_contacts, contact)[-3 * steps :]
        clock.cycle_voids = (*clock.cycle_voids, self._stage.void_volume())[-3 * steps :]
        return (clock.phase + 1) % steps == 0

    def propose(self) -> tuple[int, bool]:
        """Return how many cycles may be left out now, and whether along the line (collective)."""
        clock, steps = self._stage.clock, self._steps
        before, left = self._stage.last_cycle, self._repeat - (clock.phase + 1) // steps - 1
        if not before or not clock.cycle_numbers or left <= 0:
            return 0, False
        if min(len(clock.cycle_contacts), len(clock.cycle_voids)) < 3 * steps:
            return 0, False
        return self._allowed(self._stage.cycle_state(), before, left)

    def leave_out(self, cycles: int, *, line: bool) -> None:
        """Go on by some cycles, none included, and keep the end of this one (collective)."""
        clock, steps = self._stage.clock, self._steps
        now, numbers = self._stage.cycle_state(), _numbers(clock)
        before, earlier = self._stage.last_cycle, clock.cycle_numbers
        if cycles:
            names = _LINEAR if line else _HELD
            for name in names:
                slope = numbers[name] - earlier[name]
                setattr(clock, name, numbers[name] + cycles * slope)
            if not line:  # as much closes as is enclosed and not met again
                clock.closed += clock.enclosed - clock.reopened
                clock.closed -= numbers["enclosed"] - numbers["reopened"]
            clock.film = max(clock.film, 0.0)
            clock.phase += cycles * steps
            if line:
                now = {name: now[name] + cycles * (now[name] - before[name]) for name in now}
                self._stage.set_cycle_state(now)
                for name in ("cycle_contacts", "cycle_voids"):
                    two, three = np.array(getattr(clock, name)).reshape(3, steps)[1:]
                    there = three + cycles * (three - two)
                    setattr(clock, name, tuple(map(float, (*(there - three + two), *there))))
            numbers = _numbers(clock)
        self._stage.last_cycle, clock.cycle_numbers = now, numbers

    def _allowed(
        self, now: dict[str, Array], before: dict[str, Array], left: int
    ) -> tuple[int, bool]:
        """Return how many cycles may be left out, and whether along the line (collective)."""
        error, clock = self._error or 0.0, self._stage.clock
        most = min(left, self._longest)
        contact = np.array(clock.cycle_contacts).reshape(3, self._steps)
        volume = np.array(clock.cycle_voids).reshape(3, self._steps)
        system = self._stage.system
        least = NEGLIGIBLE * system.gap_scale * system.total_area
        volume /= max(float(np.max(volume[2])), least)
        change, bend = _differences(contact)
        grown, bent = _differences(volume)
        held = min(int(error / change), most)
        if grown > error / self._repeat or not self._balanced():
            held = 0
        along = min(
            int(0.5 * (np.sqrt(1.0 + 8.0 * error / bend) - 1.0)),
            int(2.0 * error / (self._repeat * bent)) - 1,
            int(LARGEST_CHANGE * error / max(change, grown)),
            most,
        )
        along = max(along, 0)
        along = min(self._comm.allgather(_keeps_voids(now, before, along)))
        return (along, True) if along > 0 and along >= held else (held, False)

    def _balanced(self) -> bool:
        """Say whether the last cycle has left as much metal as it found."""
        clock, before = self._stage.clock, self._stage.clock.cycle_numbers
        passed = clock.throughput - before["throughput"]
        stripped = abs(clock.removed - before["removed"]) > BALANCED * passed
        squeezed = abs(clock.outflow - before["outflow"]) > BALANCED * abs(clock.outflow)
        return not (stripped or squeezed)


def leave_out(jumps: Sequence[CycleJump], contacts: Sequence[float]) -> None:
    """Take the end of a phase on every electrode, and leave out what all of them may (collective).

    Parameters
    ----------
    jumps : sequence of CycleJump
        Of the electrodes.
    contacts : sequence of float
        Their contact fractions.
    """
    ends = [jump.ends_cycle(c) for jump, c in zip(jumps, contacts, strict=True)]
    if not all(ends):
        return
    proposals = [jump.propose() for jump in jumps]
    cycles = min(proposal[0] for proposal in proposals)
    for jump, (_, line) in zip(jumps, proposals, strict=True):
        jump.leave_out(cycles, line=line)


def _differences(values: Array) -> tuple[float, float]:
    """Return the largest first and second difference of three rows, positive."""
    change = float(np.max(np.abs(values[2] - values[1])))
    bend = float(np.max(np.abs(values[2] - 2.0 * values[1] + values[0])))
    return max(change, NOTHING), max(bend, NOTHING)


def _numbers(clock: Clock) -> dict[str, float]:
    return {name: float(getattr(clock, name)) for name in _LINEAR}


def _keeps_voids(now: dict[str, Array], before: dict[str, Array], cycles: int) -> int:
    """Return the cycles along the line through which every void of this rank stays what it is."""
    for name in ("gap", "lengths", "heights"):
        one, two = before[name], now[name]
        if not np.array_equal(one > 0.0, two > 0.0):
            return 0
        falling = (two > 0.0) & (two < one)
        if falling.any():
            lasts = np.min(two[falling] / (one[falling] - two[falling]))
            cycles = min(cycles, max(int(0.5 * lasts), 0))
    return cycles if np.array_equal(before["covered"], now["covered"]) else 0
