"""Weak form of a solid body at small strain; stress and tangent live at the quadrature points.

One set of forms for plane strain, the axisymmetric half plane and 3D: the strain is the
symmetrised gradient of `femna.physics.kinematics`, written as a Mandel vector.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl

from femna.case.symmetry import SHAPES, Symmetry
from femna.physics.kinematics import strain_rate, volume_weight


@dataclass(frozen=True, kw_only=True)
class SolidForms:
    """UFL forms.

    Attributes
    ----------
    residual : form (test: displacement)
        ``integral of s : e(w)``.
    tangent : form (test and trial: displacement)
    strain : ufl expression, shape (n,)
        Mandel vector of the displacement's strain.
    """

    residual: Any
    tangent: Any
    strain: Any


def mandel_strain(u: Any, x: Any, symmetry: Symmetry) -> Any:
    """Return the strain of a displacement as a Mandel vector, shape (4,) or (6,)."""
    e = strain_rate(u, x, symmetry)
    normal, root = [e[0, 0], e[1, 1], e[2, 2]], ufl.sqrt(ufl.as_ufl(2.0))
    pairs = [(1, 2), (0, 2), (0, 1)] if SHAPES[symmetry].dimension == 3 else [(0, 1)]
    return ufl.as_vector([*normal, *(root * e[i, j] for i, j in pairs)])


def solid_forms(
    displacement: Any, stress: Any, stiffness: Any, *, symmetry: Symmetry, quadrature_degree: int
) -> SolidForms:
    """Build the forms.

    Parameters
    ----------
    displacement : dolfinx.fem.Function
        Vector.
    stress, stiffness : dolfinx.fem.Function
        Quadrature functions of shape (n,) and (n, n).
    symmetry : Symmetry
        Symmetry of the body.
    quadrature_degree : int
        That of the quadrature functions.
    """
    space = displacement.function_space
    mesh = space.mesh
    x = ufl.SpatialCoordinate(mesh)
    weight = volume_weight(x, symmetry)
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": quadrature_degree})
    w, du = ufl.TestFunction(space), ufl.TrialFunction(space)
    by = mandel_strain(w, x, symmetry)
    return SolidForms(
        residual=ufl.inner(stress, by) * weight * dx,
        tangent=ufl.inner(ufl.dot(stiffness, mandel_strain(du, x, symmetry)), by) * weight * dx,
        strain=mandel_strain(displacement, x, symmetry),
    )
