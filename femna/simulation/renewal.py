"""An electrode on a new mesh: when its own has become flat under a moving rim, or to be restored.

The new mesh is that of a disc of the present outline, so that two numbers of the clock say how to
make it again. At the change of mesh one trial step is solved on either, from the same state and of
the same length, and then forgotten: what it answers on the new mesh against the old one is the
error of the re-map, that of both meshes included.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from mpi4py import MPI

from femna.simulation.electrode import Electrode
from femna.simulation.measures import ROUND_OFF
from femna.simulation.moving_rim import MovingRim
from femna.simulation.remesh import Answer, CarriedState, Errors, Remesh, carry_state, relative
from femna.simulation.schedule import Phase
from femna.simulation.setup import renewed
from femna.simulation.stage import Stage
from femna.simulation.state import Clock, State

DIGITS: Final = 7
"""Of the outline that is meshed, in lengths of the model: what round-off changes in it, on another
number of ranks for instance, would be another mesh. The rest is left to the mesh's motion."""


def same_mesh(one: Clock, other: Clock) -> bool:
    """Say whether two clocks belong to the same mesh of one case."""
    return (one.mesh_radius, one.mesh_platen) == (other.mesh_radius, other.mesh_platen)


def on_mesh_of(electrode: Electrode, clock: Clock) -> Electrode:
    """Return an electrode of the same case on the mesh of a clock, nothing moved (collective).

    Raises
    ------
    ComputationError
        On every rank, if Gmsh fails.
    """
    first = Clock()
    outline = None
    if not same_mesh(clock, first):
        outline = _moving(electrode.stage).outline_of_mesh(clock)
    made = Electrode(
        renewed(electrode.model, outline), volume_at_start=electrode.measures.volume_at_start
    )
    radius, platen = clock.mesh_radius, clock.mesh_platen
    made.stage.clock = replace(
        first, rim_radius=radius, platen=platen, mesh_radius=radius, mesh_platen=platen
    )
    return made


def renew(old: Electrode, phase: Phase) -> tuple[Electrode, Remesh]:
    """Return an electrode at the same state on a new mesh, and what the change did (collective).

    Parameters
    ----------
    old : Electrode
        Before a step; of no use afterwards.
    phase : Phase
        Of the step.
    """
    dt = old.longest(phase)
    before, _ = _answer(old, phase, dt)
    clock = replace(
        old.clock,
        mesh_radius=round(old.clock.rim_radius, DIGITS),
        mesh_platen=round(old.clock.platen, DIGITS),
        remeshes=old.clock.remeshes + 1,
    )
    new = on_mesh_of(old, clock)
    carried = carry_state(old.stage, new.stage, clock)
    after, solved = _answer(new, phase, dt)
    iterations = new.clock.newton_iterations
    if solved is not None:  # a better guess than what was read off the old mesh
        found = {name: getattr(solved, name) for name in ("velocity", "pressure", "potential")}
        new.stage.restore(replace(carried.state, **found))
    new.clock.newton_iterations = iterations
    errors = _errors(old, new, carried, before, after)
    new.clock.remesh_errors = errors.largest(clock.remesh_errors)
    report = Remesh(
        number=clock.remeshes,
        angle_before=_moving(old.stage).motion.worst_angle(),
        angle_after=_moving(new.stage).motion.worst_angle(),
        cells_before=_cells(old),
        cells_after=_cells(new),
        errors=errors,
    )
    return new, report


def _moving(stage: Stage) -> MovingRim:
    if not isinstance(stage.rim, MovingRim):
        raise TypeError("only a rim that moves has a mesh that is made anew")
    return stage.rim


def _answer(electrode: Electrode, phase: Phase, dt: float) -> tuple[Answer, State | None]:
    """Solve a step of `dt` [s] and forget it; return its numbers and its unknowns (collective)."""
    stage, system, measures = electrode.stage, electrode.system, electrode.measures
    before = stage.save()
    stage.set_step(phase, dt)
    contact = measures.contact_fraction()
    electrode.newton.begin_step()
    result = electrode.solve(phase, dt, before)
    if not result.converged:
        stage.undo(before)
        return Answer(contact), None
    pressure = float(np.max(system.interface().pressure, initial=-np.inf))
    found = Answer(
        contact,
        platen_velocity=system.platen_velocity,
        voltage=electrode.voltage(),
        largest_pressure=float(system.comm.allreduce(pressure, op=MPI.MAX)),
        end_contact_fraction=measures.contact_fraction(),
    )
    solved = stage.save()
    stage.undo(before)
    return found, solved


def _errors(
    old: Electrode, new: Electrode, carried: CarriedState, before: Answer, after: Answer
) -> Errors:
    metal = [electrode.stage.motion.volume() for electrode in (old, new)]
    gap = [electrode.stage.void_volume() for electrode in (old, new)]
    known = max(abs(metal[1] - metal[0]) - ROUND_OFF * old.measures.volume_at_start, 0.0)
    passed = old.measures.passed(old.clock)
    return Errors(
        metal_volume=relative(metal[1], metal[0]),
        gap_volume=relative(gap[1], gap[0]),
        balance=known / passed if passed > 0.0 else 0.0,
        interpolated_gap_volume=carried.gap_volume,
        gap=carried.gap,
        memory=carried.memory,
        contact_fraction=relative(after.contact_fraction, before.contact_fraction),
        platen_velocity=relative(after.platen_velocity, before.platen_velocity),
        voltage=relative(after.voltage, before.voltage),
        largest_pressure=relative(after.largest_pressure, before.largest_pressure),
        end_contact_fraction=relative(after.end_contact_fraction, before.end_contact_fraction),
    )


def _cells(electrode: Electrode) -> int:
    topology = electrode.model.cell.metal.mesh.topology
    return int(topology.index_map(topology.dim).size_global)
