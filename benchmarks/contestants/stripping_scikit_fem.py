"""Sinusoidal stripping with scikit-fem: its examples' Newton loop and SciPy's sparse solver.

The recession is a Dirichlet condition on the lower face. As the normal velocity is given all
around, the pressure is fixed at one vertex; what is measured does not depend on it.
"""

from __future__ import annotations

import time
from math import pi

import numpy as np
import skfem
from skfem.helpers import ddot, sym_grad

from benchmarks.outcome import answer, problem
from benchmarks.scikit_power_law import balance, tangent

MOST_STEPS = 60


@skfem.Functional
def dissipation(w):  # noqa: ANN001, ANN201
    """Power that the stress takes."""
    rate = sym_grad(w["velocity"])
    square = 2.0 / 3.0 * ddot(rate, rate) + w["floor"] ** 2
    return 2.0 / 3.0 * square ** (0.5 * (1.0 / w["n"] - 1.0)) * ddot(rate, rate)


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    mesh = skfem.MeshTri.load(path)
    begun = time.perf_counter()
    element = skfem.ElementVector(skfem.ElementTriP2()) * skfem.ElementTriP1()
    basis = skfem.Basis(mesh, element, intorder=4)
    lower, upper, side = (basis.get_dofs(name) for name in ("interface", "platen", "side"))
    recession = lower.all(["u^2^1"])
    corner = basis.get_dofs(lambda x: np.isclose(x[0], 0.0)).nodal["u^2"][:1]
    held = np.unique(np.concatenate([recession, upper.all(["u^2^1"]), side.all(["u^1^1"]), corner]))
    solution, steps = basis.zeros(), 0
    solution[recession] = -np.cos(pi * basis.doflocs[0, recession])
    data = {"floor": task["rate_floor"], "factor": 1.0}

    def evaluate(x: np.ndarray) -> np.ndarray:
        data["velocity"], data["pressure"] = basis.interpolate(x)
        residual = balance.assemble(basis, **data)
        residual[held] = 0.0
        return residual

    for exponent in task["exponents"]:
        data["n"] = exponent
        residual = evaluate(solution)
        norm = np.linalg.norm(residual)
        enough = task["tolerance"] * norm
        while norm > enough:
            matrix = tangent.assemble(basis, **data)
            step = skfem.solve(*skfem.condense(matrix, residual, D=held))
            length, before = 1.0, norm
            while True:
                trial = solution - length * step
                residual = evaluate(trial)
                norm = np.linalg.norm(residual)
                if norm < (1.0 - 1e-4 * length) * before or length < 1e-3:
                    break
                length *= 0.5
            solution, steps = trial, steps + 1
            if steps > MOST_STEPS:
                raise RuntimeError(f"no convergence: {norm}")
    return {
        "unknowns": int(basis.N),
        "power": float(dissipation.assemble(basis, **data)),
        "seconds": time.perf_counter() - begun,
        "newton_steps": steps,
        "solver": "spsolve",
    }


if __name__ == "__main__":
    asked = problem()
    solve(asked, asked["warm_up"])
    answer(**solve(asked, asked["mesh"]))
