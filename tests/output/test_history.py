"""The history keeps its columns, its digits and the steps that a checkpoint knows."""

import csv

import pytest
from mpi4py import MPI

from femna.errors import ComputationError, InputError
from femna.output import HistoryWriter, read_history
from femna.output.history import COLUMNS

CONTRACT = (
    "step,time_s,half_cycle,charge_mAh_cm2,pressure_MPa,current_mA_cm2,contact_fraction,voltage_V,"
    "voltage_rise_V,asr_ohm_cm2,void_volume_um3,max_local_current_mA_cm2,contact_pressure_min_MPa,"
    "contact_pressure_max_MPa,charge_balance,volume_balance,force_balance,complementarity,"
    "newton_iterations,dt_s"
)


def row(step, **values):
    return {"step": step, "time_s": 10.0 * step, "phase": "strip", **values}


def write(path, steps, **options):
    writer = HistoryWriter(path, MPI.COMM_SELF, **options)
    for step in steps:
        writer.write(row(step, kinetic_voltage_V=0.1 * step))
    return writer


def test_the_first_columns_are_those_agreed_and_further_ones_follow(tmp_path):
    path = tmp_path / "history.csv"
    write(path, [0])
    assert path.read_text().splitlines()[0] == CONTRACT + ",phase,kinetic_voltage_V"
    assert ",".join(COLUMNS) == CONTRACT


def test_numbers_keep_twelve_digits_and_cells_without_a_number_are_empty(tmp_path):
    path = tmp_path / "history.csv"
    writer = HistoryWriter(path, MPI.COMM_SELF)
    writer.write(
        row(1, voltage_V=1 / 3, asr_ohm_cm2=float("nan"), dt_s=float("inf"), charge_balance=None)
    )
    with path.open(newline="") as stream:
        (cells,) = csv.DictReader(stream)
    assert cells["voltage_V"] == "0.333333333333"
    assert cells["asr_ohm_cm2"] == cells["dt_s"] == cells["charge_balance"] == ""
    assert cells["step"] == "1"
    assert cells["phase"] == "strip"
    assert "nan" not in path.read_text()


def test_every_row_is_on_disk_at_once(tmp_path):
    path = tmp_path / "history.csv"
    writer = HistoryWriter(path, MPI.COMM_SELF)
    for step in range(3):
        writer.write(row(step))
        assert [r["step"] for r in read_history(path)] == list(range(step + 1))


def test_going_on_drops_rows_after_the_checkpoint_and_a_line_cut_off(tmp_path):
    path = tmp_path / "history.csv"
    write(path, range(5))
    whole = path.read_text()
    path.write_text(whole + "5,50,1,0.2")
    assert [r["step"] for r in read_history(path)] == [0, 1, 2, 3, 4]
    write(path, [3, 4], keep_through=2)
    assert path.read_text() == whole


def test_a_number_cut_off_at_the_end_is_not_taken_for_a_whole_row(tmp_path):
    path = tmp_path / "history.csv"
    write(path, range(3))
    path.write_text(path.read_text()[:-2])
    assert [r["step"] for r in read_history(path)] == [0, 1]


def test_going_on_without_the_steps_before_is_refused_untouched(tmp_path):
    path = tmp_path / "history.csv"
    with pytest.raises(InputError, match="lacks some of the steps 0 to 7"):
        write(path, [0, 1], keep_through=7)
    assert not path.exists()
    write(path, [0, 1, 3])
    before = path.read_bytes()
    with pytest.raises(InputError, match="lacks some of the steps 0 to 3"):
        write(path, [4], keep_through=3)
    assert path.read_bytes() == before


def test_without_going_on_the_file_is_new(tmp_path):
    path = tmp_path / "history.csv"
    write(path, range(4))
    write(path, [0])
    assert len(read_history(path)) == 1


def test_reading_gives_numbers_by_name_and_none_for_empty_cells(tmp_path):
    path = tmp_path / "history.csv"
    write(path, [1])
    (read,) = read_history(path)
    assert read["time_s"] == 10.0
    assert read["kinetic_voltage_V"] == pytest.approx(0.1)
    assert read["voltage_V"] is None
    assert read_history(tmp_path / "nothing.csv") == []


def test_a_column_that_comes_late_is_refused(tmp_path):
    writer = write(tmp_path / "history.csv", [0])
    with pytest.raises(ValueError, match="surprise"):
        writer.write(row(1, surprise=1.0))


def test_a_disk_that_refuses_is_a_computation_that_stopped(tmp_path):
    writer = write(tmp_path / "history.csv", [0])
    (tmp_path / "history.csv").unlink()
    (tmp_path / "history.csv").mkdir()
    with pytest.raises(ComputationError, match=r"history\.csv cannot be written"):
        writer.write(row(1))
