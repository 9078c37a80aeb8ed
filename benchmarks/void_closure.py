"""Closure of a spherical void in metal that creeps with n = 5, in 3D, against exact results.

An octant of a shell: the void's surface at radius 1 is free of traction, a pressure of 1 acts on
the surface at radius 5, and the three planes are planes of symmetry. The metal is incompressible,
equivalent rate = s_e^n. Exactly v_r = -C/r^2: the equivalent rate is 2 C/r^3, so that
s_e = (2 C)^(1/n) r^(-3/n), and d s_r/dr = -2 s_e/r between the surfaces gives

    pressure = (2 n/3) (2 C)^(1/n) (a^(-3/n) - b^(-3/n)).

Measured is the volume that flows through the void's surface per time, C pi/2. All contestants take
quadratic velocities and linear pressures on one mesh of straight edges, so that their discrete
solution is one and the same (femna's differs by a part of the error: its stress takes the deviator
of the rate), and begin with linear creep of the viscosity that the metal has at
`start_stress`: of the starts that were tried (continuation in n from 1, in the rate floor, from
rest) the one that needs the fewest Newton steps.

A contestant `void_closure_<name>.py` gets, as its problem,

    mesh          path of the Gmsh file; groups of TAGS in shell_mesh.py
    warm_up       path of a tiny mesh, to be solved first: imports, compiled forms, first calls
    tags          numbers of the groups by name
    n, pressure   as above
    rate_floor    added to the equivalent rate in quadrature; the least exact one is 2e-4
    start_stress  of the linear creep to begin with: factor start_stress^(1 - n) on the viscosity
    tolerance     norm of the residual over that of the load alone

and answers `unknowns`, `flux` (volume per time, positive), `seconds` (from the mesh in memory to
the solution: spaces, assembly, all Newton steps), `newton_steps`, `seconds_per_step`, `solver`.
"""

from __future__ import annotations

from math import pi
from pathlib import Path
from typing import Any, Final

from benchmarks.contestant import ENVIRONMENTS
from benchmarks.peers import FEMNA, OTHERS, Peer, best_of_others, of_contestant, of_femna
from benchmarks.record import Claim, Line, Results
from benchmarks.shell_mesh import INNER, OUTER, TAGS, shell_mesh

MESHES: Final = ENVIRONMENTS / "meshes"
EXPONENT: Final = 5.0
PRESSURE: Final = 1.0
SIZES: Final = {"3e4": 0.133, "1e5": 0.084, "3e5": 0.0565, "1e6": 0.0372}
"""Unknowns, about, and the length of an edge over the radius."""
WARM_UP: Final = 0.6
COMPARED: Final = "1e5"
LARGEST: Final = "1e6"
PATIENCE: Final = 600.0
"""Seconds that a contestant may take."""
MEMORY_LIMIT: Final = 22 * 1024.0
"""Address space [MiB], of a machine with 24 GiB."""
GROWTH: Final = 2.0
"""Power of the unknowns with which a direct solver's time grows in 3D (nested dissection)."""


def exact_flux() -> float:
    """Volume per time that an octant of the void loses."""
    spread = INNER ** (-3.0 / EXPONENT) - OUTER ** (-3.0 / EXPONENT)
    strength = 0.5 * (3.0 * PRESSURE / (2.0 * EXPONENT * spread)) ** EXPONENT
    return strength * pi / 2.0


def problem(size: str) -> dict[str, Any]:
    """Return what a contestant is asked for at one size."""
    return {
        "mesh": str(_mesh(SIZES[size])),
        "warm_up": str(_mesh(WARM_UP)),
        "tags": TAGS,
        "n": EXPONENT,
        "pressure": PRESSURE,
        "rate_floor": 1e-6,
        "start_stress": PRESSURE / 3.0,
        "tolerance": 1e-8,
    }


def run(*, quick: bool) -> Results:
    """Solve every size with every contestant, or the smallest only."""
    sizes = list(SIZES)[:1] if quick else list(SIZES)
    lines: dict[str, list[Line]] = {size: [] for size in sizes}
    for peer in (FEMNA, *OTHERS):
        last: dict[str, Any] = {}
        for size in sizes:
            last = _solved(peer, size, last)
            lines[size].append(_line(peer, size, last))
    found = [line for size in sizes for line in lines[size]]
    return Results(lines=found, claims=() if quick else _claims(lines))


def _mesh(size: float) -> Path:
    return shell_mesh(MESHES / f"shell_{size}.msh", size)


def _solved(peer: Peer, size: str, smaller: dict[str, Any]) -> dict[str, Any]:
    """Run a contestant unless its next smaller size says that it would take too long."""
    if "failed" in smaller:
        return {"failed": "not tried: the smaller one was not finished"}
    if smaller and peer is not FEMNA:
        growth = float(size) / smaller["asked"]
        expected = smaller["seconds"] * growth**GROWTH
        if expected > PATIENCE:
            return {"failed": f"not tried: {expected / 60.0:.0f} minutes expected"}
    result = peer.run("void_closure", problem(size), timeout=PATIENCE, memory_limit=MEMORY_LIMIT)
    return {**result, "asked": float(size)}


def _line(peer: Peer, size: str, result: dict[str, Any]) -> Line:
    if "failed" in result:
        return Line(contestant=peer.name, size=f"{size} unknowns", note=result["failed"])
    steps = f"{result['newton_steps']} Newton steps of {result['seconds_per_step']:.3g} s"
    return Line(
        contestant=peer.name,
        size=f"{result['unknowns']} unknowns",
        error=result["flux"] / exact_flux() - 1.0,
        seconds=result["seconds"],
        memory=result["memory"],
        note=f"{steps}, {result['solver']}",
    )


def _claims(lines: dict[str, list[Line]]) -> list[Claim]:
    compared = lines[COMPARED]
    return [
        Claim(
            what=f"void of {COMPARED} unknowns: time of the fastest other over femna's, same error",
            value=best_of_others(compared, "seconds") / of_femna(compared, "seconds"),
            limit=3.0,
            sense="at least",
        ),
        Claim(
            what=f"void of {COMPARED} unknowns: femna's memory over the least of the others",
            value=of_femna(compared, "memory") / best_of_others(compared, "memory"),
            limit=1.0,
            sense="at most",
        ),
        Claim(
            what=f"void of {LARGEST} unknowns: peak memory of femna, GiB",
            value=of_contestant(lines[LARGEST], FEMNA.name, "memory") / 1024.0,
            limit=24.0,
            sense="at most",
        ),
    ]
