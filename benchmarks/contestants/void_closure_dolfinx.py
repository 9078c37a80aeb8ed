"""Void closure with plain DOLFINx: what its demos teach, and no solver of one's own.

Taylor-Hood elements as two spaces, residual and Jacobian by UFL from the power's potential,
`NonlinearProblem` with SNES's Newton method and MUMPS's LU. In its favour: two spaces assemble
faster than a mixed element; the quadrature degree is femna's 2 (UFL estimates 8 for the Jacobian,
whose assembly then takes many times as long; the error changes by 0.003 %); LU takes less time here
than LDL^T, which takes half its memory; the start makes one linear solve enough before Newton's
full steps.
"""

from __future__ import annotations

import time

import femna.backend  # noqa: F401  (the wheel's bootstrap, before dolfinx)

# isort: split
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
    "snes_atol": 0.0,
    "snes_stol": 0.0,
    "snes_error_if_not_converged": True,
    "ksp_type": "preonly",
    "ksp_error_if_not_converged": True,
    "pc_type": "lu",
    "pc_factor_mat_solver_type": "mumps",
}


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    data = gmsh.read_from_msh(path, MPI.COMM_SELF)
    mesh, facets, tags = data.mesh, data.facet_tags, task["tags"]
    begun = time.perf_counter()
    space_v = fem.functionspace(mesh, ("Lagrange", 2, (3,)))
    space_p = fem.functionspace(mesh, ("Lagrange", 1))
    v, p = fem.Function(space_v), fem.Function(space_p)
    n, factor = fem.Constant(mesh, 1.0), fem.Constant(mesh, task["start_stress"] ** (1 - task["n"]))
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": 2})
    ds = ufl.ds(domain=mesh, subdomain_data=facets)
    normal = ufl.FacetNormal(mesh)
    rate = ufl.sym(ufl.grad(v))
    square = 2.0 / 3.0 * ufl.inner(rate, rate) + task["rate_floor"] ** 2
    potential = (
        factor * n / (n + 1.0) * square ** ((n + 1.0) / (2.0 * n)) * dx
        - p * ufl.div(v) * dx
        + task["pressure"] * ufl.dot(v, normal) * ds(tags["outer"])
    )
    bcs = []
    for i, plane in enumerate(("x0", "y0", "z0")):
        component = space_v.sub(i)
        dofs = fem.locate_dofs_topological(component, 2, facets.find(tags[plane]))
        bcs.append(fem.dirichletbc(PETSc.ScalarType(0.0), dofs, component))
    nonlinear = NonlinearProblem(
        [ufl.derivative(potential, v), ufl.derivative(potential, p)],
        [v, p],
        bcs=bcs,
        kind="mpi",
        petsc_options_prefix="void_",
        petsc_options={**OPTIONS, "snes_rtol": task["tolerance"]},
    )
    nonlinear.solver.setConvergenceHistory()
    nonlinear.solve()  # linear creep
    steps = nonlinear.solver.getIterationNumber()
    n.value, factor.value = task["n"], 1.0
    # relative to the load, not to where the linear solution leaves the residual
    absolute = task["tolerance"] * nonlinear.solver.getConvergenceHistory()[0][0]
    nonlinear.solver.setTolerances(rtol=0.0, atol=absolute)
    nonlinear.solve()
    steps += nonlinear.solver.getIterationNumber()
    seconds = time.perf_counter() - begun
    return {
        "unknowns": space_v.dofmap.index_map.size_global * 3 + space_p.dofmap.index_map.size_global,
        "flux": fem.assemble_scalar(fem.form(ufl.dot(v, normal) * ds(tags["inner"]))),
        "seconds": seconds,
        "newton_steps": steps,
        "seconds_per_step": seconds / steps,
        "solver": "SNES newtonls, MUMPS LU",
    }


if __name__ == "__main__":
    asked = problem()
    solve(asked, asked["warm_up"])  # compiles or loads the forms
    answer(**solve(asked, asked["mesh"]))
