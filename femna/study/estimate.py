"""How long a study may take: from what has been computed, or from the size of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from femna.case.symmetry import SHAPES
from femna.files import read_json
from femna.study.planned import Planned

SECONDS_PER_UNKNOWN: Final = 1.7e-3
"""Time of one case over its unknowns [s]: 0.9e-3 on an idle core (10 cases of 4178), 3.4e-3 as wall
time on a busy machine (main job, 88 cases of 5444)."""


def estimate(
    cases: Sequence[Planned], directory: Path, *, curves: int, extra: int, checks: int = 0
) -> list[str]:
    """Say how many cases are computed at most and how long that takes on one processor.

    Parameters
    ----------
    cases : sequence of Planned
        What is computed of the base grid.
    directory : Path
        Folder of the sweep; cases that are finished there give their own time.
    curves, extra : int
        Curves, and pressures that may be added to each.
    checks : int
        Spot checks of all master curves.
    """
    walls = [
        float(found["wall_s"])
        for item in cases
        if (found := read_json(directory / item.name / "summary.json")) and found.get("wall_s")
    ]
    most = len(cases) + curves * extra + checks
    left = most - len(walls)
    if walls:
        each, basis = median(walls), f"as the {len(walls)} finished cases took"
    else:
        first = cases[0].case
        if SHAPES[first.geometry.symmetry].dimension == 3:
            return [f"At most {most} cases; no estimate of the time in 3D before one has run."]
        unknowns = _unknowns(cases[0])
        each = SECONDS_PER_UNKNOWN * unknowns
        basis = f"by {unknowns} unknowns of the first one, right within a factor of three"
    text = f"At most {left} cases to compute, about {_words(each)} each ({basis}): "
    return [f"{text}{_words(each * left)} of one processor."]


def _unknowns(planned: Planned) -> int:
    """Count the unknowns of a plane cell from its mesh: P2 velocity, P1 pressure and potential."""
    from femna.mesh.cell import cell_arrays

    arrays = cell_arrays(planned.case)
    metal, electrolyte = arrays.metal, arrays.electrolyte
    # Euler: edges of a plane triangulation
    edges = len(metal.points) + len(metal.cells) - 1
    interface = len(metal.group("interface")) + 1
    return 2 * (len(metal.points) + edges) + len(metal.points) + len(electrolyte.points) + interface


def _words(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
