"""Void closure with scikit-fem: its examples' Newton loop and SciPy's sparse solver.

`skfem.solve` calls SciPy's spsolve, SuperLU. Its default ordering is kept: at 4000 unknowns the
one for symmetric patterns used more time and memory.
"""

from __future__ import annotations

import time

import numpy as np
import skfem
from skfem.helpers import dot

from benchmarks.outcome import answer, problem
from benchmarks.scikit_power_law import balance, tangent

MOST_STEPS = 30


@skfem.LinearForm
def outflow(v, q, w):  # noqa: ANN001, ANN201
    """Normal velocity."""
    return dot(v, w.n) + 0.0 * q


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    mesh = skfem.MeshTet.load(path)
    begun = time.perf_counter()
    element = skfem.ElementVector(skfem.ElementTetP2()) * skfem.ElementTetP1()
    basis = skfem.Basis(mesh, element, intorder=4)
    planes = [basis.get_dofs(f"{a}0").all([f"u^{i}^1"]) for i, a in enumerate("xyz", 1)]
    held = np.unique(np.concatenate(planes))
    load = task["pressure"] * outflow.assemble(basis.boundary("outer"))
    load[held] = 0.0
    solution, steps = basis.zeros(), 0
    data = {"floor": task["rate_floor"], "n": 1.0}
    data["factor"] = task["start_stress"] ** (1.0 - task["n"])

    def evaluate(x: np.ndarray) -> np.ndarray:
        data["velocity"], data["pressure"] = basis.interpolate(x)
        residual = balance.assemble(basis, **data) + load
        residual[held] = 0.0
        return residual

    residual = load
    enough = task["tolerance"] * np.linalg.norm(load)
    data["velocity"], data["pressure"] = basis.interpolate(solution)
    while np.linalg.norm(residual) > enough:
        matrix = tangent.assemble(basis, **data)
        system = skfem.condense(matrix, residual, D=held)
        solution -= skfem.solve(*system)
        data["n"], data["factor"] = task["n"], 1.0  # after the first step, which is linear creep
        residual = evaluate(solution)
        steps += 1
        if steps > MOST_STEPS:
            raise RuntimeError(f"no convergence: {np.linalg.norm(residual)}")
    seconds = time.perf_counter() - begun
    return {
        "unknowns": int(basis.N),
        "flux": float(outflow.assemble(basis.boundary("inner")) @ solution),
        "seconds": seconds,
        "newton_steps": steps,
        "seconds_per_step": seconds / steps,
        "solver": "spsolve (SuperLU)",
    }


if __name__ == "__main__":
    asked = problem()
    solve(asked, asked["warm_up"])
    answer(**solve(asked, asked["mesh"]))
