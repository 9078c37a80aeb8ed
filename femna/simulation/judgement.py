"""Whether a solved step is kept; if not, by how much it is shortened, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from femna.simulation.electrode import Electrode
from femna.simulation.ending import oversteps, share_to_limit
from femna.simulation.hold import share_to_end
from femna.simulation.schedule import Phase
from femna.simulation.timing import first_length, usual_length

LOCATING_STEPS: Final = 8
"""How often a step that oversteps a voltage limit or a mask is shortened to meet it."""

INSTANT: Final = 1e-3
"""A phase's first step of this share of its usual length is kept whatever it changes, also beyond a
limit: a jump of the pressure or the current has no shorter step."""

LEAST_SHARE: Final = 0.1
"""By which a step that changed too much is shortened at most."""


class Judgement:
    """Of the trials of one step, made before the first of them (collective).

    Parameters
    ----------
    electrodes : sequence of Electrode
        The working one first, at the state before the step.
    phase : Phase
        Of the working electrode.

    Attributes
    ----------
    smallest : float
        Length [s] below which the step cannot be done.
    reason : str
        Why the last trial was not kept.
    loads : list of float
        What the last trial changed on each electrode, over its limits.
    """

    def __init__(self, electrodes: Sequence[Electrode], phase: Phase) -> None:
        self._electrodes, self._phase = electrodes, phase
        working = electrodes[0]
        self._case, self._working = working.model.case, working
        for electrode in electrodes:
            electrode.system.take_surface()
        self._before = [electrode.reading(electrode.clock.current) for electrode in electrodes]
        sudden = working.clock.phase_time == 0.0
        self._instant = INSTANT * first_length(phase, working.model) if sudden else 0.0
        self.smallest = self._case.numerics.min_step_ratio * usual_length(phase, self._case)
        self._located = self._met = 0
        self.reason = ""
        self.loads: list[float] = []

    def share(self, phases: Sequence[Phase], dt: float) -> float | None:
        """Return by what a solved trial of `dt` [s] is shortened; None if it is kept (collective).

        Parameters
        ----------
        phases : sequence of Phase
            Of each electrode, with the current of its solution.
        """
        self.loads = [
            electrode.load(before, phase, dt)
            for electrode, before, phase in zip(self._electrodes, self._before, phases, strict=True)
        ]
        if dt <= self._instant:
            self.loads = [min(load, 1.0) for load in self.loads]
        control, load = self._working.control, max(self.loads)
        if not control.acceptable(load):
            self.reason = "it changes too much"
            return max(control.factor(load), LEAST_SHARE)
        if self._met < LOCATING_STEPS and (share := self._share_to_mask(dt)):
            self._met += 1
            self.reason = "the metal's rim passes the mask"
            return share
        if self._located == LOCATING_STEPS or dt <= self._instant:
            return None
        found = self._share_to_limit(), "it oversteps the voltage limit"
        if found[0] is None:
            found = self._share_to_end(dt), "it oversteps the end of the hold"
        if found[0] is not None:
            self._located += 1
            self.reason = found[1]
        return found[0]

    def keep(self, dt: float) -> None:
        """Note at what rate the contact changes, for the next judgement (collective)."""
        for electrode, before in zip(self._electrodes, self._before, strict=True):
            change = electrode.measures.contact_fraction() - before.contact
            electrode.clock.contact_rate = 0.0 if dt <= self._instant else change / dt

    def _share_to_mask(self, dt: float) -> float | None:
        """Return the share of a step at which a rim that moves meets a mask; None if none does."""
        short = self._met > 0
        shares = [e.stage.share_to_mask(dt, short=short) for e in self._electrodes]
        return min((share for share in shares if share is not None), default=None)

    def _share_to_limit(self) -> float | None:
        """Return the share of a step at which a voltage meets its limit; None if none does."""
        found = []
        for electrode, before in zip(self._electrodes, self._before, strict=True):
            limit = self._case.limits.voltage
            if electrode is self._working:
                limit = min(limit, self._phase.until)
            if oversteps(electrode.voltage(), limit):
                found.append(share_to_limit(before.voltage, electrode.voltage(), limit))
        return min(found, default=None)

    def _share_to_end(self, dt: float) -> float | None:
        """Return the share of a step at which a hold ends; None if it does not, or is too short."""
        share = share_to_end(
            self._phase,
            self._working.clock,
            before=self._before[0].current,
            after=self._working.current(self._phase),
            dt=dt,
        )
        return None if share is None or share * dt < self.smallest else share
