"""Steps at which Newton's method with the secant line search goes round in circles."""

import pytest
from runs.conftest import last, summary

TEXT = """
femna = 1
title = "a hard step"
[geometry]
kind = "unit_cell"
symmetry = "plane_strain"
period = "{period}"
metal_thickness = "100 um"
electrolyte_thickness = "{electrolyte}"
[metal]
material = "sodium"
collector_wall = {{ law = "{wall}" }}
[electrolyte]
material = "beta_alumina"
[interface]
map = {map}
kinetics = {{ law = "linear", resistance = "8 ohm*cm^2" }}
roughness = "0.1 um"
wall = {{ law = "{wall}" }}
[protocol]
temperature = "298.15 K"
pressure = "{pressure}"
current_density = "0.5 mA/cm^2"
charge = "0.1 mAh/cm^2"
steps = [{{ do = "strip" }}]
[limits]
voltage = "3 V"
contact_fraction = 0.002
[output]
fields_at = []
"""


@pytest.mark.slow
def test_a_random_map_with_a_thousandth_of_its_contact_left_reaches_its_charge(run):
    text = TEXT.format(
        period="100 um",
        electrolyte="100 um",
        wall="free_slip",
        pressure="0.1189 MPa",
        map='{ kind = "random_field", blocked_fraction = 0.3, correlation_length = "15 um", '
        'seed = 3, transition = "1 um" }',
    )
    folder = run(text)
    assert summary(folder)["status"] == "ok"
    assert last(folder)["contact_fraction"] < 0.005


@pytest.mark.slow
def test_a_foil_far_below_its_critical_pressure_has_a_first_solution(run):
    text = TEXT.format(
        period="4 mm",
        electrolyte="0.7 mm",
        wall="sticking",
        pressure="0.1 MPa",
        map='{ kind = "stripes", blocked_fraction = 0.7, transition = "80 um" }',
    )
    assert summary(run(text))["status"] == "voltage_limit"


@pytest.mark.slow
def test_a_factorisation_that_fails_is_not_the_end_of_the_run(run):
    # the first iterates overflow and the solver's memory with them
    text = TEXT.format(
        period="5 mm",
        electrolyte="0.7 mm",
        wall="sticking",
        pressure="0.2 MPa",
        map='{ kind = "patches", blocked_fraction = 0.5, transition = "100 um" }',
    ).replace("plane_strain", "axisymmetric")
    assert summary(run(text))["status"] == "voltage_limit"
