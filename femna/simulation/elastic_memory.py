"""What elasticity remembers of a step: the metal's stress and its pressure.

The deviatoric stress lives at the quadrature points of the metal's forms, the pressure's history
in every cell as a linear function. After a step the stress is turned with the material (Jaumann
rate); :mod:`femna.simulation.memory` carries both.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    symmetry : {"plane_strain", "axisymmetric", "square"}
        Symmetry of the cell.

    Attributes
    ----------
    strain_rate : dolfinx.fem.Function
        ``S_old / (2 G dt)`` at the quadrature points, (3, 3), dimensionless.
    stress : dolfinx.fem.Function
        S_old at the quadrature points, (3, 3), dimensionless.
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
        self.strain_rate = fem.Function(quadrature.tensor_space)
        self.stress = fem.Function(quadrature.tensor_space)
        history = fem.functionspace(mesh, ("Discontinuous Lagrange", 1))
        self.old_pressure = fem.Function(history, name="old pressure")
        self.old_pressure.x.array[:] = 1.0
        self.compliance = fem.Constant(mesh, PETSc.ScalarType(0.0))
        self._spin = QuadratureEvaluator(spin(velocity), quadrature, mesh)
        weight = volume_weight(ufl.SpatialCoordinate(mesh), symmetry)
        dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": quadrature_degree})
        self._change = fem.form(-self.compliance * (pressure - self.old_pressure) * weight * dx)
        self._accepted_change: float | None = None

    def begin_step(self, dt: float) -> float:
        """Prepare the forms for a step ``dt`` (dimensionless); return ``3 G dt`` [Pa s]."""
        unit = self._scales.traction
        self.strain_rate.x.array[:] = self.stress.x.array * (unit / (2.0 * self._moduli.shear * dt))
        self.compliance.value = unit / (self._moduli.bulk * dt)
        self._accepted_change = None
        return 3.0 * self._moduli.shear * dt * self._scales.time

    def accept_step(self, dt: float) -> None:
        """Keep the volume that the solved step gained, before its pressure becomes the old one."""
        self._accepted_change = self.volume_change(dt)

    def turned(self, stress: Array, dt: float) -> Array:
        """Return stresses, shape (points, 9), turned with the material over a step ``dt``."""
        turn = dt * self._spin().reshape(-1, 3, 3)
        return rotate(stress.reshape(-1, 3, 3), turn).reshape(-1, 9)

    def pressure_at(self, dofs: npt.NDArray[np.int32], owned: int) -> Array:
        """Return the pressure as vertex values of every owned cell, shape (owned, 1)."""
        values = np.zeros((owned, 1))
        of_cells = self._pressure.function_space.dofmap.list[: len(dofs)]
        values[dofs, 0] = self._pressure.x.array[of_cells]
        return values

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

    def restored(self) -> None:
        """Forget the accepted step: another state was put in its place."""
        self._accepted_change = None
