"""Strain rate and volume weight of every symmetry, as UFL expressions.

The vertical axis (towards the platen) is always the last coordinate.
"""

from __future__ import annotations

from typing import Any

import ufl

from femna.case.symmetry import SHAPES, Symmetry


def volume_weight(x: Any, symmetry: Symmetry) -> Any:
    """Return what turns the mesh measure into the volume (or area) measure.

    Parameters
    ----------
    x : ufl.SpatialCoordinate
        Coordinates, in any unit of length.
    symmetry : Symmetry
        Symmetry of the cell; axisymmetric meshes are (r, z) half planes.

    Returns
    -------
    ufl expression
        ``2 pi r`` when axisymmetric (full revolution), else one (plane strain: per unit depth).
    """
    if symmetry == "axisymmetric":
        return 2.0 * ufl.pi * x[0]
    return ufl.as_ufl(1.0)


def strain_rate(v: Any, x: Any, symmetry: Symmetry) -> Any:
    """Return the full 3 x 3 rate of deformation of the velocity ``v``.

    Plane strain: ``D_zz = 0`` out of plane. Axisymmetric: hoop rate ``v_r / r``.

    Parameters
    ----------
    v : ufl expression, shape (d,)
        Velocity.
    x : ufl.SpatialCoordinate
        Coordinates.
    symmetry : Symmetry
        Symmetry of the cell.

    Returns
    -------
    ufl expression, shape (3, 3)
        Rate of deformation [velocity / length].
    """
    d = ufl.sym(ufl.grad(v))
    if SHAPES[symmetry].dimension == 3:
        return d
    out_of_plane = v[0] / x[0] if symmetry == "axisymmetric" else ufl.as_ufl(0.0)
    zero = ufl.as_ufl(0.0)
    return ufl.as_tensor(
        [[d[0, 0], d[0, 1], zero], [d[1, 0], d[1, 1], zero], [zero, zero, out_of_plane]]
    )


def divergence(v: Any, x: Any, symmetry: Symmetry) -> Any:
    """Return the volumetric rate ``tr D`` of the velocity ``v`` (see :func:`strain_rate`)."""
    return ufl.tr(strain_rate(v, x, symmetry))
