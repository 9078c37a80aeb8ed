"""Working and counter electrode: while one strips the other plates."""

import csv

import pytest
from runs.conftest import (
    STRIPES,
    UNIFORM,
    case_text,
    differences,
    last,
    rows,
    stop_and_resume,
    summary,
)

from femna.case import load_case
from femna.output import run_case

FILM = '[cycling]\nfilm_thickness = "0.1 um"\n'
OTHER = '{ kind = "stripes", blocked_fraction = 0.5, transition = "6 um" }'
PLATE_FIRST = 'steps = [{ do = "plate" }, { do = "strip" }]'
STRIP_FIRST = 'steps = [{ do = "strip" }, { do = "plate" }]'
COARSE = "contact_error = 0.05"
PREFIX = "counter_"


def text(working, counter=None, *, steps=PLATE_FIRST, limits="", more=""):
    cell = case_text(chart=working, protocol=steps, numerics=COARSE)
    cell = cell.replace('charge = "0.02', 'charge = "0.01').replace('voltage = "3 V"', limits)
    other = f"[counter]\nmap = {counter}\n" if counter else ""
    return cell + FILM + more + other


def half_cycles(folder):
    with (folder / "cycles.csv").open() as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def cell(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cell")
    (folder / "case.toml").write_text(text(STRIPES, OTHER))
    run_case(load_case(folder / "case.toml"), folder / "out")
    return folder / "out"


def test_a_uniform_counter_electrode_leaves_the_working_one_as_it_is_alone(run):
    alone, both = run(text(STRIPES), "alone"), run(text(STRIPES, UNIFORM), "both")
    ours, theirs = rows(alone), rows(both)
    assert len(ours) == len(theirs)
    for one, two in zip(ours, theirs, strict=True):
        same = {n for n in one if n != "newton_iterations"}
        assert {n: one[n] for n in same} == {n: two[n] for n in same}
        # 8 ohm cm2 of the interface and 1 ohm cm2 of its half of the electrolyte
        drop = -9e-3 * float(two["current_mA_cm2"])
        assert float(two["counter_voltage_V"]) == pytest.approx(drop, rel=1e-9)
        whole = float(one["voltage_V"]) - drop
        assert float(two["cell_voltage_V"]) == pytest.approx(whole, rel=1e-9)
        assert float(two["counter_contact_fraction"]) == pytest.approx(1.0, abs=1e-9)
    # what one has lost the other has gained
    end = last(both)
    thick = end["counter_layer_thickness_um"] - 30.0
    assert thick == pytest.approx(0.0, abs=1e-6)


def test_in_a_hold_both_electrodes_have_the_asperities_of_the_nominal_current(run):
    steps = 'steps = [{ do = "hold", voltage = "0.03 V", time = "4 s" }]'
    rough = text(UNIFORM, UNIFORM, steps=steps).replace(
        'roughness = "0.1 um"',
        'roughness = "0.1 um"\nreal_contact = { law = "hardness", length = "10 um" }',
    )
    for row in rows(run(rough))[1:]:
        assert float(row["current_mA_cm2"]) < 1.0  # of 1.5, the nominal one
        ours, theirs = (float(row[f"{p}real_contact_fraction"]) for p in ("", PREFIX))
        assert theirs == pytest.approx(ours, rel=1e-6)


@pytest.mark.slow
def test_electrodes_exchanged_give_the_same_numbers_exchanged(run, cell):
    turned = run(text(OTHER, STRIPES, steps=STRIP_FIRST), "turned")
    ours, theirs = rows(cell), rows(turned)
    assert len(ours) == len(theirs)
    for one, two in zip(ours, theirs, strict=True):
        for name in ("contact_fraction", "voltage_V", "occluded_void_volume_um3"):
            for a, b in ((one, two), (two, one)):
                expected = float(a[name])
                found = float(b[f"{PREFIX}{name}"])
                assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_the_table_of_half_cycles_has_both_electrodes(cell):
    plate, strip = half_cycles(cell)
    history = rows(cell)
    for row in (plate, strip):
        end = [r for r in history if r["half_cycle"] == row["half_cycle"]][-1]
        assert row["counter_voltage_end_V"] == end["counter_voltage_V"]
        assert row["cell_voltage_end_V"] == end["cell_voltage_V"]
        total = float(row["voltage_end_V"]) - float(row["counter_voltage_end_V"])
        assert float(row["cell_voltage_end_V"]) == pytest.approx(total, rel=1e-9)
    # the counter strips while the working electrode plates, and plates afterwards
    assert float(plate["voltage_end_V"]) < 0.0 < float(plate["counter_voltage_end_V"])
    assert plate["counter_plating_current_after_spreading_mA_cm2"] == ""
    assert strip["counter_plating_current_before_spreading_mA_cm2"] != ""
    assert summary(cell)["status"] == "ok"
    assert summary(cell)["ended_by"] is None
    assert all(value < 1e-8 for value in summary(cell)["balances"].values())
    assert (cell / "counter" / "fields.pvd").is_file()


def test_the_electrode_that_ends_it_is_named(run):
    folder = run(text(STRIPES, OTHER, limits='voltage = "0.05 V"'))
    found = summary(folder)
    assert (found["status"], found["ended_by"]) == ("voltage_limit", "counter")
    assert last(folder)["counter_voltage_V"] == pytest.approx(0.05, rel=2e-3)
    assert abs(last(folder)["voltage_V"]) < 0.04


def test_a_run_stopped_amid_its_second_half_cycle_goes_on_to_the_same_digits(tmp_path, cell):
    case = load_case(cell / "case.toml")

    def when(row):
        return row["half_cycle"] == 2 and row["charge_mAh_cm2"] > 0.002

    stop_and_resume(case, tmp_path / "stopped", when)
    assert differences(cell, tmp_path / "stopped", tolerance=0.0) == []
    assert (cell / "cycles.csv").read_text() == (tmp_path / "stopped" / "cycles.csv").read_text()


@pytest.mark.slow
def test_cycles_are_left_out_on_both_electrodes_at_once(run):
    steps = f"repeat = 30\n{PLATE_FIRST}"
    more = "jump_error = 0.01\n"
    pressed = text(STRIPES, UNIFORM, steps=steps, more=more).replace('"0.2 MPa"', '"4 MPa"')
    folder = run(pressed)
    assert {row["cycle"] for row in rows(folder)} == {"1", "2", "3", "24", "30"}
    assert last(folder)["counter_layer_thickness_um"] == pytest.approx(30.0, abs=1e-6)
    assert all(value < 1e-8 for value in summary(folder)["balances"].values())


@pytest.mark.slow
def test_the_counter_electrode_follows_the_current_of_a_hold(run, tmp_path):
    steps = 'steps = [{ do = "hold", voltage = "0.04 V", time = "20 s" }, { do = "plate" }]'
    folder = run(text(STRIPES, UNIFORM, steps=steps))
    for row in rows(folder):
        expected = -9e-3 * float(row["current_mA_cm2"])
        assert float(row["counter_voltage_V"]) == pytest.approx(expected, rel=1e-6)
    case = load_case(folder / "case.toml")

    def when(row):
        return row["half_cycle"] == 1 and row["charge_mAh_cm2"] > 0.002

    stop_and_resume(case, tmp_path / "stopped", when)
    assert differences(folder, tmp_path / "stopped", tolerance=0.0) == []


@pytest.mark.slow
def test_two_ranks_agree_with_one(launch, tmp_path, cell):
    done = launch(["run", cell / "case.toml", "-o", tmp_path / "two"], ranks=2)
    assert done.returncode == 0, done.stderr
    assert differences(cell, tmp_path / "two", tolerance=1e-6) == []
