"""The failed cases of a sweep, to be run once more from their beginning."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from femna.errors import InputError
from femna.study.folder import RECORD
from femna.study.rows import FAILED
from femna.tables import read_table

ATTEMPTS: Final = "failed_attempts"
"""Folder of a sweep that keeps what failed cases had left, one folder an attempt."""


def failed_cases(directory: Path) -> dict[str, str]:
    """Return the cases that a sweep's table calls failed, with their reasons.

    Raises
    ------
    InputError
        The folder holds no sweep.
    """
    if not (directory / RECORD).is_file():
        raise InputError(
            None,
            "output folder",
            str(directory),
            "holds no sweep whose failed cases could be run again",
            "leave out --retry-failed, or name the folder of the sweep",
        )
    return {
        row["case"]: row.get("reason") or ""
        for row in read_table(directory / "sweep.csv")  # none where no case has ended
        if row.get("case") and row.get("status") == FAILED
    }


def set_aside(folder: Path) -> None:
    """Move what a failed case left to `ATTEMPTS`, under the first number that is free."""
    if not folder.exists():
        return
    attempts = folder.parent / ATTEMPTS
    attempts.mkdir(exist_ok=True)
    number = 1
    while (attempts / f"{folder.name}.{number}").exists():
        number += 1
    folder.rename(attempts / f"{folder.name}.{number}")
