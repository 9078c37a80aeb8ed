"""Memory over many cases in one process, and over many steps of one case: it must be flat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from benchmarks.contestant import HERE, run_contestant
from benchmarks.record import Claim, Line, Results

CASES: Final = 500
STEPS: Final = 10_000
QUICK_CASES: Final = 60
QUICK_STEPS: Final = 1_000
READINGS: Final = 10

LARGEST_GROWTH: Final = 2.0
"""Of the resident memory from the first reading, by when all is loaded, to the largest [%]."""


def run(*, quick: bool) -> Results:
    """Read the resident memory on the way through cases and through steps."""
    counts = {
        "cases": QUICK_CASES if quick else CASES,
        "steps": QUICK_STEPS if quick else STEPS,
    }
    lines: list[Line] = []
    claims: list[Claim] = []
    for what, count in counts.items():
        problem = {
            "case": str(HERE / "cheap_case.toml"),
            what: count,
            "every": count // READINGS,
        }
        result = run_contestant(f"memory_of_{what}", problem)
        size = f"{count} {what}"
        if "failed" in result:
            lines.append(Line(contestant="femna", size=size, note=result["failed"]))
            continue
        readings = result["readings"]
        lines.append(_line(size, result, readings))
        claims.append(
            Claim(
                what=f"growth of the resident memory over {size} after the first tenth [%]",
                value=_growth(readings),
                limit=LARGEST_GROWTH,
                sense="at most",
            )
        )
    return Results(lines=lines, claims=claims)


def _line(size: str, result: dict[str, Any], readings: Sequence[Sequence[float]]) -> Line:
    shown = ", ".join(f"{memory:.1f}" for _, memory in readings)
    return Line(
        contestant="femna",
        size=size,
        seconds=result["wall"],
        memory=readings[-1][1],
        note=f"MiB after every tenth: {shown}",
    )


def _growth(readings: Sequence[Sequence[float]]) -> float:
    memories = [memory for _, memory in readings]
    return 100.0 * (max(memories) / memories[0] - 1.0)
