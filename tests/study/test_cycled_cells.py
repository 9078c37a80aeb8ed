"""Statements of cycled cells against tables whose verdicts are plain."""

import csv

import pytest

from femna.errors import InputError
from femna.study.cycled_cells import Cell, cycled_cells
from femna.study.cycled_verdicts import judge_cells, judged_lines
from femna.study.rows import Row

COLUMNS = [
    "cycle", "phase", "charge_mAh_cm2", "voltage_end_V", "void_volume_um3",
    "occluded_void_volume_um3", "voids_um3_1000_2500", "voids_um3_2500_up",
]  # fmt: skip


def write(folder, lines):
    folder.mkdir()
    with (folder / "cycles.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *lines])


def cycles(last, *, voltage=0.2, plating=-0.02, ends_with="strip"):
    lines = []
    for k in range(1, last + 1):
        lines.append([k, "plate", 0.5, plating, 0.0, 50.0 * k, 0, 0])
        lines.append([k, "strip", 0.5, voltage * k, 100.0 * k, 0.0, k, k - 1])
    return lines if ends_with == "strip" else lines[:-1]


def row(case, status="ok", pressure=4.0, current=1.5):
    return Row(case, status, pressure, current)


def verdicts(found):
    return {item.statement: item.verdict for item in found}


FAILS = Cell(
    pressure=4.0, current=1.5, charge=0.5, fails_in_cycle=12, fails_on_plating=True,
    voltages={1: 0.23, 10: 0.42}, flat_plating=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("last", "status", "verdict"),
    [
        (6, "shorted", "met"),
        (5, "shorted", "not met"),
        (24, "shorted", "met"),
        (25, "shorted", "not met"),
        (20, "ok", "not decided"),
        (24, "ok", "not met"),
    ],
)
def test_a_life_agrees_within_a_factor_of_two(tmp_path, last, status, verdict):
    write(tmp_path / "one", cycles(last, ends_with="plate"))
    found = verdicts(judge_cells(tmp_path, [row("one", status)], [FAILS]))
    assert found["fails in cycle 12, within a factor 2"] == verdict
    assert found["fails on plating"] == ("met" if status == "shorted" else "not met")


def test_voltages_are_held_against_those_of_their_cycle(tmp_path):
    write(tmp_path / "one", cycles(12))
    found = verdicts(judge_cells(tmp_path, [row("one")], [FAILS]))
    assert found["0.23 V at the end of stripping 1, within a factor 2"] == "met"
    assert found["0.42 V at the end of stripping 10, within a factor 2"] == "not met"
    assert found["plating voltage the same in all cycles"] == "met"


def test_a_cell_of_another_charge_or_current_is_not_that_cell(tmp_path):
    write(tmp_path / "one", cycles(2))
    for other in (row("one", pressure=7.0), row("one", current=2.5)):
        assert judge_cells(tmp_path, [other], [FAILS]) == []
    small = Cell(pressure=4.0, current=1.5, charge=0.75, voltages={})
    assert judge_cells(tmp_path, [row("one")], [small]) == []


def test_voids_of_the_tomography_and_trends(tmp_path):
    write(tmp_path / "one", cycles(3))
    write(tmp_path / "two", cycles(9))
    seen = Cell(pressure=4.0, current=1.5, voltages={}, voids=True)
    found = verdicts(judge_cells(tmp_path, [row("one")], [seen]))
    assert found["void volume after stripping rises in every cycle"] == "met"
    # 100 um3 after stripping 1, 100 after the plating of cycle 2: none of it is filled
    assert found["plating fills part of it"] == "not met"
    assert found["larger voids appear with cycle number"] == "met"
    stable = Cell(pressure=7.0, current=1.5, cycles=9, voltages={})
    rows = [row("one", "shorted"), row("two", "ok", pressure=7.0)]
    both = judge_cells(tmp_path, rows, [FAILS, stable])
    assert verdicts(both)["life rises with pressure"] == "met"
    assert verdicts(both)["stable for 9 cycles"] == "met"
    assert "statements met" in judged_lines(both)[0]


def test_an_entry_out_of_order_is_one_line(tmp_path):
    with pytest.raises(InputError, match="is not in order"):
        cycled_cells(tmp_path / "seen.toml", [{"pressure": 4.0}])
