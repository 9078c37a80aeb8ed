"""``probes.csv``: fields at points and lines of the user's, at every accepted step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from femna.case import Case
from femna.files import write_text
from femna.output.files import cell_text, on_root_disk
from femna.output.parts import Part
from femna.output.state import gathered
from femna.simulation.system import System
from femna.tables import append, render, whole_lines

Array = npt.NDArray[np.float64]

HEADER: Final = (
    "step", "time_s", "charge_mAh_cm2", "probe", "body", "point", "x_um", "y_um", "z_um",
    "field", "value",
)  # fmt: skip
_AXES: Final = "xyz"
_INSIDE: Final = 1e-9
"""How far outside a cell a point may lie, in barycentric coordinates, and still be in it."""


class ProbeWriter:
    """Writes the probes of a case; every method is collective, rank 0 looks up and writes.

    Parameters
    ----------
    directory : Path
        Folder of the run.
    case : Case
        Its `output.probe` are written; without any there is no file.
    comm : MPI.Comm
        Ranks of the run.
    conductivity : float
        Of the electrolyte at the protocol's temperature [S/m].
    keep_through : int, optional
        Go on with an existing file: lines up to this step stay. None begins a new file.
    """

    def __init__(
        self,
        directory: Path,
        case: Case,
        comm: MPI.Comm,
        *,
        conductivity: float,
        keep_through: int | None = None,
    ) -> None:
        self.path = directory / "probes.csv"
        self._probes = case.output.probe or ()
        self._comm, self._conductivity = comm, conductivity
        if self._probes:
            on_root_disk(comm, self.path, lambda: self._begin(keep_through))

    def _begin(self, keep_through: int | None) -> None:
        kept: list[Sequence[str]] = [HEADER]
        if keep_through is not None:
            lines = whole_lines(self.path)[1:]
            kept += [row for row in lines if row and int(row[0]) <= keep_through]
        write_text(self.path, render(kept))

    def write(self, system: System, row: Mapping[str, object]) -> None:
        """Append all probes at the system's present unknowns.

        Parameters
        ----------
        system : System
            The solved step.
        row : mapping
            Its row of the history: step, time and charge.
        """
        if not self._probes:
            return
        wanted = dict.fromkeys(probe.body for probe in self._probes)
        parts = gathered(system, wanted, conductivity=self._conductivity)
        scale = system.scales.length
        on_root_disk(self._comm, self.path, lambda: self._append(parts, row, scale))

    def _append(
        self, parts: Mapping[str, Part | None], row: Mapping[str, object], scale: float
    ) -> None:
        head = [cell_text(row[name]) for name in HEADER[:3]]
        lines: list[Sequence[str]] = []
        for probe in self._probes:
            part = parts[probe.body]
            if part is None:
                raise RuntimeError(f"{probe.body} was not gathered")
            places = np.array(probe.places(), dtype=float)
            for point, (place, found) in enumerate(
                zip(places, probe_values(part, places / scale), strict=True)
            ):
                shown = [cell_text(round(1e6 * x, 9)) for x in place]
                axes = shown + [""] * (3 - len(shown))
                name = [probe.name, probe.body, str(point), *axes]
                lines += [[*head, *name, field, cell_text(value)] for field, value in found.items()]
        append(self.path, lines)


def probe_values(part: Part, places: Array) -> list[dict[str, float]]:
    """Return the fields of a part at points: linear between vertices, constant in a cell.

    Parameters
    ----------
    part : Part
        A body, or the interface, which is seen from above.
    places : array, shape (N, dimension)
        In the part's unit of length.

    Returns
    -------
    list of dict
        Field -> value for each point, a vector by its components; NaN outside the body.
    """
    corners = part.cells.shape[1]
    nodes = part.points[:, : corners - 1][part.cells]
    origin = nodes[:, 0]
    inverse = np.linalg.inv(np.swapaxes(nodes[:, 1:] - origin[:, None], 1, 2))
    return [_at(part, inverse, origin, place) for place in places]


def _at(part: Part, inverse: Array, origin: Array, place: Array) -> dict[str, float]:
    shares = np.einsum("cij,cj->ci", inverse, place - origin)
    weights = np.concatenate([1.0 - shares.sum(axis=1, keepdims=True), shares], axis=1)
    cell = int(np.argmax(weights.min(axis=1)))
    inside = weights[cell].min() >= -_INSIDE
    values: dict[str, float] = {}
    for name, data in part.point_data.items():
        values |= _named(name, weights[cell] @ data[part.cells[cell]], inside=inside)
    for name, data in part.cell_data.items():
        values |= _named(name, data[cell], inside=inside)
    return values


def _named(name: str, value: Array, *, inside: bool) -> dict[str, float]:
    found = np.atleast_1d(np.asarray(value, dtype=float))
    if not inside:
        found = np.full_like(found, np.nan)
    if len(found) == 1:
        return {name: float(found[0])}
    return {f"{name}_{axis}": float(v) for axis, v in zip(_AXES, found, strict=True)}
