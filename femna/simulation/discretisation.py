"""Function spaces, boundary dofs and the vertices where metal and electrolyte meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import basix
import basix.ufl
import numpy as np
import numpy.typing as npt
from dolfinx import fem, jit, la
from petsc4py import PETSc
from scipy.spatial import cKDTree

from femna.errors import ComputationError
from femna.mesh import Body, Cell

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]


def owned_facet_dofs(space: Any, body: Body, name: str) -> Indices:
    """Return the owned dofs of ``space`` (or sub-space) on the named facets of a body."""
    mesh = body.mesh
    facets = body.facets.find(body.names[name])
    mesh.topology.create_connectivity(mesh.topology.dim - 1, mesh.topology.dim)
    dofs = fem.locate_dofs_topological(space, mesh.topology.dim - 1, facets)
    index_map, size = space.dofmap.index_map, space.dofmap.index_map_bs
    return np.asarray(np.sort(dofs[dofs < index_map.size_local * size]), dtype=np.int32)


def owned_facets(body: Body, name: str) -> Iterator[tuple[int, list[int]]]:
    """Yield the owned cell behind every facet of a face, and the facet's corners in that cell."""
    mesh = body.mesh
    tdim = mesh.topology.dim
    for entity in ((tdim - 1, tdim), (tdim - 1, 0), (tdim, 0)):
        mesh.topology.create_connectivity(*entity)
    facet_cells = mesh.topology.connectivity(tdim - 1, tdim)
    facet_vertices = mesh.topology.connectivity(tdim - 1, 0)
    cell_vertices = mesh.topology.connectivity(tdim, 0)
    owned = mesh.topology.index_map(tdim).size_local
    for facet in body.facets.find(body.names[name]):
        home = int(facet_cells.links(facet)[0])
        if home < owned:
            corners = cell_vertices.links(home)
            yield home, [int(np.flatnonzero(corners == v)[0]) for v in facet_vertices.links(facet)]


REORDERED_SUMS: Final = ("-O3", "-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math")
"""Compiler flags that allow sums in another order."""


def compiled_with_reordered_sums(form: Any) -> Any:
    """Compile a form whose element matrices are dear (collective).

    FFCx writes every entry of a tangent's element matrix as a sum of 81 products (in 3D), of which
    27 are left where the compiler may collect equal factors. Entries change in their last digit.
    """
    flags = [*jit.get_options()["cffi_extra_compile_args"], *REORDERED_SUMS]
    return fem.form(form, jit_options={"cffi_extra_compile_args": flags})


class FormVector:
    """The vector of a linear form, assembled again and again in the same storage."""

    def __init__(self, form: Any) -> None:
        dofmap = form.function_spaces[0].dofmap
        self._form = form
        self._vector = la.vector(dofmap.index_map, dofmap.index_map_bs, dtype=np.float64)
        self._owned = dofmap.index_map.size_local * dofmap.index_map_bs

    def __call__(self) -> Array:
        """Return a copy of the owned entries at the present values (collective)."""
        self._vector.array[:] = 0.0
        fem.assemble_vector(self._vector.array, self._form)
        self._vector.scatter_reverse(la.InsertMode.add)
        return np.asarray(self._vector.array[: self._owned]).copy()


def assembled(form: Any) -> Array:
    """Return the owned entries of a linear form's vector (collective)."""
    return FormVector(form)()


def symmetry_conditions(space: Any, body: Body, walls: dict[str, bool]) -> list[Any]:
    """Return the homogeneous conditions of the velocity in the platen's frame.

    Parameters
    ----------
    space : dolfinx.fem.FunctionSpace
        Velocity space.
    body : Body
        The metal.
    walls : dict
        ``{"platen": sticks}``: whether the collector holds the metal tangentially.

    Returns
    -------
    list of dolfinx.fem.DirichletBC
        Sides: no velocity across them, and no horizontal one at all on a curved side. Platen: no
        vertical velocity, and none at all if it sticks.
    """
    mesh = body.mesh
    fdim, gdim = mesh.topology.dim - 1, mesh.geometry.dim
    mesh.topology.create_connectivity(fdim, mesh.topology.dim)
    conditions = []

    def hold(direction: int, facets: Any) -> None:
        dofs = fem.locate_dofs_topological(space.sub(direction), fdim, facets)
        conditions.append(fem.dirichletbc(PETSc.ScalarType(0.0), dofs, space.sub(direction)))

    for direction, facets in enumerate(planes_of_symmetry(body)):
        hold(direction, facets)
    platen = body.facets.find(body.names["platen"])
    for direction in range(gdim - 1) if walls["platen"] else ():
        hold(direction, platen)
    hold(gdim - 1, platen)
    return conditions


