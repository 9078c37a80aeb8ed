"""The runner with a stand-in for the solver: files, order, failures, resume, extra points."""

import csv
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from study.fake_solver import solve, solve_badly, solve_for_ever, solve_slowly, solve_stubbornly
from study.test_critical_pressure_of_known_curves import exact

from femna.cli.app import execute
from femna.errors import InputError
from femna.study import run_sweep
from femna.study.status import status_lines, sweep_status

BODY = """
[[sweep]]
"protocol.current_density" = { values = [2.5, 0.5], unit = "mA/cm^2" }
[[sweep]]
"protocol.pressure" = { from = "0.06 MPa", to = "0.6 MPa", count = 7, spacing = "log" }
[critical]
extra_points = 3
"""
STUDIES = [
    path
    for path in sorted((Path(__file__).parents[2] / "studies").glob("*.toml"))
    if "case" in tomllib.loads(path.read_text())
]
COMPARE = '[compare]\nobservations = "observations.toml"\n'
OBSERVATIONS = """
source = "A. Nobody, J. Nowhere 1 (2000) 1"
[[critical_pressure]]
current = 2.5
above = 9.0
[[critical_pressure]]
current = 0.5
above = 0.1
at_most = 0.2
[[critical_pressure]]
current = 0.1
below = 4.0
[critical_pressure_protocol]
relation = "linear in current"
"""


def table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("swept")
    from study.conftest import CASE, HEAD

    (folder / "case.toml").write_text(CASE)
    (folder / "observations.toml").write_text(OBSERVATIONS)
    (folder / "study.toml").write_text(HEAD + BODY + COMPARE)
    events = []
    result = run_sweep(
        folder / "study.toml", folder / "out", jobs=2, solve=solve, monitor=events.append
    )
    return folder, result, events


def test_a_sweep_ends_well_and_says_so(swept):
    _, result, events = swept
    assert result.exit_code == 0
    text = "\n".join(result.lines)
    assert "P_crit > 9 MPa at 2.5 mA/cm2" in text
    assert "not met" in text
    assert "already at 0.5 mA/cm2" in text  # what a larger current meets, a smaller one meets
    assert {event["event"] for event in events} == {"start", "step", "end"}
    assert events[-1]["cases_done"] == events[-1]["cases_total"] == 20
    assert all(len(line) <= 110 for line in result.lines)


def test_sweep_csv_keeps_the_contract(swept):
    folder, _, _ = swept
    rows = table(folder / "out/sweep.csv")
    assert list(rows[0])[:9] == [
        "case",
        "status",
        "pressure_MPa",
        "current_mA_cm2",
        "contact_fraction",
        "voltage_rise_V",
        "asr_ohm_cm2",
        "void_volume_um3",
        "wall_s",
    ]
    key = [(float(r["current_mA_cm2"]), float(r["pressure_MPa"])) for r in rows]
    assert key == sorted(key)
    assert len(rows) == 14 + 6
    assert {r["status"] for r in rows} == {"ok", "voltage_limit"}
    assert "nan" not in (folder / "out/sweep.csv").read_text().lower()


def test_extra_points_narrow_the_brackets_around_the_known_answer(swept):
    folder, _, _ = swept
    for row in table(folder / "out/critical.csv"):
        slope, contact = exact(float(row["current_mA_cm2"]))
        low, high = float(row["bracket_low_MPa"]), float(row["bracket_high_MPa"])
        assert low < contact < high
        assert high / low < 1.25
        assert float(row["bracket_dVdP_low_MPa"]) < slope < float(row["bracket_dVdP_high_MPa"])
        assert float(row["p_crit_contact_MPa"]) == pytest.approx(contact, rel=0.01)
        assert float(row["p_crit_dVdP_MPa"]) == pytest.approx(slope, rel=0.01)
        assert row["method"] == "pchip_log_log"
    summary = json.loads((folder / "out/summary.json").read_text())
    assert summary["exponent_contact"] == pytest.approx(0.2, abs=0.01)
    assert summary["ratio_contact"] == pytest.approx(5**0.2, rel=0.01)
    assert summary["exponent_contact_currents"] == 2
    assert summary["collapse_error"] < 0.05
    assert summary["balances"]["volume"] == 2e-12
    assert summary["status"] == "ok"
    verdicts = {(c["statement"], c["criterion"]): c["verdict"] for c in summary["comparison"]}
    assert verdicts["0.1 < P_crit <= 0.2 MPa at 0.5 mA/cm2", "contact"] == "met"
    assert verdicts["P_crit linear in current", "contact"] == "not decided"


