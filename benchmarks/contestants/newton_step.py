"""What a Newton step of a run costs, and the floor under it, in turns in one process.

Problem: `case` (a file), `overrides`, `skip` (accepted steps before anything is timed), `steps`
(accepted steps that are timed) and `repetitions` (of the floor, after each of them).

The floor is what no implementation with these elements and a direct solver can leave out: the
matrix of the one form that changes within a time step, and MUMPS's numerical factorisation and
solution of the same coupled matrix with femna's options, the symbolic analysis done before.
Residuals, line search, creep law, interface and the putting together of the coupled matrix are all
on femna's side. Its last iterations of a time step, which keep the factors of an earlier one, would
be below the floor: here all have new factors.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
from dolfinx import fem
from mpi4py import MPI
from petsc4py import PETSc

from benchmarks.outcome import answer, problem
from femna.case import load_case
from femna.physics.metal import build_forms
from femna.simulation.discretisation import compiled_with_reordered_sums
from femna.simulation.driver import Driver
from femna.simulation.newton import NewtonResult
from femna.simulation.setup import Model, build_model

MUMPS_OPTIONS: Final = {14: 60, 6: 0}
"""MUMPS's options as in femna.simulation.direct: room for pivots, no look at the first values."""


@dataclass
class Solves:
    """A Newton solver that adds up its time and its iterations."""

    solver: Any
    seconds: float = 0.0
    iterations: int = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return one of the solver's methods, timed."""
        way = getattr(self.solver, name)

        def solve(*arguments: Any, **options: Any) -> Any:
            begun = time.process_time()
            result = way(*arguments, **options)
            self.seconds += time.process_time() - begun
            if isinstance(result, NewtonResult):
                self.iterations += result.iterations
            return result

        return solve


class Floor:
    """The unavoidable work at the model's present state."""

    def __init__(self, model: Model) -> None:
        cell, self._system = model.cell, model.system
        metal = self._system.metal
        forms = build_forms(
            metal.fields,
            symmetry=cell.symmetry,
            facets=cell.metal.facets,
            interface_tag=cell.metal.names["interface"],
            platen_tag=cell.metal.names["platen"],
            quadrature_degree=metal.quadrature_degree,
            trace_space=fem.functionspace(metal.mesh, ("Discontinuous Lagrange", 1)),
        )
        self._tangent = compiled_with_reordered_sums(forms.jacobian[0][0])
        self._storage = fem.create_matrix(self._tangent)
        self._x, self._right = self._system.create_vector(), self._system.create_vector()
        self._answer = self._system.create_vector()
        self._right.set(1.0)
        self._lu: PETSc.PC | None = None

    def measure(self, repetitions: int) -> dict[str, list[float]]:
        """Return the seconds of every repetition, and the error of the solutions."""
        self._system.pack(self._x)
        matrix = self._system.jacobian(self._x)
        lu = self._analysed(matrix) if self._lu is None else self._lu
        seconds: dict[str, list[float]] = {"assembly": [], "factorisation": [], "solution": []}
        for _ in range(repetitions):
            matrix.stateIncrease()  # as if its values were new
            seconds["assembly"].append(_timed(self._assemble))
            seconds["factorisation"].append(_timed(lu.setUp))
            seconds["solution"].append(_timed(lambda: lu.apply(self._right, self._answer)))
        product = self._answer.duplicate()
        matrix.mult(self._answer, product)
        product.axpy(-1.0, self._right)
        return {**seconds, "error": [product.norm() / self._right.norm()]}

    def _assemble(self) -> None:
        self._storage.set_value(0.0)
        fem.assemble_matrix(self._storage, self._tangent, bcs=self._system.metal.conditions)

    def _analysed(self, matrix: PETSc.Mat) -> PETSc.PC:
        """Return a factorisation whose symbolic part is done."""
        lu = PETSc.PC().create(matrix.comm)
        lu.setOperators(matrix)
        lu.setType(PETSc.PC.Type.LU)
        lu.setFactorSolverType("mumps")
        lu.setFactorSetUpSolverType()
        for option, value in MUMPS_OPTIONS.items():
            lu.getFactorMatrix().setMumpsIcntl(option, value)
        lu.setUp()
        self._lu = lu
        return lu


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main(problem: dict[str, Any]) -> dict[str, Any]:
    """March the case and measure."""
    case = load_case(Path(problem["case"]), problem["overrides"])
    model = build_model(case, MPI.COMM_SELF)
    driver, floor = Driver(model), Floor(model)
    _, linear = driver.newton.linear_solver()
    linear.keeps_factors = False  # every step is one of the floor's kind
    solves = Solves(driver.newton)
    driver.working.newton = solves  # type: ignore[assignment]
    floors: list[dict[str, list[float]]] = []
    last, balance = problem["skip"] + problem["steps"], 0.0
    for number, accepted in enumerate(driver.march()):
        if number == problem["skip"]:
            floor.measure(1)
            solves.seconds, solves.iterations = 0.0, 0
        elif number > problem["skip"]:
            floors.append(floor.measure(problem["repetitions"]))
            balance = max(balance, accepted.row["charge_balance"], accepted.row["force_balance"])
        if number == last:
            break
    parts = {
        name: float(np.mean([one[name] for one in floors]))
        for name in ("assembly", "factorisation", "solution")
    }
    return {
        "unknowns": int(model.system.layout.sizes.sum()),
        "steps": len(floors),
        "iterations": solves.iterations,
        "femna": solves.seconds / solves.iterations,
        "balance": balance,
        "floor": sum(parts.values()),
        "parts": parts,
        "error": max(one["error"][0] for one in floors),
    }


if __name__ == "__main__":
    answer(**main(problem()))
