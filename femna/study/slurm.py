"""The cases of a sweep as jobs of Slurm, handed over by submitit; each job is one ``femna run``.

Nothing but folders connects sweep and jobs: a job goes on from what its case's folder holds, and
what it came to is read there. So a sweep that ends leaves its jobs at work, and the next
``--resume`` finds them by their numbers and does not hand them over again.
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from femna.errors import EnvironmentProblem
from femna.files import read_json, render_json, write_text
from femna.study.rows import FINISHED
from femna.study.slurm_settings import SlurmSettings
from femna.study.workers import Outcome, Task

FOLDER: Final = "slurm"
JOBS: Final = "jobs.json"
PAUSE: Final = 2.0
"""Seconds between two questions to Slurm."""


@dataclass(frozen=True)
class JobState:
    """What Slurm says of a job that it still has: PENDING, RUNNING, ..., and why."""

    state: str
    reason: str


def run_tasks_on_slurm(
    tasks: Iterable[Task],
    *,
    settings: SlurmSettings,
    directory: Path,
    on_start: Callable[[Task], None],
    on_outcome: Callable[[Outcome], Sequence[Task]],
    pause: float = PAUSE,
) -> None:
    """Run tasks as jobs until none is left.

    Parameters
    ----------
    tasks : iterable of Task
        In the order in which they are handed over.
    settings : SlurmSettings
        What each asks for.
    directory : Path
        Folder of the sweep.
    on_start, on_outcome : callable
        As for `femna.study.workers.run_tasks`; a start is that of the job, not its submission.
    pause : float
        Seconds between two questions to Slurm.

    Raises
    ------
    EnvironmentProblem
        Slurm or submitit is missing, or Slurm takes no job.
    """
    queue = deque(tasks)
    executor = _executor(settings, directory / FOLDER)
    jobs = read_jobs(directory)
    running: dict[str, Task] = {}
    started: set[str] = set()
    known = queue_states(jobs.values())
    while queue or running:
        while queue and len(running) < settings.at_once:
            task = queue.popleft()
            if jobs.get(task.name) not in known:  # a job that is at work is not given twice
                jobs[task.name] = _submit(executor, task, settings, directory)
                write_text(directory / FOLDER / JOBS, render_json(jobs))
            running[task.name] = task
        time.sleep(pause)
        known = queue_states(jobs.values())  # also of those whose turn is yet to come
        for name, task in list(running.items()):
            state = known.get(jobs[name])
            if (state is None or state.state != "PENDING") and name not in started:
                started.add(name)
                on_start(task)
            if state is None:
                del running[name]
                queue.extend(on_outcome(_outcome(task, jobs[name], directory)))


def read_jobs(directory: Path) -> dict[str, str]:
    """Return the last job of each case of a sweep's folder, by the case's name."""
    found = read_json(directory / FOLDER / JOBS) or {}
    return {str(name): str(job) for name, job in found.items()}


def jobs_at_work(directory: Path) -> frozenset[str]:
    """Return the cases of a sweep's folder whose jobs wait or run.

    Raises
    ------
    EnvironmentProblem
        As for `queue_states`.
    """
    jobs = read_jobs(directory)
    states = queue_states(jobs.values())
    return frozenset(name for name, job in jobs.items() if job in states)


def queue_states(jobs: Iterable[str]) -> dict[str, JobState]:
    """Ask Slurm for the jobs of this user that wait or run, and return those asked for.

    Raises
    ------
    EnvironmentProblem
        Slurm gives no answer for a minute.
    """
    wanted = set(jobs)
    if not wanted:
        return {}
    command = ["squeue", "--noheader", "--user", getpass.getuser(), "--format", "%A|%T|%r"]
    until = time.monotonic() + 60.0
    while True:
        done = _call(command)
        if done.returncode == 0:
            break
        if time.monotonic() > until:  # the controller may be restarting
            raise EnvironmentProblem(f"Slurm does not answer ({_line(done.stderr)})")
        time.sleep(1.0)
    found = {}
    for line in done.stdout.splitlines():
        job, state, reason = line.split("|", maxsplit=2)
        if job in wanted and state not in _ENDED:
            found[job] = JobState(state, reason)
    return found


_ENDED: Final = frozenset(
    {"COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "DEADLINE"}
)


_INSIDE_A_STEP: Final = {"HYDRA_LAUNCHER": "fork", "SLURM_OVERLAP": "1"}
# A job is one node. Left alone, MPICH's mpiexec asks Slurm for a step of its own there, which waits
# for ever for the processors that the step it is in already holds.


def run_command(arguments: Sequence[str]) -> int:
    """Run a program inside a job and return its exit code."""
    environment = {**_INSIDE_A_STEP, **os.environ}
    return subprocess.run(list(arguments), check=False, env=environment).returncode


def starter(mpi: str) -> str:
    """Return what starts the ranks: the one beside this Python, which has DOLFINx's MPI, if any."""
    beside = Path(sys.executable).parent
    places = os.pathsep.join([str(beside), os.environ.get("PATH", "")])
    return shutil.which(mpi, path=places) or mpi