def test_critical_current_has_a_row_for_each_pressure_of_the_grid(swept):
    folder, _, _ = swept
    rows = table(folder / "out/critical_current.csv")
    assert len(rows) == 7
    bracketed = [r for r in rows if r["j_crit_contact_mA_cm2"]]
    for row in bracketed:
        assert 0.5 < float(row["j_crit_contact_mA_cm2"]) < 2.5
    assert rows[-1]["method"] == "not_bracketed"
    assert rows[-1]["j_crit_contact_mA_cm2"] == ""


def test_a_finished_sweep_resumes_at_once_and_writes_the_same(swept):
    folder, result, _ = swept
    names = ("sweep.csv", "critical.csv", "critical_current.csv", "summary.json")
    before = [(folder / "out" / name).read_text() for name in names]
    again = run_sweep(folder / "study.toml", folder / "out", jobs=2, solve=solve, resume=True)
    assert again == result
    assert before == [(folder / "out" / name).read_text() for name in names]
    calls = list((folder / "out").glob("*/calls"))
    assert len(calls) == 20
    assert all(path.read_text() == "started\n" for path in calls)


def test_one_worker_gives_the_same_tables_as_two(swept, tmp_path):
    folder, result, _ = swept
    alone = run_sweep(folder / "study.toml", tmp_path / "alone", jobs=1, solve=solve)
    assert alone == result
    for name in ("sweep.csv", "critical.csv"):
        assert (tmp_path / "alone" / name).read_text() == (folder / "out" / name).read_text()


def test_the_folder_of_another_study_is_refused_untouched(swept, write_study):
    folder, _, _ = swept
    before = (folder / "out/sweep.csv").read_text()
    other = write_study('[[sweep]]\n"protocol.pressure" = { values = ["1 MPa"] }')
    for resume in (False, True):
        with pytest.raises(InputError, match="another study"):
            run_sweep(other, folder / "out", solve=solve, resume=resume)
    with pytest.raises(InputError, match="--resume"):
        run_sweep(folder / "study.toml", folder / "out", solve=solve)
    assert (folder / "out/sweep.csv").read_text() == before


def test_a_file_in_the_way_is_refused(write_study, tmp_path):
    study = write_study('[[sweep]]\n"protocol.pressure" = { values = ["1 MPa"] }')
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        run_sweep(study, tmp_path / "file", solve=solve)


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize(
    "name", ["history.csv", "report.html", "critical.csv", "plot.png", "notes.txt", "study.json"]
)
def test_a_folder_that_holds_anything_else_is_refused_untouched(
    write_study, tmp_path, name, resume
):
    study = write_study('[[sweep]]\n"protocol.pressure" = { values = ["1 MPa"] }')
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    with pytest.raises(InputError, match=f"other files .{name}.") as caught:
        run_sweep(study, tmp_path / "out", solve=solve, resume=resume)
    assert "name another folder with -o" in str(caught.value)
    assert [item.name for item in (tmp_path / "out").iterdir()] == [name]
    assert (tmp_path / "out" / name).read_text() == "mine"


def test_a_record_that_was_never_finished_is_nobodys(write_study, tmp_path):
    study = write_study('[[sweep]]\n"protocol.pressure" = { values = ["1 MPa"] }')
    (tmp_path / "out").mkdir()
    (tmp_path / "out/.study.json.part").write_text("{")  # a sweep killed as it wrote
    assert run_sweep(study, tmp_path / "out", solve=solve).exit_code == 0


def test_dry_run_lists_the_cases_and_writes_nothing(write_study, tmp_path):
    result = run_sweep(write_study(BODY), tmp_path / "out", dry_run=True)
    assert result.exit_code == 0
    # what it is, every case, and how long it takes
    assert len(result.lines) == 1 + 14 + 1
    assert not (tmp_path / "out").exists()


