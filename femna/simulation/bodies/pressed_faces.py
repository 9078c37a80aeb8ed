"""Even pressures on the faces of an axisymmetric body, and by how much these then move."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from mpi4py import MPI

from femna.physics.kinematics import volume_weight
from femna.simulation.bodies.solid_body import SolidBody
from femna.simulation.discretisation import assembled

Array = npt.NDArray[np.float64]


class PressedFaces:
    """The faces of an axisymmetric body by name; direction 0 is outward and 1 upward.

    Parameters
    ----------
    body : SolidBody
    """

    def __init__(self, body: SolidBody) -> None:
        self._body, mesh = body, body.body.mesh
        self._weight = volume_weight(ufl.SpatialCoordinate(mesh), "axisymmetric")
        self._ds = ufl.ds(domain=mesh, subdomain_data=body.body.facets)

    def load(self, face: str, direction: int, pressure: float) -> Array:
        """Return the owned forces of a pressure along a direction (collective)."""
        test = ufl.TestFunction(self._body.space)[direction]
        return assembled(fem.form(pressure * test * self._weight * self._on(face)))

    def mean(self, face: str, direction: int) -> float:
        """Return the mean displacement of a face along a direction (collective)."""
        mesh, weight = self._body.body.mesh, self._weight
        moved = self._body.displacement[direction] * weight * self._on(face)
        whole = weight * fem.Constant(mesh, 1.0) * self._on(face)
        sums = [
            float(mesh.comm.allreduce(fem.assemble_scalar(fem.form(part)), op=MPI.SUM))
            for part in (moved, whole)
        ]
        return sums[0] / sums[1]

    def _on(self, face: str) -> Any:
        return self._ds(self._body.body.names[face])
