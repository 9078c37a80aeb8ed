"""Many cycles: nothing drifts where contact is kept, and cycles without change may be left out."""

import csv

import numpy as np
import pytest
from runs.conftest import STRIPES, UNIFORM, case_text, last, rows

from femna.case import load_case
from femna.output import run_case

FILM = '[cycling]\nfilm_thickness = "0.1 um"\n'
ONE_STEP = 'step = "0.02 mAh/cm^2"'


def cycles(repeat):
    return f'repeat = {repeat}\nsteps = [{{ do = "plate" }}, {{ do = "strip" }}]'


def half_cycles(folder):
    with (folder / "cycles.csv").open() as stream:
        return list(csv.DictReader(stream))


def void_volume(row):
    return float(row["void_volume_um3"]) + float(row["occluded_void_volume_um3"])


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


def test_cycles_that_are_left_out_take_their_elastic_volume(run):
    # along a line, on which the gaps and with them the pressures change
    text = jumping(20, pressure="0.3 MPa", error=0.05) + 'porous_creep = "none"\n'
    folder = run(text.replace('material = "sodium"', 'material = "sodium"\nelastic = true'))
    assert len({row["cycle"] for row in rows(folder)}) < 20
    assert np.max(numbers(folder, "volume_balance")) < 1e-8


def test_cycles_that_are_left_out_take_their_metal(run):
    text = jumping(30, pressure="0.3 MPa", error=0.05)
    plated = text.replace('{ do = "plate" }', '{ do = "plate", charge = "0.01 mAh/cm^2" }')
    folder = run(plated)
    assert len({row["cycle"] for row in rows(folder)}) < 30
    used = [row for row in rows(folder) if row["cycle"] in {"1", "2"}]
    start, end = (float(row["layer_thickness_um"]) for row in (used[0], used[-1]))
    per_cycle = 0.5 * (start - end)
    assert last(folder)["layer_thickness_um"] == pytest.approx(start - 30.0 * per_cycle, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("law", ["hollow_body", "duva_crow"])  # with the second voids accumulate
def test_fifty_cycles_with_jumps_keep_contact_and_voids_of_fifty_computed_ones(run, law):
    said = f'porous_creep = "{law}"\n'
    every = run(jumping(50, pressure="0.3 MPa", error=None) + said, "every")
    some = run(jumping(50, pressure="0.3 MPa", error=0.005) + said, "some")
    full = {(row["cycle"], row["phase"]): row for row in half_cycles(every)}
    assert len(full) == 100
    for row in half_cycles(some):
        largest = max(void_volume(full[row["cycle"], phase]) for phase in ("plate", "strip"))
        wrong = void_volume(row) - void_volume(full[row["cycle"], row["phase"]])
        assert abs(wrong) < 0.005 * largest
    for row in half_cycles(some):
        there = full[row["cycle"], row["phase"]]
        for name in ("contact_fraction_start", "contact_fraction_end", "contact_fraction_min"):
            assert float(row[name]) == pytest.approx(float(there[name]), abs=0.02)
    assert len(rows(every)) > 2 * len(rows(some))  # steps: what the time goes into
    for name in ("charge_balance", "volume_balance", "force_balance", "void_balance"):
        assert np.max(numbers(some, name)) < 1e-8
        assert np.max(numbers(every, name)) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("law", ["hollow_body", "duva_crow"])
def test_no_cycle_is_left_out_while_voids_and_contact_change(run, law):
    said = f'porous_creep = "{law}"\n'
    folder = run(jumping(12, pressure="0.15 MPa", error=0.005) + said)
    assert {row["cycle"] for row in rows(folder)} == {str(cycle) for cycle in range(1, 13)}
    stripped = [row for row in half_cycles(folder) if row["phase"] == "strip"]
    contact = [float(row["contact_fraction_min"]) for row in stripped]
    volume = [void_volume(row) for row in half_cycles(folder)]
    # they do change: over three cycles by more than a jump may err
    changes = [abs(contact[k] - contact[k - 3]) > 0.005 for k in range(3, 12)]
    grows = [abs(volume[2 * k] - volume[2 * k - 6]) > 0.005 * max(volume) for k in range(3, 12)]
    assert all(c or g for c, g in zip(changes, grows, strict=True))
    for name in ("volume_balance", "void_balance"):
        assert np.max(numbers(folder, name)) < 1e-8


@pytest.fixture(scope="module")
def strips(tmp_path_factory):
    """Return the ends of the strips of two cycles, for a pressure, a current and a charge."""

    def call(law, pressure=0.2, current=1.5, charge=0.02):
        folder = tmp_path_factory.mktemp("trend")
        text = case_text(protocol=cycles(2), numerics="contact_error = 0.05") + FILM
        text += f'porous_creep = "{law}"\n'
        for old, new in (("0.2 MPa", f"{pressure} MPa"), ("1.5 mA", f"{current} mA")):
            text = text.replace(old, new)
        (folder / "case.toml").write_text(text.replace("0.02 mAh", f"{charge} mAh"))
        run_case(load_case(folder / "case.toml"), folder / "out")
        ends = [row for row in half_cycles(folder / "out") if row["phase"] == "strip"]
        voids = [float(r["void_volume_um3"]) + float(r["occluded_void_volume_um3"]) for r in ends]
        return [float(r["voltage_end_V"]) / float(r["current_mA_cm2"]) for r in ends], voids

    return call


@pytest.mark.slow
@pytest.mark.parametrize("law", ["hollow_body", "duva_crow"])
def test_trends_with_pressure_current_charge_and_cycle_number(strips, law):
    middle = strips(law)
    low, high = strips(law, pressure=0.1), strips(law, pressure=0.5)
    slow, fast = strips(law, current=0.75), strips(law, current=3.0)
    # voids and resistance after the first strip: more at less pressure and at more current
    for less, more in ((high, middle), (middle, low), (slow, middle), (middle, fast)):
        assert less[0][0] < more[0][0]
        assert less[1][0] < more[1][0]
    # nothing accumulates under a high pressure
    assert high[1] == pytest.approx([0.0, 0.0], abs=1e-3)
    if law == "duva_crow":
        short = strips(law, charge=0.01)
        assert short[1][0] < middle[1][0]
        # voids grow with cycle number, but not the resistance, other than in the experiment
        for resistance, voids in (low, middle):
            assert voids[1] > voids[0]
            assert resistance[1] < resistance[0]
    else:  # where much contact is lost both fall with cycle number, other than in the experiment
        for resistance, voids in (low, fast):
            assert voids[1] < voids[0]
            assert resistance[1] < resistance[0]
