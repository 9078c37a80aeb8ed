"""Creep laws give the published rates and their own slope."""

import numpy as np
import pytest
from verification.record import Case

from femna.constants import GAS_CONSTANT
from femna.materials import CREEP_LAWS, Norton, creep_law
from femna.materials.creep.diffusional import Diffusional
from femna.materials.creep.size_dependent import SizeDependent
from femna.materials.diffusion import ArrheniusSum

SODIUM = Norton(n=5.0, prefactor=0.53e-30, activation_energy=44e3, reference_temperature=298.15)

SODIUM_CREEP = Case(
    name="sodium_creep",
    part="creep",
    title="Creep of sodium against the published flow stress",
    formula="rate = A s^n exp(-Q/R (1/T - 1/T_ref)), n = 5, A = 0.53 1/s/MPa^5",
    source="M. J. Wang, J.-Y. Chang, J. B. Wolfenstine, J. Sakamoto, Materialia 12 (2020) 100792; "
    "the stress is published to three digits.",
    mesh="the law itself",
    across="flow stress [MPa]",
    measure="strain rate [1/s]",
)
CLOSED = [
    SODIUM,
    SizeDependent(bulk=SODIUM, size=1e-6, reference_length=1e-4, exponent=0.7),
    Diffusional(
        grain_size=1e-5, molar_volume=2.4e-5, lattice=ArrheniusSum((1e-5,), (4e4,)), boundary=None
    ),
]


def test_a_strength_beyond_all_numbers_is_a_number():
    law = SizeDependent(bulk=SODIUM, size=25e-6, reference_length=1.3e-3, exponent=200.0)
    assert law.factor > 1e300
    weak = SizeDependent(bulk=SODIUM, size=1e-2, reference_length=1.3e-3, exponent=200.0)
    assert weak.factor == 1.0


@pytest.mark.parametrize(
    ("rate", "stress"), [(1e-5, 0.114e6), (1e-4, 0.180e6), (1e-3, 0.285e6), (1e-2, 0.452e6)]
)
def test_sodium_flows_at_the_published_stress(rate, stress, verified):
    # s = (rate/A)^(1/n); the table is rounded to three digits
    found = float(SODIUM.rate(stress, 298.15))
    assert found == pytest.approx(rate, rel=0.025)
    verified.curve(SODIUM_CREEP, "25 degC", [1e-6 * stress], [found], [rate])


def test_temperature_enters_by_arrhenius():
    factor = SODIUM.rate(1e6, 333.15) / SODIUM.rate(1e6, 298.15)
    by_hand = np.exp(-44e3 / GAS_CONSTANT * (1 / 333.15 - 1 / 298.15))
    assert factor == pytest.approx(by_hand, rel=1e-13)
    assert 6.0 < factor < 7.0


def test_rates_broadcast_and_the_slope_is_that_of_the_rate():
    stress = np.array([[1e4], [1e5], [1e6]])
    temperature = np.array([290.0, 310.0])
    slope = SODIUM.log_slope(stress, temperature)
    assert SODIUM.rate(stress, temperature).shape == slope.shape == (3, 2)
    step = 1e-6
    numeric = (
        np.log(SODIUM.rate(stress * (1 + step), temperature))
        - np.log(SODIUM.rate(stress * (1 - step), temperature))
    ) / (np.log1p(step) - np.log1p(-step))
    np.testing.assert_allclose(slope, numeric, rtol=1e-8)


@pytest.mark.parametrize("law", CLOSED, ids=lambda law: type(law).__name__)
def test_a_stress_in_closed_form_has_the_rate_it_is_asked_for(law):
    rate = np.logspace(-12.0, 2.0, 29)
    np.testing.assert_allclose(law.rate(law.flow_stress(rate, 310.0), 310.0), rate, rtol=1e-12)


def test_a_law_is_made_by_its_name():
    made = creep_law(
        "norton", n=5.0, prefactor=0.53e-30, activation_energy=44e3, reference_temperature=298.15
    )
    assert made == SODIUM
    assert set(CREEP_LAWS) >= {"norton", "norton_diffusional", "size_dependent", "file"}


def test_the_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        CREEP_LAWS["other"] = Norton
