"""The rows of a sweep and the files they become; empty where there is no value, never NaN."""

from __future__ import annotations

import csv
import io
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from femna.study.curve import Point

type Others = tuple[tuple[str, float | str], ...]
"""The other swept inputs of a case: column and value."""

type Table = tuple[list[str], list[list[object]]]
"""Header and cells of a CSV file."""

FINISHED: Final = ("ok", "contact_lost", "voltage_limit", "shorted")
"""How a case can end without an error; only "ok" reached its full charge."""

FAILED: Final = "failed"

COMPUTED: Final = "computed"
MAPPED: Final = "mapped"
SPOT_CHECK: Final = "spot check"
"""Where a row comes from; a mapped one from a computed one by P/j^(1/n)."""

_RESULTS: Final = ("contact_fraction", "voltage_rise_V", "asr_ohm_cm2", "void_volume_um3")
_ADDED: Final = ("charge_mAh_cm2", "voltage_V", "voltage_limit_charge_mAh_cm2", "creep_exponent")


@dataclass(frozen=True)
class Row:
    """One case of a sweep with its result.

    Attributes
    ----------
    case, status, reason : str
        Folder name, how it ended and why.
    pressure, current : float
        [MPa], [mA/cm^2].
    others : tuple[tuple[str, float | str], ...]
        The other swept inputs.
    results : Mapping[str, float | None]
        Values by column name, units in the names.
    balances : Mapping[str, float | None]
        Largest errors of charge, volume and force, relative.
    wall : float | None
        Wall time [s].
    extra : bool
        Placed after the base grid.
    origin : str
        "computed", "mapped" from the computed row of the same name, or "spot check" of a mapping.
    """

    case: str
    status: str
    pressure: float
    current: float
    others: Others = ()
    results: Mapping[str, float | None] = field(default_factory=dict)
    balances: Mapping[str, float | None] = field(default_factory=dict)
    wall: float | None = None
    extra: bool = False
    reason: str = ""
    origin: str = COMPUTED

    @property
    def point(self) -> Point:
        """The row as a point of its curve."""
        return Point(
            self.pressure,
            self.results.get("contact_fraction"),
            self.results.get("voltage_rise_V"),
            stopped=self.status != "ok",
        )


def number(value: object) -> float | None:
    """Return a finite float, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= sys.float_info.max else None


def results_of(summary: Mapping[str, Any]) -> dict[str, float | None]:
    """Take a row's numbers from a case's summary."""
    final = summary.get("final")
    source = final if isinstance(final, Mapping) else {}
    values = {name: number(source.get(name)) for name in (*_RESULTS, *_ADDED[:2])}
    values["cycles"] = number(source.get("cycle"))
    for name in _ADDED[2:]:
        values[name] = number(summary.get(name))
    return values


def balances_of(summary: Mapping[str, Any]) -> dict[str, float | None]:
    """Take the largest balance errors from a case's summary."""
    source = summary.get("balances")
    known = source if isinstance(source, Mapping) else {}
    return {name: number(known.get(name)) for name in ("charge", "volume", "force")}


def sweep_table(rows: Iterable[Row]) -> tuple[list[str], list[list[object]]]:
    """Return header and cells of sweep.csv."""
    listed = list(rows)
    others = list(dict.fromkeys(column for row in listed for column, _ in row.others))
    header = ["case", "status", "pressure_MPa", "current_mA_cm2", *others, *_RESULTS, "wall_s"]
    header += [*_ADDED, "extra_point", "reason", "origin", "cycles"]
    cells: list[list[object]] = []
    for row in listed:
        given = dict(row.others)
        cells.append(
            [
                row.case,
                row.status,
                row.pressure,
                row.current,
                *(given.get(column) for column in others),
                *(row.results.get(name) for name in _RESULTS),
                None if row.wall is None else round(row.wall, 2),
                *(row.results.get(name) for name in _ADDED),
                int(row.extra),
                row.reason,
                row.origin,
                row.results.get("cycles"),
            ]
        )
    return header, cells


def render_csv(header: Sequence[str], cells: Iterable[Sequence[object]]) -> str:
    """Render a table as CSV text."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in cells)
    return stream.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}" if math.isfinite(value) else ""
    return " ".join(str(value).split())
