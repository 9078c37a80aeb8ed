"""Lubrication between sticking walls against integrations of its own equations."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import pytest
from scipy.integrate import quad

from reference import closed_forms as forms
from reference import lubrication as film

HEIGHT, SPEED = 1e-4, 2e-9
EXPONENTS = [1.0, 3.0, 5.0]


def prefactor(n: float) -> float:
    """Strain rates of 1e-4 1/s at 0.2 MPa."""
    return float(1e-4 / 0.2e6**n)


def slope(n: float) -> Callable[[float], float]:
    """-dp/dx at a flux, by integration of the profile: gammadot = (tau/K)^n, tau = tau_w 2y/h."""
    unit = 2.0 * quad(lambda y: y * (2.0 * y / HEIGHT) ** n, 0.0, HEIGHT / 2.0)[0]
    shear = forms.shear_consistency(n, prefactor(n))
    return lambda flux: 2.0 * shear * (flux / unit) ** (1.0 / n) / HEIGHT


@pytest.mark.parametrize("n", EXPONENTS)
def test_gradient_is_that_of_the_integrated_profile(n: float) -> None:
    found = film.pressure_gradient(3e-12, HEIGHT, exponent=n, prefactor=prefactor(n))
    assert found == pytest.approx(slope(n)(3e-12), rel=1e-9)


def test_newtonian_gradient_is_poiseuille_s() -> None:
    # A = 1/(3 eta): dp/dx = 12 eta q/h^3
    found = film.pressure_gradient(3e-12, HEIGHT, exponent=1.0, prefactor=1.0 / 6.0e8)
    assert found == pytest.approx(12.0 * 2.0e8 * 3e-12 / HEIGHT**3, rel=1e-12)


@pytest.mark.parametrize("n", EXPONENTS)
def test_supply_of_strip_and_disc_is_the_integral_of_the_gradient(n: float) -> None:
    for law, share in ((film.strip_supply_pressure, 1.0), (film.disc_supply_pressure, 0.5)):
        expected = quad(lambda x, s=share: slope(n)(s * SPEED * x), 0.0, 2e-3, epsrel=1e-10)[0]
        found = law(2e-3, HEIGHT, SPEED, exponent=n, prefactor=prefactor(n))
        assert found == pytest.approx(expected, rel=1e-8)


# MPa over a strip 0.3, 1 and 2 mm long on a foil of 100 um: the pressure where it is fed, over that
# at its closed end. Vm = 23.78 cm^3/mol, A = 0.53 1/s/MPa^5. By hand, 0.5 mA/cm^2 over 1 mm:
# tau_w = (14 x 1.232e-12/(1e-8 x 27 x 5.3e-31))^0.2 = 0.1645 MPa, 2 tau_w/h = 3.29 MPa/mm, x 5/6
SODIUM = {0.5: (0.65, 2.74, 6.30), 1.5: (0.81, 3.42, 7.85), 2.5: (0.89, 3.78, 8.69)}


@pytest.mark.parametrize("current", list(SODIUM))
def test_supply_of_sodium_foil(current: float) -> None:
    speed = forms.recession_speed(10.0 * current, 2.378e-5)
    for length, expected in zip((0.3e-3, 1e-3, 2e-3), SODIUM[current], strict=True):
        found = film.strip_supply_pressure(length, HEIGHT, speed, exponent=5.0, prefactor=0.53e-30)
        assert found / 1e6 == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("f", [0.3, 0.5])
def test_pressures_of_stripes_are_means_of_the_integrated_gradient(f: float, n: float) -> None:
    b, gradient = 2e-3, slope(n)

    def flux(x: float) -> float:
        return SPEED * (x if x < f * b else f / (1.0 - f) * (b - x))

    # the mean over 0 < x < b of a pressure that ends at 0 is the mean of x |dp/dx|
    squeezed = quad(lambda x: x * gradient(flux(x)), 0.0, f * b, epsrel=1e-10)[0] / b
    drained = quad(lambda x: x * gradient(flux(x)), f * b, b, epsrel=1e-9)[0] / b
    keys = {"exponent": n, "prefactor": prefactor(n)}
    limit = film.stripes_limiting_pressure(f, b, HEIGHT, SPEED, **keys)
    onset = film.stripes_onset_pressure(f, b, HEIGHT, SPEED, **keys)
    assert limit == pytest.approx(squeezed, rel=1e-8)
    assert onset == pytest.approx(squeezed + drained, rel=1e-7)


@pytest.mark.parametrize("n", EXPONENTS)
def test_pressures_of_stripes_go_with_their_powers(n: float) -> None:
    def onset(b: float, height: float, speed: float) -> float:
        return film.stripes_onset_pressure(0.3, b, height, speed, exponent=n, prefactor=1.0)

    base = onset(20.0, 1.0, 1.0)
    assert onset(20.0, 1.0, 5.0) / base == pytest.approx(5.0 ** (1.0 / n))
    assert onset(40.0, 1.0, 1.0) / base == pytest.approx(2.0 ** (1.0 + 1.0 / n))
    assert onset(20.0, 2.0, 1.0) / base == pytest.approx(2.0 ** -(1.0 + 2.0 / n))


def test_squeeze_film_tends_to_the_friction_hill() -> None:
    # n = 500 flows at nearly one stress, 1 for A = 1 and rates near 1, whatever the rate;
    # lubrication lacks the compression stress itself, the 1 of the hill
    radius, height = 30.0, 1.0
    force = forms.squeeze_film_force(radius, height, 0.1, exponent=500.0, prefactor=1.0)
    hill = forms.friction_hill_mean_pressure(radius, height, 1.0) - 1.0
    # each power of a rate or a number below 10 moves it by ln(10)/500 at most, a few of them count
    assert force / (pi * radius**2) == pytest.approx(hill, rel=0.02)
