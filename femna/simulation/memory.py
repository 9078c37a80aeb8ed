"""What the metal remembers from step to step: elastic stress and pressure, and its resistance.

All of it is carried with the metal's velocity relative to the mesh, ``v - w``
(:mod:`femna.simulation.convected`). A metal without elasticity or hardening remembers nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from femna.case.symmetry import Symmetry
from femna.physics.hardening import HardeningStep
from femna.simulation.convected import Convected
from femna.simulation.discretisation import Quadrature
from femna.simulation.elastic_memory import ElasticMemory, ElasticModuli
from femna.simulation.scales import Scales

Array = npt.NDArray[np.float64]


class MetalMemory:
    """The fields of the last accepted step, where the mesh is now.

    Parameters
    ----------
    velocity, pressure : dolfinx.fem.Function
        The metal's unknowns: P2 vector in the platen's frame, and P1; dimensionless.
    quadrature : Quadrature
        Points at which stress and resistance are kept.
    quadrature_degree : int
        Their degree.
    scales : Scales
        Characteristic values.
    symmetry : Symmetry
        Symmetry of the cell.
    moduli : ElasticModuli, optional
        Moduli (SI) of an elastic metal.
    initial_resistance : float, optional
        Deformation resistance [Pa] at the start, for a law that has one.

    Attributes
    ----------
    elastic : ElasticMemory or None
        Stress and pressure.
    relaxed_modulus : float
        ``3 G dt`` [Pa s]; infinite without elasticity.
    hardening : HardeningStep or None
        The present step's resistance at its beginning, at all quadrature points.
    """

    def __init__(
        self,
        velocity: fem.Function,
        pressure: fem.Function,
        quadrature: Quadrature,
        *,
        quadrature_degree: int,
        scales: Scales,
        symmetry: Symmetry,
        moduli: ElasticModuli | None = None,
        initial_resistance: float | None = None,
    ) -> None:
        self._scales, self._initial = scales, initial_resistance
        self.elastic: ElasticMemory | None = None
        if moduli is not None:
            self.elastic = ElasticMemory(
                velocity,
                pressure,
                quadrature,
                quadrature_degree=quadrature_degree,
                moduli=moduli,
                scales=scales,
                symmetry=symmetry,
            )
        # fields at the quadrature points by name, each with its number of components; of the
        # resistance the logarithm is carried, which keeps it positive
        self._fields: dict[str, tuple[fem.Function, int]] = {}
        if self.elastic is not None:
            self._fields["stress"] = (self.elastic.stress, 9)
        if initial_resistance is not None:
            self._fields["log_resistance"] = (fem.Function(quadrature.scalar_space), 1)
        self._convected = Convected(velocity, quadrature_degree=quadrature_degree)
        self._points = quadrature.scalar_space.dofmap.list[: len(self._convected.dofs)]
        self.relaxed_modulus = np.inf
        self.hardening = self._hardening(0.0)

    def begin_under(self, pressure: float) -> None:
        """Let what is remembered be rest under an even pressure, dimensionless."""
        if self.elastic is not None:
            self.elastic.old_pressure.x.array[:] = pressure

    # -- one step ------------------------------------------------------------------------------

    def begin_step(self, dt: float) -> None:
        """Prepare the forms for a step ``dt`` (dimensionless)."""
        if self.elastic is not None:
            self.relaxed_modulus = self.elastic.begin_step(dt)
        self.hardening = self._hardening(dt * self._scales.time)

    def _hardening(self, dt: float) -> HardeningStep | None:
        if self._initial is None:
            return None
        logarithm = self._fields["log_resistance"][0].x.array
        return HardeningStep(resistance=self._initial * np.exp(logarithm), dt=dt)

    def accept_step(
        self,
        dt: float,
        stress: Array,
        mesh_displacement: Any,
        platen_velocity: float,
        *,
        resistance: Array | None = None,
    ) -> None:
        """Remember the solved step, turned and carried (collective).

        Parameters
        ----------
        dt : float
            Length of the step, dimensionless.
        stress : array, shape (points, 9)
            New deviatoric stress at all quadrature points, as the quadrature's scalars are
            numbered, dimensionless.
        mesh_displacement, platen_velocity
            As for :meth:`Convected.carry`.
        resistance : array, shape (points,), Pa
            New deformation resistance, for a law that has one.
        """
        convected = self._convected
        new: dict[str, Array] = {}
        vertices = np.zeros((convected.owned, 0))
        if self.elastic is not None:
            self.elastic.accept_step(dt)
            new["stress"] = self.elastic.turned(stress, dt)
            vertices = self.elastic.pressure_at(convected.dofs, convected.owned)
        if self._initial is not None and resistance is not None:
            new["log_resistance"] = np.log(resistance / self._initial)[:, None]
        side_by_side = np.concatenate([new[name] for name in self._fields], axis=1)
        carried, vertices = convected.carry(
            side_by_side[self._points],
            vertices,
            dt=dt,
            mesh_displacement=mesh_displacement,
            platen_velocity=platen_velocity,
        )
        start = 0
        for field, components in self._fields.values():
            part = carried[:, :, start : start + components]
            field.x.array.reshape(-1, components)[self._points] = part
            field.x.scatter_forward()
            start += components
        if self.elastic is not None:
            self._set_pressure(self.elastic, vertices[:, 0])

    def _set_pressure(self, elastic: ElasticMemory, values: Array) -> None:
        elastic.old_pressure.x.array[: self._convected.owned] = values
        elastic.old_pressure.x.scatter_forward()

    # -- state ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Array]:
        """Return copies of the owned arrays by name; those at points have shape (points, c)."""
        state = {
            name: field.x.array[: self._points.size * components].reshape(-1, components).copy()
            for name, (field, components) in self._fields.items()
        }
        if self.elastic is not None:
            pressure = self.elastic.old_pressure.x.array
            state["old_pressure"] = pressure[: self._convected.owned].copy()
        return state

    def restore(self, state: dict[str, Array]) -> None:
        """Return to a saved state (collective)."""
        for name, (field, components) in self._fields.items():
            field.x.array[: self._points.size * components] = state[name].reshape(-1)
            field.x.scatter_forward()
        if self.elastic is not None:
            self._set_pressure(self.elastic, state["old_pressure"])
            self.elastic.restored()

    def corner_values(self) -> Array:
        """Return the linear part of all fields in every owned cell, side by side.

        Shape (cells, d + 1, components), in the order of `state`.
        """
        convected, state = self._convected, self.state()
        parts = [convected.linear_part(state[name][self._points]) for name in self._fields]
        if self.elastic is not None:
            parts.append(state["old_pressure"][convected.dofs][:, :, None])
        return np.concatenate(parts, axis=2)

    def from_corners(self, values: Array) -> dict[str, Array]:
        """Return a `state` of fields that are linear in every owned cell, by `corner_values`."""
        convected, state, start = self._convected, self.state(), 0
        for name, (_, components) in self._fields.items():
            part = convected.at_points(values[:, :, start : start + components])
            state[name][self._points] = part
            start += components
        if self.elastic is not None:
            state["old_pressure"][convected.dofs] = values[:, :, start]
        return state

    def points(self) -> dict[str, Array]:
        """Return a place for every entry of `state`, shape (N, gdim), no two the same."""
        at_points, at_vertices = self._convected.places()
        places = np.empty((self._points.size, at_points.shape[2]))
        places[self._points] = at_points
        found = dict.fromkeys(self._fields, places)
        return found if self.elastic is None else found | {"old_pressure": at_vertices}
