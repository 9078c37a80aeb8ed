"""The march through a protocol: steps as transactions, phases, and how a run ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from femna.errors import ComputationError
from femna.simulation.conduction import distribute_current
from femna.simulation.contact_state import closed_state
from femna.simulation.control import STEPS_PER_PHASE, Change, StepControl, largest_change
from femna.simulation.measures import CURRENT_UNIT, Measures
from femna.simulation.motion import MeshMotion
from femna.simulation.newton import Newton, NewtonResult
from femna.simulation.schedule import Phase, phases
from femna.simulation.setup import Model
from femna.simulation.start import solve_from_rest, solve_with_falling_floor
from femna.simulation.state import Clock, State
from femna.simulation.system import StepData

Array = npt.NDArray[np.float64]
Status = Literal["ok", "contact_lost", "voltage_limit", "shorted"]
FIRST_GAP = 0.1
"""The first step lets the surface recede by at most this share of the roughness."""
INSTANT = 1e-3
"""A phase's first step of this share of its usual length is kept whatever it changes."""
VOLTAGE_TOLERANCE = 2e-3
"""Relative tolerance in which the end of a run at the voltage limit is located."""


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
    """

    def __init__(self, model: Model) -> None:
        self.model, self.system, self.case = model, model.system, model.case
        self.phases = phases(self.case)
        self.motion = MeshMotion(
            model.cell, self.system.metal.pressure_space, self.system.vertices.metal
        )
        self.measures = Measures(model, self.motion)
        self.newton = Newton(self.system)
        numerics = self.case.numerics
        self._control = StepControl(numerics.contact_error, fixed=numerics.step is not None)
        self.clock = Clock()
        self._gap = self.motion.reference_gap()
        self._displacement = np.zeros(len(model.cell.metal.mesh.geometry.x))
        self._healed: tuple[int, float] = (-1, 0.0)

    # -- state ---------------------------------------------------------------------------------

    def save(self) -> State:
        """Return a copy of everything a step needs."""
        system = self.system
        velocity, pressure = system.metal.get()
        return State(
            clock=replace(self.clock),
            velocity=velocity.copy(),
            pressure=pressure.copy(),
            contact=system.z.copy(),
            gap=self._gap.copy(),
            potential=system.electrolyte.get()[0].copy(),
            scalars=system.scalars.copy(),
            memory={name: values.copy() for name, values in system.metal.memory_state().items()},
        )

    def restore(self, state: State) -> None:
        """Return to a saved state, the mesh included (collective)."""
        self._unknowns(state)
        self.clock, self._gap = replace(state.clock), state.gap.copy()
        self.system.metal.restore_memory(state.memory)
        self._place()

    def _place(self) -> None:
        displacement = self.motion.displacement(self._gap, self.clock.platen)
        self.motion.place(displacement)
        self._displacement = displacement
        self.system.metal.geometry_changed()

    def points(self) -> dict[str, Array]:
        """Return the reference coordinates of the owned points of every array of the state."""
        system, cell = self.system, self.model.cell
        metal, axis = system.metal, cell.metal.mesh.geometry.dim
        vertices = system.vertices.horizontal
        here = {
            "velocity": metal.velocity_space.tabulate_dof_coordinates()[:, :axis],
            "pressure": metal.pressure_space.tabulate_dof_coordinates()[:, :axis],
            "contact": vertices,
            "gap": vertices,
            "potential": system.electrolyte.space.tabulate_dof_coordinates()[:, :axis],
        }
        sizes = {
            "velocity": metal.sizes[0] // axis,
            "pressure": metal.sizes[1],
            "potential": system.electrolyte.size,
        }
        owned = {name: xs[: sizes.get(name, len(xs))] for name, xs in here.items()}
        return owned | {f"memory_{name}": xs for name, xs in metal.memory_points().items()}

    @property
    def phase_current(self) -> float:
        """Applied current density of the present phase [A/m^2]."""
        return self.phases[self.clock.phase].current

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
            yield self._first()
        else:  # what measures the state asks for the step that led to it
            phase = self.phases[self.clock.phase]
            self._set_step(phase, self.clock.next_dt or self._first_dt(phase))
        while self.clock.phase < len(self.phases):
            phase = self.phases[self.clock.phase]
            while self.clock.phase_time < phase.duration * (1.0 - 1e-12):
                if self.clock.step >= self.case.numerics.max_steps:
                    raise ComputationError(
                        f"numerics.max_steps = {self.case.numerics.max_steps} steps were taken"
                    )
                accepted = self._advance(phase)
                yield accepted
                if accepted.status is not None:
                    return
            if self.clock.phase + 1 >= len(self.phases):
                return
            self.clock.phase += 1
            self.clock.phase_time = 0.0
            self.clock.next_dt = 0.0

    def _first(self) -> Accepted:
        """Solve the initial state: what the cell does at the first instant."""
        phase = self.phases[0]
        dt = 1e-2 * self._first_dt(phase)
        self._set_step(phase, dt)
        self.system.metal.begin_step(dt / self.model.scales.time)
        self.system.z = closed_state(self._gap, self.system.gap_scale)
        result = solve_from_rest(self.system, self.newton)
        self.clock.newton_iterations += result.iterations
        if not result.converged:
            raise ComputationError(
                f"no first solution: Newton's method ended with {result.reason_name} "
                f"after {result.iterations} steps of continuation"
            )
        reaction = self.measures.platen_force()
        row = self._row(phase, dt=0.0, iterations=result.iterations, reaction=reaction)
        return Accepted(row, None, self._output_due(phase, 0.0))

    def _first_dt(self, phase: Phase) -> float:
        fixed = self.case.numerics.step or self.case.numerics.first_step
        reference = abs(phase.current) or self.model.scales.current
        if fixed is not None:
            return min(fixed / reference, phase.duration)
        scales = self.model.scales
        speed = scales.velocity * reference / scales.current
        return min(FIRST_GAP * self.case.interface.roughness / speed, phase.duration / 4.0)

    def _set_step(self, phase: Phase, dt: float) -> None:
        scales = self.model.scales
        self.system.step = StepData(
            dt=dt / scales.time,
            old_gap=self._gap,
            current=phase.current / scales.current,
            pressure=phase.pressure / scales.traction,
            temperature=phase.temperature,
            law=self.model.law(phase.temperature),
        )

    def _targets(self, phase: Phase) -> list[float]:
        """Return the times [s] within the phase that must be met exactly, in order."""
        times = {phase.duration}
        if phase.current:
            charges = [q for q in self.case.output.fields_at if not isinstance(q, str)]
            times |= {q / abs(phase.current) for q in charges if 0.0 < q < phase.charge}
        return sorted(times)

    def _length(self, phase: Phase) -> float:
        """Return the next step's length [s], ending exactly on the next target."""
        wanted = self.clock.next_dt or self._first_dt(phase)
        if self.case.numerics.step is None:
            wanted = min(wanted, phase.duration / STEPS_PER_PHASE)
        now = self.clock.phase_time
        target = next(t for t in self._targets(phase) if t > now + 1e-12 * phase.duration)
        left = target - now
        if wanted >= left * (1.0 - 1e-9):
            return left
        if self.case.numerics.step is None and wanted > 0.5 * left:
            return 0.5 * left
        return wanted

    def _advance(self, phase: Phase) -> Accepted:
        """Do one step: try, judge, undo and shorten until it is kept."""
        before = self.save()
        contact_before, voltage_before = self.measures.contact_fraction(), self._voltage()
        dt = self._length(phase)
        smallest = self.case.numerics.min_step_ratio * phase.duration
        reason = ""
        locating = 0
        while True:
            if dt < smallest:
                self.restore(before)
                raise ComputationError(
                    f"step {self.clock.step + 1} at t = {self.clock.time:.6g} s cannot be done: "
                    f"{reason}; the step fell below {smallest:.3g} s"
                )
            result = self._try(phase, dt, before)
            if not result.converged:
                reason = f"Newton's method ended with {result.reason_name}"
                self._undo(before)
                dt *= 0.25
                continue
            load = self._load(contact_before, voltage_before, dt)
            limit = self.case.limits.voltage
            beyond = abs(self._voltage()) > limit
            if self.clock.phase_time == 0.0 and dt <= INSTANT * self._first_dt(phase):
                load = min(load, 1.0)  # a jump of the pressure or the current has no shorter step
            if not self._control.acceptable(load):
                reason = "it changes too much"
                dt *= max(self._control.factor(load), 0.1)
            elif beyond and abs(self._voltage()) > limit * (1 + VOLTAGE_TOLERANCE) and locating < 8:
                locating += 1
                reason = "it oversteps the voltage limit"
                dt *= self._share_to_limit(voltage_before, limit)
            else:
                break
            self._undo(before)
        jump = before.clock.phase_time == 0.0 and dt <= INSTANT * self._first_dt(phase)
        change = self.measures.contact_fraction() - contact_before
        self.clock.contact_rate = 0.0 if jump else change / dt
        return self._accept(phase, dt, result, load)

    def _share_to_limit(self, voltage_before: float, limit: float) -> float:
        """Return the share of the step at which log V meets the limit, by interpolation."""
        start = max(abs(voltage_before), 1e-12)
        whole = np.log(abs(self._voltage()) / start)
        return float(np.clip(np.log(limit / start) / whole, 0.05, 1.0 - 1e-6))

    def _undo(self, before: State) -> None:
        iterations = self.clock.newton_iterations
        self.restore(before)
        self.clock.newton_iterations = iterations

    def _try(self, phase: Phase, dt: float, before: State) -> NewtonResult:
        """Solve one step from the present unknowns, by continuation if that fails."""
        self._set_step(phase, dt)
        self.system.metal.begin_step(dt / self.model.scales.time)
        result = self.newton.solve()
        self.clock.newton_iterations += result.iterations
        if result.converged:
            return result
        self._unknowns(before)
        result = solve_with_falling_floor(self.system, self.newton)
        self.clock.newton_iterations += result.iterations
        # from rest where the last velocities say nothing: a new load, or a metal that came to rest
        if not result.converged and (before.clock.phase_time == 0.0 or not phase.current):
            self.system.z = closed_state(self._gap, self.system.gap_scale)
            result = solve_from_rest(self.system, self.newton)
            self.clock.newton_iterations += result.iterations
        return result

    def _unknowns(self, state: State) -> None:
        """Take the unknowns of a state; clock, mesh and memory stay (collective)."""
        system = self.system
        system.metal.set(state.velocity, state.pressure)
        system.z = state.contact.copy()
        system.electrolyte.set(state.potential)
        system.scalars = state.scalars.copy()

    def _load(self, contact_before: float, voltage_before: float, dt: float) -> float:
        system = self.system
        close, far = largest_change(
            self._gap,
            system.gap,
            roughness=system.gap_scale,
            conducting=self.model.conducting,
        )
        close, far = (system.comm.allreduce(value, op=MPI.MAX) for value in (close, far))
        voltage = self._voltage()
        both = abs(voltage) * abs(voltage_before)
        ratio = abs(np.log(abs(voltage / voltage_before))) if both > 0.0 else 0.0
        if voltage * voltage_before < 0.0 or self.clock.phase_time == 0.0 or not self.phase_current:
            ratio = 0.0
        contact = self.measures.contact_fraction() - contact_before
        error = 0.5 * abs(contact - self.clock.contact_rate * dt)
        if self.clock.phase_time == 0.0:
            error = 0.5 * abs(contact)
        return self._control.load(
            Change(error, abs(contact), float(close), float(ratio), float(far))
        )

    def _accept(self, phase: Phase, dt: float, result: NewtonResult, load: float) -> Accepted:
        """Take the step: convect the memory, move the mesh, advance the clock, judge the end."""
        scales, system, clock = self.model.scales, self.system, self.clock
        dt_hat = dt / scales.time
        reaction = self.measures.platen_force()
        clock.elastic_volume += system.metal.elastic_volume_change(dt_hat)
        self._gap = system.gap.copy()
        clock.platen += dt_hat * system.platen_velocity
        old = self._displacement
        new = self.motion.displacement(self._gap, clock.platen)
        system.metal.accept_step(dt_hat, new - old, system.platen_velocity)
        self.motion.place(new)
        self._displacement = new
        system.metal.geometry_changed()
        clock.step += 1
        clock.time += dt
        clock.phase_time += dt
        if abs(clock.phase_time - phase.duration) < 1e-12 * phase.duration:
            clock.phase_time = phase.duration
        clock.removed += phase.current * dt
        clock.throughput += abs(phase.current) * dt
        clock.next_dt = dt * self._control.factor(load)
        if self.case.numerics.step is not None and phase.current:
            clock.next_dt = self.case.numerics.step / abs(phase.current)
        row = self._row(phase, dt=dt, iterations=result.iterations, reaction=reaction)
        status = self._ending(row)
        return Accepted(
            row, status, self._output_due(phase, clock.phase_time) or status is not None
        )

    def _ending(self, row: dict[str, Any]) -> Status | None:
        limits = self.case.limits
        if abs(row["voltage_V"]) >= limits.voltage * (1.0 - VOLTAGE_TOLERANCE):
            return "voltage_limit"
        if row["contact_fraction"] < limits.contact_fraction:
            return "contact_lost"
        plating = limits.plating_current
        if plating is not None and row["phase"] == "plate":
            if row["max_local_current_mA_cm2"] * CURRENT_UNIT > plating:
                return "shorted"
        last = self.clock.phase + 1 >= len(self.phases)
        if last and self.clock.phase_time >= self.phases[-1].duration:
            return "ok"
        return None

    def _output_due(self, phase: Phase, time: float) -> bool:
        wanted = self.case.output.fields_at
        if "end" in wanted and time >= phase.duration:
            return True
        if not phase.current and time > 0.0:  # a rest has no charge of its own
            return False
        charge = abs(phase.current) * time
        numbers = [q for q in wanted if not isinstance(q, str)]
        return any(abs(q - charge) <= 1e-9 * max(q, 1e-9 * phase.charge) for q in numbers)

    # -- numbers -------------------------------------------------------------------------------

    def _voltage(self) -> float:
        return self.system.voltage * self.model.scales.potential

    def _row(self, phase: Phase, *, dt: float, iterations: int, reaction: float) -> dict[str, Any]:
        return self.measures.row(
            self.clock,
            phase,
            healed=self._healed_voltage(phase),
            reaction=reaction,
            dt=dt,
            iterations=iterations,
        )

    def _healed_voltage(self, phase: Phase) -> float:
        """Return the voltage [V] of the healed interface at this phase's current."""
        if self._healed[0] == phase.index:
            return self._healed[1]
        system = self.system
        potential, scalars = system.electrolyte.get()[0].copy(), system.scalars.copy()
        step = system.required_step()
        # from the same guess always, so that a resumed run finds the same digits
        system.electrolyte.set(np.zeros_like(potential))
        system.voltage = step.current
        healed = distribute_current(system, np.full_like(system.z, step.pressure))
        system.electrolyte.set(potential)
        system.scalars = scalars
        self._healed = (phase.index, healed * self.model.scales.potential)
        return self._healed[1]
