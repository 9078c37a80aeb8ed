"""What a verification test measured, kept for the book: `pytest --record-verification DIR`.

A test asks for the fixture `verified` and hands it, after its assertions, what they were about.
Without the option nothing is written. `tools/verification_book.py` makes the pages of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

PARTS = ("flow", "contact", "current", "voids", "interface", "creep", "runs", "images")
"""Pages of the book, in their order."""


@dataclass(frozen=True)
class Case:
    """What is verified, in the words of the book.

    Attributes
    ----------
    name, part : str
        File name of its picture; page, one of `PARTS`.
    title, formula, source, mesh : str
        What holds; what it is compared with; where that comes from; on what it is computed.
    across, measure : str
        What the horizontal axis shows, and the vertical one.
    """

    name: str
    part: str
    title: str
    formula: str
    source: str
    mesh: str
    across: str = "element size"
    measure: str = "relative error"

    def __post_init__(self) -> None:
        if self.part not in PARTS or not re.fullmatch(r"[a-z0-9_]+", self.name):
            raise ValueError(f"{self.name}: part must be one of {PARTS}, name a file's")


@dataclass(frozen=True)
class Verified:
    """Writes the series of one test into a folder, one file each; nowhere where there is none."""

    folder: Path | None
    test: str

    def convergence(
        self,
        case: Case,
        series: str,
        sizes: Sequence[float],
        errors: Sequence[float],
        *,
        order: float,
    ) -> None:
        """Errors (N,) at sizes (N,), and the order that theory expects."""
        self._keep(
            case,
            series,
            kind="convergence",
            x=_numbers(sizes),
            errors=_numbers(np.abs(errors)),
            order=order,
        )

    def curve(
        self,
        case: Case,
        series: str,
        x: Sequence[float],
        computed: Sequence[float],
        exact: Sequence[float],
    ) -> None:
        """Computed and exact values (N,) at the same x (N,)."""
        self._keep(
            case,
            series,
            kind="curve",
            x=_numbers(x),
            computed=_numbers(computed),
            exact=_numbers(exact),
        )

    def bound(self, case: Case, errors: Mapping[str, float], limit: float) -> None:
        """Errors by the name of what was tried, all below a limit that the test asserts."""
        for series, error in errors.items():
            self._keep(case, series, kind="bound", errors=_numbers([abs(error)]), limit=limit)

    def _keep(self, case: Case, series: str, **measured: Any) -> None:
        lengths = {len(v) for v in measured.values() if isinstance(v, list)}
        if len(lengths) != 1:
            raise ValueError(f"{case.name}, {series}: as many values as places, not {lengths}")
        if self.folder is None:
            return
        from femna import __version__

        record = {
            "case": asdict(case),
            "series": {"label": series, "test": self.test, **measured},
            "version": __version__,
            "date": datetime.now(UTC).date().isoformat(),
        }
        short = hashlib.sha256(f"{series} {self.test}".encode()).hexdigest()[:12]
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(record, indent=1, ensure_ascii=False)
        (self.folder / f"{case.name}-{short}.json").write_text(text, encoding="utf-8")


def _numbers(values: Sequence[float]) -> list[float]:
    """Eight digits tell a curve from its exact one; the rest is the machine's."""
    return [float(f"{float(value):.8g}") for value in np.asarray(values, dtype=float)]
