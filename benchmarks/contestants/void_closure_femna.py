"""Void closure with femna: its metal, its iterative solver, Newton's method."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import femna.backend  # noqa: F401  (the wheel's bootstrap, before dolfinx)

# isort: split
import numpy as np
import ufl
from dolfinx import fem
from dolfinx.io import gmsh
from dolfinx.mesh import meshtags
from mpi4py import MPI
from petsc4py import PETSc

from benchmarks.outcome import answer, problem
from femna.mesh import Body, Cell
from femna.simulation.discretisation import owned_facet_dofs
from femna.simulation.iterative.flow import ContactSlopes, FlowPreconditioner
from femna.simulation.iterative.flow_matrices import SplitJacobian
from femna.simulation.iterative.solver import linear_tolerance, use_krylov
from femna.simulation.layout import PRESSURE, VELOCITY, BlockLayout
from femna.simulation.metal import MetalBlock
from femna.simulation.scales import Scales

UNIT = Scales(length=1.0, velocity=1.0, traction=1.0, current=1.0, potential=1.0)
TEMPERATURE = 300.0
"""Of no consequence to the law below."""


@dataclass
class Norton:
    """Equivalent rate = factor s_e^n."""

    n: float
    factor: float

    def rate(self, stress: Any, temperature: float) -> Any:
        return self.factor * stress**self.n

    def log_slope(self, stress: Any, temperature: float) -> Any:
        return np.full_like(stress, self.n)

    def stress(self, rate: Any, temperature: float) -> Any:
        return (rate / self.factor) ** (1.0 / self.n)


class Closure:
    """Velocity and pressure of the shell under its pressure; no contact anywhere."""

    def __init__(self, task: dict, mesh: Any, facets: Any) -> None:
        body = _body(mesh, facets, task["tags"])
        cell = Cell(body, body, "square", multiplicity=8, length_scale=1.0, half_period=1.0)
        # linear creep to begin with
        self.law = Norton(1.0, task["start_stress"] ** (task["n"] - 1.0))
        self.metal = MetalBlock(
            cell,
            self.law,
            UNIT,
            rate_floor=task["rate_floor"],
            quadrature_degree=2,
            platen_sticks=False,
        )
        dofs = owned_facet_dofs(self.metal.pressure_space, body, "interface")
        self.metal.connect(dofs)
        self.pressed = np.full(len(dofs), task["pressure"])
        layout = BlockLayout.gather(mesh.comm, [*self.metal.sizes, 0, 0, 0])
        self.parts = [layout.local_slice(block) for block in (VELOCITY, PRESSURE)]
        self.unknowns = int(layout.sizes.sum())
        self.flow = FlowPreconditioner(cell, self.metal, dofs)
        self.operator = SplitJacobian(layout)
        size = (layout.local_size, None)
        self.rest = PETSc.Mat().createAIJ((size, size), nnz=0, comm=mesh.comm)
        self.rest.assemble()
        self.matrix = PETSc.Mat().createPython((size, size), self.operator, comm=mesh.comm)
        self.matrix.setUp()
        self.x = self.matrix.createVecRight()
        self.solver = self._newton()
        self.iterations, self.norms, self.bound = 0, [0.0], 0.0

    def _newton(self) -> PETSc.SNES:
        solver = PETSc.SNES().create(self.x.comm)
        solver.setFunction(self.residual, self.x.duplicate())
        solver.setJacobian(self.jacobian, self.matrix)
        use_krylov(solver, self)
        solver.getLineSearch().setType(PETSc.SNESLineSearch.Type.BT)
        solver.setMonitor(self.aim)
        return solver

    def aim(self, snes: PETSc.SNES, iteration: int, norm: float) -> None:
        self.norms = [*self.norms, norm] if iteration else [norm]
        snes.getKSP().setTolerances(rtol=linear_tolerance(self.norms, self.bound))

    def residual(self, _snes: PETSc.SNES, x: PETSc.Vec, out: PETSc.Vec) -> None:
        values = x.getArray(readonly=True)
        self.metal.set(*(values[part] for part in self.parts))
        nothing = np.ones_like(self.pressed)
        self.metal.update(nothing, TEMPERATURE, contact_pressure=nothing)
        out.setArray(np.concatenate(self.metal.residual(self.pressed)))

    def jacobian(self, _snes: PETSc.SNES, _x: PETSc.Vec, matrix: PETSc.Mat, _p: PETSc.Mat) -> None:
        # Newton's method has asked for the residual here before
        one = np.ones_like(self.pressed)
        flow = self.flow.update(ContactSlopes(area=one, load=0.0 * one, own=-one))
        self.operator.update(flow, self.rest)
        matrix.assemble()

    def apply(self, _pc: PETSc.PC, x: PETSc.Vec, y: PETSc.Vec) -> None:
        values, out = x.getArray(readonly=True), y.getArray()
        moved = self.flow(*(values[part] for part in self.parts), 0.0 * self.pressed)
        out[self.parts[0]], out[self.parts[1]] = moved.velocity, moved.pressure

    def solve(self, n: float, factor: float, *, relative: float, absolute: float) -> float:
        """Solve for a law from the present unknowns; return the residual's first norm."""
        self.law.n, self.law.factor = n, factor
        self.solver.setTolerances(rtol=relative, atol=absolute, stol=0.0, max_it=50)
        self.bound = absolute
        self.solver.solve(None, self.x)
        if self.solver.getConvergedReason() <= 0:
            raise RuntimeError(f"Newton's method: {self.solver.getConvergedReason()}")
        self.iterations += self.solver.getIterationNumber()
        return self.norms[0]


def _body(mesh: Any, facets: Any, tags: dict) -> Body:
    """Name the surfaces as femna does: the loaded one faces the electrolyte."""
    names = {"interface": ["outer"], "platen": ["z0"], "side": ["x0", "y0"], "void": ["inner"]}
    values = np.zeros_like(facets.values)
    for number, groups in enumerate(names.values(), 1):
        values[np.isin(facets.values, [tags[group] for group in groups])] = number
    marked = meshtags(mesh, 2, facets.indices, values)
    return Body(mesh, marked, {name: number for number, name in enumerate(names, 1)})


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    data = gmsh.read_from_msh(path, MPI.COMM_WORLD)
    begun = time.perf_counter()
    closure = Closure(task, data.mesh, data.facet_tags)
    load = closure.solve(1.0, closure.law.factor, relative=1e-2, absolute=0.0)
    closure.solve(task["n"], 1.0, relative=0.0, absolute=task["tolerance"] * load)
    seconds = time.perf_counter() - begun
    ds = ufl.ds(domain=data.mesh, subdomain_data=data.facet_tags)
    through = ufl.dot(closure.metal.fields.velocity, ufl.FacetNormal(data.mesh))
    flux = fem.assemble_scalar(fem.form(through * ds(task["tags"]["inner"])))
    return {
        "unknowns": closure.unknowns,
        "flux": data.mesh.comm.allreduce(flux),
        "seconds": seconds,
        "newton_steps": closure.iterations,
        "seconds_per_step": seconds / closure.iterations,
        "krylov_iterations": closure.solver.getLinearSolveIterations(),
        "solver": "GMRES, multigrid P2-P1-GAMG",
    }


if __name__ == "__main__":
    asked = problem()
    solve(asked, asked["warm_up"])  # compiles or loads the forms
    answer(**solve(asked, asked["mesh"]))
