"""``cycles.csv``: one row for every half cycle, folded from the steps as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from mpi4py import MPI

from femna.files import write_text
from femna.output.files import cell_text, on_root_disk
from femna.simulation.symmetric_cell import PREFIX, counter_row
from femna.tables import append, read_table, render

type Row = Mapping[str, str]
type Entry = dict[str, float | str | None]

FILE: Final = "cycles.csv"

_LAST: Final = ("half_cycle", "cycle", "phase", "pressure_MPa", "current_mA_cm2", "charge_mAh_cm2")
_AT_END: Final = (
    "void_volume_um3",
    "occluded_void_volume_um3",
    "voids_open",
    "voids_occluded",
)
_CURRENT: Final = "max_local_current_mA_cm2"
_SPREADING: Final = {
    "0": "plating_current_before_spreading_mA_cm2",
    "1": "plating_current_after_spreading_mA_cm2",
}
"""By whether the film has spread: of a plating, the largest local current."""
_CELL: Final = "cell_voltage_V"
BIN_PREFIX: Final = "voids_um3_"
"""How the columns begin that count the voids of a range of sizes."""


class CycleWriter:
    """Writes the row of a half cycle when it ends, on rank 0, and keeps no steps.

    Rows of a rest belong to no half cycle, unless there is nothing else.

    Parameters
    ----------
    directory : Path
        Folder of the run.
    comm : MPI.Comm
        Ranks of the run.
    history : Path, optional
        Of a run that goes on: its steps so far. None begins anew; there is no file before the end
        of the first half cycle.
    ended : bool, optional
        Whether the last of these steps ends its half cycle.
    """

    def __init__(
        self,
        directory: Path,
        comm: MPI.Comm,
        *,
        history: Path | None = None,
        ended: bool = False,
    ) -> None:
        self._path, self._comm = directory / FILE, comm
        self._open: _HalfCycle | None = None
        self._only_rests = True
        on_root_disk(comm, self._path, lambda: self._begin(history, ended=ended))

    def write(self, row: Row, *, ends: bool) -> None:
        """Take a step, and write its half cycle if that ends with it (collective).

        Parameters
        ----------
        row : mapping
            The row of ``history.csv`` as texts.
        ends : bool
            Whether a strip, a plate or a hold ends with this step, or the run.

        Raises
        ------
        ComputationError
            On every rank, if the file cannot be written.
        """
        self._take(row)
        if ends:
            on_root_disk(self._comm, self._path, self._close)

    def _begin(self, history: Path | None, *, ended: bool) -> None:
        self._path.unlink(missing_ok=True)
        for row in [] if history is None else read_table(history):
            if self._open is not None and not self._only_rests and not self._open.holds(row):
                self._close()
            self._take(row)
        if ended:
            self._close()

    def _take(self, row: Row) -> None:
        if _driven(row) and self._only_rests:
            self._open, self._only_rests = None, False
        if _driven(row) or self._only_rests:
            self._open = self._open or _HalfCycle()
            self._open.take(row)

    def _close(self) -> None:
        if self._open is None:
            return
        entry, self._open = self._open.entry(), None
        line = [cell_text(value) for value in entry.values()]
        if self._path.exists():
            append(self._path, [line])
        else:
            write_text(self._path, render([list(entry), line]))


class _HalfCycle:
    """What the steps of one half cycle come to, so far."""

    def __init__(self) -> None:
        self._working, self._counter = _Electrode(), _Electrode()
        self._last: Row = {}
        self._start: float | None = None
        self._moved = False

    def holds(self, row: Row) -> bool:
        """Say whether a step belongs to the steps taken."""
        return all(row[name] == self._last[name] for name in ("half_cycle", "phase"))

    def take(self, row: Row) -> None:
        """Take the next step."""
        moves = row["dt_s"] != "0"
        if self._start is None or (moves and not self._moved):
            self._start = (_number(row, "time_s") or 0.0) - (_number(row, "dt_s") or 0.0)
        self._moved = self._moved or moves
        self._last = row
        self._working.take(row)
        if _CELL in row:
            self._counter.take(counter_row(row))

    def entry(self) -> Entry:
        """Return the row by column name; at least one step was taken."""
        last = self._last
        entry: Entry = {name: last[name] for name in _LAST}
        entry |= {"time_start_s": self._start, "time_end_s": _number(last, "time_s")}
        entry |= self._working.entry()
        if _CELL in last:
            entry["cell_voltage_end_V"] = _number(last, _CELL)
            other = self._counter.entry()
            entry |= {f"{PREFIX}{name}": value for name, value in other.items()}
        return entry


class _Electrode:
    """What one electrode's rows of a half cycle come to, so far."""

    def __init__(self) -> None:
        self._first: Row = {}
        self._last: Row = {}
        self._least_contact: float | None = None
        self._largest: dict[str, float | None] = {}

    def take(self, row: Row) -> None:
        """Take the row of the next step."""
        self._first, self._last = self._first or row, row
        contact, current = _number(row, "contact_fraction"), _number(row, _CURRENT)
        self._least_contact = min(_there(self._least_contact, contact), default=None)
        for name in (_CURRENT, _SPREADING.get(row.get("film_spread", ""))):
            if name is not None:
                self._largest[name] = max(_there(self._largest.get(name), current), default=None)

    def entry(self) -> Entry:
        """Return the columns of this electrode."""
        first, last = self._first, self._last
        entry: Entry = {
            "voltage_start_V": _number(first, "voltage_V"),
            "voltage_end_V": _number(last, "voltage_V"),
            "voltage_rise_end_V": _number(last, "voltage_rise_V"),
            "contact_fraction_start": _number(first, "contact_fraction"),
            "contact_fraction_end": _number(last, "contact_fraction"),
            "contact_fraction_min": self._least_contact,
            _CURRENT: self._largest.get(_CURRENT),
        }
        if "film_spread" in last:
            entry |= {name: self._largest.get(name) for name in _SPREADING.values()}
        at_end = [*_AT_END, *(name for name in last if name.startswith(BIN_PREFIX))]
        return entry | {name: _number(last, name) for name in at_end if name in last}


def _driven(row: Row) -> bool:
    return row["phase"] != "rest"


def _number(row: Row, name: str) -> float | None:
    try:
        return float(row[name])
    except ValueError:
        return None


def _there(*values: float | None) -> Sequence[float]:
    return [value for value in values if value is not None]
