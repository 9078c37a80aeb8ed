"""One electrode in motion: its solves, what a step changed in it, its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from femna.errors import ComputationError
from femna.simulation.conduction import distribute_current, healed_voltage
from femna.simulation.contact_state import closed_state
from femna.simulation.control import Change, Reading, StepControl, change_of_gap
from femna.simulation.measures import Forces, Measures
from femna.simulation.neighbours import Neighbours
from femna.simulation.newton import LineSearch, Newton, NewtonResult
from femna.simulation.schedule import Phase
from femna.simulation.setup import Model
from femna.simulation.stage import Stage
from femna.simulation.start import close_again, solve_from_rest, solve_with_falling_floor
from femna.simulation.state import Clock, State
from femna.simulation.timing import next_length

LINE_SEARCHES: Final[tuple[LineSearch, ...]] = ("secant", "backtracking")
"""What guards Newton's method where full steps fail, the surer last."""

NOT_TRIED: Final = NewtonResult(False, 0, 0, ())

RIM_TRIES: Final = 2
"""How often a step is solved again since a mask meets the rim or lets it go."""


class Electrode:
    """Solves, keeps and measures the steps that it is given.

    Parameters
    ----------
    model : Model
        The discrete problem, its mesh at the reference position.
    neighbours : Neighbours, optional
        First solutions of other cases, to which that of this one is added.
    volume_at_start : float, optional
        As for `Measures`.

    Attributes
    ----------
    stage : Stage
    measures : Measures
    newton : Newton
    heal : callable
        Returns the voltage of the healed interface over the potential scale.
    rearranged : bool
        Whether the last step that was kept met or enclosed a void, so that the current found
        another way.
    """

    def __init__(
        self,
        model: Model,
        neighbours: Neighbours | None = None,
        *,
        volume_at_start: float | None = None,
    ) -> None:
        self.model, self.system = model, model.system
        self.stage = Stage(model)
        self.measures = Measures(self.stage, volume_at_start=volume_at_start)
        numerics = model.case.numerics
        self.newton = Newton(self.system, solver=numerics.linear_solver)
        self.control = StepControl(numerics.contact_error, fixed=numerics.step is not None)
        self.heal: Callable[[], float] = lambda: healed_voltage(self.system)
        self.rearranged = self._stress_failed = False
        self._healed: tuple[tuple[int, float], float] = ((-1, 0.0), 0.0)
        self._neighbours = neighbours or Neighbours()

    @property
    def clock(self) -> Clock:
        """The numbers of the present state."""
        return self.stage.clock

    # -- solves --------------------------------------------------------------------------------

    def solve_first(self, phase: Phase, dt: float) -> NewtonResult:
        """Solve a first short step of length `dt` [s]: from a neighbour's, if that fails from rest.

        A solution is known to the neighbours from then on.
        """
        self.stage.set_step(phase, dt)
        if self.system.metal.memory is not None:
            self.system.metal.memory.begin_under(self.system.required_step().pressure)
        self.system.metal.begin_step(dt / self.model.scales.time)
        result = self._first_solution()
        if result.converged:
            self.system.take_current()
            self._neighbours.keep(self.model, self.stage.save())
        return result

    def close_first(self, phase: Phase, dt: float) -> State:
        """Close what the first short step has opened; return its unknowns (collective)."""
        trial, contact = self.stage.save(), self.measures.contact_fraction()
        close_again(self.system, self.stage.gap)  # no time has passed
        self.system.take_current()
        self.clock.current = self.current(phase)
        self.clock.contact_rate = (contact - self.measures.contact_fraction()) / dt
        return trial

    def _first_solution(self) -> NewtonResult:
        guess = self._neighbours.nearest(self.model)
        if guess is not None:
            self.stage.take_unknowns(guess)
            result = self._counted(self.newton.solve_by_stress())
            if result.converged:
                return result
        self.system.z = closed_state(self.stage.gap, self.system.gap_scale)
        return self._counted(solve_from_rest(self.system, self.newton))

    def solve(self, phase: Phase, dt: float, before: State) -> NewtonResult:
        """Solve one step from the present unknowns, again where a mask meets the rim or lets go."""
        self.stage.set_step(phase, dt)
        self.system.metal.begin_step(dt / self.model.scales.time)
        result = self._solve(before)
        for _ in range(RIM_TRIES):
            if not result.converged or not self.stage.revise_rim(dt):
                break
            result = self._solve(before)
        if result.converged:
            self.system.take_current()
        return result

    def _solve(self, before: State) -> NewtonResult:
        """Solve from the present unknowns; if that fails, by ever surer ways.

        By the stress first, unless that has failed in the steps before: then after a pause, which
        every further failure doubles.
        """
        tried = self.clock.stress_pause == 0
        result = self._counted(self.newton.solve_by_stress(nearby=True)) if tried else NOT_TRIED
        self._stress_failed = tried and not result.converged
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
            try:
                result = self._counted(solve_from_rest(self.system, self.newton))
            except ComputationError:  # a shorter step may do
                result = NOT_TRIED
        return result

    def _counted(self, result: NewtonResult) -> NewtonResult:
        self.clock.newton_iterations += result.iterations
        return result

    # -- the length of a step ------------------------------------------------------------------

    def longest(self, phase: Phase) -> float:
        """Return how long the next step may be [s] (collective)."""
        dt = next_length(self.clock, phase, self.model)
        if self.model.case.numerics.step is None:
            dt = min(dt, self.stage.time_to_event(phase) * self.model.scales.time)
        return dt

    def load(self, before: Reading, phase: Phase, dt: float) -> float:
        """Return what a solved step changed, over its limits (collective)."""
        system = self.system
        close, far = change_of_gap(
            system.comm,
            self.stage.gap,
            system.gap,
            area=system.area,
            roughness=system.gap_scale,
            conducting=self.model.conducting,
            ignored=self.control.ignored,
        )
        change = Change.between(
            before,
            self.reading(self.current(phase)),
            clock=self.clock,
            dt=dt,
            driven=bool(phase.current) or phase.held is not None,
            held=phase.held is not None,
            gaps=(close, max(far, self.stage.occlusion.change(dt / self.model.scales.time))),
            squeezed=self.stage.squeezed_share(dt / self.model.scales.time),
        )
        return self.control.load(change)

    # -- after a step --------------------------------------------------------------------------

    def accept(self, phase: Phase, dt: float, load: float) -> Forces:
        """Take the step: convect the memory, move the mesh, advance the clock (collective)."""
        clock, numerics = self.clock, self.model.case.numerics
        forces, passed = self.measures.forces(), self.current(phase)
        self.rearranged = self.stage.follow(dt / self.model.scales.time)
        if self.rearranged:
            distribute_current(self.system, self.system.z)
            self.system.take_current()
        clock.note_stress(failed=self._stress_failed)
        clock.advance(dt, current=passed, duration=phase.duration)
        clock.next_dt = dt * self.control.factor(load)
        if numerics.step is not None:
            given = phase.kind in ("strip", "plate")
            current = abs(phase.current) if given else self.model.scales.current
            clock.next_dt = numerics.step / current
        return forces

    def row(self, phase: Phase, *, dt: float, iterations: int, forces: Forces) -> dict[str, Any]:
        """Return the row of the history at the present state (collective)."""
        return self.measures.row(
            self.clock,
            phase,
            healed=self._healed_voltage(phase),
            forces=forces,
            dt=dt,
            iterations=iterations,
        )

    # -- numbers -------------------------------------------------------------------------------

    def voltage(self) -> float:
        """Return the voltage [V] against the reference.

        That is a grounded far side, or the mean of both faces of an electrolyte that is shared.
        """
        return self.system.voltage * self.model.scales.potential

    def current(self, phase: Phase) -> float:
        """Return the mean current density of the solved step [A/m^2]."""
        if phase.held is None:
            return phase.current
        return self.system.required_step().current * self.model.scales.current

    def reading(self, current: float) -> Reading:
        """Return what a step is judged by, at a mean current density [A/m^2] (collective)."""
        return Reading(self.measures.contact_fraction(), self.voltage(), current)

    def _healed_voltage(self, phase: Phase) -> float:
        """Return the voltage [V] of the healed interface at this phase's current."""
        followed = phase.kind == "hold"
        at = (phase.index, self.clock.rim_radius)
        if self._healed[0] != at or followed:
            healed = self.heal() * self.model.scales.potential
            self._healed = (at, healed)
        return self._healed[1]
