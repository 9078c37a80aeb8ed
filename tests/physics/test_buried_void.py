"""A void inside the metal closes by the closed form, and its columns hold its volume."""

import numpy as np
import pytest
from reference.closed_forms import cylinder_closure_pressure, sphere_closure_pressure
from scipy.integrate import solve_ivp
from verification.record import Case

from femna.physics.buried_void import missing_length, shrunk_radius, void_volume

SHRINKING = Case(
    name="buried_void_time",
    part="voids",
    title="A buried void shrinks: the time scheme",
    formula="da/dt = -a (A/2) [3 P/(2 n (1 - (a/b)^(3/n)))]^n (sphere), formula 6",
    source="The closed form's speed, integrated to 1e-12.",
    mesh="one void, n = 3, a/b = 0.5 at the start",
    across="largest step of ln a",
    measure="error of the radius over its start",
)
PRESSURE, OUTER = 1e6, 12e-6
SHAPES = {"sphere": sphere_closure_pressure, "cylinder": cylinder_closure_pressure}


def law(exponent):
    """A power law of 1e-3 1/s at 1 MPa: its rate and its prefactor."""
    prefactor = 1e-3 / PRESSURE**exponent
    return prefactor, lambda stress: prefactor * stress**exponent


def by_integration(radius, duration, *, shape, exponent):
    """Integrate da/dt of the closed form; its pressure goes with the speed as speed^(1/n)."""
    prefactor, _ = law(exponent)

    def speed(_time, y):
        at_unit_speed = SHAPES[shape](y[0], OUTER, 1.0, exponent=exponent, prefactor=prefactor)
        return [-((PRESSURE / at_unit_speed) ** exponent)]

    found = solve_ivp(
        speed,
        (0.0, duration),
        [radius],
        method="DOP853",
        rtol=1e-12,
        atol=1e-12 * radius,
        first_step=1e-6 * duration,
    )
    return float(found.y[0, -1])


def shrunk(radius, duration, *, shape, exponent, **more):
    return shrunk_radius(
        radius,
        duration,
        outer=OUTER,
        pressure=PRESSURE,
        exponent=exponent,
        rate=law(exponent)[1],
        sphere=shape == "sphere",
        **more,
    )


@pytest.mark.parametrize("exponent", [1.0, 3.0, 5.9])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ratio", [0.1, 0.8])
def test_the_radius_follows_the_closed_form(shape, exponent, ratio):
    start = ratio * OUTER
    duration = 0.0
    while shrunk(start, duration, shape=shape, exponent=exponent) > 0.6 * start:
        duration = 2.0 * duration or 1e-9
    expected = by_integration(start, duration, shape=shape, exponent=exponent)
    assert expected < 0.6 * start
    found = shrunk(start, duration, shape=shape, exponent=exponent)
    assert found == pytest.approx(expected, rel=1e-6)
    # the same in two parts: nothing depends on where a step of the run ends
    part = shrunk(start, 0.3 * duration, shape=shape, exponent=exponent)
    again = shrunk(part, 0.7 * duration, shape=shape, exponent=exponent)
    assert again == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_time_scheme_has_order_four(shape, verified):
    start, duration = 0.5 * OUTER, 1000.0
    expected = by_integration(start, duration, shape=shape, exponent=3.0)
    assert 0.0 < expected < 0.8 * start
    errors = [
        abs(shrunk(start, duration, shape=shape, exponent=3.0, largest=size) - expected)
        for size in (0.1, 0.05, 0.025)
    ]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert orders == pytest.approx([4.0, 4.0], abs=0.3)
    relative = np.array(errors) / start
    verified.convergence(SHRINKING, shape, [0.1, 0.05, 0.025], relative, order=4.0)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_void_under_pressure_for_long_is_gone(shape):
    assert shrunk(0.5 * OUTER, 1e9, shape=shape, exponent=3.0) == 0.0
    assert shrunk(0.0, 1.0, shape=shape, exponent=3.0) == 0.0


def test_columns_add_up_to_the_void():
    # Gauss-Chebyshev points of the second kind integrate sqrt(1 - x^2) times a polynomial exactly
    x = np.cos(np.arange(1, 8) * np.pi / 8)
    weight = np.pi / 8 * np.sin(np.arange(1, 8) * np.pi / 8)  # for the plain integral
    lengths = missing_length(3.0, 3.0 * np.abs(x))
    assert 3.0 * weight @ lengths == pytest.approx(void_volume(3.0, sphere=False), rel=1e-12)
    r, w = np.polynomial.legendre.leggauss(40)
    root = 0.5 * (r + 1.0)  # r = a sqrt(1 - root^2) makes the integrand a polynomial
    lengths = missing_length(3.0, 3.0 * np.sqrt(1.0 - root**2))
    total = 0.5 * w @ (2.0 * np.pi * 9.0 * root * lengths)
    assert total == pytest.approx(void_volume(3.0, sphere=True), rel=1e-12)
    assert np.all(missing_length(3.0, np.array([3.0, 4.0])) == 0.0)
