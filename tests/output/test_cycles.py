"""The table of half cycles is folded from the steps as they come, and keeps none of them."""

import gc
import tracemalloc

import pytest
from mpi4py import MPI

from femna.output.cycles import CycleWriter
from femna.output.history import HistoryWriter
from femna.tables import read_table

PHASES = ("rest", "strip", "strip", "strip", "rest", "plate", "plate", "plate", "hold", "hold")
HALF_CYCLE = (1, 1, 1, 1, 1, 2, 2, 2, 3, 3)
ENDS = (3, 7, 9)
CONTACT = (1.0, 0.9, 0.4, 0.6, 0.7, 0.5, None, 0.8, 0.2, 0.3)
CURRENT = (0.0, 5.0, 9.0, 7.0, 0.0, 3.0, 8.0, 6.0, None, 1.0)


def step(number, **more):
    return {
        "step": number,
        "time_s": 10.0 * number,
        "dt_s": 10.0 if number else 0.0,
        "half_cycle": HALF_CYCLE[number],
        "cycle": 1,
        "phase": PHASES[number],
        "contact_fraction": CONTACT[number],
        "max_local_current_mA_cm2": CURRENT[number],
        "voltage_V": 0.01 * number,
        "void_volume_um3": 2.0 * number,
        **more,
    }


def write(folder, steps, *, resumed=False, ended=False, last=None):
    path = folder / "history.csv"
    history = HistoryWriter(path, MPI.COMM_SELF, keep_through=steps[0] - 1 if resumed else None)
    writer = CycleWriter(folder, MPI.COMM_SELF, history=path if resumed else None, ended=ended)
    for number in steps:
        writer.write(history.write(step(number)), ends=number in (*ENDS, last))
    return folder / "cycles.csv"


def columns(path, *names):
    return [tuple(row[name] for name in names) for row in read_table(path)]


def test_a_row_holds_the_ends_and_extremes_of_its_own_steps(tmp_path):
    path = write(tmp_path, range(10))
    assert columns(path, "half_cycle", "phase", "time_start_s", "time_end_s") == [
        ("1", "strip", "0", "30"),
        ("2", "plate", "40", "70"),
        ("3", "hold", "70", "90"),
    ]
    assert columns(path, "contact_fraction_start", "contact_fraction_end") == [
        ("0.9", "0.6"),
        ("0.5", "0.8"),
        ("0.2", "0.3"),
    ]
    assert columns(path, "contact_fraction_min", "max_local_current_mA_cm2") == [
        ("0.4", "9"),
        ("0.5", "8"),
        ("0.2", "1"),
    ]
    assert columns(path, "voltage_start_V", "voltage_end_V", "void_volume_um3") == [
        ("0.01", "0.03", "6"),
        ("0.05", "0.07", "14"),
        ("0.08", "0.09", "18"),
    ]


def test_a_row_is_on_disk_as_soon_as_its_half_cycle_ends(tmp_path):
    for last, rows in [(2, 0), (3, 1), (6, 1), (7, 2)]:
        folder = tmp_path / str(last)
        folder.mkdir()
        path = write(folder, range(last + 1))
        assert len(read_table(path)) == rows


@pytest.mark.parametrize("stop", range(1, 9))
@pytest.mark.parametrize("last", [True, False])
def test_a_run_that_ends_has_its_row_so_far_and_goes_on_to_the_same_table(tmp_path, stop, last):
    (tmp_path / "whole").mkdir()
    (tmp_path / "stopped").mkdir()
    whole = write(tmp_path / "whole", range(10))
    part = write(tmp_path / "stopped", range(stop + 1), last=stop if last else None)
    if not last and stop not in ENDS:  # as after a fault: what has not ended has no row
        assert len(read_table(part)) == sum(end <= stop for end in ENDS)
    driven = {HALF_CYCLE[n] for n in range(stop + 1) if PHASES[n] != "rest"}
    if last:
        assert [row["half_cycle"] for row in read_table(part)] == [str(n) for n in sorted(driven)]
    if last and PHASES[stop] != "rest":
        assert read_table(part)[-1]["time_end_s"] == str(10 * stop)
    write(tmp_path / "stopped", range(stop + 1, 10), resumed=True, ended=stop in ENDS)
    assert part.read_text() == whole.read_text()


def test_a_run_of_rests_alone_has_one_row(tmp_path):
    path = write(tmp_path, [0], last=0)
    assert columns(path, "phase", "half_cycle") == [("rest", "1")]


def test_a_plating_tells_the_currents_before_and_after_its_film_has_spread(tmp_path):
    path = tmp_path / "history.csv"
    history, writer = HistoryWriter(path, MPI.COMM_SELF), CycleWriter(tmp_path, MPI.COMM_SELF)
    for number, spread in [(5, 0), (6, 0), (7, 1)]:
        row = step(number, film_spread=spread, counter_film_spread=1, cell_voltage_V=0.5)
        row |= {f"counter_{name}": row[name] for name in ("voltage_V", "contact_fraction")}
        row |= {"counter_voltage_rise_V": 0.0, "counter_max_local_current_mA_cm2": float(number)}
        writer.write(history.write(row), ends=number == 7)
    names = [f"plating_current_{when}_spreading_mA_cm2" for when in ("before", "after")]
    assert columns(tmp_path / "cycles.csv", *names) == [("8", "6")]
    assert columns(tmp_path / "cycles.csv", *(f"counter_{n}" for n in names)) == [("", "7")]


def test_no_step_is_kept_and_the_history_is_not_read(tmp_path):
    writer = CycleWriter(tmp_path, MPI.COMM_SELF)  # without a history on the disk
    texts = dict.fromkeys(("pressure_MPa", "current_mA_cm2", "charge_mAh_cm2"), "1")
    texts |= {"voltage_rise_V": "0"}

    def take(steps, *, ends=False):
        for number in steps:
            row = {name: str(value) for name, value in step(1).items()}
            writer.write({**row, **texts, "time_s": str(number)}, ends=ends)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    before = take(range(100))
    after = take(range(100, 5100))
    tracemalloc.stop()
    assert after - before < 5000  # less than a byte a step
    take(range(5100, 5101), ends=True)
    (row,) = read_table(tmp_path / "cycles.csv")
    assert row["time_end_s"] == "5100"
