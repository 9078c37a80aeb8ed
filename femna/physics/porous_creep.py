"""Power-law creep of a metal with closed voids: softer, and compressible.

The potential is one power of an effective stress S (equivalent rate of the dense metal ``A S^n``),

    S^2 = a(f) s_e^2 + b(f) p^2

with the equivalent stress s_e, the mean pressure p and the porosity f (J. M. Duva, P. D. Crow,
Acta Metall. Mater. 40 (1992) 31). Its two coefficients are fixed by two limits:

- pressure all round: b makes the composite of hollow spheres, or in plane strain of hollow
  cylinders, close at the exact rate of :mod:`femna.physics.buried_void` with ``f = (a/b)^3`` or
  ``(a/b)^2`` (D. S. Wilkinson, M. F. Ashby, Acta Metall. 23 (1975) 1277);
- shear: a is the variational bound of a power-law metal with voids that follows from the bound of
  Hashin and Shtrikman for a linear one (P. Ponte Castaneda, J. Mech. Phys. Solids 39 (1991) 45):
  ``(1 + 2 f/3) (1 - f)^(-2n/(n+1))`` for spheres, ``(1 + f) (1 - f)^(-2n/(n+1))`` for cylinders.

Dense (f = 0): a = 1, b = 0, incompressible. Empty (f -> 1): both without bound, no strength.
For n = 1 both are the bounds of Hashin and Shtrikman themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

TOLERANCE: Final = 1e-13
"""Of the logarithm of the squared deviatoric part of S."""

MOST: Final = 60
"""Newton steps of the pointwise problem; it is convex, and needs some six."""


@dataclass(frozen=True)
class PowerLaw:
    """A dense metal whose equivalent stress is ``strength * rate^(1/exponent)``.

    Attributes
    ----------
    strength : float
        [Pa s^(1/n)].
    exponent : float
        n.
    """

    strength: float
    exponent: float

    def rate(self, stress: Array) -> Array:
        """Return the equivalent rate [1/s] at stresses [Pa]."""
        return np.asarray((stress / self.strength) ** self.exponent)


@dataclass(frozen=True, kw_only=True)
class PorousResponse:
    """What a porous metal does at a deviatoric rate and a pressure; arrays of shape (N,).

    Attributes
    ----------
    stress : array, Pa
        Equivalent stress s_e.
    slope : array, Pa s
        Its derivative by the equivalent rate.
    by_pressure : array
        Its derivative by the pressure; times minus one that of the closing rate by the equivalent
        rate.
    closing : array, 1/s
        Rate at which volume is lost, ``-div v``.
    closing_slope : array, 1/(Pa s)
        Its derivative by the pressure.
    """

    stress: Array
    slope: Array
    by_pressure: Array
    closing: Array
    closing_slope: Array


def shear_factor(porosity: Array, *, exponent: float, sphere: bool) -> Array:
    """Return a(f), shape (N,)."""
    first = (2.0 / 3.0 if sphere else 1.0) * porosity
    power = -2.0 * exponent / (exponent + 1.0)
    return np.asarray((1.0 + first) * (1.0 - porosity) ** power)


def pressure_factor(porosity: Array, *, exponent: float, sphere: bool) -> Array:
    """Return b(f), shape (N,).

    Of cylinders the rate under the pressure in the plane is given while they cannot shorten, so
    that part of the pressure is deviatoric: ``1/b = k^2 - 1/(9 a)`` where ``-div v = A p^n
    k^-(n+1)``.
    """
    n = exponent
    with np.errstate(divide="ignore"):
        shell = -np.expm1(np.log(porosity) / n)  # 1 - f^(1/n)
    if sphere:
        closing = 1.5 * porosity * (1.5 / n / shell) ** n
        return np.asarray(closing ** (2.0 / (n + 1.0)))
    closing = math.sqrt(3.0) * porosity * (math.sqrt(3.0) / n / shell) ** n
    with np.errstate(divide="ignore"):
        inverse = closing ** (-2.0 / (n + 1.0))
    return np.asarray(
        1.0 / (inverse - 1.0 / (9.0 * shear_factor(porosity, exponent=n, sphere=False)))
    )


def respond(
    law: PowerLaw, rate: Array, pressure: Array, *, porosity: Array, sphere: bool
) -> PorousResponse:
    """Return the response at given rates and pressures.

    With ``e = a s_e^2`` the flow rule ``D_e = A a s_e S^(n-1)`` reads
    ``(n - 1) ln(e + b p^2) + ln e = const``, convex and rising in ln e.

    Parameters
    ----------
    law : PowerLaw
        The dense metal.
    rate : array, shape (N,), 1/s
        Equivalent deviatoric rates, positive.
    pressure : array, shape (N,), Pa
        Compression positive.
    porosity : array, shape (N,)
        Between 0 and 1, both excluded.
    sphere : bool
        Spherical voids, or cylinders in plane strain.
    """
    n = law.exponent
    a = shear_factor(porosity, exponent=n, sphere=sphere)
    b = pressure_factor(porosity, exponent=n, sphere=sphere)
    squeezed = b * pressure**2
    target = 2.0 * np.log(rate) - np.log(a) + 2.0 * n * math.log(law.strength)
    log_e = target / n  # the solution without pressure, from above
    for _ in range(MOST):
        total = np.exp(log_e) + squeezed
        value = (n - 1.0) * np.log(total) + log_e - target
        step = value / ((n - 1.0) * np.exp(log_e) / total + 1.0)
        log_e = log_e - step
        if np.max(np.abs(step), initial=0.0) < TOLERANCE * (1.0 + np.max(np.abs(log_e), initial=0)):
            break
    deviatoric = np.exp(log_e)
    square = deviatoric + squeezed
    size = np.sqrt(square)
    stress = np.sqrt(deviatoric / a)
    dense = law.rate(size)
    weight = square + (n - 1.0) * deviatoric
    return PorousResponse(
        stress=stress,
        slope=stress / rate * square / weight,
        by_pressure=-(n - 1.0) * stress * b * pressure / weight,
        closing=dense * b * pressure / size,
        closing_slope=dense * b / size * (1.0 + (n - 1.0) * squeezed / weight),
    )
