"""Voids inside the metal that the receding interface meets.

Until it is met, a void is not resolved: the mesh around it is dense, its local field of stress is
left out (valid for radius << height), and it moves rigidly with the collector, as metal far from
the interface does. It shrinks by the closed form of :mod:`femna.physics.buried_void` under the
stack pressure, with the outer radius b that it has at the start: the distance from its centre to
the nearest of interface, collector and neighbouring plane of symmetry. (With the present distance
the shell under it would lose its strength as the interface comes near, and no void were ever met.)
What closes leaves the mesh: the collector and all metal above sink by the closed volume over the
area, the void itself by half of its own.

A column of metal over an interface vertex at the horizontal distance d lacks the length
``t = 2 sqrt(a^2 - d^2)``. When its surface has come to the lower end of that gap, t is added to the
vertex's gap, once: the surface is then the upper end. The mesh loses by it exactly the volume that
it held as metal, and the radius stays from the first such vertex on. It happens between steps;
adaptive steps end where the next vertex is met.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from femna.physics.buried_void import missing_length, shrunk_radius, void_volume
from femna.simulation.placed_voids import placed_voids, void_closure
from femna.simulation.resolved_surface import ResolvedSurface
from femna.simulation.setup import Model
from femna.simulation.state import Clock

Array = npt.NDArray[np.float64]

TOUCHING: Final = 1e-9
"""Lengths of the model by which a surface may stand before a void that counts as met."""

STRIDE: Final = 2e-3
"""Least recession of a step, over a void's radius, that is not cut further to meet a vertex."""


