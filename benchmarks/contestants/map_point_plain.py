"""One point of the pressure-current map in plain DOLFINx, as one writes it after its demos.

Power-law Stokes flow of the metal (Taylor-Hood), conduction of the electrolyte (P1), contact and
current at the interface, voltage and platen velocity as real numbers: one monolithic
`NonlinearProblem` a step, its Jacobian by automatic differentiation, MUMPS, backtracking. Steps of
a fixed charge. The flow has a quadrature degree of its own: UFL estimates another one for the
Jacobian than for the residual, and Newton's method then converges only linearly.

Both bodies are one mesh; an unknown is held where it has no meaning. The metal's mesh follows its
surface by a vertical displacement, through which the metal's terms are pulled back. Contact
pressure and gap are P1 unknowns of the interface; their complementarity is that of a primal-dual
active set, taken at the vertices.

The problem (lengths in half periods, velocities in recession speeds, tractions in stack pressures,
currents in applied currents, potentials in that times the interface's resistance):

    mesh          file with points, cells; the metal lies above the height 0
    map           places and values of the conducting map
    exponent      creep exponent n
    viscous       flow stress at a strain rate of one
    floor         strain-rate floor
    roughness     gap over which the current falls by e
    conductivity  of the electrolyte
    steps         number of steps
    duration      of the stripping
"""

from __future__ import annotations

import time
from typing import Any

import femna.backend  # noqa: F401  (finds DOLFINx)

# isort: split
import basix.ufl
import numpy as np
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem, NonlinearProblem
from mpi4py import MPI

from benchmarks.outcome import answer, problem

