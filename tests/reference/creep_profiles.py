"""Instantaneous fields around a void that closes by Norton creep, for boundary and initial data.

Equivalent strain rate = A (equivalent stress)^n, `prefactor` is A in 1/(s Pa^n). A void of radius
a, free inside, in concentric metal of outer radius b. `speed` is the rate da/dt, m/s, negative
when the void closes; incompressibility alone fixes the velocity, the law fixes the stress. Tension
is positive. The sphere also serves the hemisphere on a free-slip plane, the cylinder is in plane
strain (axial velocity zero) and serves the half-cylinder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

Array = NDArray[np.float64]
Shape = Literal["sphere", "cylinder"]


@dataclass(frozen=True)
class Profile:
    """Fields at the radii r, all (N,)."""

    r: Array  # m
    velocity: Array  # radial, m/s
    equivalent_rate: Array  # 1/s
    equivalent_stress: Array  # Pa
    radial_stress: Array  # Pa, zero at r = a
    hoop_stress: Array  # Pa
    axial_stress: Array  # Pa, out of plane for the cylinder, the second hoop for the sphere


def void_profile(
    r: Array, radius: float, speed: float, *, shape: Shape, exponent: float, prefactor: float
) -> Profile:
    """Fields at the radii `r` (N,), m, r >= `radius`.

    Sphere: u = adot a^2/r^2, rate 2 |adot| a^2/r^3, s_t - s_r = +-s_e. Cylinder: u = adot a/r,
    rate (2/sqrt3) |adot| a/r^2, s_t - s_r = +-(2/sqrt3) s_e, s_z their mean. The sign is that of
    `speed`. Equilibrium ds_r/dr = N (s_t - s_r)/r, N = 2 and 1, integrates in closed form since
    s_e falls as r^(-3/n) and r^(-2/n).
    """
    r = np.asarray(r, dtype=float)
    sphere = shape == "sphere"
    decay = 3.0 if sphere else 2.0
    rate_at_wall = (2.0 if sphere else 2.0 / np.sqrt(3.0)) * abs(speed) / radius
    rate = rate_at_wall * (radius / r) ** decay
    stress = (rate / prefactor) ** (1.0 / exponent)
    wall = (rate_at_wall / prefactor) ** (1.0 / exponent)
    difference = np.sign(speed) * (1.0 if sphere else 2.0 / np.sqrt(3.0))
    planes = 2.0 if sphere else 1.0
    radial = planes * difference * (exponent / decay) * (wall - stress)
    hoop = radial + difference * stress
    axial = hoop if sphere else 0.5 * (radial + hoop)
    velocity = speed * (radius / r) ** (2.0 if sphere else 1.0)
    return Profile(r, velocity, rate, stress, radial, hoop, axial)


def closing_speed(
    radius: float,
    outer_radius: float,
    pressure: float,
    *,
    shape: Shape,
    exponent: float,
    prefactor: float,
) -> float:
    """da/dt (m/s, negative) under `pressure` (Pa) at the outer radius, the law (6) inverted."""
    n = exponent
    if shape == "sphere":
        bracket = 1.0 - (radius / outer_radius) ** (3.0 / n)
        return float(-0.5 * prefactor * radius * (1.5 * pressure / (n * bracket)) ** n)
    bracket = 1.0 - (radius / outer_radius) ** (2.0 / n)
    wall = np.sqrt(3.0) * pressure / (n * bracket)
    return float(-0.5 * np.sqrt(3.0) * prefactor * radius * wall**n)


def radius_history(
    times: Array,
    radius: float,
    outer_radius: float,
    pressure: float,
    *,
    shape: Shape,
    exponent: float,
    prefactor: float,
) -> Array:
    """Void radius (N,) at `times` (N,), s, from `radius` at time 0 under a constant pressure.

    The metal's volume is kept: b^3 - a^3 (sphere) or b^2 - a^2 (cylinder) is constant. Integrated
    in log a, so the void shrinks without reaching zero.
    """
    power = 3.0 if shape == "sphere" else 2.0
    metal = outer_radius**power - radius**power

    def slope(_: float, y: Array) -> Array:
        a = float(np.exp(y[0]))
        b = (metal + a**power) ** (1.0 / power)
        speed = closing_speed(a, b, pressure, shape=shape, exponent=exponent, prefactor=prefactor)
        return np.array([speed / a])

    times = np.asarray(times, dtype=float)
    solved = solve_ivp(
        slope, (0.0, float(times[-1])), [np.log(radius)], t_eval=times, method="LSODA",
        rtol=1e-10, atol=1e-12,
    )  # fmt: skip
    return np.asarray(np.exp(solved.y[0]))
