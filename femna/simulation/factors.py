"""Factors by MUMPS, with more workspace where its estimate was too small."""

from __future__ import annotations

from typing import Final

from petsc4py import PETSc

OUT_OF_WORKSPACE: Final = (-8, -9)
"""MUMPS's INFOG(1) where its estimate was too small: pivots that were put off need more room."""

EXTRA: Final = (60, 240, 960)
"""Workspace beyond the estimate [%], ICNTL(14), tried one after the other: more from the start
would be memory that large problems have not."""


class Factors:
    """The workspace of one solver's factors.

    Parameters
    ----------
    prefix : str
        Of the solver's options.

    Attributes
    ----------
    workspace : int
        Beyond MUMPS's estimate [%].
    """

    def __init__(self, prefix: str) -> None:
        self._option = f"{prefix}mat_mumps_icntl_14"
        self.workspace = EXTRA[0]

    def configure(self) -> None:
        """Set the present workspace, before the solver reads its options."""
        PETSc.Options().setValue(self._option, self.workspace)

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
            self.configure()
            ksp.reset()  # failed factors stay failed
            ksp.setOperators(matrix)
            ksp.setUp()


def _out_of_workspace(ksp: PETSc.KSP) -> bool:
    """Say whether a factorisation failed for want of workspace (the same on all ranks)."""
    return ksp.getPC().getFactorMatrix().getMumpsInfog(1) in OUT_OF_WORKSPACE