def test_failed_cases_are_named_and_the_sweep_goes_on(write_study, tmp_path):
    body = """
[[sweep]]
"protocol.pressure" = { values = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4], unit = "MPa" }
"""
    study = write_study(body)
    result = run_sweep(study, tmp_path / "out", jobs=2, solve=solve_badly)
    assert result.exit_code == 3
    rows = {r["pressure_MPa"]: r for r in table(tmp_path / "out/sweep.csv")}
    assert len(rows) == 7
    assert [p for p, r in rows.items() if r["status"] == "failed"] == ["0.1", "0.2", "0.3"]
    assert "below its floor" in rows["0.1"]["reason"]
    assert "SIGKILL" in rows["0.2"]["reason"]
    assert "ZeroDivisionError" in rows["0.3"]["reason"]
    assert rows["0.1"]["contact_fraction"] == ""
    assert any("below its floor" in line for line in result.lines)
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["status"] == "failed"
    assert len(summary["failed"]) == 3
    # With the cause gone, --resume runs the failed cases only.
    healed = run_sweep(study, tmp_path / "out", jobs=2, solve=solve, resume=True)
    assert healed.exit_code == 0
    assert (tmp_path / "out/P0.15/calls").read_text() == "started\n"
    assert "failed" not in (tmp_path / "out/sweep.csv").read_text()


RETRIED = """
[[sweep]]
"protocol.pressure" = { values = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35], unit = "MPa" }
"""


def test_status_tells_what_was_interrupted_from_what_failed(write_study, tmp_path):
    body = """
[[sweep]]
"protocol.pressure" = { values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], unit = "MPa" }
"""
    out = tmp_path / "out"
    assert run_sweep(write_study(body), out, jobs=2, solve=solve_badly).exit_code == 3
    (out / "P0.2").mkdir(exist_ok=True)
    (out / "P0.2/case.toml").touch()  # a run was killed in it again and again
    (out / "P0.5/summary.json").unlink()  # ended by the sweep, within a step
    (out / "P0.6/summary.json").write_text('{"status": "interrupted", "reason": "by SIGTERM"}')
    shutil.rmtree(out / "P0.7")
    head, *lines = status_lines(sweep_status(out))
    assert head == "1 done, 2 interrupted, 3 failed, 1 not begun"
    said = {line.split()[0]: line.split(maxsplit=2)[1:] for line in lines}
    assert {name: state for name, (state, _) in said.items()} == {
        "P0.1": "failed",
        "P0.2": "failed",
        "P0.3": "failed",
        "P0.5": "interrupted",
        "P0.6": "interrupted",
    }
    assert "SIGKILL" in said["P0.2"][1]
    assert "--resume" in said["P0.5"][1]
    assert "--resume" in said["P0.6"][1]


def calls(out):
    """Return how often each case was begun, and how, by its folder."""
    return {path.parent.name: path.read_text().split() for path in sorted(out.glob("P*/calls"))}


def test_retry_failed_runs_the_failed_cases_alone_and_from_their_beginning(
    write_study, tmp_path, capfd
):
    study, out = write_study(RETRIED), tmp_path / "out"
    assert execute(["sweep", str(study), "-o", str(out), "--retry-failed"]) == 2
    assert "no sweep whose failed cases" in capfd.readouterr().err
    assert not out.exists()
    run_sweep(study, out, solve=solve_badly, jobs=1)
    shutil.rmtree(out / "P0.25")  # as if the sweep had been interrupted before this one
    (out / "P0.1").mkdir()
    (out / "P0.1/run.log").write_text("the first attempt")
    ended = []

    def stop(event):
        if event["event"] == "end":
            ended.append(event["case"])
            raise KeyboardInterrupt

    partial = run_sweep(study, out, solve=solve, jobs=1, retry_failed=True, monitor=stop)
    assert partial.exit_code == 3
    assert len(ended) == 1
    # what failed and has not ended again is still known as failed
    failed = [row["case"] for row in table(out / "sweep.csv") if row["status"] == "failed"]
    assert sorted(failed + ended) == ["P0.1", "P0.2", "P0.3"]

    events = []
    result = run_sweep(study, out, solve=solve, jobs=1, retry_failed=True, monitor=events.append)
    begun = [event["case"] for event in events if event["event"] == "start"]
    assert sorted(begun) == sorted(failed)
    assert events[-1]["cases_done"] == 5
    # every case was begun once, none goes on from what a failed attempt left
    assert calls(out) == {name: ["started"] for name in sorted([*failed, *ended, "P0.15", "P0.35"])}
    assert (out / "failed_attempts/P0.1.1/run.log").read_text() == "the first attempt"
    assert result.exit_code == 3  # one case has not begun
    assert "--resume" in result.lines[-1]
    rest = run_sweep(study, out, solve=solve, jobs=1, resume=True)
    assert rest.exit_code == 0
    whole = run_sweep(study, tmp_path / "whole", solve=solve, jobs=1)
    assert rest.lines == whole.lines
    for name in ("sweep.csv", "critical.csv", "summary.json"):
        assert (out / name).read_text() == (tmp_path / "whole" / name).read_text()
    again = run_sweep(study, out, solve=solve, jobs=1, retry_failed=True)
    assert again == rest


