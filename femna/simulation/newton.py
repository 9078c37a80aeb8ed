"""Newton's method on the coupled system: by the stress, or by PETSc's SNES."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

from femna.errors import ComputationError
from femna.simulation.linear_solver import Choice, LinearSolver, linear_solver
from femna.simulation.products import for_a_moment
from femna.simulation.system import System

type LineSearch = Literal["secant", "full", "backtracking"]

_LINE_SEARCHES: Final[Mapping[LineSearch, str]] = MappingProxyType(
    {
        "secant": PETSc.SNESLineSearch.Type.SECANT,
        "full": PETSc.SNESLineSearch.Type.BASIC,
        "backtracking": PETSc.SNESLineSearch.Type.BT,
    }
)

_UNSOLVED: Final = int(PETSc.SNES.ConvergedReason.DIVERGED_LINEAR_SOLVE)
_SOLVED: Final = int(PETSc.SNES.ConvergedReason.CONVERGED_FNORM_ABS)
_OUT_OF_DOMAIN: Final = int(PETSc.SNES.ConvergedReason.DIVERGED_FUNCTION_DOMAIN)
_LOST: Final = int(PETSc.SNES.ConvergedReason.DIVERGED_DTOL)
_TOO_MANY: Final = int(PETSc.SNES.ConvergedReason.DIVERGED_MAX_IT)

ROUGH: Final = 0.03
"""Residual norm of a guess; that of a healed interface under a nominal load is some 0.1."""

MOST_BY_STRESS: Final = 20
"""Iterations after which `Newton.solve_by_stress` gives up;
measured: steps up to 7, first solutions up to 17."""

HOPELESS: Final = 1e6
"""Growth of the residual at which `Newton.solve_by_stress` gives up;
measured: up to 1e4 where it came to a solution, to 1e30 where it did not."""

ASTRAY: Final = 3.0
"""Rise of the residual in one iteration, the first excepted, at which `Newton.solve_by_stress`
gives up on a step; measured: below 0.4 in steps that it solved, 5 and 14 where it then went in
circles."""

NEAR: Final = 0.02
"""Share of the residual that a step leaves from which its factors serve the next one;
measured: 0.01 to 0.03 are alike."""

GAIN: Final = 0.1
"""Share that a step with kept factors may leave. It costs a quarter of one with new factors, which
leaves about the square of what the last one left."""

EXTERNAL_LIBRARY: Final = 76
"""PETSc's code for an error of a library: MUMPS met a matrix that it cannot factorise."""


def _far_out() -> np.errstate:
    """Keep NumPy quiet where an iterate overflows: its residual, not finite, is what judges it."""
    return np.errstate(over="ignore", invalid="ignore")


def _weakly(method: Callable[..., None]) -> Callable[..., None]:
    """Return a callback that does not keep the method's object alive.

    PETSc's solver would hold the object and the object the solver, in a circle that Python's
    collector does not see; MPI's communicators would run out over many runs in one process.
    """
    held = weakref.WeakMethod(method)

    def call(*arguments: object) -> None:
        target = held()
        if target is not None:
            target(*arguments)

    return call


@dataclass(frozen=True)
class NewtonResult:
    """How a solve went."""

    converged: bool
    iterations: int
    reason: int
    norms: tuple[float, ...]

    @property
    def reason_name(self) -> str:
        """Return PETSc's name of the reason, in lower case."""
        names = {
            value: name
            for name, value in vars(PETSc.SNES.ConvergedReason).items()
            if isinstance(value, int)
        }
        return str(names.get(self.reason, self.reason)).lower().replace("_", " ")


