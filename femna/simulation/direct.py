"""The direct solver of a Newton step: one sparse matrix and its LU factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from petsc4py import PETSc

from femna.simulation.system import System

OUT_OF_WORKSPACE: Final = (-8, -9)
"""MUMPS's INFOG(1) where its estimate was too small: pivots that were put off need more room."""

EXTRA: Final = (60, 240, 960)
"""Workspace beyond the estimate [%], ICNTL(14), tried one after the other: more from the start
would be memory that large problems have not."""

_WORKSPACE: Final = "femna_mat_mumps_icntl_14"


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
    workspace : int
        Beyond MUMPS's estimate [%].
    """

    keeps_factors = True

    def __init__(self, system: System) -> None:
        self._system = system
        self.workspace = EXTRA[0]

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
        options = PETSc.Options()
        options.setValue(_WORKSPACE, self.workspace)
        # the order of elimination from the pattern alone, not from the values of the first matrix,
        # which are others in a resumed run: its digits are those of the uninterrupted one
        options.setValue("femna_mat_mumps_icntl_6", 0)
        pc.setFromOptions()

    def factorise(self, ksp: PETSc.KSP, matrix: PETSc.Mat) -> None:
        """Give a Krylov solver the factors of a matrix (collective).

        Where MUMPS runs out of workspace it gets more; if that does not do, the solve that follows
        fails.
        """
        ksp.setOperators(matrix)
        ksp.setUp()
        larger = [extra for extra in EXTRA if extra > self.workspace]
        while _out_of_workspace(ksp) and larger:
            self.workspace = larger.pop(0)
            PETSc.Options().setValue(_WORKSPACE, self.workspace)
            ksp.reset()  # failed factors stay failed
            ksp.setOperators(matrix)
            ksp.setUp()

    def begin_step(self) -> None:
        """Nothing to forget: what is kept, the order of elimination, is the pattern's alone."""

    def aim(self, ksp: PETSc.KSP, norms: Sequence[float], bound: float) -> None:
        """Leave the accuracy as it is: round-off."""


def _out_of_workspace(ksp: PETSc.KSP) -> bool:
    """Say whether a factorisation failed for want of workspace (the same on all ranks)."""
    return ksp.getPC().getFactorMatrix().getMumpsInfog(1) in OUT_OF_WORKSPACE
