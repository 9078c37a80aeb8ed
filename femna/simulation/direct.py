"""The direct solver of a Newton step: one sparse matrix and its LU factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from petsc4py import PETSc

from femna.simulation.factors import Factors
from femna.simulation.system import System

PREFIX: Final = "femna_"
"""Of the options of Newton's method."""


class DirectSolver:
    """MUMPS on the monolithic Jacobian.

    Parameters
    ----------
    system : System
        The coupled system.

    Attributes
    ----------
    keeps_factors : bool
        Whether Newton's method may end with factors of an earlier tangent.
    """

    keeps_factors = True

    def __init__(self, system: System) -> None:
        self._system = system
        self._factors = Factors(PREFIX)

    @property
    def workspace(self) -> int:
        """Beyond MUMPS's estimate [%]."""
        return self._factors.workspace

    def storage(self, x: PETSc.Vec) -> PETSc.Mat:
        """Return the Jacobian's matrix: the first assembly finds its pattern (collective)."""
        return self.update(x)

    def update(self, x: PETSc.Vec) -> PETSc.Mat:
        """Assemble the Jacobian at ``x`` and return it (collective)."""
        return self._system.jacobian(x)

    def configure(self, snes: PETSc.SNES) -> None:
        """Set the linear solver of Newton's method."""
        ksp = snes.getKSP()
        ksp.setType(PETSc.KSP.Type.PREONLY)
        pc = ksp.getPC()
        pc.setType(PETSc.PC.Type.LU)
        pc.setFactorSolverType("mumps")
        self._factors.configure()
        # the order of elimination from the pattern alone, not from the values of the first matrix,
        # which are others in a resumed run: its digits are those of the uninterrupted one
        PETSc.Options().setValue(f"{PREFIX}mat_mumps_icntl_6", 0)
        pc.setFromOptions()

    def factorise(self, ksp: PETSc.KSP, matrix: PETSc.Mat) -> None:
        """Give a Krylov solver the factors of a matrix (collective).

        Where MUMPS runs out of workspace it gets more; if that does not do, the solve that follows
        fails.
        """
        self._factors.factorise(ksp, matrix)

    def begin_step(self) -> None:
        """Nothing to forget: what is kept, the order of elimination, is the pattern's alone."""

    def aim(self, ksp: PETSc.KSP, norms: Sequence[float], bound: float) -> None:
        """Leave the accuracy as it is: round-off."""