class BuriedVoids:
    """The voids of one model; their numbers are in the clock, in lengths of the model.

    Parameters
    ----------
    model : Model
        The discrete problem.
    reference : array, shape (N,)
        Gap of the interface vertices on the reference mesh.
    steep : bool
        Whether the surface may become steep for other reasons than these voids.

    Attributes
    ----------
    placed : list of PlacedVoid
        As they were at the start.
    met : array, shape (N, voids)
        1 where the column of an interface vertex has been opened, 0 elsewhere.
    """

    def __init__(self, model: Model, reference: Array, *, steep: bool = False) -> None:
        self._model, self._system = model, model.system
        self._closes = void_closure(model)
        self._sphere = model.cell.symmetry != "plane_strain"
        self.placed = placed_voids(model)
        self._distance = [void.distance for void in self.placed]
        self._share = [void.share for void in self.placed]
        self._outer = [void.outer for void in self.placed]
        self._start = [(void.radius, void.height) for void in self.placed]
        horizontal = self._system.vertices.horizontal[:, 0]
        self.met = np.zeros((len(horizontal), len(self.placed)))
        # columns follow any surface
        limited = (bool(self.placed) or steep) and model.cell.columns is None
        self._surface = (
            ResolvedSurface(self._system.comm, horizontal, reference) if limited else None
        )

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self._start)

    def begin(self, clock: Clock) -> None:
        """Give a new clock the voids as they are at the start."""
        clock.void_radii = tuple(radius for radius, _ in self._start)
        clock.void_heights = tuple(height for _, height in self._start)

    # -- a step --------------------------------------------------------------------------------

    def time_to_meeting(self, clock: Clock, gap: Array) -> float:
        """Return the time, dimensionless, until the next vertex meets a void (collective).

        From the present velocities: exact for a metal that moves rigidly.

        Parameters
        ----------
        clock : Clock
        gap : array, shape (N,)
            Present gap.
        """
        if not self:
            return np.inf
        open_current = np.where(gap > 0.0, self._system.interface().current.value, 0.0)
        speed = np.maximum(open_current, -self._system.platen_velocity)
        found = [np.inf]
        for k, (radius, height) in enumerate(self._of(clock)):
            length = missing_length(radius, self._distance[k])
            ahead = (length > 0.0) & (self.met[:, k] == 0.0) & (speed > 0.0)
            way = np.maximum(height - 0.5 * length - gap, STRIDE * radius)
            found.extend(way[ahead] / speed[ahead])
        return float(self._system.comm.allreduce(float(min(found)), op=MPI.MIN))

    def close(self, clock: Clock, dt: float) -> float:
        """Move the voids with a solved step and shrink them (collective).

        Parameters
        ----------
        clock : Clock
            Its radii, heights and volume follow.
        dt : float
            Length of the step, dimensionless.

        Returns
        -------
        float
            By how much the collector sinks for what has closed.
        """
        if not self:
            return 0.0
        opened = self.opened()
        area = self._system.total_area
        sunk = 0.0
        radii, heights = [], []
        for k, (radius, height) in enumerate(self._of(clock)):
            new = radius if opened[k] or not self._closes else self._shrunk(k, radius, dt)
            closed = self._volume(k, radius) - self._volume(k, new)
            moved = dt * self._system.platen_velocity - sunk - 0.5 * closed / area
            sunk += closed / area
            clock.void_volume += closed
            radii.append(new)
            heights.append(height + moved)
        clock.void_radii, clock.void_heights = tuple(radii), tuple(heights)
        return sunk

    def _shrunk(self, k: int, radius: float, dt: float) -> float:
        step, scales = self._system.required_step(), self._model.scales
        beside = 0.0 if self._system.mask is None else self._system.mask.carried
        pressure = step.pressure - beside / self._system.total_area
        if pressure <= 0.0:  # the mask carries all
            return radius
        law: Any = self._model.properties.metal.creep
        return shrunk_radius(
            radius,
            dt * scales.time,
            outer=self._outer[k],
            pressure=pressure * scales.traction,
            exponent=law.n,
            rate=lambda stress: float(law.rate(stress, step.temperature)),
            sphere=self._sphere,
        )

    def meet(self, clock: Clock, gap: Array) -> Array:
        """Open the columns whose surface has come to a void (collective).

        Parameters
        ----------
        clock : Clock
            Its volume follows.
        gap : array, shape (N,)
            At the end of the step.

        Returns
        -------
        array, shape (N,)
            The gap with what has opened.
        """
        new = gap.copy()
        if not self:
            return new
        for k, (radius, height) in enumerate(self._of(clock)):
            length = missing_length(radius, self._distance[k])
            reached = new >= height - 0.5 * length - TOUCHING
            now = (length > 0.0) & (self.met[:, k] == 0.0) & reached
            new[now] += length[now]
            self.met[now, k] = 1.0
        clock.void_volume += self._sum(new - gap)
        return new

    def resolved(self, gap: Array) -> Array:
        """Return the gap that the mesh can show, shape (N,) (collective)."""
        return gap if self._surface is None else self._surface(gap)

    def missing_volume(self, clock: Clock, gap: Array) -> float:
        """Return by how much voids have shrunk the mesh, in its units (collective).

        What has closed or was met, less what the mesh does not show yet of the open gap.
        """
        if not self and self._surface is None:  # columns show any surface, but voids close
            return 0.0
        return clock.void_volume - self._sum(gap - self.resolved(gap))

    # -- numbers -------------------------------------------------------------------------------

    def opened(self) -> npt.NDArray[np.bool_]:
        """Say for each void whether any vertex has met it, shape (voids,) (collective)."""
        met = np.max(self.met, axis=0, initial=0.0)
        self._system.comm.Allreduce(MPI.IN_PLACE, met, op=MPI.MAX)
        return np.asarray(met > 0.0)

    def buried_volume(self, clock: Clock) -> float:
        """Return what is still enclosed, in the units of the mesh's volume (collective).

        Of an opened void this is the sum over the columns that have not met it.
        """
        return sum(self.enclosed(clock))

    def enclosed(self, clock: Clock) -> list[float]:
        """Return what is still enclosed of each void, as `buried_volume` (collective)."""
        found = []
        for k, opened in enumerate(self.opened()):
            radius = clock.void_radii[k]
            length = missing_length(radius, self._distance[k])
            left = self._sum(length * (1.0 - self.met[:, k]))
            found.append(left if opened else self._volume(k, radius))
        return found

    def columns(self, clock: Clock, *, volume_unit: float) -> dict[str, float | int]:
        """Return the columns of the history (collective); the unit is that of the mesh's volume."""
        if not self:
            return {}
        return {
            "buried_void_volume_um3": self.buried_volume(clock) * volume_unit,
            "voids_met": int(np.count_nonzero(self.opened())),
        }

    def _of(self, clock: Clock) -> list[tuple[float, float]]:
        return list(zip(clock.void_radii, clock.void_heights, strict=True))

    def _volume(self, k: int, radius: float) -> float:
        return self._share[k] * void_volume(radius, sphere=self._sphere)

    def _sum(self, lengths: Array) -> float:
        return float(self._system.comm.allreduce(float(self._system.area @ lengths)))
