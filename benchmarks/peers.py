"""Who takes part: femna, and what a user would take instead of it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import Any, Final

from benchmarks.contestant import environment, run_contestant
from benchmarks.record import Line

SAME_ERROR: Final = 1.01
"""A result whose error is at most this times the smallest is as accurate."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One contestant.

    Attributes
    ----------
    name : str
        As the table shows it.
    script : str
        End of the names of its scripts: ``void_closure_<script>.py``.
    requirements : Sequence of str
        What its own environment needs; none if it runs in femna's.
    """

    name: str
    script: str
    requirements: Sequence[str] = ()

    def run(
        self,
        benchmark: str,
        problem: Mapping[str, Any],
        *,
        timeout: float,
        memory_limit: float | None = None,
    ) -> dict[str, Any]:
        """Run its script for a benchmark; the limits are those of `run_contestant`."""
        python: Path | None = None
        if self.requirements:
            try:
                python = environment(self.script, self.requirements)
            except subprocess.CalledProcessError:
                return {"failed": "its environment cannot be made"}
        return run_contestant(
            f"{benchmark}_{self.script}",
            problem,
            python=python,
            timeout=timeout,
            memory_limit=memory_limit,
        )


FEMNA: Final = Peer(name="femna", script="femna")
DOLFINX: Final = Peer(name="DOLFINx", script="dolfinx")
NGSOLVE: Final = Peer(name="NGSolve", script="ngsolve", requirements=("ngsolve==6.2.2608",))
SCIKIT_FEM: Final = Peer(
    name="scikit-fem",
    script="scikit_fem",
    requirements=("scikit-fem==12.0.2", "meshio==5.3.5", "scipy==1.18.1"),
)
SFEPY: Final = Peer(name="SfePy", script="sfepy", requirements=("sfepy==2026.3", "scipy==1.18.1"))
OTHERS: Final = (DOLFINX, NGSOLVE, SCIKIT_FEM, SFEPY)


def of_contestant(lines: Sequence[Line], name: str, what: str) -> float:
    """Value of one contestant among lines of one size; not a number without it."""
    values = [getattr(line, what) for line in lines if line.contestant == name]
    return float(values[0]) if values and values[0] is not None else nan


def best_of_others(lines: Sequence[Line], what: str) -> float:
    """Least `seconds` or `memory` of the others, of those that are as accurate as the best."""
    accurate = [line for line in as_accurate(lines) if line.contestant != FEMNA.name]
    return min((of_contestant([line], line.contestant, what) for line in accurate), default=nan)


def of_femna(lines: Sequence[Line], what: str) -> float:
    """`seconds` or `memory` of femna, if it is as accurate as the best."""
    return of_contestant(as_accurate(lines), FEMNA.name, what)


def as_accurate(lines: Sequence[Line]) -> list[Line]:
    """Lines of one size whose error is that of the most accurate one, or nearly."""
    errors = [abs(line.error) for line in lines if line.error is not None and isfinite(line.error)]
    limit = SAME_ERROR * min(errors, default=0.0)
    return [line for line in lines if line.error is not None and abs(line.error) <= limit]