def test_resume_with_retry_failed_runs_what_is_missing_too(write_study, tmp_path):
    study, out = write_study(RETRIED), tmp_path / "out"
    run_sweep(study, out, solve=solve_badly, jobs=1)
    shutil.rmtree(out / "P0.25")
    result = run_sweep(study, out, solve=solve, jobs=1, resume=True, retry_failed=True)
    assert result.exit_code == 0
    assert set(map(tuple, calls(out).values())) == {("started",)}
    assert len(table(out / "sweep.csv")) == 6


def test_an_interrupt_keeps_what_was_done(write_study, tmp_path):
    seen = []

    def stop(event):
        if event["event"] == "end":
            seen.append(event)
            if len(seen) == 4:
                raise KeyboardInterrupt

    study = write_study(BODY)
    began = time.monotonic()
    result = run_sweep(study, tmp_path / "out", jobs=2, solve=solve, monitor=stop)
    assert time.monotonic() - began < 60
    assert result.exit_code == 3
    assert "--resume" in result.lines[-1]
    assert len(table(tmp_path / "out/sweep.csv")) == 4
    assert json.loads((tmp_path / "out/summary.json").read_text())["status"] == "interrupted"
    again = run_sweep(study, tmp_path / "out", jobs=2, solve=solve, resume=True)
    assert again.exit_code == 0
    assert len(table(tmp_path / "out/sweep.csv")) == 20


@pytest.mark.parametrize("busy", [solve_for_ever, solve_stubbornly])
def test_a_busy_worker_is_ended_with_the_sweep(write_study, tmp_path, busy):
    def stop(event):
        if event["event"] == "step":
            raise KeyboardInterrupt

    study = write_study('[[sweep]]\n"protocol.pressure" = { values = ["0.1 MPa", "0.2 MPa"] }')
    began = time.monotonic()
    result = run_sweep(study, tmp_path / "out", jobs=2, solve=busy, monitor=stop)
    assert result.exit_code == 3
    assert time.monotonic() - began < 30
    assert table(tmp_path / "out/sweep.csv") == []
    assert list((tmp_path / "out").glob("*/ended")) != []
    assert multiprocessing.active_children() == []


PROGRAM = """
import sys
from pathlib import Path
from femna.signals import tell_of_termination
from femna.study import run_sweep
from study.fake_solver import solve_for_ever
tell_of_termination()
result = run_sweep(Path(sys.argv[1]), Path(sys.argv[2]), jobs=2, solve=solve_for_ever)
print(*result.lines)
sys.exit(result.exit_code)
"""


