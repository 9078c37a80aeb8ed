"""What an elastic metal remembers from step to step: its stress and its pressure.

The deviatoric stress lives at the quadrature points of the metal's forms, the pressure's history
in every cell as a linear function. After a step both are turned with the material (Jaumann rate)
and carried with its velocity relative to the mesh, ``v - w``. Of the stress that is its linear part
in every cell; the rest, small where the stress is smooth, stays as long as the material does, so
that nothing is smoothed where the mesh follows the metal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import basix
import basix.ufl
import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from mpi4py import MPI
from petsc4py import PETSc

from femna.case.symmetry import Symmetry
from femna.physics.convection import rotate, spin
from femna.physics.kinematics import volume_weight
from femna.simulation.discretisation import Quadrature, QuadratureEvaluator
from femna.simulation.scales import Scales
from femna.simulation.transport import Transport

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ElasticModuli:
    """Isotropic elasticity of the metal.

    Attributes
    ----------
    shear, bulk : float
        Moduli G and K [Pa].
    """

    shear: float
    bulk: float


class ElasticMemory:
    """Stress and pressure of the last accepted step, where the mesh is now.

    At first the metal is under the characteristic traction (the stack pressure), all round.

    Parameters
    ----------
    velocity, pressure : dolfinx.fem.Function
        The metal's unknowns: P2 vector in the platen's frame, and P1; dimensionless.
    quadrature : Quadrature
        Points at which the stress is kept.
    quadrature_degree : int
        Their degree.
    moduli : ElasticModuli
        Moduli (SI).
    scales : Scales
        Characteristic values.
    symmetry : Symmetry
        Symmetry of the cell.

    Attributes
    ----------
    strain_rate : dolfinx.fem.Function
        ``S_old / (2 G dt)`` at the quadrature points, (3, 3), dimensionless.
    old_pressure : dolfinx.fem.Function
        The pressure's history (discontinuous, linear in every cell), dimensionless.
    compliance : dolfinx.fem.Constant
        ``1 / (K dt)``, dimensionless.
    """

    def __init__(
        self,
        velocity: fem.Function,
        pressure: fem.Function,
        quadrature: Quadrature,
        *,
        quadrature_degree: int,
        moduli: ElasticModuli,
        scales: Scales,
        symmetry: Symmetry,
    ) -> None:
        mesh = velocity.function_space.mesh
        self._moduli, self._scales, self._pressure = moduli, scales, pressure
        self._comm = mesh.comm
        self._gdim = mesh.geometry.dim
        self.strain_rate = fem.Function(quadrature.tensor_space)
        self._stress = fem.Function(quadrature.tensor_space)
        history = fem.functionspace(mesh, ("Discontinuous Lagrange", 1))
        self.old_pressure = fem.Function(history, name="old pressure")
        self.old_pressure.x.array[:] = 1.0
        self.compliance = fem.Constant(mesh, PETSc.ScalarType(0.0))
        self._frame = fem.Constant(mesh, np.zeros(self._gdim, dtype=PETSc.ScalarType))
        motion = fem.functionspace(mesh, ("Lagrange", 1, (self._gdim,)))
        self._mesh_velocity = fem.Function(motion)
        self._transport = Transport(mesh, velocity + self._frame - self._mesh_velocity)
        self._spin = QuadratureEvaluator(spin(velocity), quadrature, mesh)
        weight = volume_weight(ufl.SpatialCoordinate(mesh), symmetry)
        dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": quadrature_degree})
        self._change = fem.form(-self.compliance * (pressure - self.old_pressure) * weight * dx)
        cells = len(self._transport.dofs)
        self._scalar_points = quadrature.scalar_space.dofmap.list[:cells]
        self._points = quadrature.tensor_space.dofmap.list[:cells]
        self._to_points, self._to_vertices = _linear_part(mesh, quadrature_degree)
        self._accepted_change: float | None = None

    # -- one step ------------------------------------------------------------------------------

    def begin_step(self, dt: float) -> float:
        """Prepare the forms for a step ``dt`` (dimensionless); return ``3 G dt`` [Pa s]."""
        unit = self._scales.traction
        self.strain_rate.x.array[:] = self._stress.x.array * (
            unit / (2.0 * self._moduli.shear * dt)
        )
        self.compliance.value = unit / (self._moduli.bulk * dt)
        self._accepted_change = None
        return 3.0 * self._moduli.shear * dt * self._scales.time

    def accept_step(
        self, dt: float, stress: Array, mesh_displacement: Any, platen_velocity: float
    ) -> None:
        """Remember the solved step, turned and carried (collective).

        Parameters
        ----------
        dt : float
            Length of the step, dimensionless.
        stress : array, shape (points, 9)
            New deviatoric stress at all quadrature points, as the quadrature's scalars are
            numbered, dimensionless.
        mesh_displacement : dolfinx.fem.Function or array
            How the mesh is about to move, over the length scale: a P1 vector function, or of every
            geometry node in the order of ``mesh.geometry.x``, ghosts included, the vertical
            displacement, shape (nodes,), or all components, shape (nodes, gdim).
        platen_velocity : float
            Upward velocity of the frame of the velocity, dimensionless.
        """
        self._accepted_change = self.volume_change(dt)
        self._frame.value[-1] = platen_velocity
        self._set_mesh_velocity(mesh_displacement, dt)
        turned = rotate(stress.reshape(-1, 3, 3), dt * self._spin().reshape(-1, 3, 3))
        at_points = turned.reshape(-1, 9)[self._scalar_points]
        transport = self._transport
        before = np.zeros((transport.owned, 10))
        before[transport.dofs, :9] = self._to_vertices @ at_points
        before[transport.dofs, 9] = self._pressure_at_vertices()
        after, kept = transport.carry(before, dt)
        old, new = (self._to_points @ x[transport.dofs, :9] for x in (before, after))
        lost = (1.0 - kept)[:, None, None] * (at_points - old)
        self._stress.x.array.reshape(-1, 9)[self._points] = at_points + (new - old) - lost
        self._stress.x.scatter_forward()
        self.old_pressure.x.array[: transport.owned] = after[:, 9]
        self.old_pressure.x.scatter_forward()

    def volume_change(self, dt: float) -> float:
        """Return the volume that the metal gained elastically in the solved step (collective).

        ``-integral of (p - p_old) / K``, dimensionless, with the symmetry's weight (not the
        cell's multiplicity): the sum of the discrete continuity equations, so that it closes the
        volume balance to round-off. After `accept_step` it is still that step's.
        """
        if self._accepted_change is not None:
            return self._accepted_change
        return dt * float(
            self._comm.allreduce(float(fem.assemble_scalar(self._change)), op=MPI.SUM)
        )

    # -- state ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Array]:
        """Return copies of the owned arrays: stress (points, 9) and the pressure's history."""
        stress = self._stress.x.array[: self._points.size * 9].reshape(-1, 9)
        return {
            "stress": stress.copy(),
            "old_pressure": self.old_pressure.x.array[: self._transport.owned].copy(),
        }

    def restore(self, state: dict[str, Array]) -> None:
        """Return to a saved state (collective)."""
        self._stress.x.array[: self._points.size * 9] = state["stress"].reshape(-1)
        self._stress.x.scatter_forward()
        self.old_pressure.x.array[: self._transport.owned] = state["old_pressure"]
        self.old_pressure.x.scatter_forward()
        self._accepted_change = None

    def points(self) -> dict[str, Array]:
        """Return a place for every entry of `state`, shape (N, gdim), no two the same.

        A tenth of the way to the middle of the entry's cell, for cells share vertices, and some
        quadratures have points on the sides.
        """
        transport, mesh = self._transport, self.old_pressure.function_space.mesh
        corners = mesh.geometry.x[mesh.geometry.dofmaps[0][: len(transport.dofs)], : self._gdim]
        corners = 0.9 * corners + 0.1 * corners.mean(axis=1, keepdims=True)
        stress = np.empty((self._points.size, self._gdim))
        stress[self._points] = self._to_points @ corners
        pressure = np.empty((transport.owned, self._gdim))
        pressure[transport.dofs] = corners
        return {"stress": stress, "old_pressure": pressure}

    def _pressure_at_vertices(self) -> Array:
        dofs = self._pressure.function_space.dofmap.list[: len(self._transport.dofs)]
        return np.asarray(self._pressure.x.array[dofs])

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