def require_slurm() -> Any:
    """Return submitit, by which jobs are handed over.

    Raises
    ------
    EnvironmentProblem
        It is not installed, or Slurm is not there.
    """
    try:
        import submitit
    except ImportError:
        raise EnvironmentProblem(
            "--engine slurm needs submitit: pip install 'femna[slurm]'"
        ) from None
    if shutil.which("sbatch") is None:
        raise EnvironmentProblem("--engine slurm: no sbatch on PATH; call femna on a login node")
    return submitit


def _executor(settings: SlurmSettings, folder: Path) -> Any:
    submitit = require_slurm()
    folder.mkdir(exist_ok=True)
    executor = submitit.AutoExecutor(folder=folder / "logs", cluster="slurm")
    asked: dict[str, Any] = {
        "timeout_min": round(settings.time),
        "tasks_per_node": 1,
        "cpus_per_task": settings.ranks,
        "nodes": 1,
        "slurm_partition": settings.partition,
        "slurm_account": settings.account,
        "slurm_mem": settings.memory,
    }
    executor.update_parameters(**{k: v for k, v in asked.items() if v is not None})
    return executor


def _submit(executor: Any, task: Task, settings: SlurmSettings, directory: Path) -> str:
    _forget_attempt(task.directory / "summary.json")
    case = directory / FOLDER / f"{task.name}.toml"
    write_text(case, task.case.to_toml())
    ranks = [starter(settings.mpi), "-n", str(settings.ranks)] if settings.ranks > 1 else []
    program = [*ranks, sys.executable, "-m", "femna", "run", str(case.resolve())]
    executor.update_parameters(name=f"femna-{task.name}"[:60])
    try:
        job = executor.submit(
            run_command, [*program, "-o", str(task.directory.resolve()), "--resume"]
        )
    except Exception as error:
        raise EnvironmentProblem(f"Slurm takes no job: {_line(str(error))}") from error
    return str(job.job_id)


def _forget_attempt(summary: Path) -> None:
    """Remove how an attempt before this one ended, unless it reached its end meanwhile."""
    found = read_json(summary)
    if found is not None and found.get("status") not in FINISHED:
        summary.unlink(missing_ok=True)


def _outcome(task: Task, job: str, directory: Path) -> Outcome:
    """Read what a job that has ended left in the folder of its case."""
    summary = read_json(task.directory / "summary.json")
    if summary is not None:
        return Outcome(task, summary)
    log = directory / FOLDER / "logs" / f"{job}_0_log.err"
    return Outcome(task, None, f"job {job} {_how_it_ended(job)}; its words are in {log}")


def _how_it_ended(job: str) -> str:
    """Ask the controller, which remembers a job for some minutes."""
    done = _call(["scontrol", "show", "job", "--oneliner", job])
    entries = dict(part.split("=", 1) for part in done.stdout.split() if "=" in part)
    state = entries.get("JobState")
    return f"ended as {state}" if state else "left no summary"


def _call(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
