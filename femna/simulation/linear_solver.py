"""Which linear solver takes the Newton steps of a system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, Protocol

from petsc4py import PETSc

from femna.simulation.direct import DirectSolver
from femna.simulation.iterative import IterativeSolver
from femna.simulation.system import System

type Choice = Literal["auto", "direct", "iterative"]

LARGE: Final = 10_000
"""Unknowns in 3D from which the iterative solver is the faster one, by docs/performance.md."""


class LinearSolver(Protocol):
    """What Newton's method asks of a linear solver.

    Attributes
    ----------
    keeps_factors : bool
        Whether a step with the last tangent again is much cheaper than one with a new tangent.
    """

    keeps_factors: bool

    def storage(self, x: PETSc.Vec) -> PETSc.Mat:
        """Return the matrix that `update` fills; ``x`` may give its pattern (collective)."""

    def update(self, x: PETSc.Vec) -> PETSc.Mat:
        """Linearise at ``x`` and return the Jacobian (collective)."""

    def factorise(self, ksp: PETSc.KSP, matrix: PETSc.Mat) -> None:
        """Prepare a Krylov solver for the Jacobian (collective)."""

    def configure(self, snes: PETSc.SNES) -> None:
        """Set the linear solver of Newton's method."""

    def begin_step(self) -> None:
        """Forget what earlier steps left: a resumed run does not have it (collective)."""

    def aim(self, ksp: PETSc.KSP, norms: Sequence[float], bound: float) -> None:
        """Set how far the next linear solve goes, from the residuals so far and where they end."""


def linear_solver(system: System, choice: Choice = "auto") -> LinearSolver:
    """Return a system's linear solver.

    ``auto`` takes the iterative one for large systems in 3D. Not where metal moves along its
    surface: tension and diffusion couple the vertices, which the preconditioner does not know.
    """
    if choice == "auto":
        along = system.transport
        couples = along.diffuses or along.has_tension
        large = int(system.layout.sizes.sum()) >= LARGE
        in_3d = system.cell.metal.mesh.geometry.dim == 3
        choice = "iterative" if in_3d and large and not couples else "direct"
    return IterativeSolver(system) if choice == "iterative" else DirectSolver(system)
