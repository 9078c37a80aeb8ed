"""Interface kinetics and the local current against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.constants import physical_constants

from femna.physics.contact import SHARPNESS
from femna.physics.interface import InterfaceLaw
from femna.physics.kinetics import ButlerVolmer, Kinetics, Linear

F = physical_constants["Faraday constant"][0]
R = physical_constants["molar gas constant"][0]
BV = ButlerVolmer(exchange_current=50.0, transfer_coefficient=0.3, temperature=298.15)
LAWS = [Linear(8e-4), BV]
LABELS = ["linear", "butler_volmer"]


def test_linear_law_is_ohms() -> None:
    value, slope = Linear(8e-4).current(np.array([0.012]))
    assert value[0] == pytest.approx(15.0, rel=1e-14)  # 12 mV over 8 ohm cm^2: 1.5 mA/cm^2
    assert slope[0] == pytest.approx(1250.0, rel=1e-14)


def test_small_signal_resistance_is_thermal_voltage_over_exchange_current() -> None:
    assert BV.resistance == pytest.approx(R * 298.15 / (F * 50.0), rel=1e-12)
    for eta in (1e-4, 1e-5):
        value, _ = BV.current(np.array([eta]))
        # i = (eta/Z) (1 + (a - 1/2) x + ...), x = F eta/RT
        x = eta * F / (R * 298.15)
        assert abs(value[0] * BV.resistance / eta - 1.0) < 0.25 * x


def test_butler_volmer_has_tafels_slopes() -> None:
    eta = np.array([0.4, 0.5])
    forward, backward = BV.current(eta)[0], -BV.current(-eta)[0]
    unit = F / (R * 298.15)
    # the other branch is exp(-x), x > 15: below 1e-6
    assert np.log(forward[1] / forward[0]) == pytest.approx(0.3 * unit * 0.1, rel=1e-6)
    assert np.log(backward[1] / backward[0]) == pytest.approx(0.7 * unit * 0.1, rel=1e-6)


@pytest.mark.parametrize("law", LAWS, ids=LABELS)
def test_slope_is_the_derivative(law: Kinetics) -> None:
    eta = np.array([-0.15, -0.01, 0.0, 0.03, 0.2])
    slope = law.current(eta)[1]
    errors = []
    for step in (2e-3, 1e-3):  # central differences: error ~ step^2 (none for a line)
        difference = (law.current(eta + step)[0] - law.current(eta - step)[0]) / (2 * step)
        errors.append(float(np.max(np.abs(difference / slope - 1.0))))
    # f''' step^2/6 f' with f'''/f' <= (F/RT)^2: 2.5e-4 at 1 mV
    assert errors[1] < 2.6e-4
    assert errors[1] < 1e-12 or 1.95 < np.log2(errors[0] / errors[1]) < 2.05


def test_an_absurd_overpotential_stays_finite() -> None:
    value, slope = BV.current(np.array([-1e3, 1e3]))
    assert np.all(np.isfinite(value))
    assert np.all(np.isfinite(slope))


@pytest.mark.parametrize("law", LAWS, ids=LABELS)
@pytest.mark.parametrize("stress_volts", [0.0, 2.5e-3])
def test_local_current_and_its_derivatives(law: Kinetics, stress_volts: float) -> None:
    z = np.array([-180.0, -20.0, 0.4, 3.0])
    eta = np.array([0.02, 0.01, 0.015, 0.03])
    c = np.array([1.0, 0.5, 0.7, 0.0])
    local = InterfaceLaw(conducting=c, kinetics=law, stress_volts=stress_volts)
    here = local.current(z, eta)
    stress = stress_volts * np.maximum(z, 0.0)
    expected = c * np.exp(np.minimum(z, 0.0) / SHARPNESS) * law.current(eta + stress)[0]
    np.testing.assert_allclose(here.value, expected, rtol=1e-14)
    dz, de = 1e-3, 1e-7
    by_z = (local.current(z + dz, eta).value - local.current(z - dz, eta).value) / (2 * dz)
    by_eta = (local.current(z, eta + de).value - local.current(z, eta - de).value) / (2 * de)
    # round-off eps i/dz and truncation dz^2/(6 SHARPNESS^2), both below 1e-9 of the current
    np.testing.assert_allclose(here.by_z, by_z, atol=1e-9 * np.max(here.value), rtol=1e-8)
    np.testing.assert_allclose(here.by_eta, by_eta, atol=0.0, rtol=1e-7)


def test_stress_helps_stripping_by_p_vm_over_f() -> None:
    volts = 10e6 * 2.378e-5 / F  # 10 MPa: 2.5 mV
    assert volts == pytest.approx(2.465e-3, rel=1e-3)
    one = np.ones(1)
    law = InterfaceLaw(conducting=one, kinetics=Linear(5e-4), stress_volts=volts)
    extra = law.current(one, 0.0 * one).value[0]
    assert extra == pytest.approx(volts / 5e-4, rel=1e-14)
