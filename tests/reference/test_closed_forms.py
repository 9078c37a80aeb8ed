"""The closed forms against independent integrations of the equations they solve."""

from __future__ import annotations

from itertools import pairwise
from math import pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from reference import closed_forms as forms
from reference.flux_tube import flux_tube_factor_exact

A1 = 1.0 / (3.0 * 2.0e8)  # n = 1, eta = 2e8 Pa s


def test_recession_of_sodium() -> None:
    # 10 A/m^2 (1 mA/cm^2) x 2.378e-5 m^3/mol / 96485 C/mol = 2.465e-9 m/s
    assert forms.recession_speed(10.0, 2.378e-5) == pytest.approx(2.465e-9, rel=2e-4)
    # 0.1 mAh/cm^2 = 3600 C/m^2 -> 0.887 um
    assert forms.removed_volume(3600.0, 2.378e-5) == pytest.approx(0.887e-6, rel=1e-3)


@pytest.mark.parametrize("n", [1.0, 3.0, 5.0])
def test_relaxation_solves_its_equation(n: float) -> None:
    stress, modulus, time = 1.0e6, 4.6e9, 20.0
    prefactor = 0.3 / (modulus * stress ** (n - 1.0))

    def slope(_: float, s: np.ndarray) -> np.ndarray:
        return -modulus * prefactor * s**n

    solved = solve_ivp(slope, (0.0, time), [stress], method="LSODA", rtol=1e-11, atol=1e-6)
    value = forms.relaxed_stress(
        stress, time, exponent=n, prefactor=prefactor, youngs_modulus=modulus
    )
    assert value == pytest.approx(float(solved.y[0, -1]), rel=1e-7)


def layer_traction(k: float, h: float, eta: float, *, slip: bool) -> float:
    """Compression amplitude at y = 0 for unit velocity away from it, from the Stokes solution.

    v = f(y) cos kx, f = (c0 + c1 y) exp(-ky) + (c2 + c3 y) exp(k (y - h)); u = -(f'/k) sin kx,
    shear ~ f'' + k^2 f, p = (eta/k^2)(f''' - k^2 f').
    """

    def derivatives(y: float) -> np.ndarray:
        rows = []
        for sign, shift in ((-1.0, 0.0), (1.0, h)):
            e, a = np.exp(sign * k * (y - shift)), sign * k
            rows.append([a**d * e for d in range(4)])
            rows.append([(a**d * y + (d * a ** (d - 1) if d else 0.0)) * e for d in range(4)])
        return np.array(rows).T  # (derivative, coefficient)

    low, top = derivatives(0.0), derivatives(h)
    side = low[2] + k * k * low[0] if slip else low[1]
    matrix = np.array([low[0], side, top[0], top[2] + k * k * top[0]])
    c = np.linalg.solve(matrix, [1.0, 0.0, 0.0, 0.0])
    f = low @ c
    return float(eta / k**2 * (f[3] - k * k * f[1]) - 2.0 * eta * f[1])


@pytest.mark.parametrize("depth", [0.3, 1.0, 3.0])
def test_layer_stiffness_is_the_stokes_solution(depth: float) -> None:
    k, eta = 2.0e5, 2.0e8
    expected = layer_traction(k, depth / k, eta, slip=True)
    found = forms.wave_traction(1.0, k, eta) * forms.layer_factor(k, depth / k)
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("slip", [True, False])
def test_half_space_traction_is_the_same_for_slip_and_no_slip(slip: bool) -> None:
    k, eta = 2.0e5, 2.0e8
    assert layer_traction(k, 20.0 / k, eta, slip=slip) == pytest.approx(
        forms.wave_traction(1.0, k, eta), rel=1e-9
    )


@pytest.mark.parametrize("n", [1.0, 3.0, 5.0])
@pytest.mark.parametrize("sphere", [True, False])
def test_void_closure_is_the_integral_of_equilibrium(n: float, sphere: bool) -> None:
    a, b, speed, prefactor = 5e-6, 1e-4, -1e-9, 0.53**n / 1e6**n

    def slope(r: float) -> float:
        rate = (
            2.0 * abs(speed) * a * a / r**3 if sphere else 2.0 / sqrt(3.0) * abs(speed) * a / r**2
        )
        stress = (rate / prefactor) ** (1.0 / n)
        return (2.0 if sphere else 2.0 / sqrt(3.0)) * stress / r

    expected = quad(slope, a, b, epsrel=1e-11, limit=200)[0]
    law = forms.sphere_closure_pressure if sphere else forms.cylinder_closure_pressure
    assert law(a, b, speed, exponent=n, prefactor=prefactor) == pytest.approx(expected, rel=1e-9)


