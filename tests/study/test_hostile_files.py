"""Files beside a study, and the files that a sweep left, in any state: taken or one line."""

import copy
import json
import shutil
import tomllib
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from study.fake_solver import solve

from femna.case import dumps, parse_case, template
from femna.cli.app import execute
from femna.errors import InputError
from femna.materials import resolve
from femna.study import run_sweep
from femna.study.observations import load_observations
from femna.study.slurm_settings import load_profile
from femna.tomography import load_settings

ROOT = Path(__file__).parents[2]
SET = tomllib.loads((resources.files("femna.materials.sets") / "sodium.toml").read_text("utf-8"))
OBSERVATIONS = tomllib.loads((ROOT / "studies" / "observations.toml").read_text("utf-8"))
PROFILE = {"partition": "a", "time": "2 h", "ranks": 2, "memory": "4GB", "at_once": 3, "mpi": "x"}
SETTINGS = {
    "stack": {"voxel_size": "2 um", "slices": [0, 20], "dataset": "a"},
    "threshold": {"method": "fixed", "void": 1.0, "electrolyte": 3.0},
    "voids": {"connectivity": 6},
}
ANY = [
    0, -1, 10**400, 1.5, float("nan"), float("inf"), 1e308, "", "x", "1 um", "-1 um", "1e999 MPa",
    "4 MPa", "\u00e9\u2028", "../../x", [], [1], [[]], {}, {"a": 1}, True, "a" * 3000, [{"a": 1}],
]  # fmt: skip


def places(value, at=()):
    """Yield where a document has entries, tables and lists among them."""
    if at:
        yield at
    if not isinstance(value, dict | list):
        return
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield from places(item, (*at, key))


def changed(document, draw):
    """Return a copy with one or two entries replaced, removed or added."""
    document = copy.deepcopy(document)
    for _ in range(draw.integers(1, 3)):
        found = list(places(document))
        if not found:
            break
        place = found[draw.integers(len(found))]
        table = document
        for key in place[:-1]:
            table = table[key]
        kind = draw.random()
        value = copy.deepcopy(ANY[draw.integers(len(ANY))])
        if kind < 0.7:
            table[place[-1]] = value
        elif kind < 0.85 or isinstance(table, list):
            del table[place[-1]]
        else:
            table[["new", "", "a.b", f"{place[-1]}x"][draw.integers(4)]] = value
    return document


def use_set(path):
    case = tomllib.loads(template("case"))
    case["metal"]["material"] = f"./{path.name}"
    resolve(parse_case(case, folder=path.parent))


READERS = {
    "set": (SET, use_set),
    "observations": (OBSERVATIONS, load_observations),
    "profile": (PROFILE, load_profile),
    "settings": (SETTINGS, load_settings),
}


@pytest.mark.parametrize("count", [60, pytest.param(1500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", READERS)
def test_a_file_beside_a_study_is_taken_or_one_line(tmp_path, name, count):
    document, read = READERS[name]
    draw = np.random.default_rng(3)
    path = tmp_path / "file.toml"
    path.write_text(dumps(document))
    read(path)
    for _ in range(count):
        try:
            path.write_text(dumps(changed(document, draw)))
        except (TypeError, ValueError):  # a number that TOML does not have
            continue
        said = ""
        try:
            read(path)
        except InputError as refusal:
            said = str(refusal)
        assert len(said.splitlines()) <= 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("critical_pressure = [1]", "a list of tables"),
        ("[[critical_pressure]]\ncurrent = nan\nabove = 1.0", "current"),
        ("[[critical_pressure]]\ncurrent = 1\nabove = inf", "above"),
        ("[[critical_pressure]]\ncurrent = 1\nabove = 9\nbelow = 4", "between 9 and 4 MPa"),
        ("cycling = ['fails']", "a list of tables"),
    ],
)
def test_an_observation_that_nothing_can_meet_is_refused(tmp_path, line, said):
    (tmp_path / "o.toml").write_text(line)
    with pytest.raises(InputError, match=said):
        load_observations(tmp_path / "o.toml")


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    from study.conftest import CASE, HEAD

    folder = tmp_path_factory.mktemp("swept")
    (folder / "case.toml").write_text(CASE)
    body = '[[sweep]]\n"protocol.pressure" = { values = ["0.1 MPa", "0.3 MPa"] }\n[critical]\n'
    (folder / "study.toml").write_text(f"{HEAD}{body}extra_points = 0\n")
    run_sweep(folder / "study.toml", folder / "out", jobs=1, solve=solve)
    return folder / "out"


@pytest.mark.parametrize("count", [25, pytest.param(600, marks=pytest.mark.slow)])
def test_damaged_results_are_shown_or_one_line(tmp_path, swept, capfd, count, monkeypatch):
    # the figures' time, not what is asked here
    monkeypatch.setattr("femna.report.sweep_page.curve_figures", lambda *_, **__: [])
    names = sorted(
        path.relative_to(swept) for path in swept.rglob("*") if path.suffix in (".json", ".csv")
    )
    names += sorted(path.relative_to(swept) for path in swept.glob("*/case.toml"))
    draw = np.random.default_rng(5)
    for _ in range(count):
        out = tmp_path / "out"
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(swept, out)
        path = out / names[draw.integers(len(names))]
        if path.suffix == ".json" and draw.random() < 0.6:
            found = changed(json.loads(path.read_text()), draw)
            path.write_text(json.dumps(found))
        else:
            content = bytearray(path.read_bytes())
            place = int(draw.integers(len(content)))
            piece = [b"\0", b"\xff", b"[" * 20_000, b",", b"\n", b"nan", b"-", b""]
            content[place : place + int(draw.integers(40))] = piece[draw.integers(len(piece))]
            path.write_bytes(content)
        for command in ("status", "report"):
            capfd.readouterr()
            code = execute([command, str(out)])
            said = capfd.readouterr().err
            assert code in (0, 2), (path, said)
            assert len(said.splitlines()) <= 1, (path, said)