class Newton:
    """Solves the system's present step from its present unknowns.

    Parameters
    ----------
    system : System
        The coupled system.
    tolerance : float
        Residual norm at which a step has converged, over the square root of the nominal area
        (residuals are dimensionless; their round-off grows with that of the loads).
    max_iterations : int
        Newton steps before the solve counts as failed.
    solver : str
        The linear solver, see `linear_solver`.
    """

    def __init__(
        self,
        system: System,
        *,
        tolerance: float = 1e-11,
        max_iterations: int = 25,
        solver: Choice = "auto",
    ) -> None:
        self.system = system
        self._choice: Choice = solver
        self._norms: list[float] = []
        self._share = 0.0
        self._tolerance = tolerance
        self._max_iterations = max_iterations
        self._create()

    def _create(self) -> None:
        system = self.system
        self._x = system.create_vector()
        snes = PETSc.SNES().create(system.comm)
        snes.setOptionsPrefix("femna_")
        snes.setType(PETSc.SNES.Type.NEWTONLS)
        snes.setFunction(_weakly(self._function), self._x.duplicate())
        system.pack(self._x)
        snes.setTolerances(rtol=0.0, stol=0.0)
        snes.setMonitor(_weakly(self._monitor))
        snes.setErrorIfNotConverged(False)
        self._linear = linear_solver(system, self._choice)
        self._linear.configure(snes)
        self._has_matrix = False
        self._snes = snes
        PETSc.garbage_cleanup(system.comm)  # the solver before

    def _function(self, _snes: PETSc.SNES, x: PETSc.Vec, out: PETSc.Vec) -> None:
        try:
            self.system.residual(x, out)
        except ComputationError:
            out.set(np.inf)

    def _jacobian(
        self, _snes: PETSc.SNES, x: PETSc.Vec, matrix: PETSc.Mat, _preconditioner: PETSc.Mat
    ) -> None:
        self._linear.factorise(self._snes.getKSP(), self._linear.update(x))

    def _monitor(self, _snes: PETSc.SNES, _iteration: int, norm: float) -> None:
        self._norms.append(norm)
        bound = max(self._bound(), self._share * self._norms[0])
        self._snes.atol = bound
        self._linear.aim(self._snes.getKSP(), self._norms, bound)

    def begin_step(self) -> None:
        """Begin a step whose every digit follows from the state before it (collective)."""
        self._linear.begin_step()
        PETSc.garbage_cleanup(self.system.comm)  # what Python has forgotten on all ranks

    def solve(self, line_search: LineSearch = "secant", *, share: float = 0.0) -> NewtonResult:
        """Solve; the system's unknowns are the solution, or the last iterate on failure.

        Parameters
        ----------
        line_search : str
            How a Newton step is shortened. ``full`` steps are best for a linear metal, whose only
            difficulty is the contact set; ``backtracking`` is slow and sure: it ends the cycles of
            a power law between two iterates, and has twice the iterations.
        share : float
            Of the first residual, which is good enough for a guess.
        """
        self._begin()
        self._share = share
        if not self._has_matrix:
            self._snes.setJacobian(_weakly(self._jacobian), self._linear.storage(self._x))
            self._has_matrix = True
        self._snes.getLineSearch().setType(_LINE_SEARCHES[line_search])
        self._snes.max_it = self._max_iterations * (2 if line_search == "backtracking" else 1)
        self._snes.atol = self._bound()
        try:
            with _far_out():
                self._snes.solve(None, self._x)
        except PETSc.Error as error:
            if error.ierr != EXTERNAL_LIBRARY:
                raise
            self._create()  # PETSc leaves the vectors of a broken solve locked
            return NewtonResult(False, len(self._norms), _UNSOLVED, tuple(self._norms))
        self.system.unpack(self._x)
        reason = int(self._snes.getConvergedReason())
        iterations = int(self._snes.getIterationNumber())
        self._after(reason)
        return NewtonResult(reason > 0, iterations, reason, tuple(self._norms))

    def solve_by_stress(
        self, *, roughly: bool = False, most: int = MOST_BY_STRESS, nearby: bool = False
    ) -> NewtonResult:
        """Solve by full steps whose tangent of the creep law follows the stress.

        The way for a power law (:mod:`femna.simulation.pointwise_flow`): a few iterations where
        `solve` takes dozens. No line search guards it. The last iterations keep the factors of the
        tangent before them.

        Parameters
        ----------
        roughly : bool
            For a guess only, to `ROUGH`.
        most : int
            Iterations after which it gives up.
        nearby : bool
            Whether it starts from the step before: then the residual falls from the second
            iteration on, and one that rises is not waited for.
        """
        self._begin()
        with for_a_moment(self._x.duplicate(), self._x.duplicate()) as (residual, step):
            try:
                with _far_out():
                    reason = self._follow_stress(residual, step, ROUGH * roughly, most, nearby)
            except ComputationError:
                reason = _OUT_OF_DOMAIN
            except PETSc.Error as error:
                if error.ierr != EXTERNAL_LIBRARY:
                    raise
                self._create()  # as in `solve`
                return NewtonResult(False, len(self._norms), _UNSOLVED, tuple(self._norms))
            finally:
                self.system.metal.anchored = False
        self._after(reason)
        return NewtonResult(reason > 0, max(len(self._norms) - 1, 0), reason, tuple(self._norms))

    def _after(self, reason: int) -> None:
        """Begin anew where a factorisation failed: once out of memory it stays failed for good.

        An iterative solver that met its limit is as good as before, and a second one beside it
        would take its memory twice.
        """
        if reason == _UNSOLVED and self._linear.keeps_factors:
            self._create()

    def _follow_stress(
        self, residual: PETSc.Vec, step: PETSc.Vec, rough: float, most: int, nearby: bool
    ) -> int:
        """Iterate on ``x`` with the help of two vectors; return the reason to end."""
        metal, x = self.system.metal, self._x
        self.system.residual(x, residual)
        metal.anchored = True
        for _ in range(most):
            self._norms.append(float(residual.norm()))
            if not self._norms[-1] < HOPELESS * self._norms[0] or (nearby and self._astray()):
                return _LOST
            bound = max(self._bound(), rough)
            if self._norms[-1] <= bound or self._near_the_end():
                metal.anchored = False
                if self._correct(residual, step, bound):
                    return _SOLVED
                metal.anchored = True
            ksp = self._snes.getKSP()
            self._linear.factorise(ksp, self._linear.update(x))
            self._linear.aim(ksp, self._norms, bound)
            ksp.solve(residual, step)
            if ksp.getConvergedReason() < 0:
                return _UNSOLVED
            self.system.let_touch(x, step)
            x.axpy(-1.0, step)
            self.system.take(x)
            metal.follow_stress()
            self.system.residual(x, residual)
        self._norms.append(float(residual.norm()))
        return _TOO_MANY

    def _astray(self) -> bool:
        """Say whether the last step raised the residual, other than a first step may."""
        return len(self._norms) > 2 and self._norms[-1] > ASTRAY * self._norms[-2]

    def _near_the_end(self) -> bool:
        """Say whether the last step gained so much that its factors are good for another one."""
        norms = self._norms
        return self._linear.keeps_factors and len(norms) > 1 and norms[-1] < NEAR * norms[-2]

    def _correct(self, residual: PETSc.Vec, step: PETSc.Vec, bound: float) -> bool:
        """Go on with the last tangent's factors while they gain enough; say whether it is solved.

        The residual is that of the creep law itself from here on, not of its tangent plane.
        """
        ksp, x = self._snes.getKSP(), self._x
        self.system.forget()
        self.system.residual(x, residual)
        here = residual.norm()
        while here > bound and self._linear.keeps_factors and len(self._norms) > 1:
            ksp.solve(residual, step)
            x.axpy(-1.0, step)
            self.system.residual(x, residual)
            before, here = here, residual.norm()
            self._norms.append(here)
            if here > GAIN * before:
                break
        return bool(here <= bound)

    def linear_solver(self) -> tuple[PETSc.KSP, LinearSolver]:
        """Return what solves the Newton steps, for a look at it (collective)."""
        self._begin()
        return self._snes.getKSP(), self._linear

    def _begin(self) -> None:
        self.system.pack(self._x)
        self._norms.clear()

    def _closing_speed(self) -> float:
        """Return the largest speed over that of recession where voids of an image close.

        They may close a hundred times faster than the interface recedes, by which the speeds and
        their round-off are made dimensionless.
        """
        if self.system.cell.voids is None:
            return 0.0
        velocity = self.system.metal.fields.velocity.x.array
        fastest = float(np.max(np.abs(velocity), initial=0.0))
        return float(self.system.comm.allreduce(fastest, op=MPI.MAX))

    def _bound(self) -> float:
        """Return the residual norm at which the present step counts as solved."""
        # round-off grows with the loads, which may be many times the characteristic ones
        step = self.system.required_step()
        driven = max(abs(step.current), abs(step.voltage or 0.0))  # no more current than volts
        load = max(1.0, step.pressure, driven, self._closing_speed())
        return self._tolerance * load * float(np.sqrt(self.system.total_area))