def planes_of_symmetry(body: Body) -> list[Indices]:
    """Return, for every horizontal direction, the facets of the sides that hold it.

    A flat side holds what crosses it, a curved one every direction.
    """
    mesh = body.mesh
    mesh.topology.create_connectivity(mesh.topology.dim - 1, 0)
    sides = body.facets.find(body.names["side"])
    nodes = mesh.geometry.x[facet_nodes(mesh, sides)]
    extent = np.ptp(nodes, axis=1) if len(sides) else np.zeros((0, 3))
    flat = extent[:, : mesh.geometry.dim - 1] <= 1e-9
    curved = ~flat.any(axis=1)
    return [sides[flat[:, direction] | curved] for direction in range(flat.shape[1])]


def facet_nodes(mesh: Any, facets: Indices) -> npt.NDArray[Any]:
    """Return the geometry nodes of facets, shape (N, nodes a facet)."""
    from dolfinx.mesh import entities_to_geometry

    return np.asarray(entities_to_geometry(mesh, mesh.topology.dim - 1, facets))


@dataclass(frozen=True)
class InterfaceVertices:
    """The metal's surface vertices and their partners on the electrolyte.

    Attributes
    ----------
    metal : int array, shape (N,)
        Owned dofs (local numbers) of the P1 space on the metal.
    electrolyte : int array, shape (N,)
        Global dofs of the P1 space on the electrolyte.
    horizontal : array, shape (N, d - 1)
        Horizontal coordinates, in the mesh's unit of length.
    """

    metal: Indices
    electrolyte: npt.NDArray[np.int64]
    horizontal: Array


def match_interface(cell: Cell, pressure_space: Any, potential_space: Any) -> InterfaceVertices:
    """Pair the vertices of both bodies by their horizontal coordinates (collective).

    Raises
    ------
    ComputationError
        On every rank, if a vertex of either body has no partner.
    """
    comm, d = cell.metal.mesh.comm, cell.metal.mesh.geometry.dim
    metal = owned_facet_dofs(pressure_space, cell.metal, "interface")
    other = owned_facet_dofs(potential_space, cell.electrolyte, "interface")
    horizontal = pressure_space.tabulate_dof_coordinates()[metal, : d - 1]
    points = comm.allgather(potential_space.tabulate_dof_coordinates()[other, : d - 1])
    index_map = potential_space.dofmap.index_map
    numbers = np.concatenate(comm.allgather(index_map.local_to_global(other)))
    distance, partner = cKDTree(np.concatenate(points)).query(horizontal)
    count = comm.allreduce(len(metal))
    worst = comm.allreduce(float(np.max(distance, initial=0.0)), op=_max())
    if count != len(numbers) or worst > 1e-9:
        raise ComputationError(
            f"the interface of metal and electrolyte does not match: {count} and {len(numbers)} "
            f"vertices, largest distance {worst:.3g} half periods"
        )
    return InterfaceVertices(metal, np.asarray(numbers[partner], dtype=np.int64), horizontal)


def _max() -> Any:
    from mpi4py import MPI

    return MPI.MAX


@dataclass(frozen=True)
class Quadrature:
    """Points of the volume quadrature and functions that live on them."""

    points: Array
    scalar_space: Any
    tensor_space: Any

    @classmethod
    def build(cls, mesh: Any, degree: int) -> Quadrature:
        """Build the spaces of scalars and 3 x 3 tensors for a quadrature degree."""
        name = mesh.basix_cell()
        points = np.asarray(basix.make_quadrature(name, degree)[0], dtype=np.float64)
        scalar = basix.ufl.quadrature_element(name, value_shape=(), degree=degree)
        tensor = basix.ufl.quadrature_element(name, value_shape=(3, 3), degree=degree)
        return cls(points, fem.functionspace(mesh, scalar), fem.functionspace(mesh, tensor))


class QuadratureEvaluator:
    """Evaluates one UFL expression at all quadrature points, ghost cells included."""

    def __init__(self, expression: Any, quadrature: Quadrature, mesh: Any) -> None:
        self._expression = fem.Expression(expression, quadrature.points)
        self._components = int(np.prod(expression.ufl_shape, dtype=int))
        self._mesh = mesh
        index_map = mesh.topology.index_map(mesh.topology.dim)
        self._cells = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
        self._dofs = quadrature.scalar_space.dofmap.list.reshape(-1)

    def __call__(self) -> Array:
        """Return values, shape (points, components), in the order of the quadrature space."""
        raw = np.asarray(self._expression.eval(self._mesh, self._cells))
        raw = raw.reshape(len(self._dofs), self._components)
        values = np.empty_like(raw)
        values[self._dofs] = raw
        return values
