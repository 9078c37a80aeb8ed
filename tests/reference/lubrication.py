"""Power-law metal in a thin layer between sticking walls: lubrication; SI in, SI out.

Convention of the creep law: equivalent strain rate = A (equivalent stress)^n. In simple shear
gammadot = 3^((n+1)/2) A tau^n. The shear stress is linear across a layer of height h, tau =
tau_w 2y/h from its middle, so that the flux per unit width is q = h^2/(2 (n + 2)) 3^((n+1)/2) A
tau_w^n, and equilibrium gives dp/dx = -2 tau_w/h. Everything here is that one law with the flux
that the walls' motion prescribes; it holds in the limit h << L.
"""

from __future__ import annotations


def wall_stress(flux: float, height: float, *, exponent: float, prefactor: float) -> float:
    """Shear stress (Pa) at walls between which `flux` (m^2/s, per unit width) flows."""
    mobility = height**2 / (2.0 * (exponent + 2.0)) * 3.0 ** ((exponent + 1.0) / 2.0) * prefactor
    return float((flux / mobility) ** (1.0 / exponent))


def pressure_gradient(flux: float, height: float, *, exponent: float, prefactor: float) -> float:
    """Fall of the pressure along the flow, Pa/m: 2 tau_w/h."""
    return 2.0 * wall_stress(flux, height, exponent=exponent, prefactor=prefactor) / height


def strip_supply_pressure(
    length: float, height: float, speed: float, *, exponent: float, prefactor: float
) -> float:
    """Pressure (Pa) at the open end of a strip that is stripped evenly at `speed`.

    The other end is closed (a plane of symmetry) and there the pressure is zero. The flux at x
    from it feeds what lies behind: q = v x, and dp/dx ~ x^(1/n).
    """
    at_end = pressure_gradient(speed * length, height, exponent=exponent, prefactor=prefactor)
    return at_end * length * exponent / (exponent + 1.0)


def disc_supply_pressure(
    radius: float, height: float, speed: float, *, exponent: float, prefactor: float
) -> float:
    """Pressure (Pa) at the rim of a disc that is stripped evenly at `speed` and fed from the rim.

    q = v r/2 inwards; the pressure is zero on the axis.
    """
    at_rim = pressure_gradient(0.5 * speed * radius, height, exponent=exponent, prefactor=prefactor)
    return at_rim * radius * exponent / (exponent + 1.0)


def stripes_limiting_pressure(
    blocked_fraction: float,
    half_period: float,
    height: float,
    speed: float,
    *,
    exponent: float,
    prefactor: float,
) -> float:
    """Mean pressure (Pa) below which blocked stripes cannot yield metal at `speed`.

    The platen sinks at the mean recession and squeezes the metal out from over the blocked stripe
    |x| < f b: q = v x. Without pressure on the conducting stripe the mean over the period is
    (1/b) integral of x |dp/dx| over 0 < x < f b.
    """
    width = blocked_fraction * half_period
    edge = pressure_gradient(speed * width, height, exponent=exponent, prefactor=prefactor)
    return edge * width**2 / (half_period * (2.0 + 1.0 / exponent))


def stripes_onset_pressure(
    blocked_fraction: float,
    half_period: float,
    height: float,
    speed: float,
    *,
    exponent: float,
    prefactor: float,
) -> float:
    """Mean pressure (Pa) at which contact is lost first, in the middle of the conducting stripe.

    The conducting stripe recedes evenly at v/(1 - f) under a platen that follows at the mean v:
    it draws v f/(1 - f) a unit length, q = v f (b - x)/(1 - f) for f b < x < b, which is what the
    blocked stripe yields, q = v x for x < f b. With p = 0 at x = b the mean is
    (1/b) integral of x |dp/dx| over both.
    """
    m, drained = 1.0 / exponent, (1.0 - blocked_fraction) * half_period
    edge = pressure_gradient(
        speed * blocked_fraction * half_period, height, exponent=exponent, prefactor=prefactor
    )
    squeezed = stripes_limiting_pressure(
        blocked_fraction, half_period, height, speed, exponent=exponent, prefactor=prefactor
    )
    share = half_period / (m + 1.0) - drained / (m + 2.0)
    return squeezed + edge * drained * share / half_period
