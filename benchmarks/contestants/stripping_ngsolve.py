"""Sinusoidal stripping with NGSolve, set up like void_closure_ngsolve.py.

The recession is a Dirichlet condition on the lower face. As the normal velocity is given all
around, the pressure is fixed at one vertex; what is measured does not depend on it. (A mean of
zero by a `NumberSpace`, as the tutorial on Stokes has it, gives the factors a dense row and took
many times as long with umfpack.)
"""

from __future__ import annotations

import time
from math import pi

import ngsolve as ng
from netgen.read_gmsh import ReadGmsh

from benchmarks.outcome import answer, problem

MOST_STEPS = 60
SOLVER = "sparsecholesky"


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    mesh = ng.Mesh(ReadGmsh(path))
    begun = time.perf_counter()
    held = {"dirichletx": "side", "dirichlety": "interface|platen"}
    space = ng.VectorH1(mesh, order=2, **held) * ng.H1(mesh, order=1)
    (v, p), solution = space.TrialFunction(), ng.GridFunction(space)
    n = ng.Parameter(1.0)
    rate = ng.Sym(ng.Grad(v))
    square = 2.0 / 3.0 * ng.InnerProduct(rate, rate) + task["rate_floor"] ** 2
    creep = n / (n + 1.0) * square ** ((n + 1.0) / (2.0 * n))
    form = ng.BilinearForm(space, symmetric=True)
    form += ng.Variation((creep - p * ng.div(v)).Compile() * ng.dx)
    receding = ng.CF((0.0, -ng.cos(pi * ng.x)))
    solution.components[0].Set(receding, definedon=mesh.Boundaries("interface"))
    residual, step = solution.vec.CreateVector(), solution.vec.CreateVector()
    unknown = ng.BitArray(space.FreeDofs())
    unknown[space.Range(1).start] = False
    trial, free = solution.vec.CreateVector(), ng.Projector(unknown, True)
    inverse, steps = None, 0

    def evaluate(vector: ng.BaseVector) -> float:
        form.Apply(vector, residual)
        free.Project(residual)
        return ng.Norm(residual)

    for exponent in task["exponents"]:
        n.Set(exponent)
        norm = evaluate(solution.vec)
        enough = task["tolerance"] * norm
        while norm > enough:
            form.AssembleLinearization(solution.vec)
            if inverse is None:
                inverse = form.mat.Inverse(unknown, inverse=SOLVER)
            else:
                inverse.Update()
            step.data = inverse * residual
            length, before = 1.0, norm
            while True:
                trial.data = solution.vec - length * step
                norm = evaluate(trial)
                if norm < (1.0 - 1e-4 * length) * before or length < 1e-3:
                    break
                length *= 0.5
            solution.vec.data = trial
            steps += 1
            if steps > MOST_STEPS:
                raise RuntimeError(f"no convergence: {norm}")
    seconds = time.perf_counter() - begun
    rate = ng.Sym(ng.Grad(solution.components[0]))
    square = 2.0 / 3.0 * ng.InnerProduct(rate, rate)
    floored = square + task["rate_floor"] ** 2
    power = square * floored ** ((1.0 - n) / (2.0 * n))
    return {
        "unknowns": space.ndof,
        "power": ng.Integrate(power * ng.dx, mesh),
        "seconds": seconds,
        "newton_steps": steps,
        "solver": SOLVER,
    }


if __name__ == "__main__":
    asked = problem()
    ng.SetNumThreads(1)
    solve(asked, asked["warm_up"])
    answer(**solve(asked, asked["mesh"]))
