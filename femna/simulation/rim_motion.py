"""Both meshes of a stack follow the metal's rim as it moves outward over the electrolyte.

Vertices move along the radius by one shape times the way of the rim. In the metal the shape is the
same at every height, so that columns stay upright and the volume of a mesh of straight-sided
triangles is that of its outline. On the working face of the electrolyte it falls from the rim to
nothing at the edge; below, it is the harmonic extension that vanishes on the other faces, so that
the counter electrode stays where it is. Zones of the conducting map lie on the electrolyte: up to
the outermost of them vertices stay.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la, mesh
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from petsc4py import PETSc

from femna.mesh import Cell
from femna.mesh.quality import smallest_angle

Array = npt.NDArray[np.float64]

INNERMOST: Final = 0.8
"""Of the radius on the reference mesh: at least what lies beyond is stretched, whatever the map
has there."""


class RimMotion:
    """Places the vertices of both bodies for a radius of the rim.

    Parameters
    ----------
    cell : Cell
        An axisymmetric stack, its meshes at the reference position.
    potential_space : dolfinx.fem.FunctionSpace
        P1 on the electrolyte.
    fixed : float
        Radius up to which vertices stay, in lengths of the model.
    radius : float
        Of the rim on the reference mesh, in the same unit.
    """

    def __init__(
        self, cell: Cell, potential_space: Any, *, fixed: float, radius: float = 1.0
    ) -> None:
        self._comm = cell.metal.mesh.comm
        self._bodies = [cell.metal.mesh, cell.electrolyte.mesh]
        self._radius, self._fixed = radius, min(fixed, INNERMOST * radius)
        self._reference = [body.geometry.x[:, 0].copy() for body in self._bodies]
        edge = float(np.max(self._reference[1], initial=0.0))
        self._edge = self._comm.allreduce(edge, op=MPI.MAX)
        self._shapes = [self.on_face(self._reference[0]), self._below(potential_space)]

    def on_face(self, radius: Array) -> Array:
        """Return the shape on the working face at radii of the reference mesh."""
        rising = (radius - self._fixed) / (self._radius - self._fixed)
        falling = (self._edge - radius) / (self._edge - self._radius)
        return np.asarray(np.clip(np.minimum(rising, falling), 0.0, 1.0))

    def _below(self, space: Any) -> Array:
        """Return the shape at the electrolyte's geometry nodes (collective)."""
        body = space.mesh
        body.topology.create_connectivity(1, 2)
        facets = mesh.exterior_facet_indices(body.topology)
        local = fem.locate_dofs_topological(space, 1, facets)
        outer = fem.Function(space)
        places = space.tabulate_dof_coordinates()
        outer.x.array[local] = 1.0  # a facet of another rank may end at a vertex of this one
        outer.x.scatter_reverse(la.InsertMode.add)
        outer.x.scatter_forward()
        held = np.flatnonzero(outer.x.array > 0.5).astype(np.int32)
        on_face = np.where(np.abs(places[:, 1]) < 1e-12, self.on_face(places[:, 0]), 0.0)
        given = fem.Function(space)
        given.x.array[held] = on_face[held]
        u, w = ufl.TrialFunction(space), ufl.TestFunction(space)
        problem = fem_petsc.LinearProblem(
            ufl.inner(ufl.grad(u), ufl.grad(w)) * ufl.dx,
            fem.Constant(body, PETSc.ScalarType(0.0)) * w * ufl.dx,
            bcs=[fem.dirichletbc(given, held)],
            petsc_options={
                "ksp_type": "preonly",
                "pc_type": "lu",
                "pc_factor_mat_solver_type": "mumps",
            },
            petsc_options_prefix="rim_motion_",
        )
        solved = problem.solve()
        solved.x.array[held] = on_face[held]
        nodes = body.geometry.dofmaps[0]
        shape = np.zeros(len(body.geometry.x))
        shape[nodes] = solved.x.array[space.dofmap.list]
        return shape

    def place(self, radius: float) -> None:
        """Move the vertices of both bodies to where they belong for a radius of the rim."""
        for body, start, shape in zip(self._bodies, self._reference, self._shapes, strict=True):
            body.geometry.x[:, 0] = start + (radius - self._radius) * shape

    def metal_shift(self, way: float) -> Array:
        """Return how far the metal's geometry nodes move when the rim goes this way."""
        return way * self._shapes[0]

    def worst_angle(self) -> float:
        """Return the smallest angle of all triangles as they are [degrees] (collective)."""
        worst = np.pi
        for body in self._bodies:
            owned = body.topology.index_map(2).size_local
            corners = body.geometry.x[body.geometry.dofmaps[0][:owned], :2]
            if owned:
                worst = min(worst, smallest_angle(corners))
        return float(np.degrees(self._comm.allreduce(worst, op=MPI.MIN)))
