"""Many cycles: nothing drifts where contact is kept, and cycles without change may be left out."""

import numpy as np
import pytest
from runs.conftest import STRIPES, UNIFORM, case_text, last, rows

FILM = '[cycling]\nfilm_thickness = "0.1 um"\n'
ONE_STEP = 'step = "0.02 mAh/cm^2"'


def cycles(repeat):
    return f'repeat = {repeat}\nsteps = [{{ do = "plate" }}, {{ do = "strip" }}]'


def numbers(folder, name):
    return np.array([float(row[name]) for row in rows(folder)])


def pressed(text):
    return text.replace('pressure = "0.2 MPa"', 'pressure = "4 MPa"')


@pytest.mark.parametrize("chart", [UNIFORM, STRIPES], ids=["uniform", "stripes"])
@pytest.mark.parametrize("repeat", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_nothing_drifts_where_contact_is_kept(run, chart, repeat):
    text = case_text(chart=chart, protocol=cycles(repeat), numerics=ONE_STEP) + FILM
    folder = run(pressed(text))
    assert len(rows(folder)) == 2 * repeat + 1
    after = slice(2, None, 2)  # the end of every cycle
    assert numbers(folder, "layer_thickness_um")[after] == pytest.approx(30.0, abs=1e-7)
    assert numbers(folder, "contact_fraction")[after] == pytest.approx(1.0, abs=1e-6)
    strip = numbers(folder, "voltage_V")[after]
    assert strip == pytest.approx(strip[0], rel=1e-9)
    for name in ("charge_balance", "volume_balance", "force_balance", "void_balance"):
        assert np.max(numbers(folder, name)) < 1e-8


def jumping(repeat, *, pressure, error):
    text = case_text(protocol=cycles(repeat), numerics="contact_error = 0.02") + FILM
    text = text.replace('pressure = "0.2 MPa"', f'pressure = "{pressure}"')
    return text + (f"jump_error = {error}\n" if error else "")


def test_a_cell_that_does_not_change_is_computed_in_a_few_cycles(run):
    folder = run(jumping(50, pressure="4 MPa", error=0.002))
    computed = {row["cycle"] for row in rows(folder)}
    assert computed == {"1", "2", "3", "24", "45", "50"}  # 20 left out at once, and the last one
    end = last(folder)
    assert end["time_s"] == pytest.approx(50 * 2 * 48.0)  # 0.02 mAh/cm2 at 1.5 mA/cm2
    assert end["contact_fraction"] == pytest.approx(1.0, abs=1e-6)
    assert end["layer_thickness_um"] == pytest.approx(30.0, abs=1e-6)
    assert np.max(numbers(folder, "volume_balance")) < 1e-8


@pytest.mark.slow
def test_cycles_that_are_left_out_change_the_contact_by_two_per_cent_at_most(run):
    every = run(jumping(12, pressure="0.15 MPa", error=None), "every")
    some = run(jumping(12, pressure="0.15 MPa", error=0.005), "some")
    assert last(some)["contact_fraction"] == pytest.approx(
        last(every)["contact_fraction"], abs=0.02
    )
    assert len(rows(some)) < len(rows(every))
    for name in ("volume_balance", "void_balance"):
        assert np.max(numbers(some, name)) < 1e-8
