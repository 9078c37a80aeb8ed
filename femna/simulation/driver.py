"""The march through a protocol: steps as transactions, phases, and how a run ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mpi4py import MPI

from femna.errors import ComputationError
from femna.simulation.conduction import distribute_current, healed_voltage
from femna.simulation.contact_state import closed_state
from femna.simulation.control import INSTANT, Change, Reading, StepControl, largest_change
from femna.simulation.cycle_jump import CycleJump
from femna.simulation.ending import Status, ending, oversteps, reaches, share_to_limit
from femna.simulation.hold import hold_over, share_to_end
from femna.simulation.measures import Forces, Measures
from femna.simulation.neighbours import Neighbours
from femna.simulation.newton import LineSearch, Newton, NewtonResult
from femna.simulation.schedule import Phase, phases
from femna.simulation.setup import Model
from femna.simulation.stage import Stage
from femna.simulation.start import (
    close_again,
    remedy,
    solve_from_rest,
    solve_with_falling_floor,
)
from femna.simulation.state import Clock, State
from femna.simulation.timing import first_length, next_length, output_due, usual_length

LINE_SEARCHES: Final[tuple[LineSearch, ...]] = ("secant", "backtracking")
"""What guards Newton's method where full steps fail, the surer last."""

LOCATING_STEPS: Final = 8
"""How often a step that oversteps a voltage limit is shortened to meet it."""


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
    """

    row: dict[str, Any]
    status: Status | None
    output: bool


class Driver:
    """Runs the protocol of a model.

    Parameters
    ----------
    model : Model
        The discrete problem, its mesh at the reference position.
    neighbours : Neighbours, optional
        First solutions of other cases, to which that of this one is added.
    """

    def __init__(self, model: Model, neighbours: Neighbours | None = None) -> None:
        self.model, self.system, self.case = model, model.system, model.case
        self.phases = phases(self.case)
        self.stage = Stage(model)
        self.measures = Measures(self.stage)
        numerics = self.case.numerics
        self.newton = Newton(self.system, solver=numerics.linear_solver)
        self._control = StepControl(numerics.contact_error, fixed=numerics.step is not None)
        self._jump = CycleJump(self.case, self.stage)
        self._healed: tuple[int, float] = (-1, 0.0)
        self._neighbours = neighbours or Neighbours()

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
        """Whether the present state is the last one of a strip or a plate."""
        phase = self.phases[self.clock.phase]
        return phase.kind != "rest" and self._over(phase)

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
            accepted, trial = self._first()
            yield accepted
            self.stage.take_unknowns(trial)
        else:  # what measures the state asks for the step that led to it
            phase = self.phases[self.clock.phase]
            self.stage.set_step(phase, self.clock.next_dt or first_length(phase, self.model))
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
            self._jump.after_phase(self.measures.contact_fraction())
            if self.clock.phase + 1 >= len(self.phases):
                return
            self.clock.next_phase()

    def _over(self, phase: Phase) -> bool:
        return self.clock.phase_over or self.clock.phase_time >= phase.duration * (1.0 - 1e-12)

    def _first(self) -> tuple[Accepted, State]:
        """Solve the initial state; return also a short trial step's unknowns as a guess."""
        phase = self.phases[0]
        dt = 1e-2 * first_length(phase, self.model)
        self.stage.set_step(phase, dt)
        self.system.metal.begin_step(dt / self.model.scales.time)
        result = self._first_solution()
        if not result.converged:
            raise ComputationError(
                f"no first solution: Newton's method ended with {result.reason_name} "
                f"after {result.iterations} steps of continuation{remedy(self.system)}"
            )
        self.system.take_current()
        forces = self.measures.forces()
        trial, contact = self.stage.save(), self.measures.contact_fraction()
        self._neighbours.keep(self.model, trial)
        close_again(self.system, self.stage.gap)  # no time has passed
        self.system.take_current()
        self.clock.current = self._current(phase)
        self.clock.contact_rate = (contact - self.measures.contact_fraction()) / dt
        row = self._row(phase, dt=0.0, iterations=result.iterations, forces=forces)
        return Accepted(row, None, output_due(phase, 0.0, self.case)), trial

    def _first_solution(self) -> NewtonResult:
        """Solve from a neighbour's first solution; without one, or if that fails, from rest."""
        guess = self._neighbours.nearest(self.model)
        if guess is not None:
            self.stage.take_unknowns(guess)
            result = self._counted(self.newton.solve_by_stress())
            if result.converged:
                return result
        self.system.z = closed_state(self.stage.gap, self.system.gap_scale)
        return self._counted(solve_from_rest(self.system, self.newton))

    def _advance(self, phase: Phase) -> Accepted:
        """Do one step: try, judge, undo and shorten until it is kept."""
        self.newton.begin_step()
        before, reading = self.stage.save(), self._reading(self.clock.current)
        dt = next_length(self.clock, phase, self.model)
        if self.case.numerics.step is None:
            dt = min(dt, self.stage.time_to_event(phase) * self.model.scales.time)
        smallest = self.case.numerics.min_step_ratio * usual_length(phase, self.case)
        if phase.held is not None:
            dt = max(dt, smallest)
        sudden = self.clock.phase_time == 0.0
        instant = INSTANT * first_length(phase, self.model)
        reason = ""
        locating = 0
        while True:
            if dt < smallest:
                self.stage.restore(before)
                everywhere = self.system.comm.allgather(before.not_finite())
                wrong = sorted({name for names in everywhere for name in names})
                if wrong:
                    reason = f"the state before it is not finite ({', '.join(wrong)})"
                raise ComputationError(
                    f"step {self.clock.step + 1} at t = {self.clock.time:.6g} s cannot be done: "
                    f"{reason}; the step fell below {smallest:.3g} s"
                )
            result = self._try(phase, dt, before)
            if not result.converged:
                reason = f"Newton's method ended with {result.reason_name}"
                self.stage.undo(before)
                dt *= 0.25
                continue
            load = self._load(reading, dt)
            limit = min(self.case.limits.voltage, phase.until)
            after = self._current(phase)
            share = share_to_end(phase, self.clock, before=reading.current, after=after, dt=dt)
            if sudden and dt <= instant:
                load = min(load, 1.0)  # a jump of the pressure or the current has no shorter step
            if not self._control.acceptable(load):
                reason = "it changes too much"
                dt *= max(self._control.factor(load), 0.1)
            elif oversteps(self._voltage(), limit) and locating < LOCATING_STEPS:
                locating += 1
                reason = "it oversteps the voltage limit"
                dt *= share_to_limit(reading.voltage, self._voltage(), limit)
            elif share is not None and locating < LOCATING_STEPS and share * dt >= smallest:
                locating += 1
                reason = "it oversteps the end of the hold"
                dt *= share
            else:
                break
            self.stage.undo(before)
        change = self.measures.contact_fraction() - reading.contact
        self.clock.contact_rate = 0.0 if sudden and dt <= instant else change / dt
        return self._accept(phase, dt, result, load)

    def _try(self, phase: Phase, dt: float, before: State) -> NewtonResult:
        """Solve one step from the present unknowns; if that fails, by ever surer ways."""
        self.stage.set_step(phase, dt)
        self.system.metal.begin_step(dt / self.model.scales.time)
        result = self._counted(self.newton.solve_by_stress())
        # a metal with voids is softer than its tangent says: secant steps go astray there
        searches = LINE_SEARCHES if self.system.metal.porous is None else LINE_SEARCHES[::-1]
        for line_search in searches:
            if not result.converged:
                self.stage.take_unknowns(before)
                result = self._counted(self.newton.solve(line_search))
        if not result.converged:
            self.stage.take_unknowns(before)
            result = self._counted(solve_with_falling_floor(self.system, self.newton))
        if not result.converged:
            self.system.z = closed_state(self.stage.gap, self.system.gap_scale)
            result = self._counted(solve_from_rest(self.system, self.newton))
        if result.converged:
            self.system.take_current()
        return result

    def _counted(self, result: NewtonResult) -> NewtonResult:
        self.clock.newton_iterations += result.iterations
        return result

    def _load(self, before: Reading, dt: float) -> float:
        """Return what a solved step changed, over its limits (collective)."""
        system, phase = self.system, self.phases[self.clock.phase]
        close, far = largest_change(
            self.stage.gap,
            system.gap,
            roughness=system.gap_scale,
            conducting=self.model.conducting,
        )
        change = Change.between(
            before,
            self._reading(self._current(phase)),
            clock=self.clock,
            dt=dt,
            driven=bool(phase.current) or phase.held is not None,
            held=phase.held is not None,
            gaps=(
                float(system.comm.allreduce(close, op=MPI.MAX)),
                max(
                    float(system.comm.allreduce(far, op=MPI.MAX)),
                    self.stage.occlusion.change(dt / self.model.scales.time),
                ),
            ),
            squeezed=self.stage.squeezed_share(dt / self.model.scales.time),
        )
        return self._control.load(change)

    def _accept(self, phase: Phase, dt: float, result: NewtonResult, load: float) -> Accepted:
        """Take the step: convect the memory, move the mesh, advance the clock, judge the end."""
        clock, dt_hat = self.clock, dt / self.model.scales.time
        forces, passed = self.measures.forces(), self._current(phase)
        if self.stage.follow(dt_hat):
            distribute_current(self.system, self.system.z)
            self.system.take_current()
        clock.advance(dt, current=passed, duration=phase.duration)
        clock.next_dt = dt * self._control.factor(load)
        if self.case.numerics.step is not None and phase.current:
            clock.next_dt = self.case.numerics.step / abs(phase.current)
        row = self._row(phase, dt=dt, iterations=result.iterations, forces=forces)
        clock.phase_over = reaches(self._voltage(), phase.until) or hold_over(phase, clock)
        last = phase.index + 1 == len(self.phases) and self._over(phase)
        status = ending(row, self.case.limits, last=last)
        ended = status is not None or clock.phase_over
        ended = ended and "end" in self.case.output.fields_at
        output = ended or output_due(phase, clock.phase_time, self.case)
        return Accepted(row, status, output)

    # -- numbers -------------------------------------------------------------------------------

    def _voltage(self) -> float:
        return self.system.voltage * self.model.scales.potential

    def _current(self, phase: Phase) -> float:
        """Return the mean current density of the solved step [A/m^2]."""
        if phase.held is None:
            return phase.current
        return self.system.required_step().current * self.model.scales.current

    def _reading(self, current: float) -> Reading:
        return Reading(self.measures.contact_fraction(), self._voltage(), current)

    def _row(self, phase: Phase, *, dt: float, iterations: int, forces: Forces) -> dict[str, Any]:
        return self.measures.row(
            self.clock,
            phase,
            healed=self._healed_voltage(phase),
            forces=forces,
            dt=dt,
            iterations=iterations,
        )

    def _healed_voltage(self, phase: Phase) -> float:
        """Return the voltage [V] of the healed interface at this phase's current."""
        if self._healed[0] != phase.index or phase.held is not None:
            healed = healed_voltage(self.system) * self.model.scales.potential
            self._healed = (phase.index, healed)
        return self._healed[1]
