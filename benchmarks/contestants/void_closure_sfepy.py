"""Void closure with SfePy: its evaluator in a Newton loop, and a term of one's own for creep.

The power law is `benchmarks/sfepy_power_law.py`. The direct solver is the one that comes with
it, SciPy's SuperLU (scikit-umfpack has to be built against SuiteSparse). What flows into the void
is taken at the loaded surface: as div v is orthogonal to constants, that is the same number.
"""

from __future__ import annotations

import time

import meshio
import numpy as np
from sfepy.base.base import output
from sfepy.discrete import (
    Equation,
    Equations,
    FieldVariable,
    Function,
    Functions,
    Integral,
    Material,
    Problem,
)
from sfepy.discrete.conditions import Conditions, EssentialBC
from sfepy.discrete.fem import FEDomain, Field, Mesh
from sfepy.solvers.ls import ScipyDirect
from sfepy.terms import Term

from benchmarks.outcome import answer, problem
from benchmarks.sfepy_power_law import PowerLaw

MOST_STEPS = 30


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    read = meshio.read(path)
    cells = read.cells_dict["tetra"]
    mesh = Mesh.from_data(
        "shell", read.points, None, [cells], [np.zeros(len(cells), dtype=np.int32)], ["3_4"]
    )
    begun = time.perf_counter()
    domain = FEDomain("shell", mesh)
    omega = domain.create_region("Omega", "all")
    radius = 0.99 * np.linalg.norm(mesh.coors, axis=1).max()
    far = Function("far", lambda x, domain=None: np.flatnonzero(np.linalg.norm(x, axis=1) > radius))
    outer = domain.create_region("outer", "vertices by far", "facet", functions=Functions([far]))
    held = []
    for i, axis in enumerate("xyz"):
        plane = domain.create_region(f"{axis}0", f"vertices in ({axis} < 1e-8)", "facet")
        held.append(EssentialBC(f"{axis}0", plane, {f"v.{i}": 0.0}))
    spaces = [
        Field.from_args("v", np.float64, 3, omega, 2),
        Field.from_args("p", np.float64, 1, omega, 1),
    ]
    v, p = (FieldVariable(k, "unknown", f) for k, f in zip("vp", spaces, strict=True))
    w = FieldVariable("w", "test", spaces[0], primary_var_name="v")
    q = FieldVariable("q", "test", spaces[1], primary_var_name="p")
    volume, surface = Integral("i", order=4), Integral("s", order=2)
    load = Material("load", S=-task["pressure"] * np.array([[1.0], [1.0], [1.0], [0], [0], [0]]))
    creep = Term.new("dw_power_law(w, v)", volume, omega, w=w, v=v)
    push = Term.new("dw_surface_ltr(load.S, w)", surface, outer, load=load, w=w)
    gradient = Term.new("dw_stokes(w, p)", volume, omega, w=w, p=p)
    divergence = Term.new("dw_stokes(v, q)", volume, omega, v=v, q=q)
    equations = Equations(
        [
            Equation("momentum", creep - push - gradient),
            Equation("continuity", -divergence),
        ]
    )
    PowerLaw.law = {"floor": task["rate_floor"], "n": 1.0}
    PowerLaw.law["factor"] = task["start_stress"] ** (1.0 - task["n"])
    posed = Problem("void", equations=equations)
    posed.set_bcs(ebcs=Conditions(held))
    posed.update_materials()
    posed.time_update()
    variables, steps = posed.get_initial_state(), 0
    evaluator = posed.get_evaluator()
    x = variables.get_state(reduced=True)
    load_vector = evaluator.eval_residual(x).copy()
    enough = task["tolerance"] * np.linalg.norm(load_vector)
    solver = ScipyDirect({})
    while np.linalg.norm(residual := evaluator.eval_residual(x)) > enough:
        matrix = evaluator.eval_tangent_matrix(x, posed.mtx_a)
        x = x - solver(residual, mtx=matrix)
        PowerLaw.law |= {"n": task["n"], "factor": 1.0}  # the first step is linear creep
        steps += 1
        if steps > MOST_STEPS:
            raise RuntimeError(f"no convergence: {np.linalg.norm(residual)}")
    seconds = time.perf_counter() - begun
    return {
        "unknowns": sum(int(f.n_components * f.n_nod) for f in spaces),
        "flux": -float(load_vector @ x) / task["pressure"],
        "seconds": seconds,
        "newton_steps": steps,
        "seconds_per_step": seconds / steps,
        "solver": "SciPy (SuperLU)",
    }


if __name__ == "__main__":
    output.set_output(quiet=True)
    asked = problem()
    solve(asked, asked["warm_up"])
    answer(**solve(asked, asked["mesh"]))
