"""Fields that the metal carries with it, relative to its mesh: at quadrature points and vertices.

Of a field at the quadrature points its linear part in every cell is carried; the rest, small where
the field is smooth, stays as long as the material does, so that nothing is smoothed where the mesh
follows the metal.
"""

from __future__ import annotations

from typing import Any

import basix
import numpy as np
import numpy.typing as npt
from dolfinx import fem
from petsc4py import PETSc

from femna.simulation.transport import Transport

Array = npt.NDArray[np.float64]


class Convected:
    """Carries any number of fields side by side by ``v - w``, metal against mesh.

    Parameters
    ----------
    velocity : dolfinx.fem.Function
        Of the metal in the platen's frame, P2 vector, dimensionless.
    quadrature_degree : int
        Degree of the quadrature at whose points fields are kept.

    Attributes
    ----------
    dofs : int array, shape (cells, d + 1)
        Row of the vertex values of every owned cell.
    owned : int
        Rows of vertex values.
    """

    def __init__(self, velocity: fem.Function, *, quadrature_degree: int) -> None:
        mesh = velocity.function_space.mesh
        self._mesh = mesh
        self._gdim = mesh.geometry.dim
        self._frame = fem.Constant(mesh, np.zeros(self._gdim, dtype=PETSc.ScalarType))
        motion = fem.functionspace(mesh, ("Lagrange", 1, (self._gdim,)))
        self._mesh_velocity = fem.Function(motion)
        self._transport = Transport(mesh, velocity + self._frame - self._mesh_velocity)
        self.dofs, self.owned = self._transport.dofs, self._transport.owned
        self._to_points, self._to_vertices = _linear_part(mesh, quadrature_degree)

    def carry(
        self,
        at_points: Array,
        at_vertices: Array,
        *,
        dt: float,
        mesh_displacement: Any,
        platen_velocity: float,
    ) -> tuple[Array, Array]:
        """Carry fields over a step (collective).

        Parameters
        ----------
        at_points : array, shape (cells, points, fields)
            Values at the quadrature points of the owned cells.
        at_vertices : array, shape (owned, other fields)
            Vertex values of the owned cells, as `dofs` numbers them.
        dt : float
            Length of the step, dimensionless.
        mesh_displacement : dolfinx.fem.Function or array
            How the mesh is about to move, over the length scale: a P1 vector function, or of every
            geometry node in the order of ``mesh.geometry.x``, ghosts included, the vertical
            displacement, shape (nodes,), or all components, shape (nodes, gdim).
        platen_velocity : float
            Upward velocity of the frame of the velocity, dimensionless.

        Returns
        -------
        at_points, at_vertices : arrays
            After the step, of the same shapes.
        """
        self._frame.value[-1] = platen_velocity
        self._set_mesh_velocity(mesh_displacement, dt)
        count = at_points.shape[2]
        before = np.zeros((self.owned, count + at_vertices.shape[1]))
        before[self.dofs, :count] = self.linear_part(at_points)
        before[:, count:] = at_vertices
        after, kept = self._transport.carry(before, dt)
        old, new = (self.at_points(x[self.dofs, :count]) for x in (before, after))
        lost = (1.0 - kept)[:, None, None] * (at_points - old)
        return at_points + (new - old) - lost, after[:, count:]

    def linear_part(self, at_points: Array) -> Array:
        """Return the corner values, shape (cells, d + 1, fields), of fields at points of cells."""
        return np.asarray(self._to_vertices @ at_points)

    def at_points(self, corners: Array) -> Array:
        """Return linear functions of cells, by corner values, at the points of the cells."""
        return np.asarray(self._to_points @ corners)

    def places(self) -> tuple[Array, Array]:
        """Return a place for every value, no two the same.

        Returns
        -------
        at_points : array, shape (cells, points, gdim)
        at_vertices : array, shape (owned, gdim)
            A tenth of the way to the middle of the value's cell, for cells share vertices, and
            some quadratures have points on the sides.
        """
        geometry = self._mesh.geometry
        corners = geometry.x[geometry.dofmaps[0][: len(self.dofs)], : self._gdim]
        corners = 0.9 * corners + 0.1 * corners.mean(axis=1, keepdims=True)
        vertices = np.empty((self.owned, self._gdim))
        vertices[self.dofs] = corners
        return np.asarray(self._to_points @ corners), vertices

    def _set_mesh_velocity(self, displacement: Any, dt: float) -> None:
        target = self._mesh_velocity
        if isinstance(displacement, fem.Function):
            target.interpolate(displacement)
            target.x.array[:] /= dt
            return
        space = target.function_space
        values = target.x.array.reshape(-1, self._gdim)
        nodes = space.mesh.geometry.dofmaps[0]
        if displacement.ndim == 1:
            values[:, :-1] = 0.0
            values[space.dofmap.list, -1] = displacement[nodes] / dt
        else:
            values[space.dofmap.list] = displacement[nodes, : self._gdim] / dt


def _linear_part(mesh: Any, degree: int) -> tuple[Array, Array]:
    """Return the maps vertices -> points and points -> vertices (least squares) of every cell."""
    points, weights = basix.make_quadrature(mesh.basix_cell(), degree)
    element = basix.create_element(basix.ElementFamily.P, mesh.basix_cell(), 1)
    table = np.asarray(element.tabulate(0, np.asarray(points)))[0, :, :, 0]
    weighted = table.T * np.asarray(weights)
    return table, np.asarray(np.linalg.solve(weighted @ table, weighted))