def start(study, out):
    """Start a sweep whose cases never end; return the process once they have begun."""
    root = Path(__file__).parents[2]
    places = os.pathsep.join([str(root), str(root / "tests"), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(study), str(out)],
        env={**os.environ, "PYTHONPATH": places},
        stdout=subprocess.PIPE,
        text=True,
        # under nohup a closed terminal is ignored
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509
    )
    while len(list(out.glob("*/alive"))) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    return process


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.slow)])
def test_with_workers_killed_at_random_each_case_is_done_exactly_once(write_study, tmp_path, count):
    ends = f'from = "0.1 MPa", to = "1 MPa", count = {count}, spacing = "log"'
    study = write_study(f'[[sweep]]\n"protocol.pressure" = {{ {ends} }}')
    draw, killed = random.Random(8), []

    def kill(event):
        # one in twenty of the starts costs a worker, whichever it is and whatever it does
        if event["event"] == "start" and draw.random() < 0.05:
            victims = multiprocessing.active_children()
            victim = draw.choice(victims)
            victim.kill()
            killed.append(victim.pid)

    result = run_sweep(study, tmp_path / "out", jobs=2, solve=solve_slowly, monitor=kill)
    assert len(killed) >= count // 40
    rows = table(tmp_path / "out/sweep.csv")
    if result.exit_code == 3:  # a case whose process died three times over
        assert [r for r in rows if r["status"] == "failed"]
        result = run_sweep(study, tmp_path / "out", jobs=2, solve=solve_slowly, resume=True)
        rows = table(tmp_path / "out/sweep.csv")
    assert result.exit_code == 0
    assert len(rows) == len({r["case"] for r in rows}) == count
    assert {r["status"] for r in rows} <= {"ok", "voltage_limit"}
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert sum(summary["cases"].values()) == count
    assert all((tmp_path / "out" / r["case"] / "summary.json").exists() for r in rows)
    assert not list((tmp_path / "out").glob("*/computed again"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_sweep_that_says_so(write_study, tmp_path, number):
    study = write_study('[[sweep]]\n"protocol.pressure" = { values = ["0.1 MPa", "0.2 MPa"] }')
    process = start(study, tmp_path / "out")
    if number == signal.SIGHUP:  # a closed terminal tells every process; the sweep decides
        for file in (tmp_path / "out").glob("*/alive"):
            os.kill(int(file.read_text()), number)
    process.send_signal(number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "go on with --resume" in said
    assert json.loads((tmp_path / "out/summary.json").read_text())["status"] == "interrupted"
    assert len(list((tmp_path / "out").glob("*/ended"))) == 2


def test_a_sweep_that_is_killed_takes_its_workers_along_and_is_taken_up_at_once(
    write_study, tmp_path, monkeypatch
):
    study = write_study('[[sweep]]\n"protocol.pressure" = { values = ["0.1 MPa", "0.2 MPa"] }')
    process = start(study, tmp_path / "out")
    monkeypatch.setattr("femna.study.runner.PATIENCE", 0.2)
    with pytest.raises(InputError, match="another femna is writing into it"):
        run_sweep(study, tmp_path / "out", solve=solve, resume=True)
    monkeypatch.undo()
    workers = [int(p.read_text()) for p in (tmp_path / "out").glob("*/alive")]
    process.kill()
    process.communicate(timeout=60)
    result = run_sweep(study, tmp_path / "out", jobs=2, solve=solve, resume=True)
    assert result.exit_code == 0
    for worker in workers:
        state = Path(f"/proc/{worker}/stat")
        assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] in "ZX"
    assert list((tmp_path / "out").glob("*/ended")) == []


def test_several_combinations_have_rows_of_their_own(write_study, tmp_path):
    body = (
        BODY.replace("extra_points = 3", "extra_points = 0")
        + """
[[variant]]
name = "a"
[[variant]]
name = "b"
set = { "interface.roughness" = "0.2 um" }
"""
    )
    run_sweep(write_study(body), tmp_path / "out", jobs=1, solve=solve)
    rows = table(tmp_path / "out/critical.csv")
    assert [(r["variant"], r["current_mA_cm2"]) for r in rows] == [
        ("a", "0.5"),
        ("a", "2.5"),
        ("b", "0.5"),
        ("b", "2.5"),
    ]
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["exponent_contact"] is None
    assert [g["inputs"] for g in summary["groups"]] == [{"variant": "a"}, {"variant": "b"}]


@pytest.mark.parametrize("study", STUDIES, ids=[path.stem for path in STUDIES])
def test_the_studies_of_the_repository_are_in_order(tmp_path, study):
    assert run_sweep(study, tmp_path / "none", dry_run=True).exit_code == 0
