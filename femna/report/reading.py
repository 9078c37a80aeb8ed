"""Read back what a run or a sweep left in its folder, by column names."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from femna.errors import InputError
from femna.study.quantities import override_text
from femna.tables import read_table

type Record = Mapping[str, str]


@dataclass(frozen=True)
class SweepFolder:
    """The results of a sweep.

    Attributes
    ----------
    directory : Path
        Where they are.
    rows, critical, spread : tuple of mapping
        Rows of sweep.csv, critical.csv and critical_spread.csv, texts by column.
    summary : Mapping
        summary.json.
    """

    directory: Path
    rows: tuple[Record, ...]
    critical: tuple[Record, ...]
    summary: Mapping[str, Any]
    spread: tuple[Record, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """Columns of critical.csv that tell the combinations of the other inputs apart."""
        names = list(self.critical[0]) if self.critical else []
        return tuple(name for name in names[8:] if name != "origin")

    @property
    def combinations(self) -> tuple[tuple[str, ...], ...]:
        """Values of `others` that occur, in order."""
        return tuple(dict.fromkeys(self.combination(row) for row in self.critical))

    def combination(self, row: Record) -> tuple[str, ...]:
        """Return a row's values of the other inputs."""
        return tuple(row.get(name, "") for name in self.others)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of the cases that were computed, in the order of the rows."""
        return tuple(dict.fromkeys(self.directory / row["case"] for row in self.rows))

    def currents(self) -> list[float]:
        """Return all current densities [mA/cm^2], rising."""
        return sorted({float(row["current_mA_cm2"]) for row in self.rows})


@dataclass(frozen=True)
class RunFolder:
    """The results of one run: history.csv and summary.json."""

    directory: Path
    history: tuple[Record, ...]
    summary: Mapping[str, Any]


def read_folder(directory: Path) -> SweepFolder | RunFolder:
    """Read a folder of results.

    Raises
    ------
    InputError
        The folder holds neither a sweep nor a run.
    """
    if (directory / "sweep.csv").is_file():
        return SweepFolder(
            directory,
            tuple(read_table(directory / "sweep.csv")),
            tuple(read_table(directory / "critical.csv")),
            read_summary(directory / "summary.json"),
            tuple(read_table(directory / "critical_spread.csv")),
        )
    if (directory / "history.csv").is_file():
        history = tuple(read_table(directory / "history.csv"))
        return RunFolder(directory, history, read_summary(directory / "summary.json"))
    limit = "holds neither a sweep (sweep.csv) nor a run (history.csv)"
    if not directory.is_dir():
        limit = "is not a folder"
    raise InputError(
        None, "report folder", str(directory), limit, "give the folder of a run or a sweep"
    )


def read_summary(path: Path) -> Mapping[str, Any]:
    """Return a JSON object; an empty one where the file is missing or broken."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def read_case(path: Path) -> dict[str, str]:
    """Return the entries of a resolved case, dotted path -> text; empty where missing."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return dict(_flatten("", content))


def _flatten(prefix: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        entries: list[tuple[str, str]] = []
        for key, item in value.items():
            entries += _flatten(f"{prefix}.{key}" if prefix else str(key), item)
        return entries
    return [(prefix, override_text(value))]


def value_of(row: Record, name: str) -> float | None:
    """Return a number of a row; None where the cell is empty or is not a number."""
    try:
        return float(row.get(name) or "")
    except ValueError:
        return None
