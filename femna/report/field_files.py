"""The field files of a run, as grids of PyVista; one that is missing or damaged is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class FieldFiles:
    """The grids that a run's fields.pvd lists.

    Parameters
    ----------
    pv : module
        PyVista.
    fields : Path
        The list.

    Attributes
    ----------
    times : list of float
        Output times [s], rising.

    Raises
    ------
    InputError
        The list is damaged.
    """

    def __init__(self, pv: Any, fields: Path) -> None:
        from femna.output.vtk import damaged, read_pvd

        self._pv = pv
        self._folder = fields.parent
        self._entries = read_pvd(fields)
        self.times = sorted({entry.time for entry in self._entries})
        if not self.times:
            raise damaged(fields, "is no list of field files")

    def bodies(self, time: float) -> dict[str, Any]:
        """Return the grid of each body at an output time [s].

        Raises
        ------
        InputError
            A file is missing or damaged.
        """
        listed = sorted((e for e in self._entries if e.time == time), key=lambda e: e.part)
        return {entry.name: self._grid(self._folder / entry.file) for entry in listed}

    def _grid(self, file: Path) -> Any:
        from femna.output.vtk import read_vtu

        mesh = read_vtu(file)  # VTK tells of damage in many lines of its own, and goes on
        grid = self._pv.from_meshio(mesh)
        for name, values in mesh.field_data.items():
            grid.field_data[name] = values
        return grid
