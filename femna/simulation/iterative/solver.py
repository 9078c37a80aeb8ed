"""The iterative solver of a Newton step: operator, preconditioner and Krylov method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from petsc4py import PETSc

from femna.simulation.iterative.flow_matrices import SplitJacobian
from femna.simulation.iterative.preconditioner import CoupledPreconditioner
from femna.simulation.jacobian import CooMatrix
from femna.simulation.system import System

RESTART: Final = 150
MOST_ITERATIONS: Final = 300
FIRST_TOLERANCE: Final = 3e-3
"""Of the linear residual over its first. A step's matrices cost as much as dozens of iterations:
few and well solved steps are the cheapest."""
LEAST_TOLERANCE: Final = 1e-3
"""Nor is a step solved further than that: where voids of an image close, Newton's method gains a
factor of 100 a step whatever the linear solution, which at 1e-5 took three times the iterations."""
NEAR_THE_END: Final = 0.1
"""Tolerance at most of a step that will do for the end."""
SAFETY: Final = 0.9


class Preconditioner(Protocol):
    """What PETSc asks of a preconditioner of type python."""

    def apply(self, pc: PETSc.PC, x: PETSc.Vec, y: PETSc.Vec, /) -> None:
        """Apply (collective)."""


class IterativeSolver:
    """GMRES on the split Jacobian.

    Parameters
    ----------
    system : System
        The coupled system.

    Attributes
    ----------
    matrix : PETSc.Mat
        The Jacobian, an operator.
    keeps_factors : bool
        There are none.
    """

    keeps_factors = False

    def __init__(self, system: System) -> None:
        self._system = system
        self._operator = SplitJacobian(system.layout)
        self._preconditioner = CoupledPreconditioner(system)
        self._rest = CooMatrix(system.comm, system.layout.local_size)
        size = (system.layout.local_size, None)
        self.matrix = PETSc.Mat().createPython((size, size), self._operator, comm=system.comm)
        self.matrix.setUp()

    def storage(self, x: PETSc.Vec) -> PETSc.Mat:
        """Return the operator, which has no pattern."""
        return self.matrix

    def update(self, x: PETSc.Vec) -> PETSc.Mat:
        """Linearise at ``x`` and return the Jacobian (collective)."""
        system = self._system
        at = system.linearise(x)
        flow = self._preconditioner.update(at)
        self._operator.update(flow, self._rest.assemble(at.entries))
        self.matrix.assemble()
        return self.matrix

    def factorise(self, ksp: PETSc.KSP, matrix: PETSc.Mat) -> None:
        """Give a Krylov solver the Jacobian; there is nothing to factorise."""
        ksp.setOperators(matrix)

    def configure(self, snes: PETSc.SNES) -> None:
        """Set the linear solver of Newton's method."""
        use_krylov(snes, self._preconditioner)

    def begin_step(self) -> None:
        """Set multigrid up afresh with the next matrices (collective).

        Its aggregates and interpolations are otherwise those of the first matrices of the process,
        and a resumed run would differ from the uninterrupted one within the tolerance.
        """
        self._preconditioner.renew()

    def aim(self, ksp: PETSc.KSP, norms: Sequence[float], bound: float) -> None:
        """Set how far the next linear solve goes, see `linear_tolerance`."""
        ksp.setTolerances(rtol=linear_tolerance(norms, bound))


def linear_tolerance(norms: Sequence[float], bound: float) -> float:
    """Return how far a Newton step is worth to be solved, relative to its residual.

    S. Eisenstat, H. Walker, SIAM J. Sci. Comput. 17 (1996) 16, choice 2: as the square of what the
    last step gained, within limits, and no further than to the end.

    Parameters
    ----------
    norms : sequence of float
        Residuals of Newton's method so far.
    bound : float
        Residual where it ends.
    """
    share = FIRST_TOLERANCE
    if len(norms) > 1:
        share = min(share, SAFETY * (norms[-1] / norms[-2]) ** 2)
    return max(share, LEAST_TOLERANCE, min(0.1 * bound / norms[-1], NEAR_THE_END))


def use_krylov(snes: PETSc.SNES, preconditioner: Preconditioner) -> None:
    """Let Newton's method solve its steps by GMRES.

    Parameters
    ----------
    snes : PETSc.SNES
        Newton's method.
    preconditioner : Preconditioner
        Context of a preconditioner of type python.
    """
    ksp = snes.getKSP()
    ksp.setType(PETSc.KSP.Type.GMRES)
    ksp.setPCSide(PETSc.PC.Side.RIGHT)
    ksp.setGMRESRestart(RESTART)
    ksp.setTolerances(max_it=MOST_ITERATIONS)
    pc = ksp.getPC()
    pc.setType(PETSc.PC.Type.PYTHON)
    pc.setPythonContext(preconditioner)