def test_closure_bracket_at_n_5_and_ratio_20() -> None:
    # rate over that in an unbounded body: [1 - (1/20)^(3/5)]^-5 = 2.5, [1 - (1/20)^(2/5)]^-5 = 6
    for law, power, factor in (
        (forms.sphere_closure_pressure, 3.0, 2.5),
        (forms.cylinder_closure_pressure, 2.0, 6.0),
    ):
        near = law(1.0, 20.0, 1.0, exponent=5.0, prefactor=1.0)
        far = law(1.0, 1e30, 1.0, exponent=5.0, prefactor=1.0)
        assert near / far == pytest.approx(1.0 - 20.0 ** (-power / 5.0), rel=1e-9)
        assert (far / near) ** 5 == pytest.approx(factor, rel=0.04)


@pytest.mark.parametrize("n", [1.0, 3.0, 5.0])
def test_squeeze_film_is_the_integral_of_lubrication(n: float) -> None:
    radius, height, speed, prefactor = 1e-3, 2e-5, 1e-9, 0.53**n / 1e6**n
    shear = forms.shear_consistency(n, prefactor)

    def slope(r: float) -> float:  # -dp/dr from the profile u(y), itself integrated
        unit = quad(lambda y: y * (2.0 * y / height) ** n, 0.0, height / 2.0)[0] * 2.0
        return 2.0 * shear * (speed * r / 2.0 / unit) ** (1.0 / n) / height

    force = quad(lambda r: pi * r * r * slope(r), 0.0, radius, epsrel=1e-10)[0]
    found = forms.squeeze_film_force(radius, height, speed, exponent=n, prefactor=prefactor)
    assert found == pytest.approx(force, rel=1e-7)


def test_squeeze_film_of_a_newtonian_liquid() -> None:
    eta = 2.0e8
    found = forms.squeeze_film_force(1e-3, 2e-5, 1e-9, exponent=1.0, prefactor=A1)
    assert found == pytest.approx(3.0 * pi * eta * 1e-9 * 1e-12 / (2.0 * 8e-15), rel=1e-12)


def test_friction_hill_is_the_mean_of_its_slope() -> None:
    radius, height, strength = 3e-3, 1e-4, 0.4e6
    k = strength / sqrt(3.0)
    total = quad(
        lambda r: (strength + 2.0 * k * (radius - r) / height) * 2.0 * r / radius**2, 0.0, radius
    )[0]
    found = forms.friction_hill_mean_pressure(radius, height, strength)
    assert found == pytest.approx(total, rel=1e-10)


def test_flux_tube_series_has_converged() -> None:
    for ratio in (0.05, 0.3, 0.7):
        fine = flux_tube_factor_exact(ratio)
        assert flux_tube_factor_exact(ratio, terms=5) == pytest.approx(fine, abs=2e-5)
        assert flux_tube_factor_exact(ratio, modes=100_000) == pytest.approx(fine, abs=2e-6)


def test_flux_tube_polynomial_holds_to_a_thousandth_of_the_half_space_value() -> None:
    # measured, polynomial - series: +5e-6 at e = 0.1, 2e-5 at 0.3, 1.6e-4 at 0.5, 7e-4 at 0.8;
    # of the value itself 0.05 % at 0.5, 0.15 % at 0.6, 0.44 % at 0.7, 1.1 % at 0.8
    for ratio in (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        exact = flux_tube_factor_exact(ratio)
        assert forms.flux_tube_factor(ratio) == pytest.approx(exact, abs=1e-3)
        if ratio <= 0.5:
            assert forms.flux_tube_factor(ratio) == pytest.approx(exact, rel=1e-3)


def test_many_spots_tend_to_one_and_to_parallel_spots() -> None:
    kappa, a = 0.2, 1e-6
    one = forms.disc_resistance(a, kappa)
    assert forms.spots_resistance([a], [(0.0, 0.0)], kappa) == pytest.approx(one)
    apart = forms.spots_resistance([a, a], [(0.0, 0.0), (1.0, 0.0)], kappa)
    assert apart == pytest.approx(0.5 * one, rel=1e-5)
    # two equal discs at s: half of (own + the far field 1/(2 pi kappa s) of the other)
    s = 2e-5
    pair = forms.spots_resistance([a, a], [(0.0, 0.0), (s, 0.0)], kappa)
    assert pair == pytest.approx(0.5 * (one + 1.0 / (2.0 * pi * kappa * s)), rel=1e-12)


def test_slits_and_limiting_pressure_are_one_problem() -> None:
    eta, b, speed = 1.5e8, 25e-6, 3.7e-9
    pressures = [forms.limiting_pressure(eta, f, b, speed) for f in (0.1, 0.3, 0.5, 0.7)]
    assert all(high > low for low, high in pairwise(pressures))
    for f, p in zip((0.1, 0.3, 0.5, 0.7), pressures, strict=True):
        expected = speed * pi * eta / (b * np.log(1.0 / np.sin(pi * f / 2.0)))
        assert p == pytest.approx(expected, rel=1e-12)
        assert forms.limiting_speed(eta, f, b, p) == pytest.approx(speed, rel=1e-12)
