"""Figures and a page from the folder of a run or a sweep."""

from __future__ import annotations

from pathlib import Path

from femna.report.reading import SweepFolder, read_folder
from femna.report.run_page import write_run_report
from femna.report.sweep_page import write_sweep_report


def write_report(directory: Path) -> Path:
    """Write PNG figures and report.html into the folder of a run or a sweep.

    Parameters
    ----------
    directory : Path
        A folder with sweep.csv or history.csv.

    Returns
    -------
    Path
        report.html, a single page with everything in it.

    Raises
    ------
    InputError
        The folder holds neither.
    """
    found = read_folder(directory)
    if isinstance(found, SweepFolder):
        return write_sweep_report(found)
    return write_run_report(found)


__all__ = ["write_report"]
