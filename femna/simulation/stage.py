"""The model in motion: its mesh, gap and clock, saved and restored as one state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from femna.case import ImageCell, Stack
from femna.simulation.buried_voids import BuriedVoids
from femna.simulation.column_motion import vertical_motion
from femna.simulation.contact_state import closed_state
from femna.simulation.motion import VerticalMotion
from femna.simulation.moving_rim import MovingRim
from femna.simulation.occlusion import Occlusion
from femna.simulation.rim import FreeSides, Rim
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
    motion : VerticalMotion
        Moves the metal's mesh.
    clock : Clock
        The numbers of the state.
    gap : array, shape (N,)
        Gap at the end of the last accepted step, in lengths of the model.
    voids : BuriedVoids
        Inside the metal.
    occlusion : Occlusion
        Voids that plating has enclosed.
    rim : Rim
        Where metal may leave, or which moves.
    last_cycle : dict of arrays
        Gap and layers at the end of the last cycle, as `cycle_state` gave them.
    """

    def __init__(self, model: Model) -> None:
        self.model, self.system = model, model.system
        self.motion: VerticalMotion = vertical_motion(
            model.cell, self.system.metal.pressure_space, self.system.vertices.metal
        )
        self.clock = Clock()
        self.gap = self.motion.reference_gap()
        self.occlusion = Occlusion(model)
        self.voids = BuriedVoids(model, self.gap, steep=bool(self.occlusion))
        self.voids.begin(self.clock)
        self.rim = _rim_of(model)
        self.last_cycle = self.cycle_state() if self.occlusion else {}
        self._displacement = np.zeros(len(model.cell.metal.mesh.geometry.x))
        self._places = {name: places.copy() for name, places in self.points().items()}

    def set_step(self, phase: Phase, dt: float) -> None:
        """Ask the system for a step of a phase, from the present gap; its length `dt` in [s]."""
        scales = self.model.scales
        current = phase.current_at(self.clock)
        passed = phase.charge_at(self.clock) + abs(current) * dt
        # a hold has no current of its own, on either electrode: asperities keep the nominal one
        nominal = 0.0 if phase.kind == "hold" else phase.current
        covered = self.occlusion.prepare()
        self.rim.prepare(self.clock, dt / scales.time)
        self.rim.press(phase.pressure / scales.traction)
        if self.system.mask is not None:
            self.system.mask.start = self.clock.platen
        self.system.step = StepData(
            dt=dt / scales.time,
            old_gap=self.gap,
            current=current / scales.current,
            pressure=phase.pressure / scales.traction,
            temperature=phase.temperature,
            law=replace(
                self.model.law(phase.temperature, nominal, charge=passed),
                covered=covered,
            ),
            conductivity=self.model.relative_conductivity(phase.temperature),
            voltage=None if phase.held is None else phase.held / scales.potential,
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
            mask={} if system.mask is None else system.mask.body.state(),
            met=self.voids.met.reshape(-1).copy() if self.voids else None,
            layers=self.occlusion.layers.state() if self.occlusion else {},
            cycle={name: values.copy() for name, values in self.last_cycle.items()},
        )

    def restore(self, state: State) -> None:
        """Return to a saved state, the mesh included (collective)."""
        self.take_unknowns(state)
        self.system.electrolyte.restore(state.potential)
        self.clock, self.gap = replace(state.clock), state.gap.copy()
        self.system.metal.restore_memory(state.memory)
        if self.system.mask is not None:
            self.system.mask.body.restore(state.mask)
        if state.met is not None:
            self.voids.met = state.met.reshape(self.voids.met.shape).copy()
        if state.layers:
            self.occlusion.layers.restore(state.layers)
            self.last_cycle = {name: values.copy() for name, values in state.cycle.items()}
        self._place(self._displaced())

    def void_volume(self) -> float:
        """Return the volume of open and enclosed voids, in the model's units (collective)."""
        opened = self.system.comm.allreduce(float(self.system.area @ self.gap))
        return float(opened) + self.occlusion.volume()

    def cycle_state(self) -> dict[str, Array]:
        """Return copies of gap and layers by name, flattened."""
        return {"gap": self.gap.copy(), **self.occlusion.layers.state()}

    def set_cycle_state(self, state: dict[str, Array]) -> None:
        """Put gap and layers in the place of the present ones; the clock has the collector's.

        The unknowns stay as a guess, those of contact apart (collective).
        """
        self.gap = state["gap"].copy()
        self.occlusion.layers.restore({n: v for n, v in state.items() if n != "gap"})
        system = self.system
        shut = np.maximum(system.z, 0.0)
        system.z = np.where(self.gap > 0.0, closed_state(self.gap, system.gap_scale), shut)
        self._place(self._displaced())

    def undo(self, state: State) -> None:
        """Return to the state before a step; the work that it cost stays counted (collective)."""
        iterations = self.clock.newton_iterations
        self.restore(state)
        self.clock.newton_iterations = iterations

    def take_unknowns(self, state: State) -> None:
        """Take the unknowns of a state; clock, mesh and memory stay (collective).

        So does what holds the electrolyte's far side.
        """
        system = self.system
        system.metal.set(state.velocity, state.pressure)
        system.z = state.contact.copy()
        system.electrolyte.set(state.potential)
        system.scalars = state.scalars.copy()

    def follow(self, dt: float) -> bool:
        """Let gap, platen, voids, memory and mesh follow the solved step (collective).

        Parameters
        ----------
        dt : float
            Length of the step, dimensionless.

        Returns
        -------
        bool
            Whether a void was met or enclosed, or closed over a film that has let go of the
            electrolyte, so that the interface is no longer the solved one.
        """
        system, clock = self.system, self.clock
        squeezed, radius = dt * self.rim.rate(), clock.rim_radius
        on_rim = self.rim.pressure(clock) if isinstance(self.rim, MovingRim) else 0.0
        clock.outflow += squeezed
        if system.mask is not None:
            system.mask_reaction()
            clock.mask_slope = system.mask.body.last.slope
            system.mask.body.accept_step()
        clock.elastic_volume += system.metal.elastic_volume_change(dt)
        sunk = self.voids.close(clock, dt)
        clock.platen += dt * system.platen_velocity - sunk
        solved, films = system.gap, self.occlusion.layers.covered.copy()
        gap, film = self.occlusion.follow(clock, solved, dt)
        sunk += film
        clock.platen -= film
        self.gap = self.voids.meet(clock, gap)
        opened = self.gap != solved
        system.z = np.where(opened, closed_state(self.gap, system.gap_scale), system.z)
        sinking = system.platen_velocity - sunk / dt
        if isinstance(self.rim, MovingRim):
            self._widen(self.rim, dt, sinking=sinking, squeezed=squeezed, on_rim=on_rim)
            return clock.rim_radius != radius
        new = self._displaced()
        system.metal.accept_step(dt, new - self._displacement, sinking)
        self._place(new)
        changed = opened | ((films > self.occlusion.layers.covered) & (self.gap > 0.0))
        changes = bool(self.voids) or bool(self.occlusion)
        return changes and bool(system.comm.allreduce(int(changed.any())))

    def _widen(
        self, rim: MovingRim, dt: float, *, sinking: float, squeezed: float, on_rim: float
    ) -> None:
        """Let rim, gap, memory and mesh follow a step that squeezed metal out (collective)."""
        system, clock = self.system, self.clock
        self.gap, system.z = rim.carried(clock, self.gap, squeezed=squeezed, pressure=on_rim)
        new = self._displaced()
        way = np.column_stack([rim.way(clock), new - self._displacement])
        system.metal.accept_step(dt, way, sinking)
        self._place(new)

    def revise_rim(self, dt: float) -> bool:
        """Say whether a solved step of `dt` [s] must be solved again: see `Rim.revise`."""
        return self.rim.revise(self.clock, dt / self.model.scales.time)

    def share_to_mask(self, dt: float, *, short: bool) -> float | None:
        """Return by what a solved step of `dt` [s] is multiplied: see `Rim.share_to_mask`."""
        return self.rim.share_to_mask(self.clock, dt / self.model.scales.time, short=short)

    def check_rim(self, dt: float) -> None:
        """Refuse a solved step of `dt` [s] after which the rim cannot be followed (collective)."""
        self.rim.check(self.clock, dt / self.model.scales.time)

    def time_to_event(self, phase: Phase) -> float:
        """Return how long until a void is met, a film done, the rim full or the mask loaded.

        Dimensionless, at the present velocities; steps that adapt end there (collective).
        """
        clock, system = self.clock, self.system
        meeting = self.voids.time_to_meeting(clock, self.gap)
        current = phase.current_at(clock) / self.model.scales.current
        covering = self.occlusion.time_to_event(clock, self.gap, current=current)
        filling = min(self.rim.time_to_fill(clock), covering)
        if system.mask is None:
            return min(meeting, filling)
        system.mask.start = clock.platen
        load = phase.pressure / self.model.scales.traction * system.total_area
        loading = system.mask.time_to_load(system.platen_velocity, load, slope=clock.mask_slope)
        return min(meeting, filling, loading)

    def squeezed_share(self, dt: float) -> float:
        """Return the share of the metal that a step of length `dt` squeezes out (collective)."""
        return abs(dt * self.rim.rate()) / self.motion.volume() if self.rim else 0.0

    def _displaced(self) -> Array:
        sunk = self.clock.platen - self.clock.mesh_platen
        return self.motion.displacement(self.voids.resolved(self.gap), sunk)

    def _place(self, displacement: Array) -> None:
        self.motion.place(displacement)
        self._displacement = displacement
        if isinstance(self.rim, MovingRim):
            self.rim.place(self.clock)
        self.system.metal.geometry_changed()

    def points_at_rest(self) -> dict[str, Array]:
        """Return the owned points of every array of the state, before anything had moved."""
        return self._places

    def points(self) -> dict[str, Array]:
        """Return where the owned points of every array of the state are now."""
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
        owned |= {"met": vertices} if self.voids else {}
        if self.occlusion:
            owned |= {f"layers_{name}": vertices for name in self.occlusion.layers.state()}
            owned |= {f"cycle_{name}": vertices for name in self.cycle_state()}
        if system.mask is not None:
            owned |= {f"mask_{name}": xs for name, xs in system.mask.body.points().items()}
        return owned | {f"memory_{name}": xs for name, xs in metal.memory_points().items()}


def _rim_of(model: Model) -> Rim:
    geometry = model.case.geometry
    if isinstance(geometry, Stack) and geometry.rim == "moving":
        return MovingRim(model, geometry)
    if isinstance(geometry, ImageCell):
        return FreeSides(model, geometry)
    return Rim(model)
