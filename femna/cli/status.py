"""``femna status``: how far a sweep is."""

from __future__ import annotations

from pathlib import Path

from femna.cli.console import output_console
from femna.cli.exits import DONE, reading_results


def status_command(directory: Path, /) -> int:
    """Say which cases of a sweep are done, run, wait, were interrupted or failed.

    Parameters
    ----------
    directory
        The folder of the sweep.
    """
    from femna.study.status import status_lines, sweep_status

    console = output_console()
    with reading_results(directory):
        lines = status_lines(sweep_status(directory))
    for line in lines:
        console.print(line)
    return DONE
