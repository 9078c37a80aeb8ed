"""Smoothing by the diagonal, with what belongs to poorly shaped cells solved together.

Beside the steep side of a void cells are sheared to slivers, whose velocities hang together far
more strongly than any diagonal entry tells: a few of them in a hundred cells double the iterations.
They lie in thin sheets, so that their part of the matrix is factorised cheaply.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.mesh.quality import aspect_ratios
from femna.simulation.products import diagonal, in_single_entries, solution

Array = npt.NDArray[np.float64]

POOR: Final = 5.0
"""Aspect ratio above which a cell is poor. A cell of an image with 74 822 unknowns, 15 % of which
belong to such cells, took 54 iterations for 104; 60 from 10 on, 64 from 50 on."""

MOST: Final = 0.1
"""Share of a rank's cells that count as poor at most, the poorest: the factors must stay small."""


class PoorCellSmoother:
    """Context of a PETSc preconditioner of type python: linear, symmetric, each rank for itself.

    Parameters
    ----------
    space : dolfinx.fem.FunctionSpace
        Vectors.
    """

    def __init__(self, space: Any) -> None:
        self._space = space
        self._inverse = np.zeros(0)
        self._dofs = np.zeros(0, dtype=np.int32)
        self._blocks: PETSc.Mat | None = None
        self._part: PETSc.Mat | None = None
        self._solver: PETSc.KSP | None = None

    def renew(self) -> None:
        """Look for poor cells afresh with the next matrix: the mesh may have moved."""
        self._blocks = self._part = self._solver = None

    def update(self, matrix: PETSc.Mat) -> None:
        """Take a new matrix in blocks of the space's size (collective)."""
        self._inverse = 1.0 / diagonal(matrix)
        if self._solver is None:
            self._dofs = _dofs_of_poor_cells(self._space)
            self._solver = _factorising()
        if len(self._dofs) > 0:
            rows = PETSc.IS().createGeneral(self._dofs, comm=PETSc.COMM_SELF)
            block = matrix.getDiagonalBlock()
            self._blocks = block.createSubMatrix(rows, rows, submat=self._blocks)
            # MUMPS makes no Cholesky factors of blocks; the order of the rows stays
            self._part = in_single_entries(self._blocks, self._part)
            self._solver.setOperators(self._part)
            self._solver.setUp()

    def apply(self, _pc: PETSc.PC, x: PETSc.Vec, y: PETSc.Vec) -> None:
        """Apply."""
        right, out = x.getArray(readonly=True), y.getArray()
        out[:] = self._inverse * right
        if self._solver is not None and len(self._dofs) > 0:
            out[self._dofs] = solution(self._solver, right[self._dofs])


def _dofs_of_poor_cells(space: Any) -> npt.NDArray[np.int32]:
    """Return a rank's owned dofs on its poor cells."""
    mesh = space.mesh
    dimension = mesh.topology.dim
    points = mesh.geometry.x[:, :dimension]
    ratio = aspect_ratios(points, mesh.geometry.dofmaps[0])
    if len(ratio) == 0:
        return np.zeros(0, dtype=np.int32)
    poor = ratio > max(POOR, float(np.quantile(ratio, 1.0 - MOST)))
    nodes = np.unique(space.dofmap.list[poor])
    nodes = nodes[nodes < space.dofmap.index_map.size_local]
    block = space.dofmap.index_map_bs
    return np.asarray((nodes[:, None] * block + np.arange(block)).ravel(), dtype=np.int32)


def _factorising() -> PETSc.KSP:
    """Return a solver by the factors of a symmetric matrix of one rank."""
    solver = PETSc.KSP().create(PETSc.COMM_SELF)
    solver.setType(PETSc.KSP.Type.PREONLY)
    pc = solver.getPC()
    pc.setType(PETSc.PC.Type.CHOLESKY)
    pc.setFactorSolverType("mumps")
    return solver
