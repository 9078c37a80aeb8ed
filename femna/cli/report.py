"""``femna report``: the report of a folder of results."""

from __future__ import annotations

from pathlib import Path

from femna.cli.console import output_console
from femna.cli.exits import DONE, reading_results


def report_command(directory: Path, /) -> int:
    """Write the report of a run's or a sweep's folder again.

    Parameters
    ----------
    directory
        The folder of results.
    """
    from femna.report import write_report

    with reading_results(directory):
        page = write_report(directory)
    output_console().print(f"report in {page}")
    return DONE
