"""Runs and sweeps with their folders, as the command line does them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from femna.api.results import Run, Sweep
from femna.case import Case, load_case
from femna.materials import resolve

if TYPE_CHECKING:
    from femna.output.run import Extra


def run(
    case: Case | Path | str,
    directory: Path | str,
    *,
    changes: Mapping[str, str] | None = None,
    resume: bool = False,
    progress: Callable[[Mapping[str, object]], None] | None = None,
    extra: Mapping[str, Extra] | None = None,
    stop: Callable[[Mapping[str, object]], bool] | None = None,
) -> Run:
    """Run one case into a folder (collective), as ``femna run`` does.

    Parameters
    ----------
    case : Case, Path or str
        A case, or its file.
    directory : Path or str
        Folder of the run.
    changes : mapping, optional
        Entries of a case file to override, as ``--set``.
    resume : bool
        Go on from the checkpoint that is there; a finished run is returned as it is.
    progress : callable, optional
        Gets the row of every accepted step, on rank 0.
    extra : mapping, optional
        Further columns of history.csv: name (with its unit) -> function of the solved
        `femna.simulation.system.System`, called on every rank; rank 0's number is written.
    stop : callable, optional
        Gets the row of every accepted step, on rank 0; true ends the run with a checkpoint, as
        status ``interrupted``.

    Returns
    -------
    Run
        The folder.

    Raises
    ------
    InputError
        Case or folder cannot be used; nothing is overwritten.
    """
    loaded = case if isinstance(case, Case) else load_case(Path(case), changes or {})
    if isinstance(case, Case) and changes:
        loaded = case.changed(changes)
    resolve(loaded)
    # numbers that are missing are named before DOLFINx is loaded
    from femna.output import run_case

    folder = Path(directory)
    ended = run_case(loaded, folder, resume=resume, monitor=progress, extra=extra, stop=stop)
    return Run(folder, ended)


def sweep(study: Path | str, directory: Path | str, **options: Any) -> Sweep:
    """Run every case of a study and evaluate them, as ``femna sweep`` does.

    Parameters
    ----------
    study : Path or str
        The study file.
    directory : Path or str
        Folder of the sweep.
    **options
        Those of `femna.study.run_sweep`: jobs, resume, overrides, monitor, engine, profile.

    Raises
    ------
    InputError
        Study, case, observations or folder are not in order; nothing has been run.
    """
    from femna.study import run_sweep

    run_sweep(Path(study), Path(directory), **options)
    return Sweep(Path(directory))
