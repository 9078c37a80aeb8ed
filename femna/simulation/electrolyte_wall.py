"""The wall that is the electrolyte: it resists where the metal is in contact."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.physics.wall import WallWeight
from femna.simulation.block_matrix import BlockEntries, FormMatrix
from femna.simulation.jacobian import Entries
from femna.simulation.layout import CONTACT, VELOCITY, BlockLayout
from femna.simulation.products import scale_columns
from femna.simulation.sliding_wall import SlidingWall

Array = npt.NDArray[np.float64]


class ElectrolyteWall:
    """Couples a sliding wall to the contact unknowns z of its vertices.

    Parameters
    ----------
    wall : SlidingWall
        The wall at the surface "interface".
    """

    def __init__(self, wall: SlidingWall) -> None:
        self._wall = wall
        self._dofs = np.zeros(0, dtype=np.int32)
        self._weight: WallWeight | None = None
        self._entries = BlockEntries(VELOCITY, CONTACT)

    def connect(self, dofs: npt.NDArray[np.int32]) -> None:
        """Name the owned P1 dofs that face the electrolyte, in the order of z."""
        self._dofs = dofs

    def update(self, openness: Array, pressure: Array, *, temperature: float) -> None:
        """Take the contact at the vertices, shape (N,), dimensionless (collective)."""
        self._weight = self._wall.set_weight(
            self._dofs, openness, pressure=pressure, temperature=temperature
        )

    @property
    def velocity_matrix(self) -> FormMatrix:
        """Velocity by velocity at a fixed weight."""
        return self._wall.velocity_matrix

    def residual(self) -> Array:
        """Return the owned velocity residual (collective)."""
        return self._wall.residual()

    def jacobian(self, layout: BlockLayout, pressure_slope: Array, h_slope: Array) -> list[Entries]:
        """Return the entries by velocity and by z (collective).

        Parameters
        ----------
        layout : BlockLayout
            Numbers of the unknowns.
        pressure_slope, h_slope : arrays, shape (N,)
            Derivatives of contact pressure and openness by z.
        """
        if self._weight is None:
            raise RuntimeError("the wall has no weight yet")
        slope = self._weight.by_openness * h_slope + self._weight.by_pressure * pressure_slope
        return [self._wall.jacobian(layout), self._by_contact(layout, slope)]

    def _by_contact(self, layout: BlockLayout, slope: Array) -> Entries:
        full = self._wall.by_weight()
        start, end = full.getOwnershipRange()
        rows = PETSc.IS().createStride(end - start, start, 1, comm=full.comm)
        first = full.getOwnershipRangeColumn()[0]
        columns = PETSc.IS().createGeneral((self._dofs + first).astype(np.int32), comm=full.comm)
        matrix = full.createSubMatrix(rows, columns)
        scale_columns(matrix, slope)
        entries = self._entries(layout, matrix)
        for used in (full, matrix):
            used.destroy()
        return entries
