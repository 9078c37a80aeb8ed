"""Run a study: its cases in worker processes, extra pressures where curves need them, the files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from femna.errors import InputError
from femna.lock import PATIENCE, sole_writer
from femna.study.definition import Study
from femna.study.estimate import estimate
from femna.study.folder import claim
from femna.study.master_curve import split
from femna.study.observations import Observations
from femna.study.plan import Plan
from femna.study.planned import CaseLoader
from femna.study.prepared import prepare
from femna.study.results import write_results
from femna.study.retry import failed_cases
from femna.study.rows import FAILED
from femna.study.schedule import Monitor, Progress, run_cases
from femna.study.slurm import require_slurm
from femna.study.slurm_settings import SlurmSettings, load_profile
from femna.study.workers import Solve

EXIT_DONE: Final = 0
EXIT_STOPPED_EARLY: Final = 3

type Engine = Literal["local", "slurm"]


@dataclass(frozen=True)
class SweepResult:
    """How a sweep ended.

    Attributes
    ----------
    exit_code : int
        0 done, 3 with a failed case or after an interrupt.
    lines : list[str]
        The table to print.
    """

    exit_code: int
    lines: list[str]


def run_sweep(
    path: Path,
    directory: Path,
    *,
    jobs: int | None = None,
    dry_run: bool = False,
    resume: bool = False,
    retry_failed: bool = False,
    overrides: Mapping[str, str] | None = None,
    monitor: Monitor | None = None,
    solve: Solve | None = None,
    loader: CaseLoader | None = None,
    engine: Engine = "local",
    profile: Path | None = None,
) -> SweepResult:
    """Run every case of a study and evaluate the critical pressure.

    Parameters
    ----------
    path : Path
        The study file.
    directory : Path
        Where sweep.csv, critical.csv, critical_current.csv, summary.json and one folder for
        each case go.
    jobs : int, optional
        Number of worker processes, by default the processors at hand.
    dry_run : bool
        List and validate the cases only; nothing is written.
    resume : bool
        Skip the cases that are finished; what has begun or failed goes on from its last step.
    retry_failed : bool
        Run the failed cases again, from their beginning, and without `resume` nothing else of the
        grid.
    overrides : Mapping[str, str], optional
        Further entries of every case, as `--set` gives them.
    monitor : callable, optional
        Receives mappings with `event` (start, step, end, interrupted), `case`, `cases_done`,
        `cases_total`; a step carries what the simulation's monitor says.
    solve, loader : callable, optional
        Stand-ins for `femna.output.run_case` and `femna.case.load_case`.
    engine : {"local", "slurm"}
        Worker processes on this machine, or jobs of a cluster.
    profile : Path, optional
        A file with the keys of the study's table [slurm], in its place.

    Returns
    -------
    SweepResult
        Exit code and the table to print.

    Raises
    ------
    InputError
        Study, case, observations or folder are not in order; nothing has been run.
    EnvironmentProblem
        The engine is Slurm, which is not here; nothing has been written.
    """
    if jobs is not None and jobs < 1:
        raise InputError(None, "--jobs", jobs, "at least 1", "give the number of processes")
    prepared = prepare(path, loader=loader or _default_loader(), overrides=overrides)
    plan = prepared.plan
    slurm = _slurm(plan.study, profile, jobs) if engine == "slurm" else None
    if dry_run:
        return SweepResult(EXIT_DONE, _dry_lines(plan, directory))
    # refused before anything is written
    if slurm is not None:
        require_slurm()
    if retry_failed:
        failed_cases(directory)
    with ExitStack() as held:
        patience = PATIENCE if resume or retry_failed else 0.0
        claim(
            directory,
            plan,
            resume=resume or retry_failed,
            hold=lambda: held.enter_context(sole_writer(directory, patience=patience)),
        )
        progress = Progress(
            plan,
            directory,
            resume or retry_failed,
            monitor,
            retried=failed_cases(directory) if retry_failed else {},
            only_retried=retry_failed and not resume,
        )
        return _compute(progress, jobs, solve, prepared.observations, slurm=slurm)


def _compute(
    progress: Progress,
    jobs: int | None,
    solve: Solve | None,
    observations: Observations | None,
    *,
    slurm: SlurmSettings | None,
) -> SweepResult:
    directory, study = progress.directory, progress.plan.study
    try:
        run_cases(progress, jobs or _processors(), solve, slurm=slurm)
    except KeyboardInterrupt:
        lines = _finish(directory, study, progress, observations, interrupted=True)
        progress.tell("interrupted")
        return SweepResult(EXIT_STOPPED_EARLY, lines)
    failed = any(row.status == FAILED for row in progress.rows.values())
    partial = progress.incomplete  # an interrupted sweep whose failed cases alone ran again
    lines = _finish(directory, study, progress, observations, interrupted=partial)
    return SweepResult(EXIT_STOPPED_EARLY if failed or partial else EXIT_DONE, lines)


def _slurm(study: Study, profile: Path | None, jobs: int | None) -> SlurmSettings:
    settings = study.slurm if profile is None else load_profile(profile)
    return settings if jobs is None else settings.model_copy(update={"at_once": jobs})


def _finish(
    directory: Path,
    study: Study,
    progress: Progress,
    observations: Observations | None,
    *,
    interrupted: bool,
) -> list[str]:
    return write_results(
        directory,
        study,
        progress.ordered_rows(),
        proofs=progress.proofs(),
        averaged=progress.plan.averaged,
        observations=observations,
        interrupted=interrupted,
    )


def _default_loader() -> CaseLoader:
    from femna.case import load_case

    return load_case


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def _dry_lines(plan: Plan, directory: Path) -> list[str]:
    extra = plan.study.critical.extra_points if plan.adaptive else 0
    lines = [f"{plan.study.title}: {len(plan.cases)} cases"]
    if extra:
        lines[0] += f", and up to {extra} more pressures for each curve"
    kept, masters = split(plan.cases, plan.study)
    if masters:
        lines.append(
            f"{len(plan.cases) - len(kept)} of them are mapped from {len(masters)} master curve(s) "
            "that spot checks prove"
        )
    width = max(len(item.name) for item in plan.cases)
    for item in plan.cases:
        rest = ", ".join(f"{name} = {value}" for name, value in item.others)
        line = f"{item.name:<{width}}  {item.pressure:.6g} MPa  {item.current:.6g} mA/cm2  {rest}"
        lines.append(line.rstrip())
    curves = len({(item.others, item.current) for item in kept})
    widen = plan.study.critical.widen if plan.adaptive else 0
    checks = len(masters) * plan.study.critical.spot_checks
    more = {"curves": curves, "extra": extra + widen, "checks": checks}
    return lines + estimate(kept, directory, **more)
