"""What stops early says why, keeps what it has, and goes on when asked."""

import csv
import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time

import pytest
from runs.conftest import case_text, differences, last, rows, summary

from femna.cli.app import execute

STEEP = 'steps = [{ do = "strip", charge = "0.1 mAh/cm^2" }]'


def test_a_case_that_cannot_converge_keeps_its_history_and_names_the_reason(run, capsys):
    text = case_text(numerics="min_step_ratio = 0.01\ncontact_error = 1e-4", protocol=STEEP)
    folder = run(text, code=3, settings=["protocol.pressure=0.02 MPa"])
    found = summary(folder)
    assert found["status"] == "failed"
    assert "cannot be done" in found["reason"]
    assert found["reason"] in capsys.readouterr().out
    assert len(rows(folder)) == found["steps"] + 1
    assert found["final"]["charge_mAh_cm2"] == last(folder)["charge_mAh_cm2"]
    assert found["reason"] in (folder / "run.log").read_text()
    # asked to go on, it tries again, and fails again with the same history
    before = (folder / "history.csv").read_bytes()
    arguments = ["run", str(folder.parent / "run.toml"), "-o", str(folder), "--resume"]
    assert execute([*arguments, "--set", "protocol.pressure=0.02 MPa"]) == 3
    assert (folder / "history.csv").read_bytes() == before
    assert summary(folder)["reason"] == found["reason"]
    assert summary(folder)["final"] == found["final"]


def test_the_number_of_steps_is_a_limit_that_is_named(run, capsys):
    folder = run(case_text(numerics="max_steps = 3"), code=3)
    assert "numerics.max_steps" in summary(folder)["reason"]
    assert "numerics.max_steps" in capsys.readouterr().out
    assert [row["step"] for row in rows(folder)] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_so_and_goes_on(run, tmp_path, environment, number):
    text = case_text(numerics='step = "0.0005 mAh/cm^2"')
    whole = run(text, "whole")
    case, out = tmp_path / "whole.toml", tmp_path / "out"
    command = [sys.executable, "-m", "femna", "run", str(case), "-o", str(out)]
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        # a job in the background is started with the interrupt ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while process.poll() is None and not ((out / "history.csv").exists() and len(rows(out)) > 4):
        time.sleep(0.01)
    process.send_signal(number)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 3
    assert said.startswith(f"interrupted (interrupted by {number.name}; --resume goes on)")
    assert summary(out)["status"] == "interrupted"
    assert 4 < len(rows(out)) < len(rows(whole))
    assert execute(["run", str(case), "-o", str(out), "--resume"]) == 0
    assert differences(whole, out, tolerance=0.0) == []


STUDY = """
femna = 1
title = "a small study"
case = "case.toml"
[[sweep]]
"numerics.max_steps" = {{ values = [{}] }}
"protocol.pressure" = {{ values = [{}], unit = "MPa" }}
"""


def test_a_sweep_with_a_case_that_fails_does_the_others(tmp_path, capsys):
    (tmp_path / "case.toml").write_text(case_text(numerics='step = "0.01 mAh/cm^2"'))
    (tmp_path / "study.toml").write_text(STUDY.format("2000, 1, 2001", "0.1, 0.2, 0.4"))
    out = tmp_path / "out"
    assert execute(["sweep", str(tmp_path / "study.toml"), "-o", str(out), "--jobs", "2"]) == 3
    with (out / "sweep.csv").open() as stream:
        found = {row["pressure_MPa"]: row for row in csv.DictReader(stream)}
    assert [found[p]["status"] for p in ("0.1", "0.2", "0.4")] == ["ok", "failed", "ok"]
    assert "numerics.max_steps" in found["0.2"]["reason"]
    assert "numerics.max_steps" in capsys.readouterr().out
    assert json.loads((out / "summary.json").read_text())["status"] == "failed"
    contact = [float(found[p]["contact_fraction"]) for p in ("0.1", "0.4")]
    assert contact[0] < contact[1]


def watched(command, environment):
    """Run a command on a terminal of its own; return its exit code and all that it showed."""
    ours, theirs = pty.openpty()
    environment = {**environment, "TERM": "xterm", "COLUMNS": "150", "LINES": "40"}
    process = subprocess.Popen(
        command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    shown = b""
    while True:
        ready, _, _ = select.select([ours], [], [], 0.2)
        if ready:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
        elif process.poll() is not None:
            break
    os.close(ours)
    return process.wait(), shown.decode("utf-8", errors="replace")


def test_a_sweep_on_a_terminal_shows_how_far_it_is(tmp_path, environment):
    (tmp_path / "case.toml").write_text(case_text(numerics='step = "0.002 mAh/cm^2"'))
    (tmp_path / "study.toml").write_text(STUDY.format("2000, 2001, 2002", "0.1, 0.2, 0.4"))
    arguments = ["sweep", str(tmp_path / "study.toml"), "-o", str(tmp_path / "out"), "--jobs", "1"]
    code, shown = watched([sys.executable, "-m", "femna", *arguments], environment)
    assert code == 0
    assert "0 of 3 cases done" in shown
    assert "2 of 3 cases done, about" in shown
    assert "s left" in shown
    assert "P0.1: starting" in shown
    assert "P0.1: step" in shown
    assert "Traceback" not in shown


def test_a_run_on_a_terminal_shows_its_state(tmp_path, environment):
    (tmp_path / "case.toml").write_text(case_text(numerics='step = "0.002 mAh/cm^2"'))
    arguments = ["run", str(tmp_path / "case.toml"), "-o", str(tmp_path / "out")]
    code, shown = watched([sys.executable, "-m", "femna", *arguments], environment)
    assert code == 0
    assert "meshing" in shown
    assert "(half cycle of 0.02 mAh/cm2)" in shown
    assert "contact" in shown


@pytest.mark.slow
def test_a_run_whose_terminal_is_closed_says_so_in_its_files_and_goes_on(
    run, tmp_path, environment
):
    text = case_text(numerics='step = "0.0005 mAh/cm^2"')
    whole = run(text, "whole")
    case, out = tmp_path / "whole.toml", tmp_path / "out"
    ours, theirs = pty.openpty()

    def own_terminal():
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
        # a test that runs under nohup hands that on
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    process = subprocess.Popen(
        [sys.executable, "-m", "femna", "run", str(case), "-o", str(out)],
        env={**environment, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=own_terminal,  # noqa: PLW1509
    )
    os.close(theirs)
    while process.poll() is None and not ((out / "history.csv").exists() and len(rows(out)) > 4):
        time.sleep(0.01)
    os.close(ours)  # the kernel then sends SIGHUP, and every write to the terminal fails
    assert process.wait(timeout=120) == 3
    assert summary(out)["status"] == "interrupted"
    assert "SIGHUP" in summary(out)["reason"]
    assert execute(["run", str(case), "-o", str(out), "--resume"]) == 0
    assert differences(whole, out, tolerance=0.0) == []
