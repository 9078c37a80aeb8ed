"""``history.csv``: one row for every accepted step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from mpi4py import MPI

from femna.errors import InputError
from femna.files import write_text
from femna.output.files import cell_text, on_root_disk
from femna.tables import append, render, whole_lines

COLUMNS: Final[tuple[str, ...]] = (
    "step",
    "time_s",
    "half_cycle",
    "charge_mAh_cm2",
    "pressure_MPa",
    "current_mA_cm2",
    "contact_fraction",
    "voltage_V",
    "voltage_rise_V",
    "asr_ohm_cm2",
    "void_volume_um3",
    "max_local_current_mA_cm2",
    "contact_pressure_min_MPa",
    "contact_pressure_max_MPa",
    "charge_balance",
    "volume_balance",
    "force_balance",
    "complementarity",
    "newton_iterations",
    "dt_s",
)
"""The first columns, always there and in this order."""


class HistoryWriter:
    """Writes the history row by row, on rank 0; every method is collective.

    Parameters
    ----------
    path : Path
        The CSV file.
    comm : MPI.Comm
        Ranks of the run.
    keep_through : int, optional
        Go on with an existing file: rows up to this step stay, later ones, which a run wrote
        after its last checkpoint, are dropped. None begins a new file.

    Raises
    ------
    InputError
        On every rank, if an existing file lacks one of the rows that are to stay.
    """

    def __init__(self, path: Path, comm: MPI.Comm, *, keep_through: int | None = None) -> None:
        self.path = path
        self._comm = comm
        self._columns: tuple[str, ...] = ()
        self._last: dict[str, float | str | None] = {}
        on_root_disk(comm, path, lambda: self._begin(keep_through))

    @property
    def last(self) -> dict[str, float | str | None]:
        """The last row that was kept of an existing file; empty without one, and off rank 0."""
        return dict(self._last)

    def write(self, row: Mapping[str, object]) -> dict[str, str]:
        """Append one step; return its cells by column name.

        Parameters
        ----------
        row : mapping
            By column name. The first row decides which columns follow those of `COLUMNS`; a
            missing, None or not finite value leaves its cell empty.

        Raises
        ------
        ComputationError
            On every rank, if the file cannot be written.
        ValueError
            If a later row has columns that the first one had not.
        """
        lines: list[Sequence[str]] = []
        if not self._columns:
            self._columns = (*COLUMNS, *(name for name in row if name not in COLUMNS))
            lines.append(self._columns)
        cells = _cells(self._columns, row)
        lines.append(cells)
        on_root_disk(self._comm, self.path, lambda: append(self.path, lines))
        return dict(zip(self._columns, cells, strict=True))

    def _begin(self, keep_through: int | None) -> None:
        kept: list[Sequence[str]] = []
        if keep_through is not None:
            header, rows = _read(self.path)
            rows = [row for row in rows if _step(row) <= keep_through]
            whole = [_step(row) for row in rows] == list(range(keep_through + 1))
            if header[: len(COLUMNS)] != list(COLUMNS) or not whole:
                raise InputError(
                    self.path,
                    "steps",
                    len(rows),
                    f"lacks some of the steps 0 to {keep_through} that came before the checkpoint",
                    "bring the file back, or move the checkpoint away to begin this case anew",
                )
            self._columns = tuple(header)
            kept = [header, *rows]
            self._last = {n: _value(t) for n, t in zip(header, rows[-1], strict=True)}
        write_text(self.path, render(kept))


def read_history(path: Path) -> list[dict[str, float | None]]:
    """Read a history; None where a cell is empty, rows that were cut off are left out.

    Parameters
    ----------
    path : Path
        A ``history.csv``; a missing one has no rows.

    Returns
    -------
    list of dict
        One mapping by column name for every step.
    """
    header, rows = _read(path)
    return [{n: _number(t) for n, t in zip(header, row, strict=True)} for row in rows]


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and whole rows of steps; nothing of a file that is not there."""
    header, *lines = whole_lines(path) or [[]]
    rows = [r for r in lines if len(r) == len(header) and math.isfinite(_step(r))]
    return header, rows


def _step(row: Sequence[str]) -> float:
    step = _number(row[0]) if row else None
    return math.inf if step is None else step


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _value(text: str) -> float | str | None:
    number = _number(text)
    return number if number is not None else text or None


def _cells(columns: Sequence[str], row: Mapping[str, object]) -> list[str]:
    unknown = [name for name in row if name not in columns]
    if unknown:
        raise ValueError(f"columns that the history has not: {', '.join(unknown)}")
    return [cell_text(row.get(name)) for name in columns]
