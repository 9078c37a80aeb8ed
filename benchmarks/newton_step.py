"""The time of a run in its Newton steps, over the floor under them.

Time in a Newton step: all Newton solves of the run (residuals, line search, Jacobian, linear solve)
over the number of iterations. The floor: the assembly of the form that changes and one
factorisation and solution by MUMPS, see `benchmarks/contestants/newton_step.py`. Both are measured
in turns in one process, in the states that a run passes through, and not at rest.
"""

from __future__ import annotations

import statistics
from typing import Any, Final

from benchmarks.contestant import run_contestant
from benchmarks.record import Claim, Line, Results

LIMIT: Final = 1.5
ACCURATE: Final = 1e-8
"""Largest error of a balance, and of the floor's linear solves, at which times are compared."""

PLANE: Final = {
    "case": "studies/unit_cell.toml",
    "overrides": {"protocol.pressure": "0.195 MPa"},
    "skip": 3,
    "steps": 1000,  # to the end of the run
    "repetitions": 5,
}
"""The default unit cell near its critical pressure."""

SOLID: Final = {
    "case": "femna/case/templates/square.toml",
    "overrides": {
        "protocol.pressure": "0.2 MPa",
        "numerics.interface_size": "1 um",
        "numerics.linear_solver": "direct",  # as the floor
    },
    "skip": 2,
    "steps": 4,
    "repetitions": 2,
}
"""A square array of patches that loses contact."""

COARSE: Final = {"numerics.interface_size": "1.6 um"}


def run(*, quick: bool) -> Results:
    """Measure both cells; quick: one run each, the solid one coarser."""
    lines: list[Line] = []
    claims: list[Claim] = []
    solid = {**SOLID, "overrides": {**SOLID["overrides"], **(COARSE if quick else {})}}
    for name, problem, runs in (("2D", PLANE, 3), ("3D", solid, 2)):
        results = [run_contestant("newton_step", problem) for _ in range(1 if quick else runs)]
        reasons = [r["failed"] for r in results if "failed" in r]
        if reasons:
            lines.append(Line(contestant="femna", size=name, note=reasons[0]))
            continue
        results.sort(key=lambda r: r["femna"] / r["floor"])
        result = results[(len(results) - 1) // 2]
        lines += _lines(name, result)
        if max(result["balance"], result["error"]) <= ACCURATE:
            ratios = [r["femna"] / r["floor"] for r in results]
            claims.append(
                Claim(
                    what=f"time in a Newton step over the floor, {name}",
                    value=statistics.median_low(ratios),
                    limit=LIMIT,
                    sense="at most",
                )
            )
    return Results(lines=lines, claims=claims)


def _lines(name: str, result: dict[str, Any]) -> list[Line]:
    size = f"{name}, {result['unknowns']} unknowns"
    work = f"{result['steps']} steps, {result['iterations']} iterations"
    parts = ", ".join(f"{part} {1e3 * s:.3g} ms" for part, s in result["parts"].items())
    return [
        Line(
            contestant="femna, a Newton step",
            size=size,
            error=result["balance"],
            seconds=result["femna"],
            memory=result["memory"],
            note=work,
        ),
        Line(
            contestant="the floor",
            size=size,
            error=result["error"],
            seconds=result["floor"],
            note=parts,
        ),
    ]
