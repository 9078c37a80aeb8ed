"""Texts with a unit become SI floats and come back as they were."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from femna.case import UnitError, parse, render


@pytest.mark.parametrize(
    ("text", "si", "value"),
    [
        ("50 um", "m", 5e-5),
        ("50um", "m", 5e-5),
        ("0.5 µm", "m", 5e-7),
        ("4 MPa", "Pa", 4e6),
        ("1.5 mA/cm^2", "A/m^2", 15.0),
        ("0.1 mAh/cm^2", "C/m^2", 3600.0),
        ("8 ohm*cm^2", "ohm*m^2", 8e-4),
        ("2 mS/cm", "S/m", 0.2),
        ("44 kJ/mol", "J/mol", 44e3),
        ("23.78 cm^3/mol", "m^3/mol", 23.78e-6),
        ("25 degC", "K", 298.15),
        ("-5 degC", "K", 268.15),
        ("298.15 K", "K", 298.15),
        ("90 deg", "rad", math.pi / 2),
        ("1 h", "s", 3600.0),
        ("0.53 1/s/MPa^5", "1/s/Pa^5", 5.3e-31),
        ("1e-3 mm", "m", 1e-6),
    ],
)
def test_a_quantity_reads_as_the_nearest_si_float(text, si, value):
    assert parse(text, si) == value


def test_a_fractional_power_of_a_unit_reads_to_round_off():
    # 1 MPa^-6.1 = 10^(-36.6) Pa^-6.1
    assert parse("1.58 1/s/MPa^6.1", "1/s/Pa^6.1") == pytest.approx(1.58 * 10**-36.6, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "si", "limit"),
    [
        ("50", "m", "unit is missing"),
        ("um", "m", "not a number"),
        ("", "m", "not a number"),
        ("50 s", "m", "wrong dimension"),
        ("50 blub", "m", "not a known unit"),
        ("5 3 m", "m", "not a known unit"),
        ("5 m+", "m", "not a known unit"),
        ("1 __import__('os')", "m", "not a known unit"),
        ("nan um", "m", "not a finite number"),
        ("-inf um", "m", "not a finite number"),
        ("1e999 um", "m", "not a finite number"),
        ("25 degC", "m", "wrong dimension"),
        ("5 percent", "rad", "not an angle"),
        ("70 degF", "K", "zero of its own"),
        ("25 celsius", "K", "zero of its own"),
    ],
)
def test_what_is_no_such_quantity_is_refused_with_the_reason(text, si, limit):
    with pytest.raises(UnitError, match=limit):
        parse(text, si)


@given(st.floats(min_value=1e-30, max_value=1e30))
def test_every_float_is_written_so_that_it_reads_back_exactly(value):
    for units, si in ((("um",), "m"), (("mAh/cm^2",), "C/m^2"), (("h", "s"), "s")):
        assert parse(render(value, units, si), si) == value


@pytest.mark.parametrize("text", ["50 um", "0.1 um", "0.3 um", "7.7 um", "1000 um"])
def test_a_round_number_is_written_in_the_unit_that_it_came_in(text):
    assert render(parse(text, "m"), ("um",), "m") == text


def test_zero_is_written_plainly():
    assert render(0.0, ("mAh/cm^2",), "C/m^2") == "0 mAh/cm^2"
