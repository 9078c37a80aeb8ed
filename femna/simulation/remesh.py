"""A new mesh under the state of an electrode whose rim moves: what is carried, and how well.

Gap and contact pressure go to the new vertices as they do after every step (`gap_carry`): volume
and force stay. What elasticity and hardening remember goes as its linear part in every cell, and
keeps its integral over the metal. Velocity, pressure and potential are no state but the guess of
the next solve, and are read off the old mesh. The collector and the rim stand where they stood, so
that the volume of the metal, pi R^2 H less the gap, is kept to round-off.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from femna.simulation.along_interface import along_interface
from femna.simulation.gap_carry import carry, hat_areas
from femna.simulation.sampling import Sampler
from femna.simulation.stage import Stage
from femna.simulation.state import Clock, State
from femna.simulation.system import System

Array = npt.NDArray[np.float64]

CORNERS_IN: Final = 0.1
"""Share of the way to a cell's middle at which its corner values are read: on the old mesh a corner
itself may lie between two cells with values of their own."""

NO_VALUE: Final = 1e-9
"""Of the largest one, below which a component of what is remembered is round-off."""


@dataclass(frozen=True)
class CarriedState:
    """What went from one mesh to another, and how well.

    Attributes
    ----------
    state : State
        On the new mesh.
    gap_volume, gap : float
        Of the interpolated gap: what its volume was too much before it was scaled to the right one,
        over that; and the largest difference at an old vertex between the gap and the carried one
        carried back, over the largest gap.
    memory : float
        Largest mean by which a remembered field was off before its integral was restored, over its
        largest value; 0 where nothing is remembered.
    """

    state: State
    gap_volume: float
    gap: float
    memory: float


@dataclass(frozen=True)
class Answer:
    """What an electrode does in one trial step.

    Attributes
    ----------
    contact_fraction : float
        Before the step.
    platen_velocity, voltage, largest_pressure, end_contact_fraction : float
        Of the solved step; NaN where it has no solution.
    """

    contact_fraction: float
    platen_velocity: float = math.nan
    voltage: float = math.nan
    largest_pressure: float = math.nan
    end_contact_fraction: float = math.nan


@dataclass(frozen=True)
class Errors:
    """Relative changes by a re-map, signed where a change has a sign.

    Attributes
    ----------
    metal_volume, gap_volume : float
        Of the metal, and of the gap, kept by the state (round-off).
    balance : float
        Change of the metal's volume over all that has passed since the start, which is what the
        volume balance takes it to be, round-off of the volume itself left out.
    interpolated_gap_volume, gap, memory : float
        As in `CarriedState`: what interpolation did before volume and integrals were restored.
    contact_fraction : float
        Of the state as carried.
    platen_velocity, voltage, largest_pressure, end_contact_fraction : float
        Of the next step's solution under the same stack force, on the new mesh against the old one;
        NaN where either has none. A metal of exponent n that is squeezed needs 1/n of the change of
        `platen_velocity` in force to sink as fast.
    """

    metal_volume: float
    gap_volume: float
    balance: float
    interpolated_gap_volume: float
    gap: float
    memory: float
    contact_fraction: float
    platen_velocity: float
    voltage: float
    largest_pressure: float
    end_contact_fraction: float

    def largest(self, so_far: dict[str, float]) -> dict[str, float]:
        """Return the largest magnitudes by name, together with earlier ones."""
        known = {n: abs(x) if math.isfinite(x) else 0.0 for n, x in asdict(self).items()}
        return {name: max(value, so_far.get(name, 0.0)) for name, value in known.items()}


@dataclass(frozen=True)
class Remesh:
    """A mesh that was made anew, at the beginning of a step.

    Attributes
    ----------
    number : int
        From 1.
    angle_before, angle_after : float
        Smallest angle of both bodies [degrees].
    cells_before, cells_after : int
        Triangles of the metal.
    errors : Errors
    """

    number: int
    angle_before: float
    angle_after: float
    cells_before: int
    cells_after: int
    errors: Errors


def relative(new: float, old: float) -> float:
    """Return the change of a number over its magnitude; 0 where both are 0."""
    if new == old:
        return 0.0
    return (new - old) / abs(old) if old else math.inf


def carry_state(old: Stage, new: Stage, clock: Clock) -> CarriedState:
    """Bring the state of one mesh to another, which takes it (collective).

    Parameters
    ----------
    old : Stage
        At its present state; it is left as it is.
    new : Stage
        Of the same case, on a mesh of the present outline.
    clock : Clock
        Of the old stage, with the place of the new mesh.
    """
    before, system = old.save(), new.system
    placed = replace(new.save(), clock=clock, mask=before.mask)
    new.restore(placed)
    gap, contact, volume_error, gap_error = _surface(old.system, system, before)
    new.restore(replace(placed, gap=gap, contact=contact))
    metal, potential = Sampler(old.system.metal.mesh), Sampler(old.system.electrolyte.space.mesh)
    places = new.points()
    memory, off = _memory(old, new, metal)
    fields = old.system.metal.fields
    velocity = _read(metal, fields.velocity, places["velocity"])
    velocity[system.metal.held] = 0.0  # exactly, for no solve puts it right
    system.electrolyte.set(_read(potential, old.system.electrolyte.potential, places["potential"]))
    state = replace(
        new.save(),
        velocity=velocity,
        pressure=_read(metal, fields.pressure, places["pressure"]),
        scalars=before.scalars,
        memory=memory,
    )
    new.restore(state)
    return CarriedState(state, volume_error, gap_error, off)


def _surface(old: System, new: System, state: State) -> tuple[Array, Array, float, float]:
    """Return gap and contact unknowns at the new vertices, and the errors of the gap."""
    here, there = along_interface(old), along_interface(new)
    gaps, contact = here.gather(state.gap), here.gather(state.contact)
    volume = float(hat_areas(here.places) @ gaps)
    moved = carry(here.places, there.places, gaps, contact, volume=volume)
    largest = float(gaps.max(initial=0.0))
    return (
        moved.gap[there.mine],
        moved.contact(new.gap_scale)[there.mine],
        moved.volume_error / volume if volume > 0.0 else 0.0,
        moved.gap_error / largest if largest > 0.0 else 0.0,
    )


def _memory(old: Stage, new: Stage, sampler: Sampler) -> tuple[dict[str, Array], float]:
    """Return what the metal remembers on the new mesh, and how far its means were off."""
    source, target = old.system.metal.memory, new.system.metal.memory
    if source is None or target is None:
        return {}, 0.0
    known = source.corner_values()
    mesh = new.system.metal.mesh
    count = mesh.topology.index_map(mesh.topology.dim).size_local
    corners = mesh.geometry.x[mesh.geometry.dofmaps[0][:count], :2]
    inside = (1.0 - CORNERS_IN) * corners + CORNERS_IN * corners.mean(axis=1, keepdims=True)
    read = sampler.at(sampler.find(inside.reshape(-1, 2)), known)
    read = read.reshape(count, 3, known.shape[2])
    # of a linear function the value at the corner follows from those within
    read = (read - CORNERS_IN * read.mean(axis=1, keepdims=True)) / (1.0 - CORNERS_IN)
    measure = Sampler(mesh)
    volume = float(measure.integral(np.ones((count, 3, 1)))[0])
    off = (measure.integral(read) - sampler.integral(known)) / volume
    largest = np.abs(np.concatenate(new.system.comm.allgather(known))).max(axis=(0, 1))
    counted = largest > NO_VALUE * largest.max(initial=0.0)
    error = float(np.max(np.abs(off[counted]) / largest[counted], initial=0.0))
    return target.from_corners(read - off), error


def _read(sampler: Sampler, function: Any, points: Array) -> Array:
    """Return a function's values at points of another mesh, flattened (collective)."""
    space = function.function_space
    size = space.dofmap.index_map_bs
    values = function.x.array.reshape(-1, size)[space.dofmap.list[: sampler.owned]]
    return sampler.at(sampler.find(points), values).reshape(-1)
