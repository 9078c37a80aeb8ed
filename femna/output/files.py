"""Files written by rank 0 for all, and numbers as text."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral, Real
from pathlib import Path

from mpi4py import MPI

from femna.errors import ComputationError
from femna.mesh.bodies import on_root


def on_root_disk(comm: MPI.Comm, path: Path, act: Callable[[], None]) -> None:
    """Let rank 0 write a file; if the disk refuses, raise on every rank (collective).

    Raises
    ------
    ComputationError
        On every rank, naming the file and the reason.
    """

    def guarded() -> None:
        try:
            act()
        except OSError as error:
            raise ComputationError(
                f"{path} cannot be written: {error.strerror or error}"
            ) from error

    on_root(comm, guarded)


def cell_text(value: object) -> str:
    """Write a table's cell: 12 significant digits, empty where there is no finite value."""
    if value is None:
        return ""
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        number = float(value)
        return f"{number:.12g}" if math.isfinite(number) else ""
    return " ".join(str(value).split())
