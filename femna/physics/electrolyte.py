"""Weak form of conduction in the electrolyte, ``div(kappa grad phi) = 0``."""

from __future__ import annotations

from typing import Any

import ufl

from femna.case.symmetry import Symmetry
from femna.physics.kinematics import volume_weight


def conduction_form(potential: Any, conductivity: Any, symmetry: Symmetry) -> Any:
    """Return the bilinear form ``integral kappa grad(phi).grad(w)``.

    Parameters
    ----------
    potential : dolfinx.fem.Function
        Any function of the potential's space (P1).
    conductivity : dolfinx.fem.Constant or float
        Ionic conductivity, in units consistent with the caller's scaling.
    symmetry : Symmetry
        Symmetry of the cell.
    """
    space = potential.function_space
    mesh = space.mesh
    phi, w = ufl.TrialFunction(space), ufl.TestFunction(space)
    weight = volume_weight(ufl.SpatialCoordinate(mesh), symmetry)
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": 1 + (symmetry == "axisymmetric")})
    return conductivity * ufl.inner(ufl.grad(phi), ufl.grad(w)) * weight * dx
