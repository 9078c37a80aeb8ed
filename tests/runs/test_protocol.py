"""Half cycles through the command line: what ends them, and what a run begins with."""

import csv

import pytest
from runs.conftest import UNIFORM, case_text, last, rows, summary

from femna.api import Simulation
from femna.case import load_case
from femna.cli.app import execute
from femna.output import run_case
from femna.simulation.driver import Driver

COARSE = 'step = "0.01 mAh/cm^2"'


def half_cycles(folder):
    with (folder / "cycles.csv").open() as stream:
        return list(csv.DictReader(stream))


def test_a_row_of_the_table_is_a_half_cycle(run):
    steps = (
        'repeat = 2\nsteps = [{ do = "plate", time = "24 s" }, '
        '{ do = "rest", time = "1 min", pressure = "15 MPa" }, { do = "strip" }]'
    )
    folder = run(case_text(protocol=steps, numerics=COARSE))
    table, history = half_cycles(folder), rows(folder)
    assert [row["phase"] for row in table] == ["plate", "strip"] * 2
    assert [row["cycle"] for row in table] == ["1", "1", "2", "2"]
    # 24 s of 1.5 mA/cm2 are 0.01 mAh/cm2; the strips have the protocol's 0.02
    charges = [float(row["charge_mAh_cm2"]) for row in table]
    assert charges == pytest.approx([0.01, 0.02, 0.01, 0.02], rel=1e-12)
    for row in table:
        own = [r for r in history if r["half_cycle"] == row["half_cycle"] and r["phase"] != "rest"]
        assert row["voltage_end_V"] == own[-1]["voltage_V"]
        assert float(row["contact_fraction_min"]) == min(float(r["contact_fraction"]) for r in own)
    assert {r["pressure_MPa"] for r in history if r["phase"] == "rest"} == {"15"}


def test_a_strip_ends_at_its_voltage_and_the_protocol_goes_on(run):
    steps = 'steps = [{ do = "strip", until = "0.03 V", pressure = "0.05 MPa" }, { do = "plate" }]'
    folder = run(case_text(protocol=steps))
    strip, plate = half_cycles(folder)
    assert float(strip["voltage_end_V"]) == pytest.approx(0.03, rel=2e-3)
    assert float(strip["charge_mAh_cm2"]) < 0.02
    assert float(plate["charge_mAh_cm2"]) == pytest.approx(0.02)
    assert summary(folder)["status"] == "ok"


def test_a_step_that_begins_beyond_its_voltage_ends_at_once(run):
    # 1.5 mA/cm2 through 8 ohm cm2 are 12 mV
    steps = 'steps = [{ do = "strip", until = "8 mV" }, { do = "plate" }]'
    folder = run(case_text(protocol=steps, numerics=COARSE))
    strip, plate = half_cycles(folder)
    assert float(strip["charge_mAh_cm2"]) < 0.01 * 0.02
    assert float(plate["charge_mAh_cm2"]) == pytest.approx(0.02)
    assert summary(folder)["status"] == "ok"


def test_a_case_that_begins_beyond_the_voltage_limit_ends_by_it(run):
    folder = run(case_text(numerics=COARSE), settings=["limits.voltage=8 mV"])
    assert summary(folder)["status"] == "voltage_limit"
    assert last(folder)["charge_mAh_cm2"] < 0.01 * 0.02


def test_elastic_metal_begins_at_the_pressure_of_the_first_step(run):
    # the protocol's own pressure is a default of the steps and was never applied
    def stripped(own, step, name):
        steps = f'steps = [{{ do = "strip"{step} }}]'
        case = case_text(protocol=steps, metal="elastic = true", numerics=COARSE)
        return run(case.replace('"0.2 MPa"', own), name)

    given = stripped('"0.1 MPa"', ', pressure = "4 MPa"', "given")
    plain = stripped('"4 MPa"', "", "plain")
    for name in ("platen_velocity_nm_s", "contact_pressure_max_MPa", "layer_thickness_um"):
        for one, two in zip(rows(given)[:2], rows(plain)[:2], strict=True):
            assert float(one[name]) == pytest.approx(float(two[name]), rel=1e-6)


