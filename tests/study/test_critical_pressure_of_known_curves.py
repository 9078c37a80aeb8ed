"""Curves whose critical pressure is known in closed form."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import brentq
from study.fake_solver import contact_fraction, voltage_rise
from verification.record import Case

from femna.study.critical import NOT_BRACKETED, critical_current, critical_pressure
from femna.study.curve import VOLTAGE_FIT, Point, voltage_fit

KNOWN = Case(
    name="critical_pressure",
    part="runs",
    title="Critical pressure of a curve that is known",
    formula="dV/dP = -0.05 V/MPa; contact = 0.95",
    source="A closed-form runaway curve in place of the solver, its criteria by bisection.",
    mesh="13 pressures from 0.04 to 0.6 MPa",
    across="current density [mA/cm^2]",
    measure="critical pressure [MPa]",
)
LIMITS = {"slope": -0.05, "contact_fraction": 0.95}


def power_law(pressures, *, scale=0.01, k=4.0):
    """V = scale P^-k: dV/dP = -s at P = (k scale/s)^(1/(k+1)); contact 1 - 0.05 (P/2)^-2."""
    return [Point(p, 1.0 - 0.05 * (p / 2.0) ** -2, scale * p**-k) for p in pressures]


def test_slope_criterion_is_exact_on_a_power_law():
    found = critical_pressure(power_law(np.geomspace(0.5, 5, 9)), **LIMITS)
    assert found.by_slope.value == pytest.approx((4 * 0.01 / 0.05) ** 0.2, rel=1e-9)
    assert found.by_slope.failing < found.by_slope.value < found.by_slope.holding
    assert found.method == VOLTAGE_FIT


@pytest.mark.parametrize("towards", [-math.inf, math.inf])
def test_the_end_pressures_are_on_the_fit_whichever_logarithm_is_taken(monkeypatch, towards):
    # NumPy's may differ from the C library's in the last digit, by the processor
    def log(x):
        return math.nextafter(math.log(x), towards)

    monkeypatch.setattr("femna.study.curve.math", SimpleNamespace(log=log, exp=math.exp))
    fit = voltage_fit(power_law([0.5, 0.7, 1.3, 2.0, 3.0]))
    for pressure in (0.5, 3.0):
        assert fit(pressure) == pytest.approx(0.01 * pressure**-4.0, rel=1e-9)
        assert math.isfinite(fit.slope(pressure))


def test_contact_criterion_is_exact_at_a_tested_point_and_close_between():
    found = critical_pressure(power_law([0.5, 1.0, 2.0, 4.0, 5.0]), **LIMITS)
    assert found.by_contact.value == pytest.approx(2.0, rel=1e-9)
    found = critical_pressure(power_law(np.geomspace(0.5, 5, 12)), **LIMITS)
    assert found.by_contact.value == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize("current", [0.5, 1.0, 1.5, 2.0, 2.5])
def test_runaway_curve_on_a_coarse_grid_is_within_two_percent(current, verified):
    pressures = np.geomspace(0.04, 0.6, 13)
    points = runaway(pressures, current)
    found = critical_pressure(points, **LIMITS)
    slope, contact = exact(current)
    assert found.by_slope.value == pytest.approx(slope, rel=0.02)
    assert found.by_contact.value == pytest.approx(contact, rel=0.02)
    verified.curve(KNOWN, "by slope", [current], [found.by_slope.value], [slope])
    verified.curve(KNOWN, "by contact", [current], [found.by_contact.value], [contact])


def runaway(pressures, current):
    points = []
    for p in pressures:
        rise = voltage_rise(p, current)
        stopped = rise > 3.0
        contact = 0.005 if stopped else contact_fraction(p, current)
        points.append(Point(p, contact, min(rise, 3.0), stopped))
    return points


def exact(current):
    def excess(p):
        h = 1e-6 * p
        return (voltage_rise(p + h, current) - voltage_rise(p - h, current)) / (2 * h) + 0.05

    return (
        brentq(excess, 0.06, 1.0),
        brentq(lambda p: contact_fraction(p, current) - 0.95, 0.06, 1.0),
    )


def test_points_stopped_early_bracket_but_do_not_enter_the_fit():
    pressures = [1.2, 1.6, 2.0, 2.4, 3.0]
    flat = [Point(p, 0.99, 1e-4 / p) for p in pressures]
    stopped = Point(1.0, 0.02, 0.4, stopped=True)
    found = critical_pressure([*flat, stopped], **LIMITS)
    for crossing in (found.by_slope, found.by_contact):
        assert crossing.value is None
        assert (crossing.failing, crossing.holding) == (1.0, 1.2)
    assert found.method == NOT_BRACKETED
    # The value read where the stopped point is far off does not depend on it.
    whole = power_law(np.geomspace(0.5, 5, 9))
    with_stopped = critical_pressure([*whole, Point(0.3, 0.5, 0.01, stopped=True)], **LIMITS)
    assert with_stopped == critical_pressure(whole, **LIMITS)


def test_nothing_is_extrapolated_beyond_the_tested_pressures():
    above = critical_pressure(power_law(np.geomspace(3, 9, 8)), **LIMITS)
    assert above.method == NOT_BRACKETED
    assert above.by_contact.value is None
    assert above.by_contact.failing is None
    assert above.by_contact.holding == 3.0
    below = critical_pressure(power_law(np.geomspace(0.3, 0.8, 8)), **LIMITS)
    assert below.by_slope.value is None
    assert below.by_slope.failing == pytest.approx(0.8)
    assert below.by_slope.holding is None


def test_too_few_points_give_no_slope():
    found = critical_pressure(power_law([0.5, 2.0, 5.0]), **LIMITS)
    assert found.by_slope.value is None
    assert found.by_contact.value is not None
    assert found.method == f"{VOLTAGE_FIT}, dVdP {NOT_BRACKETED}"
    empty = critical_pressure([], **LIMITS)
    assert empty.method == NOT_BRACKETED


def test_small_noise_moves_the_critical_pressure_little():
    rng = np.random.default_rng(1)
    values = []
    for _ in range(40):
        points = [
            Point(p.pressure, p.contact, p.rise * (1 + 0.01 * rng.standard_normal()))
            for p in power_law(np.geomspace(0.5, 5, 13))
        ]
        values.append(critical_pressure(points, **LIMITS).by_slope.value)
    spread = np.std(values) / np.mean(values)
    assert spread < 0.02
    assert np.mean(values) == pytest.approx(0.8**0.2, rel=0.01)


def test_the_highest_crossing_counts_where_contact_is_not_monotone():
    contacts = [0.97, 0.90, 0.94, 0.96, 0.99]
    points = [Point(p, c, 1e-6) for p, c in zip([1, 2, 3, 4, 5], contacts, strict=True)]
    found = critical_pressure(points, **LIMITS).by_contact
    assert (found.failing, found.holding) == (3, 4)
    assert 3 < found.value < 4


def test_a_healed_curve_without_any_rise_is_not_bracketed():
    points = [Point(p, 1.0, 0.0) for p in (1.0, 2.0, 3.0, 4.0, 5.0)]
    found = critical_pressure(points, **LIMITS)
    assert found.method == NOT_BRACKETED
    assert found.by_slope.holding == 1.0


def test_critical_current_inverts_the_critical_pressure():
    pressures = np.geomspace(0.04, 0.6, 25)
    curves = {j: runaway(pressures, j) for j in np.geomspace(0.4, 6, 13)}
    pressure = float(pressures[15])
    found = critical_current(pressure, curves, **LIMITS)
    by_contact = brentq(lambda j: exact(j)[1] - pressure, 0.4, 6)
    by_slope = brentq(lambda j: exact(j)[0] - pressure, 0.4, 6)
    assert found.by_contact.value == pytest.approx(by_contact, rel=0.02)
    assert found.by_slope.value == pytest.approx(by_slope, rel=0.04)
    assert found.by_contact.holding < found.by_contact.value < found.by_contact.failing


def test_critical_current_beyond_the_currents_is_not_bracketed():
    curves = {j: runaway(np.geomspace(0.04, 0.6, 13), j) for j in (0.5, 1.0)}
    found = critical_current(0.6, curves, **LIMITS)
    assert found.method == NOT_BRACKETED
    assert found.by_contact.failing is None
    assert math.isclose(found.by_contact.holding, 1.0)
