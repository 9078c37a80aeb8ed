"""Voids that plating encloses: from gap to layer under the film, by creep to nothing, or to gap.

After every step the layers move with their columns and lose what creep has closed; a gap that opens
under a film belongs to the void above it; layers that the surface meets open as gap; and on plating
the film advances. Of all this the metal's volume and the charge know nothing: what the mesh holds
less the enclosed voids is the metal, at every step.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from femna.simulation.along_interface import along_interface
from femna.simulation.film import Film
from femna.simulation.porosity import Porosity
from femna.simulation.setup import Model
from femna.simulation.state import Clock
from femna.simulation.void_bodies import VoidBodies
from femna.simulation.void_layers import VoidLayers
from femna.simulation.void_statistics import Column, count_voids

Array = npt.NDArray[np.float64]

SHORTEST: Final = 1e-5
"""Length of a layer over the roughness below which it counts as closed."""

STRIDE: Final = 0.25
"""Share of the film that a step may dissolve, or of the open area that it may cover, at least."""

SPREAD: Final = 0.05
"""Gap over the roughness below which a vertex counts as covered."""


class Occlusion:
    """The enclosed voids of a model; false where the case has no ``[cycling]``.

    Parameters
    ----------
    model : Model
        The discrete problem.

    Attributes
    ----------
    layers : VoidLayers
    """

    def __init__(self, model: Model) -> None:
        self._model, system = model, model.system
        self._system, self._porous = system, system.metal.porous
        self.layers = VoidLayers(len(system.area))
        self._cycling = model.case.cycling
        if self._cycling is None:
            return
        unit = model.scales.length
        along = along_interface(system)
        self._film = Film(along, thickness=self._cycling.film_thickness / unit)
        size = model.case.numerics.interface_size or 0.02 * 2.0 * unit
        self._porosity: Porosity | VoidBodies = Porosity(along, size=size / unit)
        if self._cycling.porous_creep == "hollow_body":
            axial = model.cell.symmetry == "axisymmetric"
            self._porosity = VoidBodies(along, size=size / unit, axisymmetric=axial)

    def __bool__(self) -> bool:
        return self._cycling is not None

    # -- before a step -------------------------------------------------------------------------

    def prepare(self) -> npt.NDArray[np.bool_] | None:
        """Give the metal its porosity; return where a film carries current (collective)."""
        if self._cycling is None:
            return None
        if self._porous is not None:
            points, volumes = self._porous.places(), self._porous.volumes()
            spread = self._porosity.spread(self.layers, points, volumes)
            self._porous.set(spread.law, spread.held, spread.empty)
        return np.asarray(self.layers.covered > 0.0)

    def time_to_event(self, clock: Clock, gap: Array, *, current: float) -> float:
        """Return how long until a film has dissolved or covered its next share (collective).

        Dimensionless.

        Parameters
        ----------
        clock : Clock
        gap : array, shape (N,)
            Present gap.
        current : float
            Applied mean current over the nominal one.
        """
        if self._cycling is None or current == 0.0:
            return np.inf
        if current < 0.0:
            one, every = self._film.wanted(gap)
            rate = self._cycling.film_share * -current * self._system.total_area
            wanted = max(one, STRIDE * every)
            return (wanted - min(clock.film, 0.5 * wanted)) / rate if every > 0.0 else np.inf
        layers, film = self.layers, self._film.thickness
        speed = self._leaving()
        ahead = (layers.lengths[:, 0] > 0.0) & (speed > 0.0)
        way = np.maximum(layers.heights[:, 0] - gap, STRIDE * film)
        found = float(np.min(way[ahead] / speed[ahead], initial=np.inf))
        return float(min(self._system.comm.allgather(found)))

    def change(self, dt: float) -> float:
        """Return the largest length that the solved step closes, over a layer's own (collective).

        Over its length and ten times the roughness, as the gap's change is judged.
        """
        if self._cycling is None or self._porous is None:
            return 0.0
        scale = self.layers.lengths + 10.0 * self._system.gap_scale
        worst = float(np.max(np.abs(self.closings(dt)) / scale, initial=0.0))
        return float(max(self._system.comm.allgather(worst)))

    def closings(self, dt: float) -> Array:
        """Return the lengths that the solved step closes, shape (N, LAYERS) (collective)."""
        if self._porous is None:
            return np.zeros_like(self.layers.lengths)
        return self._porosity.gather(dt * self._porous.closing())

    # -- after a step --------------------------------------------------------------------------

    def follow(self, clock: Clock, gap: Array, dt: float) -> tuple[Array, float]:
        """Let the voids follow the solved step, while the mesh is still that of it (collective).

        Parameters
        ----------
        clock : Clock
            Its volumes follow.
        gap : array, shape (N,)
            At the end of the step.
        dt : float
            Length of the step, dimensionless.

        Returns
        -------
        gap : array, shape (N,)
            With what was enclosed, filled or met.
        sunk : float
            By how much the collector sinks for the film's metal and for what counts as closed.
        """
        if self._cycling is None:
            return gap, 0.0
        system, layers, film = self._system, self.layers, self._film
        step, area = system.required_step(), system.total_area
        leaves = self._leaving()
        closed, before = self.closings(dt), layers.lengths
        layers.move(gap - step.old_gap - leaves * dt, closed)
        shortest = np.maximum(SHORTEST * system.gap_scale, self._porosity.least * before)
        gone = self._sum(layers.drop(shortest))
        clock.void_lifetime = self._lifetime(dt)
        clock.closed += self._sum(closed.sum(axis=1)) + gone
        left = layers.grow(gap)
        clock.enclosed += self._sum(gap - left)
        new = layers.open(left)
        clock.reopened += self._sum(new - left)
        used = 0.0
        if step.current < 0.0:
            clock.film += self._cycling.film_share * -step.current * area * dt
            advance = film.advance(new, clock.film)
            lengths = np.maximum(new - film.thickness, 0.0)
            layers.enclose(advance.covered, lengths, height=film.thickness)
            clock.enclosed += self._sum(np.where(advance.covered, lengths, 0.0))
            new = np.where(advance.covered, 0.0, new)
            used = advance.used
            clock.film -= used
        elif step.current > 0.0:
            clock.film = 0.0  # another half cycle; steps that plate and rest are one
        layers.merge()
        self._film_carries()
        return new, (gone + used) / area

    def _leaving(self) -> Array:
        """Return how fast metal leaves the foot of the columns: current, diffusion (collective).

        Shape (N,), a thickness per time, dimensionless.
        """
        system = self._system
        view, temperature = system.interface(), system.required_step().temperature
        away = system.transport.divergence(view.traction, system.z, view.gap, temperature)
        return np.asarray(view.current.value + away / system.area)

    def _lifetime(self, dt: float) -> float:
        """Return how long [s] the first void to be gone lasts beyond the step (collective)."""
        if self._porous is None:
            return np.inf
        lasts = self._porosity.lifetime(dt * self._porous.closing(), dt)
        return lasts * self._model.scales.time

    def _film_carries(self) -> None:
        """Let the present step's law know the films as they are now."""
        step = self._system.required_step()
        step.law = replace(step.law, covered=np.asarray(self.layers.covered > 0.0))
        self._system.forget()

    # -- numbers -------------------------------------------------------------------------------

    def volume(self) -> float:
        """Return the volume of all enclosed voids, in the units of the mesh's (collective)."""
        return self._sum(self.layers.lengths.sum(axis=1))

    def imbalance(self, clock: Clock) -> float:
        """Return what the layers hold against what came and went, over what came (collective)."""
        expected = clock.enclosed - clock.reopened - clock.closed
        return abs(self.volume() - expected) / max(clock.enclosed, 1e-3 * self._system.gap_scale)

    def columns(
        self, clock: Clock, gap: Array, *, plating: bool, volume_unit: float
    ) -> dict[str, Any]:
        """Return the columns of the history (collective); the unit is that of the mesh's volume."""
        cycling, system, model = self._cycling, self._system, self._model
        if cycling is None:
            return {}
        columns = [
            Column(*values)
            for values in zip(
                system.vertices.horizontal[:, 0],
                system.area,
                gap,
                self.layers.lengths,
                self.layers.heights,
                strict=True,
            )
        ]
        counted = count_voids(
            [column for part in system.comm.allgather(columns) for column in part],
            cell=model.cell,
            length=model.scales.length,
            roughness=system.gap_scale,
            bins=cycling.bins,
        )
        deep = self._sum(
            ((self.layers.heights + 0.5 * self.layers.lengths) * self.layers.lengths).sum(axis=1)
        )
        volume = self.volume()
        uncovered = float(np.max(gap, initial=0.0)) > SPREAD * system.gap_scale
        spread = not max(system.comm.allgather(uncovered))
        return {
            "occluded_void_volume_um3": volume * volume_unit,
            "occluded_depth_um": deep / volume * model.scales.length * 1e6 if volume else None,
            "closed_void_volume_um3": clock.closed * volume_unit,
            "film_spread": int(spread) if plating else None,
            "void_balance": self.imbalance(clock),
            **counted,
        }

    def _sum(self, lengths: Array) -> float:
        return float(self._system.comm.allreduce(float(self._system.area @ lengths)))
