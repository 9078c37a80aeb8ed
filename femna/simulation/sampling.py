"""Values of fields on one mesh of triangles at any points, those of another mesh for instance.

All cells of all ranks are known to every rank, so that it does not matter how either mesh is
distributed: for cells in the plane, of which there are some ten thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import basix
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Array = npt.NDArray[np.float64]

NEAREST: Final = 12
"""Cells whose middle is nearest, among which a point is looked for first."""

AT_ONCE: Final = 200
"""Points that are compared with all cells at once."""

INSIDE: Final = 1e-9
"""How far outside a cell a point may lie, in barycentric coordinates, and be in it."""

BEYOND: Final = 0.2
"""How far outside its cell a point's value is followed; a value farther off stays behind."""

_DEGREES: Final = {3: 1, 6: 2}
_MIDDLES: Final = np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5]])


@dataclass(frozen=True)
class Places:
    """Where points lie on a mesh.

    Attributes
    ----------
    cells : int array, shape (N,)
        Of all ranks.
    shares : array, shape (N, 3)
        Barycentric coordinates, in the order of the cell's geometry nodes.
    """

    cells: npt.NDArray[np.int64]
    shares: Array


class Sampler:
    """The triangles of a mesh as it is now (collective).

    Parameters
    ----------
    mesh : dolfinx.mesh.Mesh
        In the plane, straight-sided.
    """

    def __init__(self, mesh: Any) -> None:
        self._comm = mesh.comm
        self.owned = int(mesh.topology.index_map(mesh.topology.dim).size_local)
        here = mesh.geometry.x[mesh.geometry.dofmaps[0][: self.owned], :2]
        self._corners = np.concatenate(self._comm.allgather(here))
        self._origin = self._corners[:, 0]
        edges = np.swapaxes(self._corners[:, 1:] - self._origin[:, None], 1, 2)
        self._inverse = np.linalg.inv(edges)
        self._areas = 0.5 * np.abs(np.linalg.det(edges))
        # flattened cells are looked for where they are nearly as wide as high
        spread = np.ptp(self._corners, axis=1).mean(axis=0)
        self._unit = spread
        self._tree = cKDTree(self._corners.mean(axis=1) / spread)

    def find(self, points: Array) -> Places:
        """Find points, shape (N, 2); one that lies outside belongs to the cell it misses least."""
        most = min(NEAREST, len(self._corners))
        _, near = self._tree.query(points / self._unit, k=most)
        near = np.asarray(near, dtype=np.int64).reshape(len(points), most)
        cells, shares = self._best(points, near)
        every = np.arange(len(self._corners))
        lost = np.flatnonzero(shares.min(axis=1, initial=1.0) < -INSIDE)
        for chunk in (lost[k : k + AT_ONCE] for k in range(0, len(lost), AT_ONCE)):
            all_cells = np.broadcast_to(every, (len(chunk), len(every)))
            cells[chunk], shares[chunk] = self._best(points[chunk], all_cells)
        shares = np.maximum(shares, -BEYOND)
        return Places(cells, shares / shares.sum(axis=1, keepdims=True))

    def _best(
        self, points: Array, candidates: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], Array]:
        """Return the candidate, shape (N, candidates), that each point misses least."""
        away = points[:, None] - self._origin[candidates]
        two = np.einsum("ncij,ncj->nci", self._inverse[candidates], away)
        shares = np.concatenate([1.0 - two.sum(axis=2, keepdims=True), two], axis=2)
        best = np.argmax(shares.min(axis=2), axis=1)
        rows = np.arange(len(points))
        return candidates[rows, best].copy(), shares[rows, best]

    def at(self, places: Places, values: Array) -> Array:
        """Return a field at points, shape (N, components) (collective).

        Parameters
        ----------
        places : Places
            Of this rank's points.
        values : array, shape (owned cells, 3 or 6, components)
            Coefficients of this rank's cells in Lagrange elements of degree 1 or 2.
        """
        everywhere = np.concatenate(self._comm.allgather(values))
        degree = _DEGREES[values.shape[1]]
        element = basix.create_element(basix.ElementFamily.P, basix.CellType.triangle, degree)
        table = np.asarray(element.tabulate(0, places.shares[:, 1:]))[0, :, :, 0]
        return np.asarray(np.einsum("nk,nkc->nc", table, everywhere[places.cells]))

    def integral(self, values: Array) -> Array:
        """Return integrals over a full revolution, shape (components,) (collective).

        `values`, shape (owned cells, 3, components), are those of the corners of this rank's cells.
        """
        everywhere = np.concatenate(self._comm.allgather(values))
        # the middles of the sides are exact for a linear function times the radius
        there = np.einsum("mk,nkc->nmc", _MIDDLES, everywhere)
        radii = self._corners[:, :, 0] @ _MIDDLES.T
        weights = 2.0 * np.pi / 3.0 * self._areas[:, None] * radii
        return np.asarray(np.einsum("nm,nmc->c", weights, there))
