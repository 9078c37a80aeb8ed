"""What each command prints and returns, with the rooms behind it replaced."""

import json
import re
import subprocess
import sys
import tomllib
import types
from dataclasses import dataclass
from pathlib import Path

import pytest

from femna.case import parse_case, template, template_kinds
from femna.cli.app import execute
from femna.errors import ComputationError, EnvironmentProblem, InputError


@pytest.fixture
def case_file(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(template("case"))
    return path


@pytest.fixture
def study_file(tmp_path, case_file):
    path = tmp_path / "study.toml"
    path.write_text(template("study"))
    return path


@pytest.fixture
def room(monkeypatch):
    """Put a stand-in in the place of one room."""

    def replace(name, **members):
        module = types.ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)

    return replace


@pytest.fixture
def simulation(room):
    """Record how a run was asked for, and answer as told."""
    record = types.SimpleNamespace(calls=[], answer={"status": "ok", "reason": ""})

    def run(case, directory, *, resume=False, progress=None):
        record.calls.append((case, directory, resume, progress))
        if isinstance(record.answer, BaseException):
            raise record.answer
        return types.SimpleNamespace(summary=record.answer)

    room("femna.api", run=run)
    return record


def one_line(text):
    return len(text.splitlines()) == 1 and "Traceback" not in text


