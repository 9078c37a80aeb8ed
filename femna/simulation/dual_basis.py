"""The dual basis in which contact is posed at the interface vertices.

On every facet the functions ``psi_i = sum_j A_ij N_j`` are biorthogonal to the hat functions:
``integral of psi_i N_j = delta_ij integral of N_i``. Tested with them, the kinematic condition of
a vertex sees the recession at that vertex alone, as its lumped gap does, and its contact pressure
does not act where a neighbour has opened. They sum to one, so charge, volume and force still
balance exactly. Wohlmuth, SIAM J. Numer. Anal. 38 (2000) 989, doi:10.1137/S0036142999350929.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import basix
import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from petsc4py import PETSc

from femna.mesh import Cell
from femna.simulation.discretisation import owned_facets
from femna.simulation.void_walls import VoidWalls

Array = npt.NDArray[np.float64]

MAP_DEGREE: Final = 7
"""Of the quadrature on a facet: a step of degree 5, a hat, and the radius."""


def facet_coefficients(weights: Array) -> Array:
    """Return the matrix A of one straight facet.

    Parameters
    ----------
    weights : array, shape (k,)
        The volume weight at its k vertices (any common factor), linear between them.

    Returns
    -------
    array, shape (k, k)
        Its columns sum to one (partition of unity).
    """
    k = len(weights)
    # integrals of N_i N_j N_l over a (k-1)-simplex are proportional to prod(multiplicities!)
    triple = np.ones((k, k, k))
    for i in range(k):
        for j in range(k):
            for m in range(k):
                counts = np.bincount([i, j, m], minlength=k)
                triple[i, j, m] = np.prod([(1, 1, 2, 6)[c] for c in counts])
    mass = triple @ weights
    return np.asarray(np.diag(mass.sum(axis=1)) @ np.linalg.inv(mass))


class DualFunctions:
    """The dual functions of the interface vertices in terms of facetwise hats (DG1).

    Parameters
    ----------
    cell : Cell
        The meshed cell. With columns, what its voids' walls do is told by
        :mod:`femna.simulation.void_walls`, and the functions change with the surface.
    vertex_space, broken_space : dolfinx.fem.FunctionSpace
        P1 and DG1 on the metal.
    dofs : int array, shape (N,)
        Owned P1 dofs of the interface vertices, in the order of z.
    """

    def __init__(
        self,
        cell: Cell,
        vertex_space: fem.FunctionSpace,
        broken_space: fem.FunctionSpace,
        dofs: npt.NDArray[np.int32],
    ) -> None:
        comm, d = cell.metal.mesh.comm, cell.metal.mesh.geometry.dim
        number = fem.Function(vertex_space)
        number.x.array[:] = -1.0
        number.x.array[dofs] = (comm.exscan(len(dofs)) or 0) + np.arange(len(dofs))
        number.x.scatter_forward()
        facets = list(owned_facets(cell.metal, "interface"))
        hats = np.array(
            [vertex_space.dofmap.cell_dofs(home)[local] for home, local in facets], dtype=np.int32
        ).reshape(-1, d)
        broken = np.array(
            [broken_space.dofmap.cell_dofs(home)[local] for home, local in facets], dtype=np.int32
        )
        index_map = broken_space.dofmap.index_map
        columns = index_map.local_to_global(broken.ravel()).astype(np.int32).reshape(-1, d)
        if cell.symmetry == "axisymmetric":
            radius = vertex_space.tabulate_dof_coordinates()[:, 0]
            self._plain = np.array([facet_coefficients(r) for r in radius[hats]]).reshape(-1, d, d)
        else:
            self._plain = np.broadcast_to(facet_coefficients(np.ones(d)), (len(hats), d, d))
        self._walls = None if cell.columns is None else VoidWalls(vertex_space, hats)
        self._matrix = PETSc.Mat().create(comm)
        size = index_map.size_local
        self._matrix.setSizes(((len(dofs), None), (size, None)))
        self._matrix.setType(PETSc.Mat.Type.AIJ)
        rows = np.repeat(number.x.array[hats].astype(np.int32), d, axis=1)
        self._matrix.setPreallocationCOO(rows.ravel(), np.tile(columns, (1, d)).ravel())

    @property
    def follows(self) -> bool:
        """Whether the functions change with the surface."""
        return self._walls is not None

    def matrix(self) -> PETSc.Mat:
        """Return the matrix of the surface as it stands; the next call changes it (collective).

        Rows: interface vertices; columns: dofs of the DG1 space.
        """
        shares = self._plain if self._walls is None else self._walls.moved(self._plain)
        self._matrix.setValuesCOO(np.ascontiguousarray(shares).ravel(), PETSc.InsertMode.INSERT)
        return self._matrix


def dual_average(
    cell: Cell,
    vertex_space: fem.FunctionSpace,
    dofs: npt.NDArray[np.int32],
    function: Callable[[Array], Array],
) -> Array:
    """Return a function's mean over the dual function of each interface vertex.

    The metal sees the current at a vertex through the dual functions. With the value at the vertex
    instead, every edge of a conducting map is too wide by a variance of h^2/6, and contact, which
    hangs on that width, converges slowly; with the mean the variance is right to fourth order.

    Parameters
    ----------
    cell : Cell
        The meshed cell.
    vertex_space : dolfinx.fem.FunctionSpace
        P1 on the metal.
    dofs : int array, shape (N,)
        Owned P1 dofs of the interface vertices, in the order of z.
    function : callable
        Values, shape (M,), at horizontal coordinates of shape (M, d - 1), in the mesh's unit.

    Returns
    -------
    array, shape (N,)
        Over horizontal area (collective). A dual function changes its sign, so the mean may leave
        the function's range by a term of third order in h.
    """
    points = vertex_space.tabulate_dof_coordinates()
    d = cell.metal.mesh.geometry.dim
    corners = np.array(
        [
            vertex_space.dofmap.cell_dofs(home)[local]
            for home, local in owned_facets(cell.metal, "interface")
        ],
        dtype=np.int32,
    ).reshape(-1, d)
    facet = basix.CellType.interval if d == 2 else basix.CellType.triangle
    inside, weights = (np.asarray(a) for a in basix.make_quadrature(facet, MAP_DEGREE))
    hats = np.column_stack([1.0 - inside.sum(axis=1), inside])
    places = points[corners, : d - 1]
    measure = np.abs(np.linalg.det(places[:, 1:] - places[:, :1]))
    radius = places[..., 0] if cell.symmetry == "axisymmetric" else np.ones(corners.shape)
    at_points = np.einsum("qk,fkc->fqc", hats, places)
    values = function(at_points.reshape(-1, d - 1)).reshape(at_points.shape[:2])
    share = np.einsum("q,f,fq,qk->fqk", weights, measure, radius @ hats.T, hats)
    tested = np.einsum("fq,fqk->fk", values, share)
    dual = np.array([facet_coefficients(r) for r in radius]).reshape(-1, d, d)
    sums = []
    for parts in (np.einsum("fij,fj->fi", dual, tested), share.sum(axis=1)):
        total = la.vector(vertex_space.dofmap.index_map, 1, dtype=np.float64)
        np.add.at(total.array, corners, parts)
        total.scatter_reverse(la.InsertMode.add)
        sums.append(total.array[dofs])
    at_vertices = function(points[dofs, : d - 1])  # what stands upright has no horizontal area
    return np.asarray(np.divide(sums[0], sums[1], out=at_vertices, where=sums[1] > 0.0))
