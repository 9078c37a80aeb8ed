"""From arrays on rank 0 to distributed DOLFINx meshes with named facets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

import basix.ufl
import dolfinx
import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import graph
from dolfinx.io import distribute_entity_data
from dolfinx.mesh import (
    GhostMode,
    Mesh,
    MeshTags,
    create_cell_partitioner,
    create_mesh,
    entities_to_geometry,
    meshtags_from_entities,
)
from mpi4py import MPI

from femna.case.symmetry import SHAPES, Symmetry
from femna.errors import ComputationError, InputError
from femna.mesh.arrays import BodyArrays, CellArrays
from femna.mesh.cell_voids import CellVoids
from femna.mesh.step import FloatArray

IMBALANCE: Final = 0.005
"""Share of cells that a rank has above the mean. With DOLFINx' 0.025 two ranks had 2 % more and
less: all of it is waited for. Neighbours share no more facets for it."""


@dataclass(frozen=True)
class Body:
    """One body as a distributed mesh.

    Attributes
    ----------
    mesh : dolfinx.mesh.Mesh
        Simplices with straight sides; coordinates in units of the cell's length scale.
    facets : dolfinx.mesh.MeshTags
        Tags of the whole external boundary.
    names : dict
        Tag of each named facet group.
    """

    mesh: Mesh[np.float64]
    facets: MeshTags
    names: dict[str, int]


@dataclass(frozen=True)
class Cell:
    """Metal and electrolyte of a unit cell, two meshes that meet at the interface.

    Attributes
    ----------
    metal : Body
        Facet groups "interface", "platen", "side".
    electrolyte : Body
        Facet groups "interface", "far", "side".
    symmetry : str
        plane_strain, axisymmetric (the (r, y) half plane), square, hexagonal or rectangle.
    multiplicity : int
        How many times the meshed part makes the whole cell.
    length_scale : float
        Length of one unit of the coordinates [m].
    half_period : float
        Extent of the meshed part along x [m].
    columns, voids
        As in `CellArrays`.
    """

    metal: Body
    electrolyte: Body
    symmetry: Symmetry
    multiplicity: int
    length_scale: float
    half_period: float
    columns: float | None = None
    voids: CellVoids | None = None


def on_root[T](comm: MPI.Comm, build: Callable[[], T]) -> T | None:
    """Run a function on rank 0; if it raises there, raise on every rank.

    Returns
    -------
    object or None
        What the function returned, on rank 0; None elsewhere.

    Raises
    ------
    InputError
        The same on every rank.
    ComputationError
        On the other ranks in place of any other exception of rank 0.
    """
    result: T | None = None
    problem: tuple[str, Any] | None = None
    caught: Exception | None = None
    if comm.rank == 0:
        try:
            result = build()
        except InputError as error:
            caught, problem = error, ("input", asdict(error))
        except Exception as error:  # noqa: BLE001  (raised again below, after the broadcast)
            caught, problem = error, ("other", f"{type(error).__name__}: {error}")
    problem = comm.bcast(problem, root=0)
    if caught is not None:
        raise caught
    if problem is not None:
        if problem[0] == "input":
            raise InputError(**problem[1])
        raise ComputationError(str(problem[1]))
    return result


def distribute_cell(comm: MPI.Comm, build: Callable[[], CellArrays]) -> Cell:
    """Build the arrays on rank 0 and distribute both bodies.

    Parameters
    ----------
    comm : MPI.Comm
        Communicator of the meshes.
    build : callable
        Makes the arrays; called on rank 0 only.

    Returns
    -------
    Cell
    """
    arrays = on_root(comm, build)
    common: tuple[Any, ...] | None = None
    if arrays is not None:
        common = (
            arrays.symmetry,
            arrays.length_scale,
            arrays.half_period,
            arrays.columns,
            arrays.voids,
        )
    symmetry, length_scale, half_period, columns, voids = comm.bcast(common, root=0)
    return Cell(
        metal=distribute_body(comm, None if arrays is None else arrays.metal),
        electrolyte=distribute_body(comm, None if arrays is None else arrays.electrolyte),
        symmetry=symmetry,
        multiplicity=SHAPES[symmetry].multiplicity,
        length_scale=length_scale,
        half_period=half_period,
        columns=columns,
        voids=voids,
    )


def distribute_body(comm: MPI.Comm, arrays: BodyArrays | None) -> Body:
    """Distribute one body; `arrays` is given on rank 0 and None elsewhere."""
    header: tuple[int, dict[str, int]] | None = None
    if arrays is not None:
        header = (arrays.points.shape[1], arrays.names)
    dimension, names = comm.bcast(header, root=0)
    if arrays is not None:
        points, cells = arrays.points, arrays.cells
        facets, tags = arrays.facets, arrays.tags.astype(np.int32)
    else:
        points = np.empty((0, dimension), dtype=np.float64)
        cells = np.empty((0, dimension + 1), dtype=np.int64)
        facets = np.empty((0, dimension), dtype=np.int64)
        tags = np.empty(0, dtype=np.int32)
    shape = "triangle" if dimension == 2 else "tetrahedron"
    domain = ufl.Mesh(basix.ufl.element("Lagrange", shape, 1, shape=(dimension,)))
    partitioner = create_cell_partitioner(_graph_partitioner(), GhostMode.shared_facet, 2)
    mesh = create_mesh(comm, cells, domain, points, partitioner)
    mesh.topology.create_connectivity(dimension - 1, 0)
    mesh.topology.create_connectivity(dimension - 1, dimension)
    entities, values = distribute_entity_data(mesh, dimension - 1, facets, tags)
    marked = meshtags_from_entities(
        mesh, dimension - 1, graph.adjacencylist(entities), values.astype(np.int32)
    )
    marked.name = "facets"
    return Body(mesh, marked, names)


def _graph_partitioner() -> Callable[..., Any]:
    """Return what divides cells among ranks: SCOTCH, or where it was left out DOLFINx' choice."""
    divide: Callable[..., Any] = graph.partitioner()
    if dolfinx.has_ptscotch:
        divide = graph.partitioner_scotch(imbalance=IMBALANCE)
    return divide


def interface_vertices(body: Body) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Find the vertices of the interface that this rank knows, its ghosts included.

    Parameters
    ----------
    body : Body
        Metal or electrolyte.

    Returns
    -------
    vertices : ndarray, shape (K,)
        Local vertex numbers, ordered by the horizontal coordinates.
    horizontal : ndarray, shape (K, d - 1)
        Their horizontal coordinates in units of the cell's length scale; metal and electrolyte
        have the same ones, bit for bit.
    """
    mesh = body.mesh
    dimension = mesh.topology.dim
    mesh.topology.create_connectivity(dimension - 1, 0)
    mesh.topology.create_connectivity(0, dimension)
    links = mesh.topology.connectivity(dimension - 1, 0)
    facets = body.facets.find(body.names["interface"])
    known = [links.links(facet) for facet in facets]
    vertices = np.unique(np.concatenate([np.empty(0, dtype=np.int32), *known]))
    places = entities_to_geometry(mesh, 0, vertices.astype(np.int32)).reshape(-1)
    horizontal = mesh.geometry.x[places, : dimension - 1]
    order = np.lexsort(horizontal.T[::-1])
    return vertices[order].astype(np.int32), np.asarray(horizontal[order], dtype=np.float64)
