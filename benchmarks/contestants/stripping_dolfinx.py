"""Sinusoidal stripping with plain DOLFINx, set up like void_closure_dolfinx.py.

The recession is a Dirichlet condition on the lower face. As the normal velocity is given all
around, the pressure is fixed at one vertex; what is measured does not depend on it.
"""

from __future__ import annotations

import time
from math import pi

import femna.backend  # noqa: F401  (the wheel's bootstrap, before dolfinx)

# isort: split
import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem.petsc import NonlinearProblem
from dolfinx.io import gmsh
from mpi4py import MPI
from petsc4py import PETSc

from benchmarks.outcome import answer, problem

OPTIONS = {
    "snes_type": "newtonls",
    "snes_linesearch_type": "bt",
    "snes_linesearch_order": 1,
    "snes_atol": 0.0,
    "snes_stol": 0.0,
    "snes_error_if_not_converged": True,
    "ksp_type": "preonly",
    "pc_type": "lu",
    "pc_factor_mat_solver_type": "mumps",
}


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    data = gmsh.read_from_msh(path, MPI.COMM_SELF, gdim=2)
    mesh, facets, tags = data.mesh, data.facet_tags, task["tags"]
    begun = time.perf_counter()
    space_v = fem.functionspace(mesh, ("Lagrange", 2, (2,)))
    space_p = fem.functionspace(mesh, ("Lagrange", 1))
    v, p = fem.Function(space_v), fem.Function(space_p)
    n = fem.Constant(mesh, 1.0)
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": 4})
    rate = ufl.sym(ufl.grad(v))
    square = 2.0 / 3.0 * ufl.inner(rate, rate) + task["rate_floor"] ** 2
    potential = n / (n + 1.0) * square ** ((n + 1.0) / (2.0 * n)) * dx - p * ufl.div(v) * dx
    space_x, space_y = space_v.sub(0), space_v.sub(1)
    heights, _ = space_y.collapse()
    receding = fem.Function(heights)
    receding.interpolate(lambda x: -np.cos(pi * x[0]))

    def on(space: object, name: str) -> np.ndarray:
        return fem.locate_dofs_topological(space, 1, facets.find(tags[name]))

    zero = PETSc.ScalarType(0.0)
    corner = fem.locate_dofs_geometrical(space_p, lambda x: np.isclose(x[0] + x[1], 0.0))
    bcs = [
        fem.dirichletbc(receding, on((space_y, heights), "interface"), space_y),
        fem.dirichletbc(zero, on(space_y, "platen"), space_y),
        fem.dirichletbc(zero, on(space_x, "side"), space_x),
        fem.dirichletbc(zero, corner, space_p),
    ]
    # without a block of its own the fixed pressure would have no diagonal
    block = fem.Constant(mesh, zero) * p * ufl.TestFunction(space_p) * dx
    nonlinear = NonlinearProblem(
        [ufl.derivative(potential, v), ufl.derivative(potential, p) + block],
        [v, p],
        bcs=bcs,
        kind="mpi",
        petsc_options_prefix="strip_",
        petsc_options={**OPTIONS, "snes_rtol": task["tolerance"]},
    )
    steps = 0
    for exponent in task["exponents"]:
        n.value = exponent
        nonlinear.solve()
        steps += nonlinear.solver.getIterationNumber()
    seconds = time.perf_counter() - begun
    stress = 2.0 / 3.0 * square ** ((1.0 - n) / (2.0 * n)) * rate
    return {
        "unknowns": space_v.dofmap.index_map.size_global * 2 + space_p.dofmap.index_map.size_global,
        "power": fem.assemble_scalar(fem.form(ufl.inner(stress, rate) * dx)),
        "seconds": seconds,
        "newton_steps": steps,
        "solver": "SNES newtonls, MUMPS LU",
    }


if __name__ == "__main__":
    asked = problem()
    solve(asked, asked["warm_up"])  # compiles or loads the forms
    answer(**solve(asked, asked["mesh"]))
