"""The metal's mesh follows its moving surfaces.

Vertices move along the vertical only. The surface that faces the electrolyte stands at the gap,
the collector's face at the platen, and the interior is the harmonic extension of both from the
reference mesh, in a medium that conducts little sideways: where the gap rises by more than the
width over which it rises, a plain harmonic extension would turn cells inside out. It is a
function of the present state alone, so nothing drifts over many steps. Because
horizontal positions never change, the mesh's volume is exactly linear in the gaps and the platen's
height, which makes the discrete geometric conservation law hold to round-off.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from femna.mesh import Cell
from femna.physics.kinematics import volume_weight
from femna.simulation.discretisation import owned_facet_dofs
from femna.simulation.products import for_a_moment

Array = npt.NDArray[np.float64]
SIDEWAYS = 0.03
"""Horizontal over vertical conductivity of the medium that extends the displacement."""


class VerticalMotion(ABC):
    """Places the metal's mesh for given gaps and platen height.

    Parameters
    ----------
    cell : Cell
        The cell, its metal mesh at the reference position.
    space : dolfinx.fem.FunctionSpace
        P1 space on the metal.
    interface : int array, shape (N,)
        Owned P1 dofs of the vertices that face the electrolyte.
    """

    def __init__(
        self, cell: Cell, space: fem.FunctionSpace, interface: npt.NDArray[np.int32]
    ) -> None:
        mesh = cell.metal.mesh
        self._mesh = mesh
        self._interface = interface
        self._axis = mesh.geometry.dim - 1
        self._reference = mesh.geometry.x[:, self._axis].copy()
        nodes = mesh.geometry.dofmaps[0].reshape(-1)
        self._dof_of_node = np.zeros(len(self._reference), dtype=np.int32)
        self._dof_of_node[nodes] = space.dofmap.list.reshape(-1)
        weight = volume_weight(ufl.SpatialCoordinate(mesh), cell.symmetry)
        degree = int(cell.symmetry == "axisymmetric")
        self._volume = fem.form(
            weight * ufl.dx(domain=mesh, metadata={"quadrature_degree": degree})
        )

    @abstractmethod
    def displacement(self, gap: Array, platen: float) -> Array:
        """Return the vertical displacement of every geometry node from the reference mesh.

        Parameters
        ----------
        gap : array, shape (N,)
            Height of the interface vertices over the electrolyte.
        platen : float
            Displacement of the platen (negative: towards the electrolyte).

        Returns
        -------
        array, shape (nodes,)
            Collective; in the units of the mesh.
        """

    def reference_gap(self) -> Array:
        """Return the height of the interface vertices on the reference mesh, shape (N,)."""
        height = np.zeros(int(self._dof_of_node.max(initial=-1)) + 1)
        height[self._dof_of_node] = self._reference
        return height[self._interface]

    def place(self, displacement: Array) -> None:
        """Move the mesh to a displacement from its reference position."""
        self._mesh.geometry.x[:, self._axis] = self._reference + displacement

    def volume(self) -> float:
        """Return the metal's volume as its mesh has it (per depth, or a full revolution)."""
        return float(self._mesh.comm.allreduce(float(fem.assemble_scalar(self._volume))))


class MeshMotion(VerticalMotion):
    """The harmonic extension, on any mesh; parameters as `VerticalMotion`."""

    def __init__(
        self, cell: Cell, space: fem.FunctionSpace, interface: npt.NDArray[np.int32]
    ) -> None:
        super().__init__(cell, space, interface)
        mesh = cell.metal.mesh
        self._displacement = fem.Function(space, name="displacement")
        self._owned = space.dofmap.index_map.size_local
        self._platen = owned_facet_dofs(space, cell.metal, "platen")
        u, w = ufl.TrialFunction(space), ufl.TestFunction(space)
        weights = [SIDEWAYS] * self._axis + [1.0]
        slopes = (weight * u.dx(k) * w.dx(k) for k, weight in enumerate(weights))
        stiffness = fem.form(sum(slopes) * ufl.dx)
        held = np.unique(np.concatenate([interface, self._platen]))
        held = self._with_ghosts(space, held)
        condition = fem.dirichletbc(PETSc.ScalarType(0.0), held, space)
        self._matrix = fem_petsc.assemble_matrix(stiffness, bcs=[condition], diag=1.0)
        self._matrix.assemble()
        self._full = fem_petsc.assemble_matrix(stiffness)
        self._full.assemble()
        self._held = held[held < self._owned]
        self._solver = PETSc.KSP().create(mesh.comm)
        self._solver.setOperators(self._matrix)
        self._solver.setType(PETSc.KSP.Type.PREONLY)
        self._solver.getPC().setType(PETSc.PC.Type.LU)
        self._solver.getPC().setFactorSolverType("mumps")

    @staticmethod
    def _with_ghosts(
        space: fem.FunctionSpace, owned: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.int32]:
        mark = fem.Function(space)
        mark.x.array[owned] = 1.0
        mark.x.scatter_forward()
        return np.asarray(np.flatnonzero(mark.x.array > 0.5), dtype=np.int32)

    def displacement(self, gap: Array, platen: float) -> Array:
        """Return the displacement: see `VerticalMotion.displacement`."""
        u = self._displacement
        u.x.array[:] = 0.0
        u.x.array[self._interface] = gap - self.reference_gap()
        u.x.array[self._platen] = platen
        held = u.x.petsc_vec
        with for_a_moment(self._full.createVecLeft()) as (right,):
            self._full.mult(held, right)
            right.scale(-1.0)
            right.getArray()[self._held] = held.getArray()[self._held]
            self._solver.solve(right, held)
        u.x.scatter_forward()
        return np.asarray(u.x.array[self._dof_of_node])
