"""Two MPI ranks against the ceiling of this machine: two copies of the problem beside each other.

What two cores share (memory above all) no program gets back: two independent copies show it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from benchmarks.contestant import run_contestant
from benchmarks.growth import CASE
from benchmarks.record import Claim, Line, Results

REFINEMENT: Final = 5.5
"""About 1e6 unknowns."""
QUICK: Final = 1.6
SAME: Final = ("voltage", "platen", "speed")
"""Results that do not depend on the number of ranks."""


def run(*, quick: bool) -> Results:
    """Solve alone, twice at once, and on two ranks."""
    asked = {"case": str(CASE), "refine": QUICK if quick else REFINEMENT}
    alone = run_contestant("growth_femna", asked)
    with ThreadPoolExecutor(2) as pool:
        copies = list(pool.map(lambda _: run_contestant("growth_femna", asked), range(2)))
    two = run_contestant("growth_femna", asked, ranks=2)
    every = {"alone": alone, "two copies": max(copies, key=_seconds), "2 ranks": two}
    lines = [_line(name, result) for name, result in every.items()]
    if any("failed" in result for result in (alone, *copies, two)):
        return Results(lines=lines)
    ceiling = 2.0 * _seconds(alone) / max(_seconds(result) for result in copies)
    speed_up = _seconds(alone) / _seconds(two)
    apart = max(abs(two[name] / alone[name] - 1.0) for name in SAME)
    claims = [
        Claim(what="speed-up of 2 ranks", value=speed_up, limit=1.5, sense="at least"),
        Claim(
            what=f"speed-up of 2 ranks over the ceiling of {ceiling:.3g}",
            value=speed_up / ceiling,
            limit=0.95,
            sense="at least",
        ),
        Claim(what="results apart, relative", value=apart, limit=1e-9, sense="at most"),
    ]
    return Results(lines=lines, claims=claims)


def _seconds(result: dict[str, Any]) -> float:
    """Newton steps of both kinds [s]."""
    return (
        float("nan")
        if "failed" in result
        else sum(result[k] for k in ("seconds", "set_up", "krylov"))
    )


def _line(name: str, result: dict[str, Any]) -> Line:
    if "failed" in result:
        return Line(contestant="femna", size=name, note=result["failed"])
    return Line(
        contestant="femna",
        size=f"{name}, {result['unknowns']} unknowns",
        seconds=_seconds(result),
        memory=result["memory"],
        note=f"{result['newton_steps']} linear Newton steps and one of the power law",
    )
