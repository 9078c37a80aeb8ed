"""A run says what each of its stages took."""

import json
import tomllib

import pytest
from runs.conftest import case_text, stop_and_resume, summary

from femna.case import parse_case
from femna.output import run_case


@pytest.fixture
def case():
    return parse_case(tomllib.loads(case_text()))


def stages(folder):
    return json.loads((folder / "run.json").read_text())["cost"]


def test_stages_take_the_time_of_the_run_and_ever_more_memory(case, tmp_path):
    run_case(case, tmp_path / "out")
    found = stages(tmp_path / "out")
    assert list(found) == ["set_up", "first_solution", "steps"]
    whole = summary(tmp_path / "out")["wall_s"]
    assert all(stage["wall_s"] > 0.0 for stage in found.values())
    assert 0.5 * whole < sum(stage["wall_s"] for stage in found.values()) <= whole
    memory = [stage["peak_memory_MiB"] for stage in found.values()]
    assert memory == sorted(memory)


def test_a_run_that_goes_on_has_no_first_solution(case, tmp_path):
    stop_and_resume(case, tmp_path / "out", lambda row: row["step"] == 2)
    assert list(stages(tmp_path / "out")) == ["set_up", "steps"]
