"""Half cycles at a held voltage, the current of which follows."""

import csv
import math

import numpy as np
import pytest
from reference.closed_forms import limiting_pressure, recession_speed
from runs.conftest import UNIFORM, case_text, differences, last, rows, stop_and_resume, summary

from femna.case import load_case
from femna.output import run_case

PATCH = '{ kind = "patches", blocked_fraction = 0.3, transition = "6 um" }'
COARSE = "contact_error = 0.03"
LINEAR = 'molar_volume = "23.7 cm^3/mol"\ncreep = { law = "norton", n = 1, A = "1e-9 1/s/Pa" }'
BALANCES = ("charge_balance", "volume_balance", "force_balance", "void_balance")


def half_cycles(folder):
    with (folder / "cycles.csv").open() as stream:
        return list(csv.DictReader(stream))


def assert_closed(folder):
    for row in rows(folder):
        assert all(float(row[name]) < 1e-8 for name in BALANCES if name in row)


def test_the_current_of_a_uniform_cell_is_voltage_over_resistance(run):
    steps = """steps = [
        { do = "hold", voltage = "0.03 V", time = "1 min" },
        { do = "hold", voltage = "-0.02 V", time = "12 s" },
    ]"""
    folder = run(case_text(chart=UNIFORM, protocol=steps))
    strip, plate = half_cycles(folder)
    # 8 ohm cm2 of the interface and 20 um / (2 mS/cm) = 1 ohm cm2 of the electrolyte
    assert float(strip["current_mA_cm2"]) == pytest.approx(30.0 / 9.0, rel=1e-9)
    assert float(plate["current_mA_cm2"]) == pytest.approx(-20.0 / 9.0, rel=1e-9)
    # the first ends by the protocol's charge, the second by its time
    assert float(strip["charge_mAh_cm2"]) == pytest.approx(0.02, rel=1e-6)
    assert float(plate["charge_mAh_cm2"]) == pytest.approx(20.0 / 9.0 * 12.0 / 3600.0, rel=1e-9)
    net = float(strip["charge_mAh_cm2"]) - float(plate["charge_mAh_cm2"])
    # 23.78 cm3/mol: 8.8727 um for 1 mAh/cm2
    assert 30.0 - last(folder)["layer_thickness_um"] == pytest.approx(8.8727 * net, rel=1e-4)
    assert_closed(folder)


def test_at_a_high_voltage_the_current_is_what_the_metal_supplies(run):
    # formula 11: (Vm/F) j_lim = (P b/(pi eta)) ln[1/sin(pi f/2)], eta = 1/(3A); contact reaches
    # over the edge of the map, an error of order one in its width
    off = []
    for width in (2.0, 1.0):
        chart = f'{{ kind = "stripes", blocked_fraction = 0.3, transition = "{width} um" }}'
        hold = '{ do = "hold", voltage = "0.4 V", time = "5 min", charge = "1 mAh/cm^2" }'
        text = case_text(chart=chart, metal=LINEAR, protocol=f"steps = [{hold}]", numerics=COARSE)
        end = last(run(text, f"w{width}"))
        speed = recession_speed(10.0 * end["current_mA_cm2"], 23.7e-6)
        off.append(limiting_pressure(1e9 / 3.0, 0.3, 20e-6, speed) / 0.2e6 - 1.0)
    assert math.log2(off[0] / off[1]) == pytest.approx(1.0, abs=0.25)
    assert abs(2.0 * off[1] - off[0]) < 0.02


HOLDS = """steps = [
    { do = "plate" },
    { do = "hold", voltage = "0.1 V", time = "10 min", until_current = "7 mA/cm^2" },
    { do = "hold", voltage = "-0.05 V", time = "10 min", charge = "0.01 mAh/cm^2" },
]"""
FILM = '[cycling]\nfilm_thickness = "0.1 um"\n'


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("held")
    (folder / "case.toml").write_text(case_text(protocol=HOLDS, numerics=COARSE) + FILM)
    run_case(load_case(folder / "case.toml"), folder / "out")
    return folder / "out"


def test_a_hold_ends_where_its_current_has_fallen_and_the_next_at_its_charge(held):
    assert summary(held)["status"] == "ok"
    plate, strip, back = half_cycles(held)
    assert [row["phase"] for row in (plate, strip, back)] == ["plate", "hold", "hold"]
    assert float(strip["current_mA_cm2"]) == pytest.approx(7.0, rel=2e-3)
    currents = [float(row["current_mA_cm2"]) for row in rows(held) if row["half_cycle"] == "2"]
    assert currents[-1] == min(currents) < max(currents)
    assert {row["voltage_V"] for row in rows(held) if row["half_cycle"] == "2"} == {"0.1"}
    assert float(back["charge_mAh_cm2"]) == pytest.approx(0.01, rel=2e-6)
    assert float(back["occluded_void_volume_um3"]) > 0.0
    assert_closed(held)


@pytest.mark.slow
@pytest.mark.parametrize("half_cycle", [2, 3])
def test_a_run_stopped_amid_a_hold_goes_on_to_the_same_digits(tmp_path, held, half_cycle):
    case = load_case(held / "case.toml")

    def when(row):
        return row["half_cycle"] == half_cycle and row["charge_mAh_cm2"] > 0.001

    stop_and_resume(case, tmp_path / "stopped", when)
    assert differences(held, tmp_path / "stopped", tolerance=0.0) == []
    assert (held / "cycles.csv").read_text() == (tmp_path / "stopped" / "cycles.csv").read_text()


@pytest.mark.slow
def test_the_iterative_solver_finds_the_same_currents(run):
    steps = 'steps = [{ do = "hold", voltage = "0.05 V", time = "4 s" }]'
    found = []
    for solver in ("direct", "iterative"):
        numerics = f'linear_solver = "{solver}"\n{COARSE}'
        folder = run(case_text("square", PATCH, protocol=steps, numerics=numerics), solver)
        found.append([float(row["current_mA_cm2"]) for row in rows(folder)])
    assert np.array(found[0]) == pytest.approx(np.array(found[1]), rel=1e-7)


@pytest.mark.slow
def test_two_ranks_agree_with_one(launch, tmp_path, held):
    done = launch(["run", held / "case.toml", "-o", tmp_path / "two"], ranks=2)
    assert done.returncode == 0, done.stderr
    assert differences(held, tmp_path / "two", tolerance=1e-6) == []
