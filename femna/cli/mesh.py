"""``femna mesh``: the mesh of a case, written and judged."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from femna.cli.console import output_console
from femna.cli.exits import DONE, blaming
from femna.cli.options import Assignments, File


def mesh_command(case: Path, /, *, output: File, assignments: Assignments | None = None) -> int:
    """Write the mesh of a case as a Gmsh file and print its quality.

    Parameters
    ----------
    case
        The case file.
    """
    from femna.case import load_case, split_assignments
    from femna.materials import resolve

    with blaming(case):
        loaded = load_case(case, split_assignments(assignments or []))
        resolve(loaded)

        from femna.mesh import write_msh

        quality = write_msh(loaded, output)
    console = output_console()
    for line in [*quality_lines(quality), *void_lines(quality.voids)]:
        console.print(line)
    console.print(f"mesh in {output}")
    return DONE


def quality_lines(quality: Any) -> list[str]:
    """Return a table of a quality report: one row a measure, one column a body."""
    bodies = {name: getattr(quality, name) for name in ("metal", "electrolyte")}
    measures = [field.name for field in dataclasses.fields(next(iter(bodies.values())))]
    rows = [["", *bodies]]
    for name in measures:
        values = [getattr(body, name) for body in bodies.values()]
        label = name.replace("_", " ")
        rows.append([f"{label} [um]" if name.endswith("_edge") else label])
        scale = 1e6 if name.endswith("_edge") else 1
        rows[-1] += [str(v) if isinstance(v, int) else f"{v * scale:.4g}" for v in values]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            [row[0].ljust(widths[0])]
            + [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
        )
        for row in rows
    ]


def void_lines(voids: Any) -> list[str]:
    """Return what the mesh makes of each void of an image, and what it drops; none without."""
    if voids is None:
        return []
    head = (
        f"{'void':>6} {'as':>8} {'volume [um3]':>13} {'error':>7} {'area [um2]':>11} {'error':>7}"
    )
    lines = [f"{head} {'overhang [um3]':>15} {'across':>7}"]
    for fit in sorted(voids.fits, key=lambda fit: -fit.volume):
        area = f"{fit.mesh_area / fit.area - 1.0:+7.2%}" if fit.area else f"{'':>7}"
        lines.append(
            f"{fit.id:>6} {fit.kind:>8} {fit.volume * 1e18:>13.1f} "
            f"{fit.mesh_volume / fit.volume - 1.0:+7.2%} {fit.area * 1e12:>11.1f} {area} "
            f"{fit.overhang * 1e18:>15.1f} {fit.across:>7.1f}"
        )
    total = voids.summary()
    lines.append(
        f"{total['dropped']} voids of {total['dropped_volume_um3']:.4g} um3 dropped; "
        f"{total['overhang_volume_um3']:.4g} um3 overhang"
    )
    return lines
