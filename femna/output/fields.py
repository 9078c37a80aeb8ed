"""Fields for viewing: one ``fields.pvd`` with every body as a part, and ``interface.csv``.

On request a file of each part as well that holds all times.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Final

import numpy as np
from mpi4py import MPI

from femna.errors import ComputationError, InputError
from femna.files import write_text
from femna.output.files import cell_text, on_root_disk
from femna.output.parts import Part
from femna.output.state import MICROMETRES, gathered
from femna.output.vtk import DataSet, read_pvd, write_pvd, write_vtu
from femna.output.vtkhdf import write_vtkhdf
from femna.simulation.system import System

FOLDER: Final = "fields"


class FieldWriter:
    """Writes the fields at chosen times; every method is collective.

    Parameters
    ----------
    directory : Path
        Folder of the run: ``fields.pvd``, ``fields/`` and ``interface.csv`` go there.
    comm : MPI.Comm
        Ranks of the run; rank 0 writes.
    conductivity : float
        Of the electrolyte at the protocol's temperature [S/m].
    keep_through : float, optional
        Go on with an existing list: times up to this one [s] stay, later ones, which a run wrote
        after its last checkpoint, are dropped. None begins a new list.
    """

    def __init__(
        self,
        directory: Path,
        comm: MPI.Comm,
        *,
        conductivity: float,
        keep_through: float | None = None,
    ) -> None:
        self._directory, self._comm, self._conductivity = directory, comm, conductivity
        self._entries: list[DataSet] = []
        last = -math.inf if keep_through is None else keep_through
        on_root_disk(comm, directory / "fields.pvd", lambda: self._go_on(last))

    def _go_on(self, keep_through: float) -> None:
        path = self._directory / "fields.pvd"
        listed = read_pvd(path)
        kept = [e for e in listed if e.time <= keep_through or _same(e.time, keep_through)]
        self._entries = kept
        if len(kept) == len(listed):
            return
        if kept:
            write_pvd(path, kept)
        else:  # an empty list is no file that ParaView opens
            path.unlink()
        for file in {entry.file for entry in listed} - {entry.file for entry in kept}:
            path = self._directory / file
            # whatever the list says, nothing beyond the folder of the fields is removed
            if path.parent == self._directory / FOLDER:
                path.unlink(missing_ok=True)

    def write(self, system: System, *, time: float, charge: float) -> None:
        """Write all parts at the system's present unknowns and on its present meshes.

        Parameters
        ----------
        system : System
            The solved step, whose scales, cell and step data belong to its unknowns.
        time : float
            [s]; what was written for this time or a later one is replaced.
        charge : float
            Of the half cycle [C/m^2].

        Raises
        ------
        ComputationError
            On every rank, if a file cannot be written.
        """
        bodies = ["metal", "electrolyte", "interface"] + ["mask"] * (system.mask is not None)
        parts = gathered(system, bodies, conductivity=self._conductivity)
        scale = system.scales.length
        path = self._directory / "fields.pvd"
        on_root_disk(self._comm, path, lambda: self._write(parts, scale, time, charge))

    def collect(self) -> None:
        """Write ``fields/<part>.vtkhdf``, each part with all of its times (collective).

        Raises
        ------
        ComputationError
            On every rank, if a file cannot be written, or one of its times not be read.
        """
        on_root_disk(self._comm, self._directory / FOLDER, self._collect)

    def _collect(self) -> None:
        parts: dict[str, list[tuple[float, Path]]] = {}
        for entry in self._entries:
            parts.setdefault(entry.name, []).append((entry.time, self._directory / entry.file))
        for name, frames in parts.items():
            try:
                write_vtkhdf(self._directory / FOLDER / f"{name}.vtkhdf", frames)
            except InputError as error:
                raise ComputationError(str(error)) from error

    def _write(
        self, parts: dict[str, Part | None], scale: float, time: float, charge: float
    ) -> None:
        kept = [e for e in self._entries if e.time < time and not _same(e.time, time)]
        frame = len({entry.time for entry in kept})
        (self._directory / FOLDER).mkdir(parents=True, exist_ok=True)
        for number, (name, part) in enumerate(parts.items()):
            if part is None:
                raise RuntimeError(f"{name} was not gathered")
            file = f"{FOLDER}/{name}_{frame:04d}.vtu"
            passed = {"charge_mAh_cm2": charge / 36e3}
            write_vtu(self._directory / file, part, length_scale=scale, numbers=passed)
            kept.append(DataSet(time, number, name, file))
            if name == "interface":
                text = interface_table(part, length_scale=scale, charge=charge)
                write_text(self._directory / "interface.csv", text)
        self._entries = kept
        write_pvd(self._directory / "fields.pvd", kept)


def interface_table(part: Part, *, length_scale: float, charge: float) -> str:
    """Return the interface as CSV text, one row a vertex, sorted by x (and y).

    Parameters
    ----------
    part : Part
        The interface.
    length_scale : float
        Length of one unit of its coordinates [m].
    charge : float
        Of the half cycle [C/m^2].
    """
    axes = ("x_um", "y_um")[: part.cells.shape[1] - 1]
    # rounded to a femtometre, so that vertices of one row have one x
    places = np.round(part.points[:, : len(axes)] * (length_scale * MICROMETRES), 9)
    columns = [*places.T, *part.point_data.values()]
    order = np.lexsort(places.T[::-1])
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*axes, *part.point_data, "charge_mAh_cm2"])
    passed = cell_text(charge / 36e3)
    writer.writerows([*(cell_text(c[k]) for c in columns), passed] for k in order)
    return stream.getvalue()


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=0.0)
