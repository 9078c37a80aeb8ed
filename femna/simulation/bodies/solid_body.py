"""One solid body: displacement, stress at the quadrature points, what it remembers."""

from __future__ import annotations

from typing import Any

import basix.ufl
import numpy as np
import numpy.typing as npt
from dolfinx import fem
from petsc4py import PETSc

from femna.case.symmetry import Symmetry
from femna.mesh import Body
from femna.physics.elasticity import solid_forms
from femna.physics.solid import COMPONENTS, Response, Solid, SolidMemory, respond
from femna.simulation.block_matrix import FormMatrix
from femna.simulation.discretisation import (
    FormVector,
    Quadrature,
    QuadratureEvaluator,
    owned_facet_dofs,
)
from femna.simulation.jacobian import Entries
from femna.simulation.layout import BlockLayout

Array = npt.NDArray[np.float64]

DEGREE = 2
"""Of the displacement."""


def energy_degree(symmetry: Symmetry) -> int:
    """Return the degree of a quadrature that is exact for the strain energy of straight elements.

    Around an axis r and the hoop strain add theirs.
    """
    return 2 * (DEGREE - 1) + (2 if symmetry == "axisymmetric" else 0)


class SolidBody:
    """A body at small strain (P2 displacement), stresses in units of a characteristic one.

    Parameters
    ----------
    body : Body
        The mesh; lengths in any unit.
    solid : Solid
        What it is made of (SI).
    symmetry : Symmetry
        Of the body.
    stress_unit : float
        [Pa].
    held : sequence of (facet group, direction)
        Where the displacement is prescribed; zero until `prescribe` says more.

    Attributes
    ----------
    displacement : dolfinx.fem.Function
        In the mesh's unit of length.
    space : dolfinx.fem.FunctionSpace
    load : array, shape (owned entries,)
        Forces on the unknowns.
    stiffest : float
        Largest entry of this rank's tangent.
    """

    def __init__(
        self,
        body: Body,
        solid: Solid,
        *,
        symmetry: Symmetry,
        stress_unit: float,
        held: tuple[tuple[str, int], ...] = (),
    ) -> None:
        mesh = body.mesh
        self.body, self.solid, self.symmetry, self.stress_unit = body, solid, symmetry, stress_unit
        self.space = fem.functionspace(mesh, ("Lagrange", DEGREE, (mesh.geometry.dim,)))
        self.displacement = fem.Function(self.space, name="displacement")
        self.size = self.space.dofmap.index_map.size_local * mesh.geometry.dim
        self._components = COMPONENTS[mesh.geometry.dim]
        degree = energy_degree(symmetry)
        quadrature = Quadrature.build(mesh, degree)
        name, n = mesh.basix_cell(), self._components
        vectors = basix.ufl.quadrature_element(name, value_shape=(n,), degree=degree)
        matrices = basix.ufl.quadrature_element(name, value_shape=(n, n), degree=degree)
        self._stress = fem.Function(fem.functionspace(mesh, vectors))
        self._stiffness = fem.Function(fem.functionspace(mesh, matrices))
        self._carrier = fem.Function(self._stress.function_space)
        forms = solid_forms(
            self.displacement,
            self._stress,
            self._stiffness,
            symmetry=symmetry,
            quadrature_degree=degree,
        )
        self._strain = QuadratureEvaluator(forms.strain, quadrature, mesh)
        self._residual = FormVector(fem.form(forms.residual))
        self._held = {}
        for group, direction in held:
            sub = self.space.sub(direction)
            self._held[group, direction] = owned_facet_dofs(sub, body, group)
        self.conditions = [self._condition(body, group, direction) for group, direction in held]
        self.held_dofs = np.unique(
            np.concatenate([np.zeros(0, np.int32), *self._held.values()])
        ).astype(np.int32)
        self._matrix: FormMatrix | None = None
        self._tangent = forms.tangent
        map_ = self.space.dofmap.index_map
        cells = mesh.topology.index_map(mesh.topology.dim)
        self._points = quadrature.scalar_space.dofmap.list[: cells.size_local].reshape(-1)
        self._places = self._located(quadrature)
        self.memory = SolidMemory.at_rest(
            quadrature.scalar_space.dofmap.index_map.size_local
            + quadrature.scalar_space.dofmap.index_map.num_ghosts,
            self._components,
            len(solid.relaxation),
        )
        self._owned_points = quadrature.scalar_space.dofmap.index_map.size_local
        self._range = map_.local_range
        self.response: Response | None = None
        self.stiffest = 0.0
        self.load = np.zeros(self.size)

    def _condition(self, body: Body, group: str, direction: int) -> Any:
        mesh, sub = body.mesh, self.space.sub(direction)
        facets = body.facets.find(body.names[group])
        mesh.topology.create_connectivity(mesh.topology.dim - 1, mesh.topology.dim)
        dofs = fem.locate_dofs_topological(sub, mesh.topology.dim - 1, facets)
        return fem.dirichletbc(PETSc.ScalarType(0.0), dofs, sub)

    def _located(self, quadrature: Quadrature) -> Array:
        """Return the coordinates of the owned quadrature points, in the order of their numbers."""
        mesh = self.body.mesh
        here = QuadratureEvaluator(_coordinates(mesh), quadrature, mesh)()
        return np.asarray(here[: quadrature.scalar_space.dofmap.index_map.size_local])

    # -- unknowns ------------------------------------------------------------------------------

    def get(self) -> Array:
        """Return the owned entries of the displacement."""
        return np.asarray(self.displacement.x.array[: self.size])

    def set(self, values: Array) -> None:
        """Set the owned entries and update the ghosts (collective)."""
        self.displacement.x.array[: self.size] = values
        self.displacement.x.scatter_forward()

    def prescribe(self, group: str, direction: int, values: Array | float) -> None:
        """Set the displacement of a held face, from one value or one for every owned dof."""
        self.displacement.x.array[self._held[group, direction]] = values
        self.displacement.x.scatter_forward()

    def held_points(self, group: str, direction: int) -> Array:
        """Return the coordinates, shape (N, gdim), of the owned dofs of a held face."""
        nodes = self._held[group, direction] // self.body.mesh.geometry.dim
        points = self.space.tabulate_dof_coordinates()
        return np.asarray(points[nodes, : self.body.mesh.geometry.dim])

    # -- residual and tangent ------------------------------------------------------------------

    def update(self, dt: float) -> None:
        """Evaluate stress and tangent of the present displacement (collective)."""
        found = respond(self.solid, self._strain(), self.memory, dt)
        self._stress.x.array[:] = found.stress.reshape(-1) / self.stress_unit
        self._stiffness.x.array[:] = found.tangent.reshape(-1) / self.stress_unit
        self.response = found

    def residual(self) -> Array:
        """Return ``integral of s : e(w)`` less the load, owned entries, reactions included."""
        return self._residual() - self.load

    def entries(self, layout: BlockLayout, block: int) -> Entries:
        """Return the tangent's entries, with ones for what is held (collective)."""
        if self._matrix is None:
            self._matrix = FormMatrix(self._tangent, block, block, conditions=self.conditions)
        entries = self._matrix.entries(layout)
        self.stiffest = float(np.abs(entries[2]).max(initial=0.0))
        return entries

    # -- memory --------------------------------------------------------------------------------

    def accept_step(self) -> None:
        """Remember the step that was solved last."""
        if self.response is not None:
            self.memory = self.response.memory

    def state(self) -> dict[str, Array]:
        """Return copies of the displacement and, of a solid with memory, of the owned points'."""
        owned = {name: v[: self._owned_points].copy() for name, v in self._remembered().items()}
        return {"displacement": self.get().copy(), **owned}

    def _remembered(self) -> dict[str, Array]:
        """Return what of the memory the solid needs."""
        arrays = self.memory.arrays()
        return {} if self.solid.is_linear else {n: v for n, v in arrays.items() if v.size}

    def restore(self, state: dict[str, Array]) -> None:
        """Return to a saved state (collective)."""
        self.set(state["displacement"])
        memory = self.memory.arrays()
        for name, values in self._remembered().items():
            whole = np.empty_like(values)
            columns = int(np.prod(values.shape[1:], dtype=int))
            saved = state[name].reshape(self._owned_points, columns)
            target = whole.reshape(len(values), columns)
            for start in range(0, columns, self._components):
                part = slice(start, start + self._components)
                self._carrier.x.array[: saved[:, part].size] = saved[:, part].reshape(-1)
                self._carrier.x.scatter_forward()
                target[:, part] = self._carrier.x.array.reshape(-1, self._components)
            memory[name] = whole
        self.memory = SolidMemory.of(memory)

    def points(self) -> dict[str, Array]:
        """Return a place for every entry of `state`, shape (N, gdim)."""
        gdim = self.body.mesh.geometry.dim
        nodes = self.space.tabulate_dof_coordinates()[: self.size // gdim, :gdim]
        return {"displacement": nodes, **dict.fromkeys(self._remembered(), self._places)}

    def stress_of_cells(self) -> Array:
        """Return the mean stress of every owned cell, Mandel vectors [Pa], shape (N, n)."""
        values = self._stress.x.array.reshape(-1, self._components)[self._points]
        cells = self.body.mesh.topology.index_map(self.body.mesh.topology.dim).size_local
        count = len(self._points) // cells if cells else 1
        return np.asarray(
            values.reshape(cells, count, self._components).mean(axis=1) * self.stress_unit
        )


def _coordinates(mesh: Any) -> Any:
    import ufl

    return ufl.SpatialCoordinate(mesh)
