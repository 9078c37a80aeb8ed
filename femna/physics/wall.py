"""How a wall resists the metal that slides along it: viscous drag, or friction with a cap.

The tangential traction on the metal is ``-m r(v)``, with ``v`` its velocity along the wall. The
response ``r`` is smooth and goes into the forms. The weight ``m`` is a number at every vertex of
the wall and says how much of the response acts: it follows from the contact there.

    viscous (Navier)      r = v                         m = (drag) h, h the share in contact
    friction              r = v / sqrt(v.v + v0^2)      m = min(mu p, k)

Friction is Coulomb's, capped by the shear strength ``k`` of the metal (Orowan, Proc. Inst. Mech.
Eng. 150 (1943) 140, doi:10.1243/PIME_PROC_1943_150_025_02), and regularised by a speed ``v0``
below which it is a drag ``m / v0``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import ufl

from femna.case.symmetry import Symmetry
from femna.physics.kinematics import volume_weight

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class WallWeight:
    """How much of a wall's response acts at the vertices, with its derivatives.

    Attributes
    ----------
    value, by_openness, by_pressure : arrays, shape (N,)
        Of the law's own dimension: traction over speed (viscous) or traction (friction).
    """

    value: Array
    by_openness: Array
    by_pressure: Array


class WallLaw(Protocol):
    """What the solver needs of a wall (in any consistent units)."""

    @property
    def slip_speed(self) -> float:
        """Sliding speed below which the traction falls off, 0 where the law has none."""

    def response(self, velocity: Any, slip_speed: Any) -> Any:
        """Return the traction that resists the sliding ``velocity``, over the weight (UFL)."""

    def weight(self, openness: Array, pressure: Array, *, temperature: float) -> WallWeight:
        """Return the weight at vertices of given contact.

        Parameters
        ----------
        openness : array, shape (N,)
            h, 1 in contact and 0 far from the wall.
        pressure : array, shape (N,)
            Normal pressure on the wall.
        temperature : float
            [K].
        """


@dataclass(frozen=True, kw_only=True)
class Viscous:
    """Traction proportional to the sliding speed; the slip length is viscosity over drag.

    Attributes
    ----------
    drag : float
        Traction over speed.
    """

    drag: float

    @property
    def slip_speed(self) -> float:
        """None is needed."""
        return 0.0

    def response(self, velocity: Any, slip_speed: Any) -> Any:
        """Return the velocity; see `WallLaw.response`."""
        return velocity

    def weight(self, openness: Array, pressure: Array, *, temperature: float) -> WallWeight:
        """Return the drag of what is in contact; see `WallLaw.weight`."""
        return WallWeight(
            value=self.drag * openness,
            by_openness=np.full_like(openness, self.drag),
            by_pressure=np.zeros_like(openness),
        )


@dataclass(frozen=True, kw_only=True)
class Friction:
    """Traction ``min(mu p, k)`` against the direction of sliding.

    Attributes
    ----------
    coefficient : float
        mu.
    strength : callable
        k, the shear strength of the metal at a temperature [K].
    slip_speed : float
        v0: at this sliding speed 71 % of the traction act.
    """

    coefficient: float
    strength: Callable[[float], float]
    slip_speed: float

    def response(self, velocity: Any, slip_speed: Any) -> Any:
        """Return ``v / sqrt(v.v + v0^2)``; see `WallLaw.response`."""
        return velocity / ufl.sqrt(ufl.inner(velocity, velocity) + slip_speed**2)

    def weight(self, openness: Array, pressure: Array, *, temperature: float) -> WallWeight:
        """Return ``min(mu p, k)``, zero under tension; see `WallLaw.weight`."""
        limit = self.strength(temperature)
        coulomb = self.coefficient * pressure
        return WallWeight(
            value=np.clip(coulomb, 0.0, limit),
            by_openness=np.zeros_like(openness),
            by_pressure=np.where((coulomb >= 0.0) & (coulomb < limit), self.coefficient, 0.0),
        )


@dataclass(frozen=True, kw_only=True)
class WallForms:
    """UFL forms of one wall's share of the momentum balance.

    Attributes
    ----------
    residual : form
        Power of the traction against a test velocity, positive where it resists.
    jacobian : form
        Its derivative by the velocity.
    by_weight : form
        Its derivative by the weight (test: velocity, trial: P1).
    """

    residual: Any
    jacobian: Any
    by_weight: Any


def wall_forms(
    law: WallLaw, velocity: Any, *, weight: Any, slip_speed: Any, symmetry: Symmetry, facets: Any
) -> WallForms:
    """Build the forms of a wall that is flat and horizontal.

    Parameters
    ----------
    law : WallLaw
        How the wall resists.
    velocity : dolfinx.fem.Function
        Velocity of the metal in the wall's frame.
    weight : dolfinx.fem.Function
        P1; the law's weight at the vertices of the wall.
    slip_speed : ufl expression
        As in :meth:`WallLaw.response`; of constants, so that no value is compiled into the forms.
    symmetry : {"plane_strain", "axisymmetric", "square"}
        Symmetry of the cell.
    facets : ufl.Measure
        Surface measure of the wall, without a quadrature degree.

    Returns
    -------
    WallForms
        The traction acts on the area projected on the wall, also where the metal's surface has
        left it.
    """
    space = velocity.function_space
    mesh = space.mesh
    x, n = ufl.SpatialCoordinate(mesh), ufl.FacetNormal(mesh)
    # exact for a viscous wall: velocity (2), test (2), weight (1), radius
    ds = facets(metadata={"quadrature_degree": 5 + (symmetry == "axisymmetric")})
    w = ufl.TestFunction(space)

    def along(u: Any) -> Any:
        return ufl.as_vector([u[i] for i in range(mesh.geometry.dim - 1)])

    area = abs(n[len(n) - 1]) * volume_weight(x, symmetry)
    response = law.response(along(velocity), slip_speed)
    residual = weight * ufl.inner(response, along(w)) * area * ds
    return WallForms(
        residual=residual,
        jacobian=ufl.derivative(residual, velocity, ufl.TrialFunction(space)),
        by_weight=ufl.derivative(residual, weight, ufl.TrialFunction(weight.function_space)),
    )
