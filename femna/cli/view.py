"""``femna view``: the fields of a run in a window, or as a picture or a film."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from femna.cli.console import output_console
from femna.cli.exits import DONE


def view_command(
    directory: Path,
    /,
    *,
    save: Annotated[
        Path | None, Parameter(help="Write a .png, or all times as .mp4 or .gif; no screen needed.")
    ] = None,
    field: Annotated[str | None, Parameter(help="Show this field alone, by its name.")] = None,
    time: Annotated[
        float | None, Parameter(help="Nearest output time in s; the last if left out.")
    ] = None,
) -> int:
    """Show the fields of a run.

    Parameters
    ----------
    directory
        The folder of a run.
    """
    from femna.report.scene import show_run

    written = show_run(directory, save=save, array=field, time=time)
    if written is not None:
        output_console().print(f"view in {written}")
    return DONE
