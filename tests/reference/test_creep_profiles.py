"""The closure profiles satisfy flow rule, equilibrium, boundary values and volume."""

from __future__ import annotations

import numpy as np
import pytest

from reference import closed_forms as forms
from reference.creep_profiles import Shape, closing_speed, radius_history, void_profile

A, B = 5e-6, 5e-5


@pytest.mark.parametrize("shape", ["sphere", "cylinder"])
@pytest.mark.parametrize("n", [1.0, 5.0])
def test_profile_solves_the_equations(shape: Shape, n: float) -> None:
    prefactor = 0.53**n / 1e6**n
    r = np.geomspace(A, B, 4001)
    f = void_profile(r, A, -2e-9, shape=shape, exponent=n, prefactor=prefactor)
    planes = 2.0 if shape == "sphere" else 1.0
    inner = slice(1, -1)

    def slope(y: np.ndarray) -> np.ndarray:
        return np.gradient(y, np.log(r))[inner] / r[inner]

    divergence = slope(f.velocity) + planes * (f.velocity / r)[inner]
    assert np.abs(divergence).max() < 1e-5 * np.abs(f.velocity / r).max()
    balance = slope(f.radial_stress) - planes * ((f.hoop_stress - f.radial_stress) / r)[inner]
    assert np.abs(balance).max() < 1e-5 * np.abs(f.hoop_stress / r).max()
    stress = np.stack([f.radial_stress, f.hoop_stress, f.axial_stress])
    deviator = stress - stress.mean(axis=0)
    assert np.allclose(np.sqrt(1.5 * (deviator**2).sum(axis=0)), f.equivalent_stress, rtol=1e-9)
    # flow rule: hoop strain rate u/r = (3/2) (rate/s_e) dev s
    hoop_rate = 1.5 * f.equivalent_rate / f.equivalent_stress * deviator[1]
    assert np.allclose(hoop_rate, f.velocity / r, rtol=1e-9)
    assert np.allclose(f.equivalent_rate, prefactor * f.equivalent_stress**n, rtol=1e-9)
    law = forms.sphere_closure_pressure if shape == "sphere" else forms.cylinder_closure_pressure
    pressure = law(A, B, -2e-9, exponent=n, prefactor=prefactor)
    assert f.radial_stress[0] == 0.0
    assert f.radial_stress[-1] == pytest.approx(-pressure, rel=1e-9)
    speed = closing_speed(A, B, pressure, shape=shape, exponent=n, prefactor=prefactor)
    assert speed == pytest.approx(-2e-9, rel=1e-9)


@pytest.mark.parametrize("shape", ["sphere", "cylinder"])
def test_linear_void_in_a_large_body_closes_exponentially(shape: Shape) -> None:
    # n = 1: sphere da/dt = -P a/(4 eta), cylinder -P a/(2 eta), eta = 1/(3 A)
    eta, pressure = 2e8, 1e6
    rate = pressure / eta * (0.25 if shape == "sphere" else 0.5)
    times = np.linspace(0.0, 2.0 / rate, 9)
    found = radius_history(
        times, A, 1e4 * A, pressure, shape=shape, exponent=1.0, prefactor=1.0 / (3.0 * eta)
    )
    assert np.allclose(found, A * np.exp(-rate * times), rtol=1e-6)


def test_void_closes_as_the_implicit_integral_of_its_law() -> None:
    n, prefactor, pressure = 5.0, (0.53 / 1e6) ** 5, 1.0e6
    times = np.linspace(0.0, 600.0, 60001)
    a = radius_history(times, A, B, pressure, shape="cylinder", exponent=n, prefactor=prefactor)
    outer = np.sqrt(B**2 - A**2 + a**2)
    speed = np.gradient(a, times)
    middle = slice(1, -1, 5000)
    for ai, bi, vi in zip(a[middle], outer[middle], speed[middle], strict=True):
        load = forms.cylinder_closure_pressure(ai, bi, vi, exponent=n, prefactor=prefactor)
        assert load == pytest.approx(pressure, rel=1e-4)
