"""Sinusoidal stripping in plane strain: time to a given accuracy, for n = 1 and n = 5.

A layer 0 < x < 1, 0 < y < 2, half a wave long, of metal with equivalent rate = s_e^n. Its lower
face recedes by cos(pi x), the platen above is flat, and metal slips freely on all faces. Measured
is the amplitude of the normal traction under the wave, from its work: twice the power that the
stress takes. For n = 1 it is exactly 2 eta k (sinh kh cosh kh + kh)/sinh^2 kh with k = pi, h = 2
and eta = 1/3 (docs/verification.md, line 3); for n = 5 it is compared with a converged value.

Every contestant solves on ever finer meshes until its error is at most ACCURACY; what counts is
the time on the first mesh that is fine enough, whichever that is. The meshes are the same for all,
and all have quadratic velocities and linear pressures. The others prescribe the velocity at the
nodes of the lower face, femna its integral at each vertex as in a cell, with the contact pressures
as unknowns; that one is the more accurate on a given mesh.

A contestant `stripping_<name>.py` gets, as its problem,

    mesh, warm_up  paths of Gmsh files, as in void_closure.py
    tags           numbers of the groups by name
    exponents      to be solved in turn, each from the last solution; the last one counts
    rate_floor     added to the equivalent rate in quadrature
    tolerance      norm of the residual over that at the start of an exponent

and answers `unknowns`, `power`, `seconds`, `newton_steps`, `solver`.
"""

from __future__ import annotations

from math import cosh, isfinite, nan, pi, sinh
from pathlib import Path
from typing import Any, Final

from benchmarks.contestant import ENVIRONMENTS
from benchmarks.layer_mesh import TAGS, THICKNESS, layer_mesh
from benchmarks.peers import FEMNA, OTHERS, Peer, of_contestant
from benchmarks.record import Claim, Line, Results

MESHES: Final = ENVIRONMENTS / "meshes"
COLUMNS: Final = (4, 8, 16, 32, 64, 128, 256)
ACCURACY: Final = 1e-3
RATE_FLOOR: Final = 1e-3 * pi
"""A thousandth of k dv."""
CONVERGED: Final = 1.99842
"""For n = 5: femna with 8, 16, 32 columns 1.998565, 1.998451, 1.998424, NGSolve 1.999248, 1.998485,
1.998426; extrapolated 1.998416 and 1.998421."""
REPETITIONS: Final = 3
PATIENCE: Final = 600.0
"""Seconds that a contestant may take for one mesh."""


def exact_linear() -> float:
    """Amplitude for n = 1."""
    s = pi * THICKNESS
    return 2.0 / 3.0 * pi * (sinh(s) * cosh(s) + s) / sinh(s) ** 2


AMPLITUDES: Final = {1.0: exact_linear(), 5.0: CONVERGED}


def run(*, quick: bool) -> Results:
    """Refine for every contestant; only in full is the time the best of some repetitions."""
    lines: list[Line] = []
    claims: list[Claim] = []
    for exponent in AMPLITUDES:
        found = [_refined(peer, exponent, quick=quick) for peer in (FEMNA, *OTHERS)]
        lines += found
        others = [of_contestant(found, peer.name, "seconds") for peer in OTHERS]
        best = min((t for t in others if isfinite(t)), default=nan)
        claims.append(
            Claim(
                what=f"stripping, n = {exponent:g}: time of the fastest other over femna's",
                value=best / of_contestant(found, FEMNA.name, "seconds"),
                limit=1.0,
                sense="at least",
            )
        )
    return Results(lines=lines, claims=claims)


def _refined(peer: Peer, exponent: float, *, quick: bool) -> Line:
    """Find the coarsest mesh that is fine enough, and time it."""
    size = f"n = {exponent:g}"
    for columns in COLUMNS:
        result = _solved(peer, exponent, columns)
        if "failed" in result:
            return Line(contestant=peer.name, size=size, note=result["failed"])
        error = 2.0 * result["power"] / AMPLITUDES[exponent] - 1.0
        if abs(error) <= ACCURACY:
            break
    else:
        return Line(contestant=peer.name, size=size, error=error, note="never fine enough")
    again = range(0 if quick else REPETITIONS - 1)
    runs = [result, *(_solved(peer, exponent, columns) for _ in again)]
    seconds = min(run.get("seconds", result["seconds"]) for run in runs)
    return Line(
        contestant=peer.name,
        size=f"{size}, {result['unknowns']} unknowns",
        error=error,
        seconds=seconds,
        memory=result["memory"],
        note=f"{columns} columns, {result['newton_steps']} Newton steps, {result['solver']}",
    )


def _solved(peer: Peer, exponent: float, columns: int) -> dict[str, Any]:
    problem = {
        "mesh": str(_mesh(columns)),
        "warm_up": str(_mesh(COLUMNS[0])),
        "tags": TAGS,
        "exponents": sorted({1.0, exponent}),
        "rate_floor": RATE_FLOOR,
        "tolerance": 1e-8,
    }
    return peer.run("stripping", problem, timeout=PATIENCE)


def _mesh(columns: int) -> Path:
    return layer_mesh(MESHES / f"layer_{columns}.msh", columns)
