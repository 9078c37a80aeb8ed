"""Laws of real contact against their definitions and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from femna.physics.kinetics import ButlerVolmer, Kinetics, Linear
from femna.physics.real_contact import (
    Microconstriction,
    PerfectContact,
    PlasticContact,
    RealContact,
    series_conductance,
)

BUTLER_VOLMER = ButlerVolmer(exchange_current=50.0, transfer_coefficient=0.3, temperature=298.15)
KINETICS = {"linear": Linear(8e-4), "butler_volmer": BUTLER_VOLMER}
PLASTIC = PlasticContact(hardness=4.0)
# 1.25 * 2 * 0.2 S/m * 0.08 / 0.2 um
CONDUCTANCE = 2e5
SERIES = Microconstriction(hardness=4.0, conductance=CONDUCTANCE, exponent=0.95)
LAWS: dict[str, RealContact] = {
    "perfect": PerfectContact(),
    "hardness": PLASTIC,
    "hardness with a residual": PlasticContact(hardness=4.0, residual=0.2),
    "microconstriction": SERIES,
    "microconstriction with a residual": Microconstriction(
        hardness=4.0, residual=0.2, conductance=CONDUCTANCE, exponent=0.95
    ),
}
PRESSURE = np.array([0.02, 0.5, 4.0, 60.0])
ETA = np.array([0.02, -0.01, 0.3, 0.05])


def test_a_light_load_touches_where_the_hardness_carries_it() -> None:
    pressure = np.array([1e-3, 1e-5])
    # a = s - s^2 + ...
    np.testing.assert_allclose(PLASTIC.share(pressure), pressure / 4.0, rtol=3e-4)


def test_the_share_grows_from_its_residual_to_the_whole() -> None:
    law = PlasticContact(hardness=4.0, residual=0.2)
    pressure = np.array([0.0, 0.1, 1.0, 10.0, 1e12])
    share = law.share(pressure)
    assert share[0] == pytest.approx(0.2, rel=1e-14)
    assert np.all(np.diff(share) > 0.0)
    assert share[-1] == pytest.approx(1.0, rel=1e-10)
    assert np.all(PerfectContact().share(pressure) == 1.0)


def test_at_the_hardness_half_the_area_touches() -> None:
    assert PLASTIC.share(np.array([4.0]))[0] == 0.5


def test_easing_raises_the_residual_and_never_lowers_it() -> None:
    assert PLASTIC.eased(0.1).share(np.zeros(1))[0] == pytest.approx(0.1, rel=1e-14)
    law = PlasticContact(hardness=4.0, residual=0.2)
    assert law.eased(0.1) is law
    assert isinstance(SERIES.eased(0.1), Microconstriction)


@pytest.mark.parametrize("kinetics", KINETICS.values(), ids=KINETICS)
def test_current_through_the_area_is_its_share_of_a_perfect_contact(kinetics: Kinetics) -> None:
    perfect = PerfectContact().current(kinetics, PRESSURE, ETA)
    np.testing.assert_array_equal(perfect.value, kinetics.current(ETA)[0])
    found = PLASTIC.current(kinetics, PRESSURE, ETA)
    np.testing.assert_allclose(found.value, PLASTIC.share(PRESSURE) * perfect.value, rtol=1e-14)


def test_the_microconstriction_is_yovanovichs_correlation() -> None:
    made = series_conductance(0.2, coefficient=1.25, mean_slope=0.08, rms_height=0.2e-6)
    assert made == pytest.approx(CONDUCTANCE, rel=1e-14)
    # with a metal that conducts far better the harmonic mean of both is twice the electrolyte's
    mean = 2.0 * 0.2 * 2.1e7 / (0.2 + 2.1e7)
    assert made == pytest.approx(1.25 * mean * 0.08 / 0.2e-6, rel=1e-7)


def test_ohms_law_in_series_with_the_microconstriction() -> None:
    found = SERIES.current(KINETICS["linear"], PRESSURE, ETA)
    conductance = CONDUCTANCE * (PRESSURE / 4.0) ** 0.95
    resistance = 8e-4 / SERIES.share(PRESSURE) + 1.0 / conductance
    np.testing.assert_allclose(found.value, ETA / resistance, rtol=1e-13)


def test_butler_volmer_in_series_closes_its_circuit_up_to_volts() -> None:
    eta = np.array([-3.0, -0.2, 1e-6, 0.1, 1.0, 3.0])
    pressure = np.full_like(eta, 0.8)
    current = SERIES.current(BUTLER_VOLMER, pressure, eta).value
    behind = eta - current / (CONDUCTANCE * (pressure / 4.0) ** 0.95)
    expected = SERIES.share(pressure) * BUTLER_VOLMER.current(behind)[0]
    # round-off of eta moves f by eps eta F/RT
    np.testing.assert_allclose(current, expected, rtol=1e-12 * 3.0 / 0.0257)
    assert np.all(np.diff(current) > 0.0)


@pytest.mark.parametrize("kinetics", KINETICS.values(), ids=KINETICS)
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_slopes_are_the_derivatives(law: RealContact, kinetics: Kinetics) -> None:
    here = law.current(kinetics, PRESSURE, ETA)
    errors = []
    for size in (1e-2, 5e-3):  # relative central differences: error ~ size^2
        dp, de = size * PRESSURE, size * np.abs(ETA)
        by_pressure = (
            law.current(kinetics, PRESSURE + dp, ETA).value
            - law.current(kinetics, PRESSURE - dp, ETA).value
        ) / (2.0 * dp)
        by_eta = (
            law.current(kinetics, PRESSURE, ETA + de).value
            - law.current(kinetics, PRESSURE, ETA - de).value
        ) / (2.0 * de)
        scale = np.abs(here.value)
        errors.append(
            np.array(
                [
                    np.max(np.abs(by_pressure - here.by_pressure) * PRESSURE / scale),
                    np.max(np.abs(by_eta - here.by_eta) * np.abs(ETA) / scale),
                ]
            )
        )
    assert np.all(errors[1] < 1e-3)
    # order two, unless the law is a line: round-off over the size of the step
    assert np.all((errors[1] < 0.26 * errors[0]) | (errors[1] < 1e-12))


@pytest.mark.parametrize("kinetics", KINETICS.values(), ids=KINETICS)
@pytest.mark.parametrize("law", [PLASTIC, SERIES], ids=["hardness", "microconstriction"])
def test_without_pressure_no_current_and_a_finite_slope(law: RealContact, kinetics: Kinetics):
    found = law.current(kinetics, np.zeros(1), np.array([0.1]))
    assert found.value[0] == 0.0
    assert found.by_eta[0] == 0.0
    # a = p/H at the start
    assert found.by_pressure[0] == pytest.approx(kinetics.current(np.array([0.1]))[0][0] / 4.0)
