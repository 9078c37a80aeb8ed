"""A wall along which the metal slides: its weight, its share of residual and Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from femna.mesh import Cell
from femna.physics.wall import WallLaw, WallWeight, wall_forms
from femna.simulation.block_matrix import FormMatrix
from femna.simulation.discretisation import FormVector
from femna.simulation.jacobian import Entries
from femna.simulation.layout import VELOCITY, BlockLayout

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]


class SlidingWall:
    """One wall of the metal, whatever decides the normal pressure on it.

    Parameters
    ----------
    law : WallLaw
        How it resists, dimensionless.
    cell : Cell
        The meshed cell.
    surface : str
        Facet group of the metal that faces the wall.
    velocity : dolfinx.fem.Function
        Velocity of the metal, in the wall's frame along the wall.
    pressure_space : dolfinx.fem.FunctionSpace
        P1, in which the weight lives.
    conditions : list of dolfinx.fem.DirichletBC
        What holds the velocity.
    easing : dolfinx.fem.Constant
        Factor on the law's slip speed.

    Attributes
    ----------
    weight : dolfinx.fem.Function
        The law's weight at the vertices of the wall, zero elsewhere.
    velocity_matrix : FormMatrix
        Velocity by velocity at a fixed weight.
    """

    def __init__(
        self,
        law: WallLaw,
        cell: Cell,
        *,
        surface: str,
        velocity: fem.Function,
        pressure_space: Any,
        conditions: list[Any],
        easing: fem.Constant,
    ) -> None:
        self.law = law
        self.weight = fem.Function(pressure_space, name=f"weight of the wall at the {surface}")
        body = cell.metal
        forms = wall_forms(
            law,
            velocity,
            weight=self.weight,
            slip_speed=easing * fem.Constant(body.mesh, PETSc.ScalarType(law.slip_speed)),
            symmetry=cell.symmetry,
            facets=ufl.ds(domain=body.mesh, subdomain_data=body.facets)(body.names[surface]),
        )
        self._conditions = conditions
        self._residual = FormVector(fem.form(forms.residual))
        self.velocity_matrix = FormMatrix(
            forms.jacobian, VELOCITY, VELOCITY, conditions=conditions, diagonal=0.0
        )
        self._by_weight = fem.form(forms.by_weight)

    def set_weight(
        self, dofs: Indices, openness: Array, *, pressure: Array, temperature: float
    ) -> WallWeight:
        """Evaluate the law at the owned vertices ``dofs`` and keep it as the weight (collective).

        Parameters
        ----------
        dofs : int array, shape (N,)
            P1 dofs.
        openness, pressure : arrays, shape (N,)
            Contact there, dimensionless.
        temperature : float
            [K].
        """
        weight = self.law.weight(openness, pressure, temperature=temperature)
        self.weight.x.array[dofs] = weight.value
        self.weight.x.scatter_forward()
        return weight

    def residual(self) -> Array:
        """Return the owned velocity residual at the present weight (collective)."""
        return self._residual()

    def jacobian(self, layout: BlockLayout) -> Entries:
        """Return the entries of velocity by velocity at a fixed weight (collective)."""
        return self.velocity_matrix.entries(layout)

    def by_weight(self) -> PETSc.Mat:
        """Return a new matrix, velocity residual by weight (collective)."""
        matrix = fem_petsc.assemble_matrix(self._by_weight, bcs=self._conditions, diag=0.0)
        matrix.assemble()
        return matrix
