"""Preconditioner of the current: potential of the electrolyte and the voltage.

The potential's matrix is conduction with the interface's conductance on its diagonal; the voltage
is eliminated through the applied current. One multigrid cycle stands for the potential's inverse;
the column of the voltage, of which all currents depend, is solved well once a Newton step.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.simulation.electrolyte import ElectrolyteBlock
from femna.simulation.products import for_a_moment

Array = npt.NDArray[np.float64]

COLUMN_TOLERANCE: Final = 1e-8


class CurrentPreconditioner:
    """Approximates the inverse of the rows and columns of potential and voltage.

    Parameters
    ----------
    electrolyte : ElectrolyteBlock
        Conduction of the electrolyte.
    comm : MPI.Comm
        Of all ranks.
    """

    def __init__(self, electrolyte: ElectrolyteBlock, comm: Any) -> None:
        self._electrolyte, self._comm = electrolyte, comm
        self._solver = conduction_solver(comm, rtol=COLUMN_TOLERANCE)
        self._matrix: PETSc.Mat | None = None
        self._column = np.zeros(0)
        self._conductance = 1.0
        self._ratio = 0.0
        self._held_by: float | None = None

    def renew(self) -> None:
        """Forget aggregates and interpolations; those of the next matrix follow (collective)."""
        self._solver.destroy()
        self._solver = conduction_solver(self._comm, rtol=COLUMN_TOLERANCE)

    def update(
        self, conductance: Array, by_voltage: Array, *, held_by: float | None = None
    ) -> None:
        """Take the currents' derivatives by overpotential and voltage, shape (N,) (collective).

        Both times the vertex' area, and with the gap following the current where it is open.
        `held_by` is the slope of the equation of a voltage that is held.
        """
        self._held_by = held_by
        block = self._electrolyte
        # one and the same matrix: of another one multigrid would make its levels anew
        self._matrix = block.shifted_matrix(conductance, out=self._matrix)
        self._solver.setOperators(self._matrix)
        self._column = block.solve(self._solver, block.spread(by_voltage))
        total, through = self._comm.allreduce(
            np.array([by_voltage.sum(), conductance @ block.pick(self._column)])
        )
        self._conductance = total - through
        # by_voltage is the conductance times one and the same factor at every vertex
        weight = self._comm.allreduce(float(conductance.sum()))
        self._ratio = total / weight

    def __call__(self, potential: Array, current: float) -> tuple[Array, float]:
        """Return potential and change of the voltage for residuals of both (collective).

        `current` is the residual of the equation that drives the cell.
        """
        if self._matrix is None:
            raise RuntimeError("the electrolyte has no matrix yet")
        leaking = self._comm.allreduce(float(self._column @ potential)) / self._ratio
        voltage = (current + leaking) / self._conductance
        if self._held_by is not None:
            voltage = current / self._held_by
        with for_a_moment(*self._matrix.createVecs()) as (source, out):
            source.setArray(potential)
            self._solver.getPC().apply(source, out)
            return out.getArray(readonly=True) + voltage * self._column, voltage


def conduction_solver(comm: Any, *, rtol: float) -> PETSc.KSP:
    """Return conjugate gradients with algebraic multigrid for a conduction matrix."""
    solver = PETSc.KSP().create(comm)
    solver.setOptionsPrefix("femna_potential_")
    solver.setType(PETSc.KSP.Type.CG)
    solver.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
    solver.setTolerances(rtol=rtol, max_it=200)
    solver.getPC().setType(PETSc.PC.Type.GAMG)
    options = PETSc.Options()
    for name, value in {
        "mg_levels_ksp_type": "chebyshev",
        "mg_levels_pc_type": "jacobi",
    }.items():
        options.setValue(f"femna_potential_{name}", value)
    solver.setFromOptions()
    return solver