def test_a_run_gets_the_case_the_folder_and_the_overrides(case_file, tmp_path, simulation, capsys):
    simulation.answer = {"status": "ok", "reason": "", "last": {"contact_fraction": 0.98765}}
    code = execute(
        [
            *("run", str(case_file), "-o", str(tmp_path / "out"), "--resume"),
            *("--set", "protocol.pressure=7 MPa"),
            *("--set", "interface.map.blocked_fraction=0.5"),
        ]
    )
    (case, directory, resume, monitor) = simulation.calls[0]
    assert code == 0
    assert case.protocol.pressure == 7e6
    assert case.interface.map.blocked_fraction == 0.5
    assert directory == tmp_path / "out"
    assert resume is True
    assert monitor is None  # nobody watches a test
    out = capsys.readouterr().out
    assert "ok: contact_fraction 0.98765" in out
    assert f"results in {tmp_path / 'out'}" in out


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("ok", 0),
        ("contact_lost", 0),
        ("voltage_limit", 0),
        ("shorted", 0),
        ("failed", 3),
        ("interrupted", 3),
    ],
)
def test_the_status_of_a_run_decides_its_exit_code(case_file, tmp_path, simulation, status, code):
    simulation.answer = {"status": status, "reason": "a reason"}
    assert execute(["run", str(case_file), "-o", str(tmp_path / "out")]) == code


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError(None, "directory", "out", "holds another case", "name another"), 2, "another"),
        (ComputationError("no step\nis small enough"), 3, "femna: no step is small enough"),
        (EnvironmentProblem("no compiler"), 3, "femna: no compiler"),
        (KeyboardInterrupt(), 3, "femna: interrupted"),
        (TimeoutError("compilation timed out, remove the file"), 3, "remove the file"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(
    case_file, tmp_path, simulation, capsys, error, code, line
):
    simulation.answer = error
    assert execute(["run", str(case_file), "-o", str(tmp_path / "out")]) == code
    text = capsys.readouterr().err
    assert line in text
    assert one_line(text)


def test_a_bug_shows_its_traceback(case_file, tmp_path, simulation, capsys):
    simulation.answer = ZeroDivisionError("a bug")
    assert execute(["run", str(case_file), "-o", str(tmp_path / "out")]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_only_rank_zero_writes(case_file, tmp_path, simulation, capsys, monkeypatch):
    monkeypatch.setattr("femna.cli.console.rank", lambda: 1)
    monkeypatch.setattr("femna.cli.exits.rank", lambda: 1)
    assert execute(["run", str(case_file), "-o", str(tmp_path / "out")]) == 0
    simulation.answer = ComputationError("stopped")
    assert execute(["run", str(case_file), "-o", str(tmp_path / "out")]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_an_error_without_a_file_names_the_case(case_file, tmp_path, simulation, capsys):
    arguments = ["--set", "protocol.charge=20 mAh/cm^2"]
    assert execute(["run", str(case_file), "-o", str(tmp_path / "out"), *arguments]) == 2
    assert f"{case_file}: protocol.charge = " in capsys.readouterr().err
    assert simulation.calls == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "{case}"],
        ["run", "{case}", "-o"],
        ["run", "{case}", "-o", "{out}", "--set"],
        ["run", "{case}", "-o", "{out}", "--set", "protocol.pressure"],
        ["run", "{case}", "-o", "{out}", "--set", "protocol.presure=4 MPa"],
        ["run", "{case}", "-o", "{out}", "--unknown"],
        ["run", "{case}.not", "-o", "{out}"],
        ["run", "{study}", "-o", "{out}"],
        ["sweep", "{case}", "-o", "{out}"],
        ["sweep", "{study}", "-o", "{out}", "--jobs", "0"],
        ["sweep", "{study}", "-o", "{out}", "--jobs", "two"],
        ["validate", "{out}"],
        ["validate", "{case}", "--set", "geometry.period=-1 um"],
        ["init", "pouch"],
        ["init", "case", "-o", "{case}"],
        ["schema", "-o", "{case}"],
        ["init", "case", "-o", "{out}/deeper/case.toml"],
        ["materials", "show"],
        ["materials", "show", "sodum"],
        ["materials", "list"],
        ["segment"],
    ],
)
def test_wrong_input_is_one_line_and_nothing_is_written(
    arguments, case_file, study_file, tmp_path, capsys
):
    places = {"case": case_file, "study": study_file, "out": tmp_path / "out"}
    assert execute([argument.format(**places) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert one_line(captured.err)
    assert captured.err.startswith("femna: ")
    assert not (tmp_path / "out").exists()
    assert case_file.read_text() == template("case")


@dataclass
class Outcome:
    exit_code: int
    lines: list[str]


def test_a_sweep_passes_its_options_on_and_returns_its_code(study_file, tmp_path, room, capsys):
    calls = []

    def run_sweep(path, directory, **options):
        calls.append((path, directory, options))
        return Outcome(3, ["one case failed", "current  P_crit"])

    room("femna.study", run_sweep=run_sweep)
    folder = tmp_path / "out"
    code = execute(
        [
            *("sweep", str(study_file), "-o", str(folder), "--jobs", "2", "--dry-run"),
            *("--set", "interface.roughness=0.2 um"),
        ]
    )
    assert code == 3
    assert calls == [
        (
            study_file,
            folder,
            {
                "jobs": 2,
                "dry_run": True,
                "resume": False,
                "retry_failed": False,
                "overrides": {"interface.roughness": "0.2 um"},
                "monitor": None,
                "engine": "local",
                "profile": None,
            },
        )
    ]
    assert capsys.readouterr().out == "one case failed\ncurrent  P_crit\n"


@dataclass(frozen=True)
class BodyQuality:
    cells: int
    smallest_edge: float
    worst_angle: float


@dataclass(frozen=True)
class Quality:
    metal: BodyQuality
    electrolyte: BodyQuality
    voids: None = None


def test_a_mesh_is_written_and_judged(case_file, tmp_path, room, capsys):
    written = []

    def write_msh(case, path):
        written.append((case.geometry.period, path))
        return Quality(BodyQuality(1032, 1.024e-7, 35.7234), BodyQuality(740, 1.061e-7, 30.9))

    room("femna.mesh", write_msh=write_msh)
    path = tmp_path / "cell.msh"
    arguments = ["--set", "geometry.period=40 um"]
    assert execute(["mesh", str(case_file), "-o", str(path), *arguments]) == 0
    assert written == [(4e-5, path)]
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == ["cells", "1032", "740"]
    assert lines[2] == ["smallest", "edge", "[um]", "0.1024", "0.1061"]
    assert lines[3] == ["worst", "angle", "35.72", "30.9"]


def test_a_report_is_written_for_a_folder(tmp_path, room, capsys):
    room("femna.report", write_report=lambda folder: folder / "report.html")
    assert execute(["report", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"report in {tmp_path / 'report.html'}\n"


def test_a_doctor_without_a_reason_is_done(room, capsys):
    found = types.SimpleNamespace(lines=["Python 3.12"], reason=None)
    room("femna.doctor", examine=lambda: found)
    assert execute(["doctor"]) == 0
    assert capsys.readouterr().out == "Python 3.12\n"
    found.reason = "no C compiler"
    assert execute(["doctor"]) == 3
    assert capsys.readouterr().err == "femna: no C compiler\n"


def test_a_case_and_a_study_are_valid(case_file, study_file, capsys):
    assert execute(["validate", str(case_file)]) == 0
    assert "a valid case" in capsys.readouterr().out
    assert execute(["validate", str(study_file)]) == 0
    assert "a valid study, 21 cases" in capsys.readouterr().out


def test_a_study_is_checked_down_to_its_cases(study_file, capsys):
    study_file.write_text(study_file.read_text().replace("0.1 mAh/cm^2", "20 mAh/cm^2"))
    assert execute(["validate", str(study_file)]) == 2
    text = capsys.readouterr().err
    assert "protocol.charge" in text
    assert one_line(text)


@pytest.mark.parametrize("command", [["validate"], ["sweep", "-o", "out", "--dry-run"]])
@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('observations = "nope.toml"', "compare.observations = 'nope.toml': no such file"),
        ('measured = "nope.csv"', "compare.measured = 'nope.csv': no such file"),
        ('measured = "case.toml"', "case.toml: columns"),
        ('observations = "observed.toml"', "critical_pressure.0.current"),
    ],
)
def test_a_study_is_checked_down_to_what_it_is_compared_with(
    study_file, capsys, command, entry, said
):
    (study_file.parent / "observed.toml").write_text("[[critical_pressure]]\nabove = 1.0\n")
    study_file.write_text(f"{study_file.read_text()}\n[compare]\n{entry}\n")
    assert execute([*command[:1], str(study_file), *command[1:]]) == 2
    text = capsys.readouterr().err
    assert said in text
    assert one_line(text)


@pytest.mark.parametrize("kind", template_kinds())
def test_init_prints_the_template_as_it_is(kind, tmp_path, capsys):
    assert execute(["init", kind]) == 0
    assert capsys.readouterr().out == template(kind)
    path = tmp_path / "new.toml"
    assert execute(["init", kind, "-o", str(path)]) == 0
    assert path.read_text() == template(kind)


def test_the_help_of_init_lists_every_template(capsys):
    assert execute(["init", "--help"]) == 0
    said = capsys.readouterr().out
    assert [kind for kind in template_kinds() if not re.search(rf"\b{kind}\b", said)] == []


def test_init_without_a_kind_is_a_case_that_loads(capsys):
    assert execute(["init"]) == 0
    assert parse_case(tomllib.loads(capsys.readouterr().out)).femna == 1


def test_the_schema_is_json(tmp_path, capsys):
    assert execute(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Case"
    path = tmp_path / "femna.json"
    assert execute(["schema", "-o", str(path)]) == 0
    assert json.loads(path.read_text())["title"] == "Case"


def test_materials_show_values_sources_and_labels(capsys):
    assert execute(["materials"]) == 0
    names = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert {"beta_alumina", "lithium", "rough_contact", "sodium"} <= names
    assert execute(["materials", "show", "sodium"]) == 0
    out = capsys.readouterr().out
    assert "creep_prefactor = 0.53 1/s/MPa^5  [R]" in out
    assert "Materialia 12 (2020) 100792" in out
    assert "[R] read in the full text of the source" in out


def test_the_version_needs_no_heavy_library():
    code = (
        "import sys; from femna.cli.app import execute; code = execute(['--version']); "
        "heavy = {'numpy', 'pint', 'pydantic', 'dolfinx', 'gmsh'} & set(sys.modules); "
        "sys.exit(f'{code} {heavy}' if code or heavy else 0)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
