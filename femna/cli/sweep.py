"""``femna sweep``: many cases from one study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from femna.cli.console import output_console
from femna.cli.options import Assignments, Folder, Resume


def sweep_command(
    study: Path,
    /,
    *,
    output: Folder,
    jobs: Annotated[
        int | None,
        Parameter(help="Cases at a time: 1 if left out; with slurm what [slurm] at_once says."),
    ] = None,
    engine: Annotated[
        Literal["local", "slurm"], Parameter(help="This machine, or jobs of a cluster.")
    ] = "local",
    profile: Annotated[
        Path | None, Parameter(help="File with the keys of the study's table [slurm].")
    ] = None,
    dry_run: Annotated[bool, Parameter(negative="", help="List the cases only.")] = False,
    resume: Resume = False,
    retry_failed: Annotated[
        bool,
        Parameter(negative="", help="Run the failed cases again from their beginning, only them."),
    ] = False,
    assignments: Assignments | None = None,
) -> int:
    """Run every case of a study and evaluate them.

    Parameters
    ----------
    study
        The study file.
    """
    from femna.case import require_study, split_assignments
    from femna.cli.progress import sweep_progress
    from femna.errors import InputError

    if profile is not None and engine == "local":
        raise InputError(None, "--profile", str(profile), "is for clusters", "add --engine slurm")
    if jobs is None and engine == "local":
        jobs = 1
    if jobs is not None and jobs < 1:
        raise InputError(None, "--jobs", jobs, "must be at least 1", "give a positive number")
    require_study(study)
    overrides = split_assignments(assignments or [])

    from femna.study import run_sweep

    with sweep_progress() as monitor:
        outcome = run_sweep(
            study,
            output,
            jobs=jobs,
            dry_run=dry_run,
            resume=resume,
            retry_failed=retry_failed,
            overrides=overrides,
            monitor=monitor,
            engine=engine,
            profile=profile,
        )
    console = output_console()
    for line in outcome.lines:
        console.print(line)
    if not dry_run:
        from femna.report import write_report

        console.print(f"report in {write_report(output)}")
    return int(outcome.exit_code)
