"""Cycles that are left out where the cell changes little from one to the next.

After a whole cycle the contact fractions at the ends of its steps are compared with those of the
two cycles before it. If they change by d a cycle, and d by e from one to the next, then N cycles
along the straight line through the last two are wrong by some ``N (N + 1) e / 2``; where the voids
of two cycles do not stand over the same vertices there is no line, the state is held, and N cycles
are wrong by ``N d``. N is the largest number that keeps the error asked for. Gap, voids and
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

_HELD: Final = ("time", "throughput")
_LINEAR: Final = (
    *_HELD,
    "removed",
    "platen",
    "outflow",
    "void_volume",
    "enclosed",
    "reopened",
    "closed",
)
"""Numbers of the clock that go on while the state is held, and along the line."""

LARGEST_CHANGE: Final = 10.0
"""Change of the contact fraction along the line of one jump, over the error asked for, at most."""

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
        """Take the contact fraction at the end of a phase; say whether it ends a cycle to look at.

        Never where every cycle is computed.
        """
        if self._error is None:
            return False
        clock, steps = self._stage.clock, self._steps
        clock.cycle_contacts = (*clock.cycle_contacts, contact)[-3 * steps :]
        return (clock.phase + 1) % steps == 0

    def propose(self) -> tuple[int, bool]:
        """Return how many cycles may be left out now, and whether along the line (collective)."""
        clock, steps = self._stage.clock, self._steps
        before, left = self._stage.last_cycle, self._repeat - (clock.phase + 1) // steps - 1
        if not before or not clock.cycle_numbers or left <= 0:
            return 0, False
        if len(clock.cycle_contacts) < 3 * steps:
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
            clock.phase += cycles * steps
            if line:
                now = {name: now[name] + cycles * (now[name] - before[name]) for name in now}
                self._stage.set_cycle_state(now)
                two, three = np.array(clock.cycle_contacts).reshape(3, steps)[1:]
                there = three + cycles * (three - two)
                clock.cycle_contacts = tuple(map(float, (*(there - three + two), *there)))
            numbers = _numbers(clock)
        self._stage.last_cycle, clock.cycle_numbers = now, numbers

    def _allowed(
        self, now: dict[str, Array], before: dict[str, Array], left: int
    ) -> tuple[int, bool]:
        """Return how many cycles may be left out, and whether along the line (collective)."""
        error = self._error or 0.0
        values = np.array(self._stage.clock.cycle_contacts).reshape(3, self._steps)
        change = float(np.max(np.abs(values[2] - values[1])))
        bend = float(np.max(np.abs(values[2] - 2.0 * values[1] + values[0])))
        most = min(left, self._longest)
        held = min(int(error / max(change, NOTHING)), most)
        along = int(0.5 * (np.sqrt(1.0 + 8.0 * error / max(bend, NOTHING)) - 1.0))
        along = min(along, int(LARGEST_CHANGE * error / max(change, NOTHING)), most)
        along = min(self._comm.allgather(_keeps_voids(now, before, along)))
        return (along, True) if along > 0 and along >= held else (held, False)


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
