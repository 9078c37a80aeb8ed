"""Interface kinetics follow Arrhenius: one over the resistance, and the exchange current."""

import math
import tomllib

import pytest
from scipy import constants

from femna.case import parse_case, template
from femna.errors import InputError
from femna.materials import resolve
from femna.simulation.interface_law import kinetic_law

LAWS = {
    "linear": 'law = "linear", resistance = "8 ohm*cm^2"',
    "butler_volmer": 'law = "butler_volmer", exchange_current_density = "1 mA/cm^2"',
}
PAIR = 'activation_energy = "44 kJ/mol", reference_temperature = "298.15 K"'


def case_with(law, more=PAIR):
    entries = {
        "interface.kinetics": f"{{ {', '.join(part for part in (LAWS[law], more) if part)} }}"
    }
    return parse_case(tomllib.loads(template("case")), entries)


def faster(warm, cold):
    """Return exp(-(Ea/R) (1/T2 - 1/T1)), Ea = 44 kJ/mol."""
    return math.exp(-44e3 / constants.R * (1.0 / warm - 1.0 / cold))


@pytest.mark.parametrize(("cold", "warm"), [(298.15, 353.15), (260.0, 298.15), (310.0, 365.0)])
def test_the_resistance_of_linear_kinetics_falls_by_arrhenius(cold, warm):
    case = case_with("linear")
    ratio = kinetic_law(case, cold).resistance / kinetic_law(case, warm).resistance
    assert ratio == pytest.approx(faster(warm, cold), rel=1e-13)


@pytest.mark.parametrize(("cold", "warm"), [(298.15, 353.15), (260.0, 298.15), (310.0, 365.0)])
def test_the_exchange_current_density_rises_by_arrhenius(cold, warm):
    case = case_with("butler_volmer")
    slow, fast = kinetic_law(case, cold), kinetic_law(case, warm)
    ratio = fast.exchange_current / slow.exchange_current
    assert ratio == pytest.approx(faster(warm, cold), rel=1e-13)
    # small-signal resistance RT/(F i0)
    resistances = slow.resistance / fast.resistance
    assert resistances == pytest.approx(faster(warm, cold) * cold / warm, rel=1e-13)


def test_at_the_reference_temperature_the_numbers_are_the_cases_own():
    assert kinetic_law(case_with("linear"), 298.15).resistance == 8e-4
    assert kinetic_law(case_with("butler_volmer"), 298.15).exchange_current == 10.0


def test_without_an_activation_energy_no_temperature_changes_them():
    for kelvin in (260.0, 360.0):
        assert kinetic_law(case_with("linear", ""), kelvin).resistance == 8e-4
        assert kinetic_law(case_with("butler_volmer", ""), kelvin).exchange_current == 10.0


@pytest.mark.parametrize("path", ["diffusion", "surface_diffusion"])
def test_a_path_of_diffusion_that_temperature_changes_beyond_all_measure_is_refused(path):
    fast = '{ coefficient = "1e-18 m^3/s", activation_energy = "900 kJ/mol", '
    fast += 'reference_temperature = "80 K" }'
    entries = {f"interface.{path}": fast, "interface.capillarity": "true"}
    case = parse_case(tomllib.loads(template("case")), entries)
    with pytest.raises(InputError, match="changes it by") as caught:
        resolve(case)
    assert caught.value.key == f"interface.{path}.activation_energy"
