"""What stands for the Schur complement of the pressure: a mass matrix over the viscosity.

Where the viscosity changes much from element to element, no average of it within an element tells
how much volume the velocity beside a vertex yields to a pressure there: soft elements yield nothing
while stiff neighbours hold their nodes. The diagonal of ``B D^-1 B^T`` knows (B the divergence, D
the diagonal of the velocity's matrix), and how a tangent's softness depends on the direction too.
The mass matrix of the mesh alone is therefore scaled from both sides to that diagonal. Contact's
stiffness on the interface is in D as well.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.simulation.block_matrix import FormMatrix
from femna.simulation.iterative.flow_matrices import FlowMatrices
from femna.simulation.products import diagonal, for_a_moment, product, solution

Array = npt.NDArray[np.float64]

COMPLIANCE: Final = {2: 1.75, 3: 1.3}
"""By the dimension, what ``diag(B D^-1 B^T)`` is multiplied by to be the diagonal of the mass over
twice the viscosity where that is even: medians over a cell's vertices (1.76, 1.76; 1.30)."""

SWEEPS: Final = 3
BOUNDS: Final = {2: (0.5, 2.0), 3: (0.5, 2.5)}
"""Eigenvalues of a P1 mass matrix over its diagonal, by the dimension: A. Wathen, IMA J. Numer.
Anal. 7 (1987) 449, doi:10.1093/imanum/7.4.449. Scaling from both sides leaves them."""


class PressureSchur:
    """Approximates the inverse of the pressure's Schur complement.

    Parameters
    ----------
    mass : FormMatrix
        Mass matrix of the pressure's space.
    comm : MPI.Comm
        Communicator.
    dimension : int
        Of the mesh.
    """

    def __init__(self, mass: FormMatrix, comm: Any, dimension: int) -> None:
        self._mass, self._compliance = mass, COMPLIANCE[dimension]
        self._solver = _mass_solver(comm, dimension)
        self._squares: PETSc.Mat | None = None

    def renew(self) -> None:
        """Forget the divergence so far: the mesh may have moved (collective)."""
        if self._squares is not None:
            self._squares.destroy()
        self._squares = None

    def update(self, flow: FlowMatrices) -> None:
        """Take the matrices of a Newton step (collective)."""
        if self._squares is None:
            self._squares = _squared(flow.divergence)
        yielding = self._compliance * product(self._squares, 1.0 / diagonal(flow.velocity))
        if flow.compressibility is not None:
            yielding += np.abs(diagonal(flow.compressibility))
        matrix = self._mass.assembled()
        scale = np.sqrt(yielding / diagonal(matrix))
        with for_a_moment(matrix.createVecLeft()) as (vector,):
            vector.setArray(scale)
            matrix.diagonalScale(vector, vector)
        self._solver.setOperators(matrix)

    def __call__(self, source: Array) -> Array:
        """Return the pressure for an owned residual of the continuity (collective)."""
        return solution(self._solver, source)


def _squared(matrix: PETSc.Mat) -> PETSc.Mat:
    """Return the matrix of the squares of all entries."""
    starts, columns, values = matrix.getValuesCSR()
    return PETSc.Mat().createAIJ(
        matrix.getSizes(), csr=(starts, columns, values**2), comm=matrix.comm
    )


def _mass_solver(comm: Any, dimension: int) -> PETSc.KSP:
    """Return a fixed number of Chebyshev steps on a mass matrix, scaled by its diagonal."""
    prefix = "femna_pressure_"
    low, high = BOUNDS[dimension]
    PETSc.Options().setValue(f"{prefix}ksp_chebyshev_eigenvalues", f"{low},{high}")
    solver = PETSc.KSP().create(comm)
    solver.setOptionsPrefix(prefix)
    solver.setType(PETSc.KSP.Type.CHEBYSHEV)
    solver.setNormType(PETSc.KSP.NormType.NONE)
    solver.setTolerances(rtol=0.0, max_it=SWEEPS)
    solver.getPC().setType(PETSc.PC.Type.JACOBI)
    solver.setFromOptions()
    return solver
