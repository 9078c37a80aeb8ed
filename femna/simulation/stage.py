"""The model in motion: its mesh, gap and clock, saved and restored as one state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from femna.simulation.motion import MeshMotion
from femna.simulation.schedule import Phase
from femna.simulation.setup import Model
from femna.simulation.state import Clock, State
from femna.simulation.step import StepData

Array = npt.NDArray[np.float64]


class Stage:
    """Holds what changes from step to step.

    Parameters
    ----------
    model : Model
        The discrete problem, its mesh at the reference position.

    Attributes
    ----------
    motion : MeshMotion
        Moves the metal's mesh.
    clock : Clock
        The numbers of the state.
    gap : array, shape (N,)
        Gap at the end of the last accepted step, in lengths of the model.
    """

    def __init__(self, model: Model) -> None:
        self.model, self.system = model, model.system
        self.motion = MeshMotion(
            model.cell, self.system.metal.pressure_space, self.system.vertices.metal
        )
        self.clock = Clock()
        self.gap = self.motion.reference_gap()
        self._displacement = np.zeros(len(model.cell.metal.mesh.geometry.x))

    def set_step(self, phase: Phase, dt: float) -> None:
        """Ask the system for a step of a phase, from the present gap; its length `dt` in [s]."""
        scales = self.model.scales
        self.system.step = StepData(
            dt=dt / scales.time,
            old_gap=self.gap,
            current=phase.current / scales.current,
            pressure=phase.pressure / scales.traction,
            temperature=phase.temperature,
            law=self.model.law(phase.temperature, phase.current),
            conductivity=self.model.relative_conductivity(phase.temperature),
        )

    def save(self) -> State:
        """Return a copy of everything a step needs."""
        system = self.system
        velocity, pressure = system.metal.get()
        return State(
            clock=replace(self.clock),
            velocity=velocity.copy(),
            pressure=pressure.copy(),
            contact=system.z.copy(),
            gap=self.gap.copy(),
            potential=system.electrolyte.get()[0].copy(),
            scalars=system.scalars.copy(),
            memory={name: values.copy() for name, values in system.metal.memory_state().items()},
        )

    def restore(self, state: State) -> None:
        """Return to a saved state, the mesh included (collective)."""
        self.take_unknowns(state)
        self.clock, self.gap = replace(state.clock), state.gap.copy()
        self.system.metal.restore_memory(state.memory)
        self._place(self.motion.displacement(self.gap, self.clock.platen))

    def undo(self, state: State) -> None:
        """Return to the state before a step; the work that it cost stays counted (collective)."""
        iterations = self.clock.newton_iterations
        self.restore(state)
        self.clock.newton_iterations = iterations

    def take_unknowns(self, state: State) -> None:
        """Take the unknowns of a state; clock, mesh and memory stay (collective)."""
        system = self.system
        system.metal.set(state.velocity, state.pressure)
        system.z = state.contact.copy()
        system.electrolyte.set(state.potential)
        system.scalars = state.scalars.copy()

    def follow(self, dt: float) -> None:
        """Let gap, platen, memory and mesh follow the solved step (collective).

        Parameters
        ----------
        dt : float
            Length of the step, dimensionless.
        """
        system, clock = self.system, self.clock
        clock.elastic_volume += system.metal.elastic_volume_change(dt)
        clock.platen += dt * system.platen_velocity
        self.gap = system.gap.copy()
        new = self.motion.displacement(self.gap, clock.platen)
        system.metal.accept_step(dt, new - self._displacement, system.platen_velocity)
        self._place(new)

    def _place(self, displacement: Array) -> None:
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
