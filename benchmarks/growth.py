"""How time, iterations and memory of the iterative solver grow with the unknowns, in 3D.

The cell of cell_3d.toml on ever finer meshes. Besides, at one size, what the iterations do with the
creep exponent, the contrast of viscosity and the contact set.

An exponent compares times of minutes with times of seconds: the sizes take turns, and the best of
each time counts, so that a machine whose speed changes is not measured instead of the method.
"""

from __future__ import annotations

from math import log
from pathlib import Path
from typing import Any, Final

from benchmarks.contestant import run_contestant
from benchmarks.record import Claim, Line, Results

CASE: Final = Path(__file__).with_name("cell_3d.toml")
REFINEMENTS: Final = (2.5, 3.7, 5.5, 7.0)
"""Divisors of the element size, for about 1e5, 3e5, 1e6 and 2e6 unknowns."""
QUICK: Final = (1.0, 1.6)
TURNS: Final = 2
TIMED: Final = ("seconds_per_step", "set_up", "krylov")
VARIANTS: Final[dict[str, dict[str, Any]]] = {
    "n = 5": {"power_law_steps": 1},
    "n = 1": {
        "power_law_steps": 1,
        "overrides": {"metal.creep": '{ law = "norton", n = 1, A = "1e-3 1/s/MPa" }'},
    },
    "n = 5, viscosity varied by 1e2": {"power_law_steps": 1, "contrast": 1e2},
    "n = 5, viscosity varied by 1e4": {"power_law_steps": 1, "contrast": 1e4},
    "n = 5, viscosity varied by 1e6": {"power_law_steps": 1, "contrast": 1e6},
    "n = 5, contact partly lost": {
        "power_law_steps": 1,
        "step": 40.0,
        "overrides": {"protocol.pressure": "0.05 MPa"},
    },
    "n = 5, the same, strain-rate floor 1e-4": {
        "power_law_steps": 1,
        "step": 40.0,
        "overrides": {"protocol.pressure": "0.05 MPa", "numerics.strain_rate_floor": 1e-4},
    },
}
"""The last one has a contrast above 1e6 of the power law itself: metal beside contact that is lost
rests, and the floor, a hundredth of the default, leaves it stiff."""


def run(*, quick: bool) -> Results:
    """Solve on every mesh, then the variants on one."""
    sizes = QUICK if quick else REFINEMENTS
    turns = [[_solve(refine, {}) for refine in sizes] for _ in range(1 if quick else TURNS)]
    found = [_best(list(runs)) for runs in zip(*turns, strict=True)]
    lines = [_line(f"{result.get('unknowns', '?')} unknowns", result) for result in found]
    size = QUICK[1] if quick else REFINEMENTS[0]
    varied = {name: _solve(size, settings) for name, settings in VARIANTS.items()}
    lines += [_line(name, result) for name, result in varied.items()]
    return Results(lines=lines, claims=[*_growth(found), *_robustness(varied)])


def _solve(refine: float, settings: dict[str, Any]) -> dict[str, Any]:
    asked = {"case": str(CASE), "refine": refine, **settings}
    return run_contestant("growth_femna", asked, timeout=3600.0)


def _best(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first of some runs of one problem, with the least of each time; or a failure."""
    for run in runs:
        if "failed" in run:
            return run
    return runs[0] | {name: min(run[name] for run in runs) for name in TIMED}


def _line(size: str, result: dict[str, Any]) -> Line:
    if "failed" in result:
        return Line(contestant="femna", size=size, note=result["failed"])
    note = (
        f"a Newton step; power law: matrices {result['set_up']:.3g} s, "
        f"{result['krylov_iterations']} iterations to 1e-6 {result['krylov']:.3g} s; "
        f"contrast {result['contrast']:.1e}, open {100 * result['open_share']:.0f} %; "
        f"mesh and forms {result['build']:.0f} s"
    )
    return Line(
        contestant="femna",
        size=size,
        seconds=result["seconds_per_step"],
        memory=result["memory"],
        note=note if result["converged"] else f"NOT CONVERGED, {note}",
    )


def _growth(found: list[dict[str, Any]]) -> list[Claim]:
    if any("failed" in result for result in found):
        return []
    first, last = found[0], found[-1]
    more = last["unknowns"] / first["unknowns"]
    halvings = log(more) / log(8.0)
    iterations = (last["krylov_iterations"] / first["krylov_iterations"]) ** (1.0 / halvings)
    power_law = [result["set_up"] + result["krylov"] for result in (first, last)]
    return [
        Claim(
            what="exponent of the time of a Newton step over the unknowns, linear metal",
            value=log(last["seconds_per_step"] / first["seconds_per_step"]) / log(more),
            limit=1.15,
            sense="at most",
        ),
        Claim(
            what="the same for a power-law step to 1e-6",
            value=log(power_law[1] / power_law[0]) / log(more),
            limit=1.15,
            sense="at most",
        ),
        Claim(
            what="growth of the iterations with each halving of h",
            value=iterations,
            limit=1.3,
            sense="at most",
        ),
    ]


def _robustness(varied: dict[str, dict[str, Any]]) -> list[Claim]:
    plain = varied["n = 5"]
    return [
        Claim(
            what=f"iterations over those of n = 5: {name}",
            value=result["krylov_iterations"] / plain["krylov_iterations"],
            limit=1.3,
            sense="at most",
        )
        for name, result in varied.items()
        if name != "n = 5" and "failed" not in result and "failed" not in plain
    ]