def test_a_case_begins_where_another_ended(run, tmp_path):
    strip = 'steps = [{ do = "strip" }, { do = "strip" }]'
    both = run(case_text(protocol=strip, numerics=COARSE), "both")
    keep = {"output": "final_state = true", "numerics": COARSE}
    run(case_text(**keep), "first")
    second = run(case_text(protocol='start_from = "first"', numerics=COARSE), "second")
    for name in ("voltage_V", "contact_fraction", "void_volume_um3", "layer_thickness_um"):
        assert last(second)[name] == pytest.approx(last(both)[name], rel=1e-6)
    assert last(second)["charge_mAh_cm2"] == pytest.approx(0.02)
    assert rows(second)[0]["time_s"] == "0"
    file = tmp_path / "second.toml"
    assert execute(["run", str(file), "-o", str(tmp_path / "second"), "--resume"]) == 0
    start = next(Simulation(load_case(file)))
    for name in ("contact_fraction", "void_volume_um3"):
        assert start[name] == pytest.approx(float(rows(second)[0][name]), rel=1e-9)
    assert start["contact_fraction"] < 0.99


def test_a_void_that_is_partly_met_begins_as_it_was_left(run):
    voids = (
        'metal_voids = [{ x = "10 um", height = "3.05 um", radius = "3 um" }]\nvoid_closure = false'
    )
    cell = {"geometry": voids, "numerics": COARSE}
    first = run(case_text(**cell, output="final_state = true"), "first")
    assert last(first)["voids_met"] == 1.0  # a steep gap, which the mesh does not resolve
    # exit code 0: the first row's balance too is closed
    second = run(case_text(**cell, protocol='start_from = "first"'), "second")
    start = rows(second)[0]
    assert start["void_volume_um3"] == rows(first)[-1]["void_volume_um3"]
    assert float(start["volume_balance"]) < 1e-12


def test_a_case_without_what_another_left_cannot_begin_there(run, capsys):
    cycled = '[cycling]\nfilm_thickness = "0.1 um"\n'
    run(case_text(output="final_state = true", numerics=COARSE) + cycled, "first")
    capsys.readouterr()
    run(case_text(protocol='start_from = "first"', numerics=COARSE), "second", code=2)
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "layers_" in message
    assert "of parts that this case does not have" in message


@pytest.mark.parametrize("step", ["0.00999999999", "0.009998"])
def test_no_sliver_of_a_step_is_left(run, step):
    folder = run(case_text(numerics=f'step = "{step} mAh/cm^2"'))
    assert summary(folder)["status"] == "ok"
    assert [float(row["dt_s"]) for row in rows(folder)] == pytest.approx([0, 24, 24], rel=1e-3)
    assert last(folder)["charge_mAh_cm2"] == pytest.approx(0.02, rel=1e-12)


def test_a_rest_recovers_its_fixed_step(run, monkeypatch):
    solve, failed = Driver._solve, []

    def fails_once(self, phase, dt, befores):
        if phase.kind == "rest" and not failed:
            failed.append(dt)
            return 0, "by this test"
        return solve(self, phase, dt, befores)

    monkeypatch.setattr(Driver, "_solve", fails_once)
    steps = 'steps = [{ do = "strip" }, { do = "rest", time = "90 s" }]'
    folder = run(case_text(protocol=steps, numerics='step = "0.01 mAh/cm^2"'))
    took = [float(row["dt_s"]) for row in rows(folder) if row["phase"] == "rest"]
    assert took == pytest.approx([6, 24, 24, 24, 12])


def test_a_run_that_goes_on_is_not_called_ended(tmp_path):
    (tmp_path / "case.toml").write_text(case_text(numerics=COARSE))
    case, seen = load_case(tmp_path / "case.toml"), []

    def look(row):
        seen.append((tmp_path / "run" / "summary.json").exists())

    def amid(row):
        return row["step"] == 1

    told = run_case(case, tmp_path / "run", stop=amid, checkpoint_seconds=0.0)
    assert told["status"] == "interrupted"
    assert (tmp_path / "run" / "summary.json").exists()
    assert run_case(case, tmp_path / "run", resume=True, monitor=look)["status"] == "ok"
    assert seen == [False]
    assert summary(tmp_path / "run")["status"] == "ok"


def test_another_cell_cannot_begin_there(run, capsys):
    run(case_text(output="final_state = true", numerics=COARSE), "first")
    capsys.readouterr()
    other = case_text("axisymmetric", UNIFORM, protocol='start_from = "first"', numerics=COARSE)
    run(other, "second", code=2)
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "belongs to another mesh" in message
