"""Bodies and surfaces of a distributed mesh, gathered on rank 0 as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.mesh import entities_to_geometry

from femna.mesh import Body

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """One body or surface with its fields, whole.

    Attributes
    ----------
    points : array, shape (N, 3)
        Coordinates, in the mesh's unit of length.
    cells : int array, shape (M, corners)
        Lines, triangles or tetrahedra.
    point_data, cell_data : mapping
        Arrays, shape (N,) or (N, 3), (M,) or (M, 3), by name.
    """

    points: Array
    cells: Indices
    point_data: Mapping[str, Array]
    cell_data: Mapping[str, Array]


def node_dofs(space: Any) -> npt.NDArray[np.int32]:
    """Return which dof of a continuous Lagrange space each geometry node carries.

    Parameters
    ----------
    space : dolfinx.fem.FunctionSpace
        On a mesh of simplices with straight sides; the block size is not multiplied in.

    Returns
    -------
    int array, shape (nodes,)
        Local dof numbers, in the order of ``mesh.geometry.x``.
    """
    geometry = space.mesh.geometry
    dofmap = geometry.dofmaps[0]
    dofs = np.zeros(len(geometry.x), dtype=np.int32)
    # the first dofs of a Lagrange simplex of any degree stand at its vertices
    dofs[dofmap] = space.dofmap.list[:, : dofmap.shape[1]]
    return dofs


def vectors_at_nodes(function: Any) -> Array:
    """Return a vector field at all local geometry nodes, shape (nodes, 3), 0 beyond its space."""
    dimension = function.function_space.mesh.geometry.dim
    nodes = node_dofs(function.function_space)
    found = np.zeros((len(nodes), 3))
    found[:, :dimension] = function.x.array.reshape(-1, dimension)[nodes]
    return found


def gather_body(
    body: Body, *, point_data: Mapping[str, Array], cell_data: Mapping[str, Array]
) -> Part | None:
    """Gather a body (collective).

    Parameters
    ----------
    body : Body
        The distributed mesh.
    point_data : mapping
        Values at all local geometry nodes, ghosts included.
    cell_data : mapping
        Values at the owned cells.

    Returns
    -------
    Part or None
        On rank 0; None elsewhere. Points and cells are in the order in which the mesh was made,
        for any number of ranks.
    """
    topology = body.mesh.topology
    owned = topology.index_map(topology.dim).size_local
    cells = np.asarray(body.mesh.geometry.dofmaps[0][:owned], dtype=np.int64)
    order = np.asarray(topology.original_cell_index[:owned], dtype=np.int64)
    return _gather(body, cells, order, point_data, cell_data)


def gather_surface(body: Body, name: str, *, point_data: Mapping[str, Array]) -> Part | None:
    """Gather the named facets of a body as a surface of their own (collective).

    Parameters
    ----------
    body : Body
        The distributed mesh.
    name : str
        A facet group of the body.
    point_data : mapping
        Values at all local geometry nodes, ghosts included.

    Returns
    -------
    Part or None
        On rank 0; None elsewhere.
    """
    mesh = body.mesh
    dimension = mesh.topology.dim - 1
    mesh.topology.create_connectivity(dimension, dimension + 1)
    facets = body.facets.find(body.names[name])
    facets = facets[facets < mesh.topology.index_map(dimension).size_local]
    nodes = np.asarray(entities_to_geometry(mesh, dimension, facets), dtype=np.int64)
    nodes = nodes.reshape(-1, dimension + 1)
    return _gather(body, nodes, None, point_data, {})


def _gather(
    body: Body,
    cells: Indices,
    order: Indices | None,
    point_data: Mapping[str, Array],
    cell_data: Mapping[str, Array],
) -> Part | None:
    geometry, comm = body.mesh.geometry, body.mesh.comm
    used = np.unique(cells)
    numbers = np.asarray(geometry.input_global_indices, dtype=np.int64)
    here = (
        numbers[used],
        np.asarray(geometry.x[used]),
        numbers[cells],
        order,
        {name: values[used] for name, values in point_data.items()},
        dict(cell_data),
    )
    pieces = comm.gather(here, root=0)
    if pieces is None:
        return None
    # nodes on the border of two ranks come twice, with the same values
    known, first = np.unique(np.concatenate([p[0] for p in pieces]), return_index=True)
    joined = np.searchsorted(known, np.concatenate([p[2] for p in pieces]))
    if order is None:
        rank = np.lexsort(np.sort(joined, axis=1).T[::-1])
    else:
        rank = np.argsort(np.concatenate([p[3] for p in pieces]), kind="stable")
    return Part(
        points=np.concatenate([p[1] for p in pieces])[first],
        cells=joined[rank],
        point_data={n: np.concatenate([p[4][n] for p in pieces])[first] for n in point_data},
        cell_data={n: np.concatenate([p[5][n] for p in pieces])[rank] for n in cell_data},
    )


def spread_to_nodes(space: Any, dofs: npt.NDArray[np.int32], values: Array) -> Array:
    """Bring values at owned dofs to all local geometry nodes, zero elsewhere (collective).

    Parameters
    ----------
    space : dolfinx.fem.FunctionSpace
        Scalar P1 space.
    dofs : int array, shape (K,)
        Owned dofs, local numbers.
    values : array, shape (K,)

    Returns
    -------
    array, shape (nodes,)
    """
    function = fem.Function(space)
    function.x.array[dofs] = values
    function.x.scatter_forward()
    return np.asarray(function.x.array[node_dofs(space)])
