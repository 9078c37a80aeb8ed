"""How stiff the metal is against what presses it: forms that a preconditioner is made of.

No result depends on them, only how fast an iterative solver finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl

from femna.case.symmetry import Symmetry
from femna.physics.kinematics import volume_weight
from femna.physics.metal import MetalFields


@dataclass(frozen=True, kw_only=True)
class StiffnessForms:
    """UFL forms.

    Attributes
    ----------
    mass : form (test and trial: P1)
        ``integral of q p``.
    contact : form (test and trial: velocity)
        ``integral of weight (v.n) (w.n)`` over the interface.
    against_size : form (test: P1)
        ``integral of q theta / h`` with h the diameter of the element.
    volume : form (test: P1)
        ``integral of q``.
    """

    mass: Any
    contact: Any
    against_size: Any
    volume: Any


def stiffness_forms(
    fields: MetalFields,
    weight: Any,
    *,
    symmetry: Symmetry,
    interface: Any,
    quadrature_degree: int,
) -> StiffnessForms:
    """Build the forms.

    Parameters
    ----------
    fields : MetalFields
        The functions of the metal's forms.
    weight : dolfinx.fem.Function
        P1, the stiffness of the contact at the vertices of the interface.
    symmetry : Symmetry
        Symmetry of the cell.
    interface : ufl.Measure
        Over the surface that faces the electrolyte.
    quadrature_degree : int
        That of the quadrature functions.
    """
    velocity_space, pressure_space = (f.function_space for f in (fields.velocity, fields.pressure))
    mesh = velocity_space.mesh
    measure = volume_weight(ufl.SpatialCoordinate(mesh), symmetry)
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": quadrature_degree})
    q, p = ufl.TestFunction(pressure_space), ufl.TrialFunction(pressure_space)
    w, v = ufl.TestFunction(velocity_space), ufl.TrialFunction(velocity_space)
    normal = ufl.FacetNormal(mesh)
    return StiffnessForms(
        mass=q * p * measure * dx,
        contact=weight * ufl.dot(v, normal) * ufl.dot(w, normal) * measure * interface,
        against_size=q * (fields.theta / ufl.CellDiameter(mesh)) * measure * dx,
        volume=q * measure * dx,
    )
