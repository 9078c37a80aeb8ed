"""A case of a map starts from the first solution of a neighbour, and ends the same."""

import tomllib

import pytest
from runs.conftest import case_text, differences, rows

from femna.case import parse_case
from femna.output import run_case
from femna.simulation import newton
from femna.simulation.neighbours import Neighbours

CASE = (0.2, 1.5)
"""Pressure [MPa] and current density [mA/cm^2]."""

OTHER_METAL = (
    '{ law = "norton_diffusional", grain_size = "5 um", mechanisms = ["nabarro_herring"] }'
)


@pytest.fixture
def go(tmp_path):
    """Run a case and return its folder."""
    folders = (tmp_path / str(k) for k in range(100))

    def call(load, neighbours=None, **changes):
        pressure, current = load
        overrides = {
            "protocol.pressure": f"{pressure} MPa",
            "protocol.current_density": f"{current} mA/cm^2",
            **changes,
        }
        folder = next(folders)
        case = parse_case(tomllib.loads(case_text()), overrides)
        assert run_case(case, folder, neighbours=neighbours)["status"] == "ok"
        return folder

    return call


def first_iterations(folder):
    return int(rows(folder)[0]["newton_iterations"])


def test_whichever_case_ran_before_the_result_is_the_same(go, monkeypatch):
    monkeypatch.setattr(newton, "NEAR", 0.0)  # every iteration with a tangent of its own
    alone = go(CASE)
    for before in ((0.23, 1.5), (0.17, 0.9)):
        neighbours = Neighbours()
        go(before, neighbours)
        after = go(CASE, neighbours)
        assert first_iterations(after) < first_iterations(alone)
        assert differences(after, alone, tolerance=1e-9) == []


@pytest.mark.parametrize(
    ("load", "changes"),
    [
        ((1.0, 1.5), {}),
        (CASE, {"metal.creep": OTHER_METAL}),
        (CASE, {"interface.roughness": "0.2 um"}),
        (CASE, {"protocol.temperature": "310 K"}),
        (CASE, {"numerics.interface_size": "1.5 um"}),
    ],
    ids=["far away", "another metal", "another interface", "warmer", "another mesh"],
)
def test_what_is_no_neighbour_changes_nothing(go, load, changes):
    neighbours = Neighbours()
    go(load, neighbours, **changes)
    assert rows(go(CASE, neighbours)) == rows(go(CASE))
