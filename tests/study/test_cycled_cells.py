"""Statements of cycled cells against tables whose verdicts are plain."""

import csv
from dataclasses import replace

import pytest

from femna.errors import InputError
from femna.study.cycled_cells import Cell, cycled_cells
from femna.study.cycled_verdicts import judge_cells, judged_lines, judged_table
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


def test_a_stripping_is_held_against_the_plating_after_it_also_where_it_comes_first(tmp_path):
    lines = []
    for k in (1, 2, 3):
        lines.append([k, "strip", 0.5, 0.2, 100.0 * k, 0.0, 0, 0])
        lines.append([k, "plate", 0.5, -0.02, 0.0, 100.0 * k - 50.0, 0, 0])
    write(tmp_path / "one", lines)
    seen = Cell(pressure=4.0, current=1.5, voltages={}, voids=True)
    (found,) = (
        item
        for item in judge_cells(tmp_path, [row("one")], [seen])
        if item.statement == "plating fills part of it"
    )
    assert (found.verdict, found.computed) == ("met", "100 to 50, 200 to 150, 300 to 250 um3")


def test_each_value_of_another_input_is_judged_by_itself(tmp_path):
    stable = Cell(pressure=7.0, current=1.5, cycles=9, voltages={})
    rows = []
    for period, lasts in ((20.0, (3, 9)), (50.0, (1, 5))):
        for pressure, last, status in zip((4.0, 7.0), lasts, ("shorted", "ok"), strict=True):
            case = f"p{period:g}_{pressure:g}"
            write(tmp_path / case, cycles(last)[1:] if last == 1 else cycles(last))
            others = (("geometry_period_um", period), ("protocol_repeat", last))
            rows.append(replace(row(case, status, pressure), others=others))
    found = judge_cells(tmp_path, rows, [FAILS, stable])
    header, cells = judged_table(found)
    assert header[:3] == ["variant", "geometry_period_um", "cell"]
    by_period = {
        period: {line[3]: line[5] for line in cells if line[1] == period} for period in (20.0, 50.0)
    }
    assert by_period[20.0]["stable for 9 cycles"] == "met"
    assert by_period[20.0]["life rises with pressure"] == "met"
    # one half cycle is not enough: nothing of the other period takes its place
    assert by_period[50.0]["stable for 9 cycles"] == "not decided"
    assert "life rises with pressure" not in by_period[50.0]
    assert [line.split(":")[1] for line in judged_lines(found)] == [
        " geometry_period_um = 20.0",
        " geometry_period_um = 50.0",
    ]


def test_what_is_swept_with_pressure_and_current_belongs_to_the_cell(tmp_path):
    stable = Cell(pressure=7.0, current=1.5, cycles=9, voltages={})
    rows = []
    for pressure, last, status, limit in ((4.0, 3, "shorted", 5.0), (7.0, 9, "ok", 6.0)):
        write(tmp_path / f"p{pressure:g}", cycles(last))
        others = (("limits_plating_current_mA_cm2", limit),)
        rows.append(replace(row(f"p{pressure:g}", status, pressure), others=others))
    together = judge_cells(tmp_path, rows, [FAILS, stable], ["limits.plating_current"])
    assert verdicts(together)["life rises with pressure"] == "met"
    assert judged_table(together)[0] == ["variant", "cell", "statement", "computed", "verdict"]
    apart = judge_cells(tmp_path, rows, [FAILS, stable])
    assert "life rises with pressure" not in verdicts(apart)


def test_an_entry_out_of_order_is_one_line(tmp_path):
    with pytest.raises(InputError, match="is not in order"):
        cycled_cells(tmp_path / "seen.toml", [{"pressure": 4.0}])
