"""Sinusoidal stripping with SfePy: its evaluator in a Newton loop that shortens steps.

The recession is a Dirichlet condition on the lower face. As the normal velocity is given all
around, the pressure is fixed at one vertex; what is measured does not depend on it. The direct
solver is the one that comes with it, SciPy's SuperLU.
"""

from __future__ import annotations

import time
from math import pi

import meshio
import numpy as np
from sfepy.base.base import output
from sfepy.discrete import Equation, Equations, FieldVariable, Function, Integral, Problem
from sfepy.discrete.conditions import Conditions, EssentialBC
from sfepy.discrete.fem import FEDomain, Field, Mesh
from sfepy.solvers.ls import ScipyDirect
from sfepy.terms import Term

from benchmarks.layer_mesh import THICKNESS
from benchmarks.outcome import answer, problem
from benchmarks.sfepy_power_law import PowerLaw

MOST_STEPS = 60


def recession(ts: object, coor: np.ndarray, **kwargs: object) -> np.ndarray:
    """Return the normal velocity of the lower face."""
    return -np.cos(pi * coor[:, 0])


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    read = meshio.read(path)
    cells = read.cells_dict["triangle"]
    marks = np.zeros(len(cells), dtype=np.int32)
    mesh = Mesh.from_data("layer", read.points[:, :2], None, [cells], [marks], ["2_3"])
    begun = time.perf_counter()
    domain = FEDomain("layer", mesh)
    omega = domain.create_region("Omega", "all")

    def face(name: str, where: str) -> object:
        return domain.create_region(name, f"vertices in {where}", "facet")

    held = [
        EssentialBC("wave", face("lower", "(y < 1e-8)"), {"v.1": Function("wave", recession)}),
        EssentialBC("flat", face("upper", f"(y > {THICKNESS - 1e-8})"), {"v.1": 0.0}),
        EssentialBC("left", face("left", "(x < 1e-8)"), {"v.0": 0.0}),
        EssentialBC("right", face("right", f"(x > {1.0 - 1e-8})"), {"v.0": 0.0}),
        EssentialBC("fixed", domain.create_region("corner", "vertex 0", "vertex"), {"p.0": 0.0}),
    ]
    spaces = [
        Field.from_args("v", np.float64, 2, omega, 2),
        Field.from_args("p", np.float64, 1, omega, 1),
    ]
    v, p = (FieldVariable(k, "unknown", f) for k, f in zip("vp", spaces, strict=True))
    w = FieldVariable("w", "test", spaces[0], primary_var_name="v")
    q = FieldVariable("q", "test", spaces[1], primary_var_name="p")
    volume = Integral("i", order=4)
    creep = Term.new("dw_power_law(w, v)", volume, omega, w=w, v=v)
    gradient = Term.new("dw_stokes(w, p)", volume, omega, w=w, p=p)
    divergence = Term.new("dw_stokes(v, q)", volume, omega, v=v, q=q)
    posed = Problem(
        "layer",
        equations=Equations(
            [Equation("momentum", creep - gradient), Equation("continuity", -divergence)]
        ),
    )
    posed.set_bcs(ebcs=Conditions(held))
    posed.update_materials()
    posed.time_update()
    variables, steps = posed.get_initial_state(), 0
    variables.apply_ebc()
    evaluator, solver = posed.get_evaluator(), ScipyDirect({})
    x = variables.get_state(reduced=True)
    PowerLaw.law = {"floor": task["rate_floor"], "factor": 1.0}
    for exponent in task["exponents"]:
        PowerLaw.law["n"] = exponent
        residual = evaluator.eval_residual(x)
        norm = np.linalg.norm(residual)
        enough = task["tolerance"] * norm
        while norm > enough:
            step = solver(residual, mtx=evaluator.eval_tangent_matrix(x, posed.mtx_a))
            length, before = 1.0, norm
            while True:
                trial = x - length * step
                residual = evaluator.eval_residual(trial)
                norm = np.linalg.norm(residual)
                if norm < (1.0 - 1e-4 * length) * before or length < 1e-3:
                    break
                length *= 0.5
            x, steps = trial, steps + 1
            if steps > MOST_STEPS:
                raise RuntimeError(f"no convergence: {norm}")
    return {
        "unknowns": sum(int(f.n_components * f.n_nod) for f in spaces),
        "power": PowerLaw.law["power"],
        "seconds": time.perf_counter() - begun,
        "newton_steps": steps,
        "solver": "SciPy (SuperLU)",
    }


if __name__ == "__main__":
    output.set_output(quiet=True)
    asked = problem()
    solve(asked, asked["warm_up"])
    answer(**solve(asked, asked["mesh"]))
