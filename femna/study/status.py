"""How far a sweep has come, read from its folder: also while it runs, and from another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from femna.errors import EnvironmentProblem, InputError
from femna.files import read_json
from femna.lock import is_held
from femna.study.folder import RECORD
from femna.study.retry import failed_cases
from femna.study.rows import FAILED, FINISHED
from femna.study.slurm import JobState, queue_states, read_jobs

INTERRUPTED: Final = "interrupted"
STATES: Final = ("done", "runs", "waits", INTERRUPTED, FAILED, "not begun")
_SHOWN: Final = ("runs", "waits", INTERRUPTED, FAILED)


@dataclass(frozen=True)
class CaseState:
    """One case: one of `STATES`, and what else is known of it."""

    name: str
    state: str
    note: str = ""


def sweep_status(directory: Path) -> list[CaseState]:
    """Return the state of every case that a sweep's folder knows.

    Raises
    ------
    InputError
        The folder holds no sweep.
    """
    record = read_json(directory / RECORD)
    if record is None:
        raise InputError(
            None, "folder", str(directory), "holds no sweep", "name the folder of femna sweep -o"
        )
    listed = [str(name) for name in record.get("cases", [])]
    added = sorted(path.parent.name for path in directory.glob("*/case.toml"))
    names = dict.fromkeys([*listed, *added])
    jobs = read_jobs(directory)
    try:
        queue = queue_states(jobs.values()) if jobs else {}
    except EnvironmentProblem:  # seen from a machine without Slurm
        queue = {}
    failed = failed_cases(directory)
    return [_state(directory / name, jobs.get(name, ""), queue, failed) for name in names]


def status_lines(cases: list[CaseState]) -> list[str]:
    """Return counts, and a line for each case that is neither done nor not begun."""
    counts = {state: sum(case.state == state for case in cases) for state in STATES}
    lines = [", ".join(f"{number} {state}" for state, number in counts.items() if number)]
    shown = [case for case in cases if case.state in _SHOWN]
    width = max((len(case.name) for case in shown), default=0)
    wide = max(len(FAILED), *(len(case.state) for case in shown)) if shown else 0
    lines += [f"{case.name:<{width}}  {case.state:<{wide}}  {case.note}".rstrip() for case in shown]
    return lines


def _state(
    folder: Path, job: str, queue: Mapping[str, JobState], failed: Mapping[str, str]
) -> CaseState:
    summary = read_json(folder / "summary.json") or {}
    status = str(summary.get("status", ""))
    if status in FINISHED:
        return CaseState(folder.name, "done", status)
    if job in queue:
        said = queue[job]
        if said.state == "PENDING":
            return CaseState(folder.name, "waits", f"job {job}: {said.reason}")
        return CaseState(folder.name, "runs", f"job {job}: {said.state}, {_steps(folder)}")
    if folder.is_dir() and is_held(folder):
        return CaseState(folder.name, "runs", _steps(folder))
    if folder.name in failed or status == FAILED or (folder / "failure.txt").exists():
        reason = failed.get(folder.name) or summary.get("reason") or "see failure.txt"
        return CaseState(folder.name, FAILED, str(reason))
    if job and not status:
        return CaseState(folder.name, FAILED, f"job {job} ended without a summary")
    if status or (folder / "case.toml").exists():
        return CaseState(folder.name, INTERRUPTED, f"{_steps(folder)}; --resume goes on")
    return CaseState(folder.name, "not begun")


def _steps(folder: Path) -> str:
    try:
        with (folder / "history.csv").open("rb") as stream:
            return f"{max(0, sum(1 for _ in stream) - 2)} steps"
    except OSError:
        return "starting"
