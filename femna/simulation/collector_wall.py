"""The wall that is the current collector: it resists by the normal pressure it carries."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc

from femna.mesh import Cell
from femna.physics.metal import MetalForms
from femna.physics.wall import WallWeight
from femna.simulation.block_matrix import BlockEntries, FormMatrix
from femna.simulation.discretisation import FormVector, owned_facet_dofs
from femna.simulation.jacobian import Entries
from femna.simulation.layout import PRESSURE, VELOCITY, BlockLayout
from femna.simulation.products import scale_columns
from femna.simulation.sliding_wall import SlidingWall

Array = npt.NDArray[np.float64]


class CollectorWall:
    """Couples a sliding wall to the normal pressure on the collector.

    The collector is held in the vertical, so the pressure on it is the reaction: the momentum
    balance tested with a vertical hat function of the vertex, over the area of the hat. It holds
    the whole traction, ``p - n.S.n``, and its sum over the vertices is the stack force exactly.

    Parameters
    ----------
    wall : SlidingWall
        The wall at the surface "platen".
    forms : MetalForms
        The metal's forms.
    cell : Cell
        The meshed cell.
    conditions : list of dolfinx.fem.DirichletBC
        What holds the velocity.
    """

    def __init__(
        self, wall: SlidingWall, forms: MetalForms, cell: Cell, *, conditions: list[Any]
    ) -> None:
        self._wall, self._conditions = wall, conditions
        space = wall.weight.function_space
        self.dofs = owned_facet_dofs(space, cell.metal, "platen")
        self._force = FormVector(fem.form(forms.vertical_force))
        self._by_unknowns = [fem.form(f) for f in forms.vertical_force_slopes]
        self._area = FormVector(fem.form(forms.platen_area))
        self._weight: WallWeight | None = None
        self._areas = np.zeros(0)
        self._entries = [BlockEntries(VELOCITY, block) for block in (VELOCITY, PRESSURE)]

    def pressure(self) -> Array:
        """Return the normal pressure at the owned vertices ``dofs``, shape (N,) (collective)."""
        force, self._areas = self._force()[self.dofs], self._area()[self.dofs]
        return np.asarray(-force / self._areas)

    def update(self, *, temperature: float) -> None:
        """Take the pressure of the present unknowns and stresses (collective)."""
        pressure = self.pressure()
        self._weight = self._wall.set_weight(
            self.dofs, np.ones_like(pressure), pressure=pressure, temperature=temperature
        )

    @property
    def velocity_matrix(self) -> FormMatrix:
        """Velocity by velocity at a fixed weight."""
        return self._wall.velocity_matrix

    def residual(self) -> Array:
        """Return the owned velocity residual (collective)."""
        return self._wall.residual()

    def jacobian(self, layout: BlockLayout) -> list[Entries]:
        """Return the entries by velocity and pressure (collective)."""
        if self._weight is None:
            raise RuntimeError("the wall has no weight yet")
        by_weight = self._wall.by_weight()
        start, end = by_weight.getOwnershipRangeColumn()
        values = np.zeros(end - start)
        values[self.dofs] = -self._weight.by_pressure / self._areas
        scale_columns(by_weight, values)
        entries = [self._wall.jacobian(layout)]
        for block, form in zip(self._entries, self._by_unknowns, strict=True):
            force = fem_petsc.assemble_matrix(form, bcs=self._conditions, diag=0.0)
            force.assemble()
            product = by_weight.matMult(force)
            entries.append(block(layout, product))
            for used in (force, product):
                used.destroy()
        by_weight.destroy()
        return entries
