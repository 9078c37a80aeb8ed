"""A void that the metal encloses: its size, and how creep closes it under the stack pressure.

Concentric closed form of creep with the equivalent rate ``A s^n``: a void of radius a, empty, in a
body of outer radius b under the pressure P, from radial equilibrium and incompressibility,

    sphere     P = (2 n / 3)  (2 |da/dt| / (A a))^(1/n)         [1 - (a/b)^(3/n)]
    cylinder   P = (n / sqrt3) (2 |da/dt| / (sqrt3 A a))^(1/n)  [1 - (a/b)^(2/n)]

(sphere: D. S. Wilkinson, M. F. Ashby, Acta Metall. 23 (1975) 1277; the cylinder likewise; both are
verified against full solutions in docs/verification.md, line 4). Surface tension is left out. With
``s = P / (c [1 - (a/b)^(k/n)])`` both read ``|da/dt| = C a rate(s)``, so that only a law that is
one power of the stress may be used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LARGEST_STRAIN: Final = 0.02
"""Change of ln a over 1 - a/b in one step of the Runge-Kutta method: well below 1e-6 of a."""

CLOSED: Final = 1e-4
"""A void of this share of its outer radius is gone: a 1e-8th of the volume, or less."""


def closing_strain_rate(
    ratio: float, *, pressure: float, exponent: float, rate: Callable[[float], float], sphere: bool
) -> float:
    """Return ``-d ln a / dt`` [1/s].

    Parameters
    ----------
    ratio : float
        a/b, below 1.
    pressure : float
        P [Pa].
    exponent : float
        n.
    rate : callable
        Equivalent creep rate [1/s] at an equivalent stress [Pa], one power of it.
    sphere : bool
        A sphere, or a cylinder in plane strain.
    """
    n = exponent
    if sphere:
        stress = pressure / (2.0 * n / 3.0 * -math.expm1(3.0 / n * math.log(ratio)))
        return 0.5 * rate(stress)
    stress = pressure / (n / math.sqrt(3.0) * -math.expm1(2.0 / n * math.log(ratio)))
    return 0.5 * math.sqrt(3.0) * rate(stress)


def shrunk_radius(
    radius: float,
    duration: float,
    *,
    outer: float,
    pressure: float,
    exponent: float,
    rate: Callable[[float], float],
    sphere: bool,
    largest: float = LARGEST_STRAIN,
) -> float:
    """Return the radius after a time at constant pressure and outer radius.

    The classical Runge-Kutta method of fourth order in ln a.

    Parameters
    ----------
    radius, outer : float
        a at first, and b, in one unit.
    duration : float
        [s].
    pressure, exponent, rate, sphere
        As for :func:`closing_strain_rate`.
    largest : float
        Change of ln a over 1 - a/b in one step of the method.

    Returns
    -------
    float
        In the unit of `radius`; 0 once the void is closed.
    """

    def slope(log_ratio: float) -> float:
        return -closing_strain_rate(
            math.exp(log_ratio), pressure=pressure, exponent=exponent, rate=rate, sphere=sphere
        )

    if radius <= 0.0:
        return 0.0
    y, left = math.log(radius / outer), duration
    while left > 0.0:
        if y <= math.log(CLOSED):
            return 0.0
        first = slope(y)
        h = min(left, largest * -math.expm1(y) / -first)
        second = slope(y + 0.5 * h * first)
        third = slope(y + 0.5 * h * second)
        fourth = slope(y + h * third)
        y += h / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)
        left = left - h if h < left else 0.0
    return outer * math.exp(y)


def void_volume(radius: float, *, sphere: bool) -> float:
    """Return the volume of a sphere, or of a cylinder per depth."""
    return 4.0 / 3.0 * math.pi * radius**3 if sphere else math.pi * radius**2


def missing_length(radius: float, distance: Array) -> Array:
    """Return by how much a vertical column of metal is shorter for the void it crosses.

    Parameters
    ----------
    radius : float
    distance : array, shape (N,)
        Of the columns from the centre, horizontally, in the same unit.

    Returns
    -------
    array, shape (N,)
        ``2 sqrt(a^2 - d^2)``, 0 beside the void.
    """
    return 2.0 * np.sqrt(np.maximum(radius**2 - distance**2, 0.0))
