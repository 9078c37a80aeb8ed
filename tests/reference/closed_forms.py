"""Closed forms of creep, squeeze flow, void closure and constriction; SI in, SI out.

Convention of the creep law: equivalent strain rate = A (equivalent stress)^n; for n = 1 the
viscosity is eta = 1/(3 A). `prefactor` is A, 1/(s Pa^n). Stresses and pressures Pa, lengths m,
velocities m/s, conductivity S/m, molar volume m^3/mol. Functions take and return floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cosh, exp, log, pi, sin, sinh, sqrt

from scipy.constants import physical_constants

FARADAY = physical_constants["Faraday constant"][0]


def recession_speed(current_density: float, molar_volume: float) -> float:
    """v = j Vm/F, m/s: every mole of charge F removes one molar volume (monovalent metal)."""
    return current_density * molar_volume / FARADAY


def removed_volume(charge: float, molar_volume: float) -> float:
    """Vm Q/F, m^3 for a charge Q in C (or m for C/m^2)."""
    return molar_volume * charge / FARADAY


def relaxed_stress(
    stress: float, time: float, *, exponent: float, prefactor: float, youngs_modulus: float
) -> float:
    """Uniaxial stress after `time` (s) at fixed strain, from `stress`, Pa.

    Elastic and creep rates cancel: ds/dt = -E A s^n, separable. n = 1 is the exponential limit.
    """
    rate = youngs_modulus * prefactor * time
    if exponent == 1.0:
        return stress * exp(-rate)
    m = exponent - 1.0
    return float((stress**-m + m * rate) ** (-1.0 / m))


def wave_traction(amplitude: float, wave_number: float, viscosity: float) -> float:
    """Normal-traction amplitude 2 eta k dv (Pa) of interface velocity dv cos kx, half-space.

    The stream function psi = (C1 + C2 y) exp(-k y) gives a normal traction that does not depend
    on the tangential velocity (their cross-term vanishes in the half-space), so free slip and no
    slip agree. Contact under a mean pressure P just survives at P equal to this amplitude.
    """
    return 2.0 * viscosity * wave_number * amplitude


def layer_factor(wave_number: float, thickness: float) -> float:
    """Stiffness of a layer over that of the half-space: (sinh s cosh s + s)/sinh^2 s, s = k h.

    Free slip on both faces and a rigid platen; dimensionless, tends to 1 from above. Stream
    function with v = 0 and zero shear at y = h, zero shear at y = 0.
    """
    s = wave_number * thickness
    if s > 300.0:
        return 1.0
    return (sinh(s) * cosh(s) + s) / sinh(s) ** 2


def sphere_closure_pressure(
    radius: float, outer_radius: float, speed: float, *, exponent: float, prefactor: float
) -> float:
    """Outer pressure (Pa) that closes a spherical void, or a hemisphere on a free-slip plane.

    u = -adot a^2/r^2, equivalent rate 2 |adot| a^2/r^3, ds_r/dr = 2 (s_t - s_r)/r with
    |s_t - s_r| = s_e, integrated from the free void surface to `outer_radius`.
    """
    n = exponent
    wall = (2.0 * abs(speed) / (prefactor * radius)) ** (1.0 / n)
    return float(2.0 * n / 3.0 * wall * (1.0 - (radius / outer_radius) ** (3.0 / n)))


def cylinder_closure_pressure(
    radius: float, outer_radius: float, speed: float, *, exponent: float, prefactor: float
) -> float:
    """Outer pressure (Pa) that closes a cylindrical void in plane strain.

    u = -adot a/r, equivalent rate (2/sqrt3) |adot| a/r^2, ds_r/dr = (2/sqrt3) s_e/r.
    """
    n = exponent
    wall = (2.0 * abs(speed) / (sqrt(3.0) * prefactor * radius)) ** (1.0 / n)
    return float(n / sqrt(3.0) * wall * (1.0 - (radius / outer_radius) ** (2.0 / n)))


def shear_consistency(exponent: float, prefactor: float) -> float:
    """K of simple shear, tau = K gammadot^(1/n), Pa s^(1/n).

    gammadot = sqrt3 x equivalent rate and s_e = sqrt3 tau, so K = (3^((n+1)/2) A)^(-1/n).
    """
    return float((3.0 ** ((exponent + 1.0) / 2.0) * prefactor) ** (-1.0 / exponent))


def squeeze_film_force(
    radius: float, height: float, speed: float, *, exponent: float, prefactor: float
) -> float:
    """Force (N) closing a sticking disc-shaped film of thickness `height` at `speed`.

    Lubrication: the flux at r is V r/2 = (h^2/(2(2+m^-1))) (tau_w/K)^(1/m), m = 1/n, with
    dp/dr = -2 tau_w/h and p = 0 at the rim; F is the integral of p. Thin-film limit h << R.
    """
    m = 1.0 / exponent
    shear = shear_consistency(exponent, prefactor)
    flow = (speed * (2.0 * m + 1.0) / (4.0 * m)) ** m
    return float(
        pi * shear * flow * (2.0 / height) ** (2.0 * m + 1.0) * radius ** (m + 3.0) / (m + 3.0)
    )


def slipping_film_gradient(
    height: float, speed: float, viscosity: float, *, slip_lengths: tuple[float, float]
) -> float:
    """Return G in dp/dx = -G x (Pa/m^2) of a plane film closing at `speed`, n = 1.

    Navier slip u = b du/dn on both walls. Stokes' equations have the exact solution u = x U(y),
    p = p0 - G x^2/2 + f(y), with the flux V x through every section. b = 0 is 12 eta V/h^3.
    """
    one, two = slip_lengths
    conductance = height**2 + 4.0 * height * (one + two) + 12.0 * one * two
    return 12.0 * viscosity * speed * (height + one + two) / (height**2 * conductance)


def coulomb_hill_mean_pressure(
    half_width: float, height: float, yield_stress: float, *, coefficient: float
) -> float:
    """Mean pressure (Pa) on a rigid-plastic strip in plane strain between walls of friction mu p.

    Slab analysis: dp/dx = -2 mu p/h, p = (2/sqrt3) s_y at the edge, so p grows as an exponential.
    It holds while mu p stays below the shear strength s_y/sqrt3.
    """
    a = 2.0 * coefficient * half_width / height
    return 2.0 / sqrt(3.0) * yield_stress * (exp(a) - 1.0) / a


def friction_hill_mean_pressure(radius: float, height: float, yield_stress: float) -> float:
    """Mean pressure (Pa) on a rigid-plastic disc between rough platens.

    dp/dr = -2 k/h with the shear strength k = s_y/sqrt3, p = s_y at the rim.
    """
    return yield_stress * (1.0 + 2.0 * radius / (3.0 * sqrt(3.0) * height))


def disc_resistance(radius: float, conductivity: float) -> float:
    """R = 1/(4 kappa a), ohm: equipotential disc on an insulating half-space (one side)."""
    return 1.0 / (4.0 * conductivity * radius)


def flux_tube_factor(ratio: float) -> float:
    """Constriction of a disc in a flux tube over that on a half-space, ratio = a/b.

    1 - 1.4092 e + 0.3380 e^3 + 0.0679 e^5, the polynomial of the literature on thermal contact.
    Against a converged Bessel series (flux_tube.py) it is within 0.05 % of its value for
    e <= 0.5, 0.15 % at 0.6, 0.44 % at 0.7, 1.1 % at 0.8.
    """
    return 1.0 - 1.4092 * ratio + 0.3380 * ratio**3 + 0.0679 * ratio**5


def slit_resistance(contact_half_width: float, half_period: float, conductivity: float) -> float:
    """Constriction ASR (ohm m^2) of periodic slits on a half-space, equipotential contacts.

    (2 b/(pi kappa)) ln[1/sin(pi a/(2 b))]: the mixed problem of the conformal map sin.
    """
    scale = 2.0 * half_period / (pi * conductivity)
    return -scale * log(sin(pi * contact_half_width / (2.0 * half_period)))


def spots_resistance(
    radii: Sequence[float], positions: Sequence[tuple[float, float]], conductivity: float
) -> float:
    """Greenwood's many spots on a half-space, ohm: positions (x, y) of the centres, m.

    1/(4 kappa sum a) + sum_{i != j} (a_i a_j/s_ij)/(2 pi kappa (sum a)^2): each spot carries a
    current in proportion to its radius and lifts the others by its far field.
    """
    total = sum(radii)
    mutual = 0.0
    for i, (xi, yi) in enumerate(positions):
        for k, (xk, yk) in enumerate(positions):
            if i != k:
                mutual += radii[i] * radii[k] / sqrt((xi - xk) ** 2 + (yi - yk) ** 2)
    return 1.0 / (4.0 * conductivity * total) + mutual / (2.0 * pi * conductivity * total**2)


def limiting_speed(
    viscosity: float, blocked_fraction: float, half_period: float, pressure: float
) -> float:
    """Mean recession (Vm/F) j_lim, m/s, that linear viscous metal can supply to the stripes.

    v.n = 0 on the load-bearing blocked stripe |x| < f b, p = 0 on the rest, mean p = P, and
    p_k = 2 eta k v_k: the problem of `slit_resistance` with kappa -> 2 eta, current -> p,
    potential -> v, contact half-width f b. Half-space.
    """
    return pressure * slit_resistance(blocked_fraction * half_period, half_period, 2.0 * viscosity)


def limiting_pressure(
    viscosity: float, blocked_fraction: float, half_period: float, speed: float
) -> float:
    """P_lim (Pa) below which metal cannot follow a mean recession `speed`, m/s."""
    return speed / limiting_speed(viscosity, blocked_fraction, half_period, 1.0)
