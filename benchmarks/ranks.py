"""Two MPI ranks against the ceiling of this machine: two copies of the problem beside each other.

What two cores share (memory above all) no program gets back: two independent copies show it. What
else the machine does must not count for one of them only: all take turns, and the best turn counts.
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
TURNS: Final = 3
SAME: Final = ("voltage", "platen", "speed")
"""Results that do not depend on the number of ranks."""


def run(*, quick: bool) -> Results:
    """Solve alone, twice at once, and on two ranks, in turns."""
    asked = {"case": str(CASE), "refine": QUICK if quick else REFINEMENT}
    turns = [_turn(asked) for _ in range(1 if quick else TURNS)]
    every = [named for turn in turns for named in turn.items()]
    if any("failed" in result for _, result in every):
        return Results(lines=[_line(name, result) for name, result in every])
    best = {name: min((turn[name] for turn in turns), key=_seconds) for name in turns[0]}
    lines = [_line(name, result) for name, result in best.items()]
    alone, copies, two = best.values()
    ceiling = 2.0 * _seconds(alone) / _seconds(copies)
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


def _turn(asked: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what each took; of the two copies the slower one."""
    alone = run_contestant("growth_femna", asked)
    with ThreadPoolExecutor(2) as pool:
        copies = list(pool.map(lambda _: run_contestant("growth_femna", asked), range(2)))
    two = run_contestant("growth_femna", asked, ranks=2)
    return {"alone": alone, "two copies": max(copies, key=_seconds), "2 ranks": two}


def _seconds(result: dict[str, Any]) -> float:
    """One Newton step of each kind [s]; whether the last one is needed hangs on round-off."""
    if "failed" in result:
        return float("inf")
    return float(sum(result[key] for key in ("seconds_per_step", "set_up", "krylov")))


def _line(name: str, result: dict[str, Any]) -> Line:
    if "failed" in result:
        return Line(contestant="femna", size=name, note=result["failed"])
    return Line(
        contestant="femna",
        size=f"{name}, {result['unknowns']} unknowns",
        seconds=_seconds(result),
        memory=result["memory"],
        note=f"a linear Newton step and one of the power law ({result['krylov_iterations']} "
        f"iterations); {result['newton_steps']} linear ones",
    )
