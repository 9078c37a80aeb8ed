"""The facets of a body's face with the unknowns on them, gathered on all ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from femna.mesh.contact_pair import FacetSet
from femna.simulation.bodies.solid_body import SolidBody
from femna.simulation.discretisation import owned_facets

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Surface:
    """A face of a body, the same on every rank.

    Surfaces are small beside their bodies; every rank holds them whole, and works on its share.

    Attributes
    ----------
    facets : FacetSet
        Corners and normals.
    nodes : int array, shape (F, k)
        Global block numbers of the displacement at the corners and, behind them, at the middles of
        the edges 01 or 12, 02, 01.
    vertices : int array, shape (F, d)
        Number of every corner among the face's vertices.
    places : array, shape (V, d)
        Coordinates of the vertices.
    """

    facets: FacetSet
    nodes: Indices
    vertices: Indices
    places: Array

    @classmethod
    def gather(cls, solid: SolidBody, name: str) -> Surface:
        """Gather the named face of a body (collective)."""
        body, gdim = solid.body, solid.body.mesh.geometry.dim
        found = list(owned_facets(body, name))
        comm = body.mesh.comm
        dofmap = solid.space.dofmap
        points = solid.space.tabulate_dof_coordinates()[:, :gdim]
        corners = np.zeros((len(found), gdim, gdim))
        normals = np.zeros((len(found), gdim))
        nodes = np.zeros((len(found), gdim + gdim * (gdim - 1) // 2), dtype=np.int64)
        for k, (home, local) in enumerate(found):
            dofs = dofmap.cell_dofs(home)
            # P2 on a simplex: the vertices come first, then the edges
            corners[k] = points[dofs[local]]
            opposite = next(v for v in range(gdim + 1) if v not in local)
            normals[k] = _outward(corners[k], points[dofs[opposite]])
            ends = [(0, 1)] if gdim == 2 else [(1, 2), (0, 2), (0, 1)]
            middles = [
                _nearest(points[dofs], 0.5 * (corners[k, i] + corners[k, j])) for i, j in ends
            ]
            chosen = dofs[[*local, *middles]].astype(np.int32)
            nodes[k] = dofmap.index_map.local_to_global(chosen)
        corners = np.concatenate(comm.allgather(corners))
        normals = np.concatenate(comm.allgather(normals))
        nodes = np.concatenate(comm.allgather(nodes))
        _, first, vertices = np.unique(
            nodes[:, :gdim].reshape(-1), return_index=True, return_inverse=True
        )
        return cls(
            FacetSet(corners, normals),
            nodes,
            vertices.reshape(-1, gdim),
            corners.reshape(-1, gdim)[first],
        )


def shape_functions(barycentric: Array) -> Array:
    """Return the quadratic functions of a facet's nodes at points, shape (Q, k).

    Parameters
    ----------
    barycentric : array, shape (Q, d)
        The points.
    """
    b = barycentric
    pairs = [(0, 1)] if b.shape[1] == 2 else [(1, 2), (0, 2), (0, 1)]
    return np.column_stack([b * (2.0 * b - 1.0), *(4.0 * b[:, i] * b[:, j] for i, j in pairs)])


def _outward(corners: Array, opposite: Array) -> Array:
    edges = corners[1:] - corners[0]
    normal: Any = (
        np.array([edges[0, 1], -edges[0, 0]]) if len(corners) == 2 else np.cross(edges[0], edges[1])
    )
    normal = normal / np.linalg.norm(normal)
    return np.asarray(-normal if normal @ (opposite - corners[0]) > 0.0 else normal)


def _nearest(points: Array, place: Array) -> int:
    return int(np.argmin(np.linalg.norm(points - place, axis=1)))
