"""Void closure with NGSolve: what its tutorials teach.

Taylor-Hood elements, `Variation` of the power's potential, the Newton loop of its tutorial on
nonlinear problems, a sparse direct solver that keeps its symbolic factorisation.
"""

from __future__ import annotations

import time

import ngsolve as ng
from netgen.read_gmsh import ReadGmsh

from benchmarks.outcome import answer, problem

MOST_STEPS = 30
SOLVER = "sparsecholesky"


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    mesh = ng.Mesh(ReadGmsh(path))
    begun = time.perf_counter()
    held = {f"dirichlet{a}": f"{a}0" for a in "xyz"}
    space = ng.VectorH1(mesh, order=2, **held) * ng.H1(mesh, order=1)
    (v, p), solution = space.TrialFunction(), ng.GridFunction(space)
    n, factor = ng.Parameter(1.0), ng.Parameter(task["start_stress"] ** (1 - task["n"]))
    rate = ng.Sym(ng.Grad(v))
    square = 2.0 / 3.0 * ng.InnerProduct(rate, rate) + task["rate_floor"] ** 2
    creep = factor * n / (n + 1.0) * square ** ((n + 1.0) / (2.0 * n))
    load = task["pressure"] * v * ng.specialcf.normal(3)
    form = ng.BilinearForm(space, symmetric=True)
    form += ng.Variation((creep - p * ng.div(v)).Compile() * ng.dx)
    form += ng.Variation(load * ng.ds("outer"))
    residual, step = solution.vec.CreateVector(), solution.vec.CreateVector()
    free = ng.Projector(space.FreeDofs(), True)
    inverse, steps = None, 0

    def evaluate() -> float:
        form.Apply(solution.vec, residual)
        free.Project(residual)
        return ng.Norm(residual)

    norm = evaluate()
    enough = task["tolerance"] * norm
    while norm > enough:
        form.AssembleLinearization(solution.vec)
        if inverse is None:
            inverse = form.mat.Inverse(space.FreeDofs(), inverse=SOLVER)
        else:
            inverse.Update()
        step.data = inverse * residual
        solution.vec.data -= step
        n.Set(task["n"])  # after the first step, which is linear creep
        factor.Set(1.0)
        norm = evaluate()
        steps += 1
        if steps > MOST_STEPS:
            raise RuntimeError(f"no convergence: {norm}")
    seconds = time.perf_counter() - begun
    velocity, normal = solution.components[0], ng.specialcf.normal(3)
    # netgen orients the normal of a boundary by the order of its vertices
    flux = abs(ng.Integrate(velocity * normal * ng.ds("inner"), mesh))
    return {
        "unknowns": space.ndof,
        "flux": flux,
        "seconds": seconds,
        "newton_steps": steps,
        "seconds_per_step": seconds / steps,
        "solver": SOLVER,
    }


if __name__ == "__main__":
    asked = problem()
    ng.SetNumThreads(1)
    solve(asked, asked["warm_up"])
    answer(**solve(asked, asked["mesh"]))
