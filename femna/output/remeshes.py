"""``remeshes.csv``: one row for every mesh that was made anew under a rim that moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from mpi4py import MPI

from femna.files import write_text
from femna.output.files import cell_text, on_root_disk
from femna.simulation.remesh import Errors, Remesh
from femna.simulation.state import Clock
from femna.tables import append, render, whole_lines

FILE: Final = "remeshes.csv"

COLUMNS: Final = (
    "step", "time_s", "charge_mAh_cm2", "layer_thickness_um", "rim_radius_um", "number",
    "worst_angle_before_deg", "worst_angle_after_deg", "metal_cells_before", "metal_cells_after",
    *(f"{field.name}_error" for field in fields(Errors)),
)  # fmt: skip
_OF_STEP: Final = 5
"""Columns that are those of the step that follows."""


class RemeshWriter:
    """Writes the table row by row, on rank 0; every method is collective.

    Parameters
    ----------
    directory : Path
        Folder of the run.
    comm : MPI.Comm
        Ranks of the run.
    keep_through : int, optional
        Go on with an existing file: rows up to this step stay. None begins anew; without a re-mesh
        there is no file.
    """

    def __init__(self, directory: Path, comm: MPI.Comm, *, keep_through: int | None = None) -> None:
        self._path, self._comm = directory / FILE, comm
        on_root_disk(comm, self._path, lambda: self._begin(keep_through))

    def _begin(self, keep_through: int | None) -> None:
        rows = whole_lines(self._path)[1:] if keep_through is not None else []
        kept = [row for row in rows if row and int(row[0]) <= (keep_through or 0)]
        if kept:
            write_text(self._path, render([COLUMNS, *kept]))
        else:
            self._path.unlink(missing_ok=True)

    def write(self, remesh: Remesh, row: Mapping[str, object]) -> None:
        """Append a re-mesh, with the row of the history of the step that follows."""
        cells = [cell_text(row[name]) for name in COLUMNS[:_OF_STEP]]
        own = [remesh.number, remesh.angle_before, remesh.angle_after]
        own += [remesh.cells_before, remesh.cells_after]
        cells += [cell_text(value) for value in (*own, *asdict(remesh.errors).values())]

        def act() -> None:
            lines: list[Sequence[str]] = [cells]
            if not self._path.exists():
                lines.insert(0, COLUMNS)
            append(self._path, lines)

        on_root_disk(self._comm, self._path, act)


def remesh_summary(clock: Clock) -> dict[str, Any]:
    """Return how often the mesh was made anew and the largest errors of that, for the summary."""
    return {"count": clock.remeshes, "largest_errors": dict(clock.remesh_errors)}


def remesh_message(remesh: Remesh) -> str:
    """Return what is said of a re-mesh in the log, one line."""
    errors = remesh.errors
    return (
        f"mesh {remesh.number} made anew: smallest angle {remesh.angle_before:.1f} to "
        f"{remesh.angle_after:.1f} deg, {remesh.cells_before} to {remesh.cells_after} triangles of "
        f"metal; relative changes: metal volume {errors.metal_volume:.1e}, gap volume "
        f"{errors.gap_volume:.1e} (interpolated {errors.interpolated_gap_volume:.1e}), contact "
        f"fraction {errors.contact_fraction:.1e}, memory {errors.memory:.1e}; at the next step "
        f"platen velocity {errors.platen_velocity:.1e}, voltage {errors.voltage:.1e}, largest "
        f"contact pressure {errors.largest_pressure:.1e}"
    )
