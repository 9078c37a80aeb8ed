"""Explicit transport of cell-wise linear fields by a velocity relative to the mesh.

Second order in the element size on smooth fields; the time step is divided so that every part of
it is stable (two-stage strong-stability-preserving Runge-Kutta method: Gottlieb, Shu, Tadmor, SIAM
Review 43 (2001) 89, doi:10.1137/S003614450036757X). The mesh's geometry is that of the call.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from mpi4py import MPI
from scipy import sparse

from femna.physics.convection import convection_forms

Array = npt.NDArray[np.float64]

COURANT: Final = 0.25
"""Largest part of a cell that flows through it in one sub-step; linear elements allow 1/3."""


class Transport:
    """Carries scalars, side by side, that are linear in every cell.

    Parameters
    ----------
    mesh : dolfinx.mesh.Mesh
        Simplices with straight sides; ghosts shared by facets.
    velocity : ufl expression, shape (d,)
        Velocity relative to the mesh, evaluated at every call.

    Attributes
    ----------
    dofs : int array, shape (cells, d + 1)
        Row of the values at each vertex of every owned cell, in the cell's vertex order.
    owned, size : int
        Rows of the owned cells, and with those of the ghosts.
    """

    def __init__(self, mesh: Any, velocity: Any) -> None:
        self._comm = mesh.comm
        self._dim = mesh.topology.dim
        space = fem.functionspace(mesh, ("Discontinuous Lagrange", 1))
        cells = fem.functionspace(mesh, ("Discontinuous Lagrange", 0))
        self._map = space.dofmap.index_map
        count = mesh.topology.index_map(self._dim).size_local
        self._cells = cells.dofmap.list[:count, 0]
        self.dofs: npt.NDArray[np.int32] = np.asarray(space.dofmap.list[:count], dtype=np.int32)
        self.owned = int(self._map.size_local)
        self.size = self.owned + int(self._map.num_ghosts)
        forms = convection_forms(space, cells, velocity)
        self._transport, self._inflow = fem.form(forms.transport), fem.form(forms.inflow)
        self._throughput = fem.form(forms.throughput)
        self._volume = fem.form(forms.volume)

    def carry(self, values: Array, dt: float) -> tuple[Array, Array]:
        """Carry values over a time ``dt`` (collective).

        Parameters
        ----------
        values : array, shape (owned rows, fields)
            Vertex values of every owned cell, as `dofs` numbers them.
        dt : float
            Time, in the unit of length over that of velocity.

        Returns
        -------
        values : array, shape (owned rows, fields)
            After the time ``dt``.
        kept : array, shape (cells,)
            Share of every owned cell's finer detail that is still there, ``exp(-dt / t)`` with t
            the time in which the flow replaces what the cell holds: 1 where nothing moves.
        """
        volume, through = (self._per_cell(form) for form in (self._volume, self._throughput))
        swept = dt * through / volume
        most = self._comm.allreduce(float(np.max(swept, initial=0.0)), op=MPI.MAX)
        kept = np.exp(-swept)
        parts = int(np.ceil(most / COURANT))
        if parts == 0:
            return values.copy(), kept
        mass_inverse = self._mass_inverse(volume) * (dt / parts)
        inflow = mass_inverse @ self._matrix(self._inflow)
        step = mass_inverse @ self._matrix(self._transport) + inflow
        fields = values.shape[1]
        vector = la.vector(self._map, fields)
        view = vector.array.reshape(-1, fields)
        view[: self.owned] = values
        vector.scatter_forward()
        source = -(inflow @ view)
        now = values
        for _ in range(parts):
            first = now + step @ view + source
            view[: self.owned] = first
            vector.scatter_forward()
            now = 0.5 * (now + first + step @ view + source)
            view[: self.owned] = now
            vector.scatter_forward()
        return now, kept

    def _per_cell(self, form: Any) -> Array:
        vector = fem.assemble_vector(form)
        vector.scatter_reverse(la.InsertMode.add)
        return np.asarray(vector.array[self._cells])

    def _matrix(self, form: Any) -> sparse.csr_matrix:
        """Assemble the owned rows of a form; columns: ghosts included."""
        matrix = fem.assemble_matrix(form)
        matrix.scatter_reverse()
        return sparse.csr_matrix(matrix.to_scipy(ghosted=True)[: self.owned])

    def _mass_inverse(self, volume: Array) -> sparse.csr_matrix:
        # mass of linear functions on a simplex: volume (1 + delta_ij) / ((d + 1) (d + 2))
        d = self._dim
        inverse = (d + 1) * (d + 2) * (np.eye(d + 1) - 1.0 / (d + 2))
        data = inverse / volume[:, None, None]
        rows = np.broadcast_to(self.dofs[:, :, None], data.shape)
        columns = np.broadcast_to(self.dofs[:, None, :], data.shape)
        return sparse.csr_matrix(
            (data.ravel(), (rows.ravel(), columns.ravel())), shape=(self.owned, self.owned)
        )
