"""Measured curves beside the computed ones: a CSV file that `[compare] measured` names."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from femna.errors import InputError

CURRENT: Final = "current_mA_cm2"
PRESSURE: Final = "pressure_MPa"
CURVES: Final = ("voltage_rise_V", "contact_fraction")
CRITICAL: Final = "p_crit_MPa"

type Measured = tuple[Mapping[str, float], ...]
"""Rows of numbers by column; a column without a value is left out."""


def load_measured(path: Path) -> Measured:
    """Read measured points; they are drawn, and nothing is fitted to them.

    Parameters
    ----------
    path : Path
        CSV with the column `current_mA_cm2`, and either `pressure_MPa` with `voltage_rise_V` or
        `contact_fraction` (points of a curve) or `p_crit_MPa`. Further columns are not read.

    Returns
    -------
    tuple of mapping
        One mapping for each line: column -> number, in the units of the column names.

    Raises
    ------
    InputError
        The file is missing, lacks columns, or a cell is no positive number.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream)
            header = reader.fieldnames or []
            lines = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            path, "compare.measured", str(path), f"cannot be read: {error}", "name a CSV file"
        ) from None
    useful = [name for name in (*CURVES, CRITICAL) if name in header]
    if CURRENT not in header or not useful:
        raise InputError(
            path,
            "columns",
            ", ".join(header) or "none",
            f"must hold {CURRENT} and one of {', '.join((*CURVES, CRITICAL))}",
            "name the columns in the first line",
        )
    if PRESSURE not in header and CRITICAL not in useful:
        raise InputError(
            path, "columns", ", ".join(header), f"curves need {PRESSURE}", "add the column"
        )
    wanted = (CURRENT, PRESSURE, *useful)
    return tuple(_row(path, place, line, wanted) for place, line in enumerate(lines, start=2))


def _row(
    path: Path, place: int, line: Mapping[str, str | None], wanted: tuple[str, ...]
) -> dict[str, float]:
    row: dict[str, float] = {}
    for name in wanted:
        text = (line.get(name) or "").strip()
        if not text and name != CURRENT:
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        # A voltage may have risen by nothing; all else is above zero.
        least = 0.0 if name in CURVES else math.ulp(0.0)
        if not (math.isfinite(value) and value >= least):
            raise InputError(
                path, f"line {place}, {name}", text, "a number above zero", "correct the cell"
            )
        row[name] = value
    return row
