"""Anand's law: its steady state, its saturation, its slopes, and lithium's numbers in it."""

import tomllib

import numpy as np
import pytest
from reference.lithium import LITHIUM as LAW
from reference.lithium import TEMPERATURE as T

from femna.case import parse_case, template
from femna.constants import GAS_CONSTANT
from femna.errors import InputError
from femna.materials import resolve


def case_with(**overrides):
    entries = {key.replace("__", "."): value for key, value in overrides.items()}
    return parse_case(tomllib.loads(template("case")), entries)


def test_lithium_has_the_published_numbers():
    found = resolve(case_with(metal__material="lithium", metal__creep='{ law = "anand" }'))
    assert found.metal.creep == LAW
    sources = {entry.quantity: entry for entry in found.sources}
    published = [entry for key, entry in sources.items() if key.startswith("metal.creep.")]
    assert len(published) == 8
    assert all("166 (2019) A1092" in entry.source for entry in published)
    assert sources["metal.creep.saturation"].unit == "Pa"


def test_metal_yields_at_its_resistance_when_it_creeps_at_the_prefactor():
    rate = 4.25e4 * np.exp(-37e3 / (GAS_CONSTANT * T))
    assert LAW.stress(rate, 1.3e6, T) == pytest.approx(1.3e6, rel=1e-13)
    assert LAW.saturation_at(rate, T) == pytest.approx(2.0e6, rel=1e-13)
    # m = 0.15: ten times slower is 10^-0.15 = 0.708 of the stress
    assert LAW.stress(0.1 * rate, 1.3e6, T) == pytest.approx(1.3e6 * 10.0**-0.15, rel=1e-13)


def test_the_steady_state_is_a_power_law_of_the_exponent_one_over_m_plus_n():
    rate = np.logspace(-8, 2, 11)
    saturation = LAW.saturation_at(rate, T)
    stress = LAW.stress(rate, saturation, T)
    assert np.allclose(LAW.hardening(rate, saturation, T), 0.0, atol=1e-20)
    np.testing.assert_allclose(LAW.rate(stress, T), rate, rtol=1e-12)
    np.testing.assert_allclose(LAW.log_slope(stress, T), 5.0, rtol=1e-13)
    np.testing.assert_allclose(LAW.flow_stress(rate, T), stress, rtol=1e-12)
    assert np.all(LAW.hardening(rate, 0.9 * saturation, T) > 0.0)
    assert np.all(LAW.hardening(rate, 1.1 * saturation, T) < 0.0)
    # H0 (1 - 1/2)^2
    np.testing.assert_allclose(LAW.hardening(rate, 0.5 * saturation, T), 2.5e6, rtol=1e-13)


@pytest.mark.parametrize("resistance", [0.4e6, 0.95e6, 3e6])
def test_the_slopes_are_those_of_stress_and_hardening(resistance):
    rate, step = np.logspace(-8, 1, 10), 1e-6
    at = np.full_like(rate, resistance)

    def central(function, of_rate, of_resistance):
        up = function(rate * np.exp(step * of_rate), at * np.exp(step * of_resistance), T)
        down = function(rate * np.exp(-step * of_rate), at * np.exp(-step * of_resistance), T)
        return (up - down) / (2.0 * step)

    stress = LAW.stress(rate, at, T)
    by_rate, by_resistance = LAW.stress_slopes(rate, at, T)
    np.testing.assert_allclose(by_rate, central(LAW.stress, 1, 0) / stress, rtol=1e-8)
    np.testing.assert_allclose(by_resistance, central(LAW.stress, 0, 1) / stress, rtol=1e-8)
    by_rate, by_resistance = LAW.hardening_slopes(rate, at, T)
    np.testing.assert_allclose(by_rate, central(LAW.hardening, 1, 0), rtol=1e-6, atol=1.0)
    numeric = central(LAW.hardening, 0, 1) / at
    np.testing.assert_allclose(by_resistance, numeric, rtol=1e-6, atol=1e-6)


def test_a_set_without_the_law_is_refused_by_the_number_that_it_lacks():
    with pytest.raises(InputError, match="the set has no anand_prefactor") as caught:
        resolve(case_with(metal__creep='{ law = "anand" }'))
    assert caught.value.key == "metal.material"
    assert "metal.creep.prefactor" in str(caught.value)
    assert caught.value.exit_code == 2


def test_an_override_replaces_one_number_of_the_law():
    case = case_with(
        metal__material="lithium", metal__creep='{ law = "anand", saturation = "3 MPa" }'
    )
    found = resolve(case)
    assert found.metal.creep.saturation == 3e6
    assert found.metal.creep.initial_resistance == 0.95e6
    by_user = [entry.quantity for entry in found.sources if entry.label == "user"]
    assert "metal.creep.saturation" in by_user
    assert "metal.creep.initial_resistance" not in by_user