FIRST = 1e-3  # of a step: the first one, from rest
EXPONENTS = (1.0, 2.5)  # continuation of the first step, before the law's own
SIDEWAYS = 0.03  # horizontal over vertical conductivity of the mesh's extension, as in femna
QUADRATURE = 4
LU = {"ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}
SNES = {
    "snes_linesearch_type": "bt",
    "snes_atol": 1e-9,
    "snes_rtol": 0.0,
    "snes_stol": 0.0,
    "snes_max_it": 60,
    "mat_mumps_icntl_14": 80,
}
METAL, ELECTROLYTE = 1, 2
INTERFACE, PLATEN, SIDE, FAR = 1, 2, 3, 4


def domain(file: str) -> tuple[Any, Any, Any, Any, Any]:
    """Return the mesh, the cells of metal and electrolyte and the tagged facets."""
    with np.load(file) as data:
        points, cells = data["points"], data["cells"]
    element = ufl.Mesh(basix.ufl.element("Lagrange", "triangle", 1, shape=(2,)))
    whole = mesh.create_mesh(MPI.COMM_SELF, cells, element, points)
    whole.topology.create_connectivity(1, 2)
    whole.topology.create_connectivity(1, 0)
    count = whole.topology.index_map(2).size_local
    middle = mesh.compute_midpoints(whole, 2, np.arange(count, dtype=np.int32))[:, 1]
    metal = np.flatnonzero(middle > 0.0).astype(np.int32)
    electrolyte = np.flatnonzero(middle < 0.0).astype(np.int32)
    top, bottom = points[:, 1].max(), points[:, 1].min()
    where = {
        INTERFACE: lambda x: np.isclose(x[1], 0.0, atol=1e-10),
        PLATEN: lambda x: np.isclose(x[1], top),
        FAR: lambda x: np.isclose(x[1], bottom),
        SIDE: lambda x: np.isclose(x[0], 0.0) | np.isclose(x[0], points[:, 0].max()),
    }
    found = {tag: mesh.locate_entities(whole, 1, here) for tag, here in where.items()}
    facets = np.concatenate([found[tag] for tag in where])
    values = np.concatenate([np.full(len(found[tag]), tag) for tag in where]).astype(np.int32)
    order = np.argsort(facets)
    tags = mesh.meshtags(whole, 1, facets[order], values[order])
    values = np.where(middle > 0.0, METAL, ELECTROLYTE).astype(np.int32)
    return whole, metal, electrolyte, mesh.meshtags(whole, 2, np.arange(count), values), tags


class Problem:
    """The coupled problem of one step, and what it remembers of the last."""

    def __init__(self, asked: dict[str, Any]) -> None:
        whole, metal, electrolyte, cells, facets = domain(asked["mesh"])
        self.metal, self.electrolyte, self.facets = metal, electrolyte, facets
        flow = fem.functionspace(whole, ("Lagrange", 2, (2,)))
        linear = fem.functionspace(whole, ("Lagrange", 1))
        real = fem.functionspace(whole, basix.ufl.real_element(whole.basix_cell()))
        others = [linear.clone() for _ in range(3)]
        spaces = [flow, linear, *others, real, real.clone()]
        self.unknowns = [fem.Function(space) for space in spaces]
        v, p, bearing, gap, phi, voltage, platen = self.unknowns
        w, q, b, y, psi, by_voltage, by_platen = (ufl.TestFunction(space) for space in spaces)
        self.gap, self.platen = gap, platen
        self.old_gap, conducting, lift = (fem.Function(linear) for _ in range(3))
        self.lift = lift
        roughness = asked["roughness"]
        self.dt = fem.Constant(whole, 1.0)
        self.exponent = fem.Constant(whole, 1.0)
        places, values = np.array(asked["map"])
        conducting.interpolate(lambda x: np.interp(x[0], places, values))
        dx = ufl.Measure("dx", domain=whole, subdomain_data=cells)
        flowing = dx(METAL, metadata={"quadrature_degree": QUADRATURE})
        surface = ufl.Measure("dS", domain=whole, subdomain_data=facets)(INTERFACE)

        # the metal, pulled back from where its displaced mesh stands
        slope, stretch = lift.dx(0), 1.0 + lift.dx(1)
        back = ufl.as_matrix([[1.0, 0.0], [-slope / stretch, 1.0 / stretch]])

        def rate(u: Any) -> Any:
            d = ufl.sym(ufl.grad(u) * back)
            return ufl.dev(ufl.as_tensor([[d[0, 0], d[0, 1], 0], [d[1, 0], d[1, 1], 0], [0, 0, 0]]))

        def div(u: Any) -> Any:
            return ufl.tr(ufl.grad(u) * back)

        size = ufl.sqrt((2.0 / 3.0) * ufl.inner(rate(v), rate(v)) + asked["floor"] ** 2)
        viscosity = asked["viscous"] * size ** (1.0 / self.exponent - 1.0)
        stress = (2.0 / 3.0) * viscosity * rate(v)

        # the interface; everything is continuous across it, so that either side may be taken
        openness = ufl.exp(-ufl.max_value(gap, 0.0) / roughness)
        active = bearing - ufl.max_value(bearing - gap / roughness, 0.0)
        vertices = surface(metadata={"quadrature_rule": "vertex", "quadrature_degree": 1})
        current = conducting * openness * (voltage - phi)
        outward = ufl.as_vector([lift.dx(0), -1.0])("+")
        growth = (gap - self.old_gap) / self.dt - current - platen
        none = fem.Constant(whole, 0.0)  # places on the diagonal for unknowns that are held
        place = ufl.dx(domain=whole, metadata={"quadrature_degree": 0})
        residuals = [
            (ufl.inner(stress, rate(w)) - p * div(w)) * stretch * flowing
            + bearing("+") * ufl.dot(outward, w("+")) * surface
            + none * ufl.inner(v, w) * place,
            -q * div(v) * stretch * flowing + none * p * q * place,
            active("+") * b("+") * vertices + none * bearing * b * place,
            (growth("+") + ufl.dot(outward, v("+"))) * y("+") * surface + none * gap * y * place,
            asked["conductivity"] * ufl.inner(ufl.grad(phi), ufl.grad(psi)) * dx(ELECTROLYTE)
            - current("+") * psi("+") * surface
            + none * phi * psi * place,
            (current("+") - 1.0) * by_voltage("+") * surface,
            (1.0 - bearing("+")) * by_platen("+") * surface,
        ]
        held = self._held(spaces)
        self.problem = NonlinearProblem(
            residuals,
            self.unknowns,
            bcs=held,
            petsc_options_prefix="plain_",
            petsc_options=LU | SNES,
            kind="mpi",
        )
        self.share = fem.form(conducting("+") * openness("+") * surface)
        self.total = fem.assemble_scalar(fem.form(conducting("+") * surface))
        self.top = fem.Constant(whole, 0.0)
        self.extension = self._extension(linear, dx(METAL))
        p.x.array[:], voltage.x.array[:], platen.x.array[:] = 1.0, 1.0, -1.0
        p.x.array[self._outside(p.function_space, self.metal)] = 0.0
        bearing.x.array[self._dofs(bearing.function_space, INTERFACE)] = 1.0

    def _dofs(self, space: Any, tag: int) -> Any:
        return fem.locate_dofs_topological(space, 1, self.facets.find(tag))

    def _outside(self, space: Any, cells: Any) -> Any:
        """Return the dofs of a space that belong to none of the cells."""
        inside = np.unique(space.dofmap.list[cells])
        return np.setdiff1d(np.unique(space.dofmap.list), inside).astype(np.int32)

    def _held(self, spaces: list[Any]) -> list[Any]:
        """Return the conditions: walls, the far side, and unknowns that have no meaning."""
        flow, pressure, bearing, gap, potential = spaces[:5]
        interface = self._dofs(gap, INTERFACE)
        elsewhere = np.setdiff1d(np.unique(gap.dofmap.list), interface).astype(np.int32)
        still = np.zeros(2)
        return [
            fem.dirichletbc(still, self._outside(flow, self.metal), flow),
            fem.dirichletbc(0.0, self._dofs(flow.sub(0), SIDE), flow.sub(0)),
            fem.dirichletbc(0.0, self._dofs(flow.sub(1), PLATEN), flow.sub(1)),
            fem.dirichletbc(0.0, self._outside(pressure, self.metal), pressure),
            fem.dirichletbc(0.0, elsewhere, bearing),
            fem.dirichletbc(0.0, elsewhere, gap),
            fem.dirichletbc(0.0, self._outside(potential, self.electrolyte), potential),
            fem.dirichletbc(0.0, self._dofs(potential, FAR), potential),
        ]

    def _extension(self, space: Any, dx: Any) -> LinearProblem:
        """Return the problem of the mesh's displacement between surface and platen."""
        u, w = ufl.TrialFunction(space), ufl.TestFunction(space)
        none = fem.Constant(space.mesh, 0.0)
        return LinearProblem(
            (SIDEWAYS * u.dx(0) * w.dx(0) + u.dx(1) * w.dx(1)) * dx + none * u * w * ufl.dx,
            none * w * dx,
            u=self.lift,
            bcs=[
                fem.dirichletbc(self.old_gap, self._dofs(space, INTERFACE)),
                fem.dirichletbc(self.top, self._dofs(space, PLATEN), space),
                fem.dirichletbc(0.0, self._outside(space, self.metal), space),
            ],
            petsc_options_prefix="extension_",
            petsc_options=LU,
        )

    def solve(self, dt: float) -> int:
        """Solve a step and return the Newton iterations that it took."""
        self.dt.value = dt
        self.problem.solve()
        snes = self.problem.solver
        if snes.getConvergedReason() <= 0:
            raise RuntimeError(f"Newton's method failed: {snes.getConvergedReason()}")
        return snes.getIterationNumber()

    def accept(self) -> None:
        """Let gap, platen and mesh follow the solved step."""
        self.old_gap.x.array[:] = self.gap.x.array
        self.top.value += float(self.dt.value) * self.platen.x.array[0]
        self.extension.solve()

    def contact(self) -> float:
        """Return the contact fraction."""
        return fem.assemble_scalar(self.share) / self.total


def march(problem: Problem, asked: dict[str, Any]) -> tuple[list[float], list[int]]:
    """Strip in steps of one charge; return the contact after each, and all iterations."""
    step = asked["duration"] / asked["steps"]
    iterations = []
    for exponent in [*EXPONENTS, asked["exponent"]]:
        problem.exponent.value = exponent
        iterations.append(problem.solve(FIRST * step))
    problem.accept()
    contact = [problem.contact()]
    for _ in range(asked["steps"]):
        iterations.append(problem.solve(step))
        problem.accept()
        contact.append(problem.contact())
    return contact, iterations


def main() -> None:
    """Solve what is asked for; building includes the compiled forms."""
    asked = problem()
    begun = time.process_time()
    posed = Problem(asked)
    built = time.process_time()
    contact, iterations = march(posed, asked)
    done = time.process_time()
    answer(
        contact=contact,
        charge=[FIRST / asked["steps"], *np.arange(1, asked["steps"] + 1) / asked["steps"]],
        iterations=sum(iterations),
        unknowns=posed.problem.x.getSize(),
        build=built - begun,
        seconds=done - built,
    )


if __name__ == "__main__":
    main()
