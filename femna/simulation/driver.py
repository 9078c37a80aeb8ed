"""The march through a protocol: steps as transactions, phases, and how a run ends."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from femna.case import shares_electrolyte
from femna.errors import ComputationError
from femna.simulation.cycle_jump import CycleJump, leave_out
from femna.simulation.electrode import Electrode
from femna.simulation.ending import Status, ending, reaches
from femna.simulation.hold import hold_over
from femna.simulation.judgement import Judgement
from femna.simulation.measures import Forces
from femna.simulation.neighbours import Neighbours
from femna.simulation.newton import Newton
from femna.simulation.remesh import Remesh
from femna.simulation.renewal import on_mesh_of, renew, same_mesh
from femna.simulation.schedule import Phase, phases
from femna.simulation.setup import Model
from femna.simulation.shared_electrolyte import MOST_TURNS, Apart, SharedElectrolyte
from femna.simulation.stage import Stage
from femna.simulation.start import remedy
from femna.simulation.state import Clock, State
from femna.simulation.symmetric_cell import both_rows, opposite
from femna.simulation.system import System
from femna.simulation.timing import first_length, output_due

ELECTRODES: Final = ("working", "counter")
"""In the order in which a step solves them."""

FAILED_SHARE: Final = 0.25
"""By which a step without a solution is shortened."""


@dataclass(frozen=True)
class Accepted:
    """One accepted step.

    Attributes
    ----------
    row : dict
        The row of the history.
    status : str or None
        How the run ended with this step; None if it goes on.
    output : bool
        Whether fields are asked for here.
    electrode : str
        Which electrode ended it: ``working`` or ``counter``.
    remesh : Remesh, optional
        What a new mesh at its beginning changed.
    """

    row: dict[str, Any]
    status: Status | None
    output: bool
    electrode: str = "working"
    remesh: Remesh | None = None


class Driver:
    """Runs the protocol of a model, and of the counter electrode where there is one.

    Parameters
    ----------
    model : Model
        The discrete problem, its mesh at the reference position.
    neighbours : Neighbours, optional
        First solutions of other cases, to which that of this one is added.
    counter : Model, optional
        Of the counter electrode (`build_counter`); needed where the case has one.

    Raises
    ------
    ValueError
        The case has a counter electrode and its model is missing.
    """

    def __init__(
        self,
        model: Model,
        neighbours: Neighbours | None = None,
        *,
        counter: Model | None = None,
    ) -> None:
        self.case = model.case
        if (self.case.counter is None) != (counter is None):
            raise ValueError("the counter electrode's model goes with a case that has one")
        self.phases = phases(self.case)
        self.working = Electrode(model, neighbours)
        self.counter = None if counter is None else Electrode(counter)
        self._every = [e for e in (self.working, self.counter) if e is not None]
        self._shared = self._share()
        self._jumps = [CycleJump(self.case, e.stage) for e in self._every]

    def _share(self) -> SharedElectrolyte | Apart:
        """Put both electrodes on one electrolyte, where the case has them so (collective)."""
        if self.counter is None or not shares_electrolyte(self.case):
            return Apart()
        shared = SharedElectrolyte(self.system, self.counter.system)
        self.working.heal = lambda: shared.healed_voltages()[0]
        self.counter.heal = lambda: shared.healed_voltages()[1]
        return shared

    @property
    def model(self) -> Model:
        """The working electrode's problem, on its present mesh."""
        return self.working.model

    @property
    def system(self) -> System:
        """The working electrode's system, on its present mesh."""
        return self.working.system

    @property
    def stage(self) -> Stage:
        """The working electrode in motion."""
        return self.working.stage

    @property
    def newton(self) -> Newton:
        """Newton's method of the working electrode."""
        return self.working.newton

    @property
    def clock(self) -> Clock:
        """The numbers of the present state."""
        return self.stage.clock

    @property
    def phase_charge(self) -> float:
        """Charge that has passed in the present phase, its sign left out [C/m^2]."""
        return self.phases[self.clock.phase].charge_at(self.clock)

    @property
    def ends_half_cycle(self) -> bool:
        """Whether the present state is the last one of a strip, a plate or a hold."""
        phase = self.phases[self.clock.phase]
        return phase.kind != "rest" and self._over(phase)

    # -- the state -----------------------------------------------------------------------------

    def save(self) -> State:
        """Return a copy of everything that a step needs."""
        other = None if self.counter is None else self.counter.stage.save()
        return replace(self.stage.save(), counter=other)

    def restore(self, state: State) -> None:
        """Return to a saved state, and to its mesh (collective)."""
        self.take_mesh(state.clock)
        for electrode, own in zip(self._every, _parts(state), strict=True):
            electrode.stage.restore(own)

    # -- the mesh ------------------------------------------------------------------------------

    def take_mesh(self, clock: Clock) -> bool:
        """Take the mesh of a clock, nothing moved; return whether it was another (collective).

        Where no rim moves there is one mesh, whatever the clock says.
        """
        if same_mesh(clock, self.clock) or not self.stage.rim.moves:
            return False
        self._use(on_mesh_of(self.working, clock))
        return True

    def _renewed(self, phase: Phase) -> Remesh | None:
        """Make the mesh anew where it has become too flat; return what that changed."""
        if not self.stage.rim.worn(self.clock):
            return None
        electrode, remesh = renew(self.working, phase)
        self._use(electrode)
        return remesh

    def _use(self, electrode: Electrode) -> None:
        """Go on with another working electrode; there is no counter one (collective)."""
        self.working, self._every = electrode, [electrode]
        self._jumps = [CycleJump(self.case, electrode.stage)]
        gc.collect()  # on all ranks at one point, since MPI's objects are freed together

    # -- the march -----------------------------------------------------------------------------

    def march(self) -> Iterator[Accepted]:
        """Yield the accepted steps from the present state to the end.

        Raises
        ------
        ComputationError
            When a step cannot be done at the smallest length; the state is that of the last
            accepted one.
        """
        if self.clock.step == 0 and self.clock.phase_time == 0.0:
            accepted, trials = self._first()
            yield accepted
            for electrode, trial in zip(self._every, trials, strict=True):
                electrode.stage.take_unknowns(trial)
        else:  # what measures the state asks for the step that led to it
            for electrode, phase in self._driven(self.phases[self.clock.phase]):
                dt = electrode.clock.next_dt or first_length(phase, self.model)
                electrode.stage.set_step(phase, dt)
        while self.clock.phase < len(self.phases):
            phase = self.phases[self.clock.phase]
            while not self._over(phase):
                if self.clock.step >= self.case.numerics.max_steps:
                    raise ComputationError(
                        f"numerics.max_steps = {self.case.numerics.max_steps} steps were taken"
                    )
                accepted = self._advance(phase)
                yield accepted
                if accepted.status is not None:
                    return
            contacts = [electrode.measures.contact_fraction() for electrode in self._every]
            leave_out(self._jumps, contacts)
            if self.clock.phase + 1 >= len(self.phases):
                return
            for electrode in self._every:
                electrode.clock.next_phase()

    def _over(self, phase: Phase) -> bool:
        return self.clock.phase_over or self.clock.phase_time >= phase.duration * (1.0 - 1e-12)

    def _driven(self, phase: Phase) -> Iterator[tuple[Electrode, Phase]]:
        """Yield every electrode with its phase; the counter's current is the working one's."""
        yield self.working, phase
        if self.counter is not None:
            yield self.counter, opposite(phase, phase.current_at(self.clock))

    def _solved(self, phase: Phase) -> Iterator[tuple[Electrode, Phase]]:
        """Yield as `_driven`, with the current that the working electrode's solution has."""
        yield self.working, phase
        if self.counter is not None:
            yield self.counter, opposite(phase, self.working.current(phase))

    def _first(self) -> tuple[Accepted, list[State]]:
        """Solve the initial state; return also short trial steps' unknowns as guesses."""
        phase = self.phases[0]
        dt = 1e-2 * first_length(phase, self.model)
        iterations = 0
        self._shared.begin()
        for k, (electrode, own) in enumerate(self._solved(phase)):
            self._shared.face(k)
            result = electrode.solve_first(own, dt)
            if not result.converged:
                raise ComputationError(
                    f"no first solution: Newton's method ended with {result.reason_name} "
                    f"after {result.iterations} steps of continuation{remedy(electrode.system)}"
                )
            iterations += result.iterations
        if not self._shared.agreed():
            befores = [electrode.stage.save() for electrode in self._every]
            more, failed = self._solve(phase, dt, befores)
            if failed:
                raise ComputationError(f"no first solution: {failed}")
            iterations += more
        solved, trials, forces = [], [], []
        for electrode, own in self._solved(phase):
            if electrode is self.counter:  # a held voltage has another current once it is closed
                electrode.system.required_step().current = own.current / self.model.scales.current
            solved.append((electrode, own))
            forces.append(electrode.measures.forces())
            trials.append(electrode.close_first(own, dt))
        self._shared.distribute()
        solved = list(self._solved(phase))
        row = both_rows(*_rows(solved, dt=0.0, iterations=iterations, forces=forces))
        return Accepted(row, None, output_due(phase, 0.0, self.case)), trials

    def _advance(self, phase: Phase) -> Accepted:
        """Do one step: try, judge, undo and shorten until it is kept."""
        remesh = self._renewed(phase)
        befores = [electrode.stage.save() for electrode in self._every]
        judgement = Judgement(self._every, phase)
        dt = min(electrode.longest(own) for electrode, own in self._driven(phase))
        if phase.held is not None:
            dt = max(dt, judgement.smallest)
        for electrode in self._every:
            electrode.newton.begin_step()
        while True:
            iterations, reason = self._solve(phase, dt, befores)
            share: float | None = FAILED_SHARE
            if not reason:
                share = judgement.share([own for _, own in self._solved(phase)], dt)
                reason = judgement.reason
            if share is None:
                break
            self._undo(befores)
            dt *= share
            if dt < judgement.smallest:
                self._fail(befores, reason, judgement.smallest)
        try:
            for electrode in self._every:
                electrode.stage.check_rim(dt)
        except ComputationError:
            self._undo(befores)
            raise
        judgement.keep(dt)
        return replace(self._accept(phase, dt, iterations, judgement.loads), remesh=remesh)

    def _solve(self, phase: Phase, dt: float, befores: list[State]) -> tuple[int, str]:
        """Solve one step on every electrode; return Newton's iterations, and what failed."""
        iterations = 0
        self._shared.begin()
        for _ in range(MOST_TURNS):
            solved = zip(self._solved(phase), befores, strict=True)
            for k, ((electrode, own), before) in enumerate(solved):
                self._shared.face(k)
                result = electrode.solve(own, dt, before)
                iterations += result.iterations
                if not result.converged:
                    return iterations, f"Newton's method ended with {result.reason_name}"
            if self._shared.agreed():
                return iterations, ""
        return iterations, "both electrodes do not agree on their electrolyte's potential"

    def _undo(self, befores: list[State]) -> None:
        for electrode, before in zip(self._every, befores, strict=True):
            electrode.stage.undo(before)

    def _fail(self, befores: list[State], reason: str, smallest: float) -> None:
        """Return to the state before a step and say why it cannot be done."""
        for electrode, before in zip(self._every, befores, strict=True):
            electrode.stage.restore(before)
        names = {name for before in befores for name in before.not_finite()}
        wrong = sorted(set().union(*self.system.comm.allgather(names)))
        if wrong:
            reason = f"the state before it is not finite ({', '.join(wrong)})"
        raise ComputationError(
            f"step {self.clock.step + 1} at t = {self.clock.time:.6g} s cannot be done: "
            f"{reason}; the step fell below {smallest:.3g} s"
        )

    def _accept(self, phase: Phase, dt: float, iterations: int, loads: list[float]) -> Accepted:
        """Take the step on every electrode, and judge the end."""
        clock = self.clock
        solved = list(self._solved(phase))
        forces = [
            electrode.accept(own, dt, load)
            for (electrode, own), load in zip(solved, loads, strict=True)
        ]
        if any(electrode.rearranged for electrode in self._every):
            self._shared.distribute()
        rows = _rows(solved, dt=dt, iterations=iterations, forces=forces)
        clock.phase_over = reaches(self.working.voltage(), phase.until) or hold_over(phase, clock)
        last = phase.index + 1 == len(self.phases) and self._over(phase)
        ends = [ending(one, self.case.limits, last=False) for one in rows]
        by = next((k for k, end in enumerate(ends) if end is not None), 0)
        status = ends[by] or ("ok" if last else None)
        ended = status is not None or clock.phase_over
        ended = ended and "end" in self.case.output.fields_at
        output = ended or output_due(phase, clock.phase_time, self.case)
        return Accepted(both_rows(*rows), status, output, ELECTRODES[by])


def _rows(
    solved: list[tuple[Electrode, Phase]], *, dt: float, iterations: int, forces: list[Forces]
) -> list[dict[str, Any]]:
    """Return the rows of the electrodes, each with its own phase."""
    return [
        electrode.row(own, dt=dt, iterations=iterations, forces=force)
        for (electrode, own), force in zip(solved, forces, strict=True)
    ]


def _parts(state: State) -> list[State]:
    return [part for part in (state, state.counter) if part is not None]
