"""A whole cell on top of a table of unit cells: what the table says is what the cell does."""

import csv
import re

import pytest
from runs.conftest import case_text, differences, last, rows
from verification.stacks import CASE

from femna.case import load_case
from femna.cli.app import execute
from femna.output import run_case

STUDY = """
femna = 1
title = "a table"
case = "unit.toml"
[[sweep]]
"protocol.current_density" = { values = [1.5], unit = "mA/cm^2" }
[[sweep]]
"protocol.pressure" = { values = [0.2, 0.204, 0.208, 0.213, 0.22, 0.25], unit = "MPa" }
[critical]
slope = "-0.05 V/MPa"
contact_fraction = 0.95
"""
HELD_OUT = "0.21 MPa"


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The table of a coarse unit cell."""
    folder = tmp_path_factory.mktemp("table")
    (folder / "unit.toml").write_text(case_text())
    (folder / "study.toml").write_text(STUDY)
    arguments = [str(folder / "study.toml"), "-o", str(folder / "sweep"), "--jobs", "1"]
    assert execute(["sweep", *arguments]) == 0
    return folder / "sweep" / "contact_table.csv"


def resistance(table):
    with table.open() as stream:
        return float(next(csv.DictReader(stream))["resistance_ohm_cm2"])


def settings(table, **changes):
    entries = {
        # no fringe: the pressure is the same everywhere, and the cell one large unit cell
        "geometry.electrode_diameter": "1 mm",
        "geometry.electrolyte_diameter": "1 mm",
        "interface.wall.law": "free_slip",
        "metal.collector_wall.law": "free_slip",
        "numerics.interface_size": "50 um",
        "protocol.pressure": HELD_OUT,
        "protocol.charge": "0.02 mAh/cm^2",
        "interface.kinetics.resistance": f"{resistance(table)} ohm*cm^2",
        "interface.real_contact": f"{{ law = 'table', file = '{table}' }}",
        **changes,
    }
    return [f"{key}={value}" for key, value in entries.items()]


def test_under_even_pressure_the_cell_answers_as_a_unit_cell(table, run):
    unit = last(run(case_text(), "unit", settings=[f"protocol.pressure={HELD_OUT}"]))
    folder = run(CASE, "stack", settings=settings(table))
    stack = last(folder)
    assert unit["contact_fraction"] < 0.99  # something is lost
    # the table says how well it interpolates, and does
    text = (folder / "run.json").read_text()
    stated = float(re.search(r"with an error of at most ([\d.e-]+)", text).group(1))
    assert 0.0 < stated < 0.03  # at a knee where the loss falls by five in 5 % of pressure
    kinetic = 1.5e-3 * resistance(table)
    share = kinetic / (kinetic + unit["voltage_rise_V"])
    assert stack["real_contact_fraction"] == pytest.approx(share, abs=stated)
    rise = kinetic * (1.0 / share - 1.0)
    assert stack["voltage_rise_V"] == pytest.approx(rise, abs=1.1 * kinetic * stated)


def test_a_resistance_that_is_not_the_table_s_is_refused(table, run, capsys):
    entries = settings(table, **{"interface.kinetics.resistance": "8 ohm*cm^2"})
    run(CASE, "other", code=2, settings=entries)
    assert "their constriction included" in capsys.readouterr().err


FURTHER = "0.03 mAh/cm^2"


@pytest.mark.parametrize(
    "further",
    [
        {"protocol.charge": FURTHER},
        {"protocol.steps": f"[{{ do = 'strip', charge = '{FURTHER}' }}]"},
    ],
)
def test_a_charge_beyond_the_table_s_is_refused(table, run, capsys, further):
    run(CASE, "further", code=2, settings=settings(table, **further))
    said = capsys.readouterr().err
    assert FURTHER in said
    assert "the contact table went to 0.02 mAh/cm^2" in said


def test_a_run_that_is_resumed_has_the_rise_of_one_that_was_not(table, run, tmp_path):
    entries = settings(table)
    case = load_case(run(CASE, "whole", settings=entries) / "case.toml")
    count = len(rows(tmp_path / "whole"))
    assert last(tmp_path / "whole")["voltage_rise_V"] > 1e-4
    run_case(case, tmp_path / "two", stop=lambda row: row["step"] == count // 2)
    run_case(case, tmp_path / "two", resume=True)
    assert differences(tmp_path / "whole", tmp_path / "two", tolerance=1e-9) == []


STRIP = "{ do = 'strip', charge = '0.01 mAh/cm^2' }"


@pytest.mark.parametrize(
    "steps",
    [
        "[{ do = 'plate' }]",
        f"[{STRIP}, {STRIP}]",
        "[{ do = 'strip', current_density = '3 mA/cm^2' }]",
    ],
)
def test_a_table_is_refused_where_it_says_nothing(table, run, capsys, steps):
    run(CASE, "other", code=2, settings=settings(table, **{"protocol.steps": steps}))
    assert "one stripping from a healed interface" in capsys.readouterr().err


def test_a_stress_term_leaves_no_table(tmp_path):
    linear = '{ law = "linear", resistance = "8 ohm*cm^2", stress_term = true }'
    (tmp_path / "unit.toml").write_text(case_text(kinetics=linear))
    (tmp_path / "study.toml").write_text(re.sub("0.204.*0.25", "0.25", STUDY))
    arguments = [str(tmp_path / "study.toml"), "-o", str(tmp_path / "sweep"), "--jobs", "1"]
    assert execute(["sweep", *arguments]) == 0
    assert not (tmp_path / "sweep" / "contact_table.csv").exists()
