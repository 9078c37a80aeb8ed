"""``femna doctor``: whether a run could work on this machine."""

from __future__ import annotations

from femna.cli.console import output_console
from femna.cli.exits import DONE
from femna.errors import EnvironmentProblem


def doctor_command() -> int:
    """Print versions, solvers, compiler and folders; exit 3 where a run could not work."""
    from femna.doctor import examine

    report = examine()
    console = output_console()
    for line in report.lines:
        console.print(line)
    if report.reason is not None:
        raise EnvironmentProblem(report.reason)
    return DONE
