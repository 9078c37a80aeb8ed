"""The metal's surface that faces the electrolyte: what couples its flow to contact and gap."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from femna.mesh import Cell
from femna.physics.metal import MetalForms
from femna.simulation.block_matrix import BlockEntries
from femna.simulation.discretisation import assembled
from femna.simulation.dual_basis import DualFunctions
from femna.simulation.jacobian import Entries, csr_coordinates
from femna.simulation.layout import CONTACT, VELOCITY, BlockLayout
from femna.simulation.products import product, scale_columns, transposed_product

Array = npt.NDArray[np.float64]


class MetalSurface:
    """The operator ``B: velocity -> integral of psi v.n`` and what follows from it.

    The psi are dual to the hat functions (:mod:`femna.simulation.dual_basis`). The operator's
    transpose loads the flow with the contact pressure, so power is conserved exactly.
    Velocities that are held do not enter.

    Parameters
    ----------
    forms : MetalForms
        The metal's forms.
    cell : Cell
        The meshed cell.
    pressure_space : dolfinx.fem.FunctionSpace
        P1 on the metal.
    held : int array
        The owned velocity dofs that are held.
    trace_space : dolfinx.fem.FunctionSpace
        DG1, the test space of the forms' interface flux.
    """

    def __init__(
        self,
        forms: MetalForms,
        cell: Cell,
        pressure_space: Any,
        *,
        held: npt.NDArray[np.int32],
        trace_space: Any,
    ) -> None:
        self._cell, self._vertex_space, self._trace_space = cell, pressure_space, trace_space
        self._held = held
        self._flux_form = fem.form(forms.interface_flux)
        self._area_form = fem.form(forms.interface_area)
        self._operator: PETSc.Mat | None = None
        self._dual: DualFunctions | None = None
        self._bearing = np.zeros(0)
        self._flux_entries = BlockEntries(CONTACT, VELOCITY)
        self._load_entries = BlockEntries(VELOCITY, CONTACT)
        self._vertex_of_entry: npt.NDArray[np.int32] | None = None
        self.dofs = np.zeros(0, dtype=np.int32)

    def connect(self, dofs: npt.NDArray[np.int32]) -> None:
        """Name the owned P1 dofs that face the electrolyte, in the order of z."""
        self.dofs = dofs
        self._dual = DualFunctions(self._cell, self._vertex_space, self._trace_space, dofs)
        self.geometry_changed()

    def geometry_changed(self) -> None:
        """Rebuild the operator (collective)."""
        if self._dual is None:
            raise RuntimeError("the interface is not connected")
        broken = fem_petsc.assemble_matrix(self._flux_form)
        broken.assemble()
        operator = self._dual.matrix().matMult(broken)
        start, end = operator.getOwnershipRangeColumn()
        if self._dual.follows:
            self._bearing = self._seen_from_below(operator)
        free = np.ones(end - start)
        free[self._held] = 0.0
        scale_columns(operator, free)
        for old in (self._operator, broken):
            if old is not None:
                old.destroy()
        self._operator = operator

    def _seen_from_below(self, operator: PETSc.Mat) -> Array:
        """Return what flows through the vertices' functions in a unit fall, shape (N,)."""
        dimension = self._cell.metal.mesh.geometry.dim
        start, end = operator.getOwnershipRangeColumn()
        fall = np.zeros(end - start)
        fall[dimension - 1 :: dimension] = -1.0
        return product(operator, fall)

    def vertex_area(self) -> Array:
        """Return the projected area that belongs to each interface vertex, shape (N,)."""
        return assembled(self._area_form)[self.dofs]

    def bearing_area(self) -> Array:
        """Return the projected area of each vertex's dual function, shape (N,).

        On it the vertex bears and passes current. It is that of `vertex_area`, but at the foot of
        the walls of voids.
        """
        dual = self._dual
        return self._bearing if dual is not None and dual.follows else self.vertex_area()

    def load(self, contact_pressure: Array) -> Array:
        """Return the owned velocity residual of the contact pressure (collective)."""
        return transposed_product(self._connected(), contact_pressure)

    def flux(self, velocity: Array) -> Array:
        """Return ``integral of psi v.n`` at every interface vertex, shape (N,) (collective)."""
        return product(self._connected(), velocity)

    def jacobian(self, layout: BlockLayout, pressure_slope: Array) -> list[Entries]:
        """Return the entries that couple velocity and z (collective)."""
        operator = self._connected()
        if self._vertex_of_entry is None:
            self._vertex_of_entry = csr_coordinates(operator)[0] - operator.getOwnershipRange()[0]
        rows, columns, values = self._flux_entries(layout, operator)
        slope = pressure_slope[self._vertex_of_entry]
        return [(rows, columns, values), (columns, rows, values * slope)]

    def load_slope(self, layout: BlockLayout, coupling: PETSc.Mat) -> Entries:
        """Return the entries of loads that depend on neighbours' z, shape of coupling (N, N).

        `coupling` is the part of the traction's derivative that `jacobian` leaves out (collective).
        """
        product = self._connected().transposeMatMult(coupling)
        entries = self._load_entries(layout, product)
        product.destroy()
        return entries

    def _connected(self) -> PETSc.Mat:
        if self._operator is None:
            raise RuntimeError("the interface is not connected")
        return self._operator
