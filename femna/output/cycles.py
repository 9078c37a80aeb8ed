"""``cycles.csv``: one row for every half cycle, from the rows of the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from mpi4py import MPI

from femna.files import write_text
from femna.output.files import cell_text, on_root_disk
from femna.simulation.symmetric_cell import PREFIX, counter_row
from femna.tables import read_table, render

type Row = Mapping[str, str]

FILE: Final = "cycles.csv"

_LAST: Final = ("half_cycle", "cycle", "phase", "pressure_MPa", "current_mA_cm2", "charge_mAh_cm2")
_AT_END: Final = (
    "void_volume_um3",
    "occluded_void_volume_um3",
    "voids_open",
    "voids_occluded",
)
_CELL: Final = "cell_voltage_V"
BIN_PREFIX: Final = "voids_um3_"
"""How the columns begin that count the voids of a range of sizes."""


def write_cycles(directory: Path, comm: MPI.Comm) -> None:
    """Write the table of the half cycles so far from ``history.csv`` (collective).

    Raises
    ------
    ComputationError
        On every rank, if the file cannot be written.
    """

    def act() -> None:
        table = cycle_rows(read_table(directory / "history.csv"))
        lines = [[cell_text(value) for value in row.values()] for row in table]
        write_text(directory / FILE, render([list(table[0]), *lines]))

    on_root_disk(comm, directory / FILE, act)


def cycle_rows(history: Sequence[Row]) -> list[dict[str, float | str | None]]:
    """Return one row for every strip and plate of a history, by column name.

    Parameters
    ----------
    history : sequence of mapping
        Rows of ``history.csv`` as texts, at least one. Those of a rest belong to no half cycle.
    """
    driven = [row for row in history if row["phase"] != "rest"] or list(history)
    found = []
    for _, group in groupby(driven, key=lambda row: row["half_cycle"]):
        rows = list(group)
        last = rows[-1]
        begun = [row for row in rows if row["dt_s"] != "0"] or rows
        entry: dict[str, float | str | None] = {name: last[name] for name in _LAST}
        entry |= {
            "time_start_s": (_number(begun[0], "time_s") or 0.0) - (_number(begun[0], "dt_s") or 0),
            "time_end_s": _number(last, "time_s"),
        }
        entry |= _of_electrode(rows)
        if _CELL in last:
            entry["cell_voltage_end_V"] = _number(last, _CELL)
            other = _of_electrode([counter_row(row) for row in rows])
            entry |= {f"{PREFIX}{name}": value for name, value in other.items()}
        found.append(entry)
    return found


def _of_electrode(rows: Sequence[Row]) -> dict[str, float | str | None]:
    """Return what one electrode's rows of a half cycle come to."""
    last = rows[-1]
    entry: dict[str, float | str | None] = {
        "voltage_start_V": _number(rows[0], "voltage_V"),
        "voltage_end_V": _number(last, "voltage_V"),
        "voltage_rise_end_V": _number(last, "voltage_rise_V"),
        "contact_fraction_start": _number(rows[0], "contact_fraction"),
        "contact_fraction_end": _number(last, "contact_fraction"),
        "contact_fraction_min": _least(rows, "contact_fraction"),
        "max_local_current_mA_cm2": _largest(rows, "max_local_current_mA_cm2"),
    }
    if "film_spread" in last:
        entry |= _around_spreading(rows)
    at_end = [*_AT_END, *(name for name in last if name.startswith(BIN_PREFIX))]
    return entry | {name: _number(last, name) for name in at_end if name in last}


def _around_spreading(rows: Sequence[Row]) -> dict[str, float | str | None]:
    """Return the largest local current of a plating before its film has spread, and after."""
    name = "max_local_current_mA_cm2"
    before = [row for row in rows if row["film_spread"] == "0"]
    after = [row for row in rows if row["film_spread"] == "1"]
    return {
        "plating_current_before_spreading_mA_cm2": _largest(before, name),
        "plating_current_after_spreading_mA_cm2": _largest(after, name),
    }


def _number(row: Row, name: str) -> float | None:
    try:
        return float(row[name])
    except ValueError:
        return None


def _values(rows: Sequence[Row], name: str) -> list[float]:
    numbers = [_number(row, name) for row in rows]
    return [value for value in numbers if value is not None]


def _least(rows: Sequence[Row], name: str) -> float | None:
    return min(_values(rows, name), default=None)


def _largest(rows: Sequence[Row], name: str) -> float | None:
    return max(_values(rows, name), default=None)
