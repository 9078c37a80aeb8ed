"""All output times of a part in one file of VTKHDF, for ParaView 5.12 or later.

The layout is that of version 2.0 of the format (https://docs.vtk.org/en/latest/vtk_file_formats/
vtkhdf_file_format/): an unstructured grid with its times as steps. What does not change from one
time to the next, a mesh or its cells, is stored once. A file for each part, as VTK up to 9.7 at
least shows the first time only of parts together in one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from femna.files import whole_or_not
from femna.output.vtk import read_vtu

if TYPE_CHECKING:
    import meshio

_VERSION: Final = (2, 0)
_TYPES: Final = {"line": 3, "triangle": 5, "tetra": 10}
_CHUNK: Final = 1 << 16
"""Bytes of a chunk, of at least one row."""


def write_vtkhdf(path: Path, frames: Iterable[tuple[float, Path]]) -> None:
    """Write what a part's files hold into one.

    Parameters
    ----------
    path : Path
        The file, replaced as a whole.
    frames : iterable of (float, Path)
        Output times [s], rising, and the VTU file of each.

    Raises
    ------
    InputError
        One of them is missing or damaged.
    OSError
        The disk refuses to be written.
    """
    import h5py

    # made in memory: where a disk is full HDF5 loses what it was told, or the process
    with h5py.File(path.name, "w", driver="core", backing_store=False) as file:
        grid = _Grid(file.create_group("VTKHDF"))
        for time, frame in frames:
            grid.append(read_vtu(frame), time)
        file.flush()
        content = file.id.get_file_image()
    with whole_or_not(path) as temporary:
        Path(temporary).write_bytes(content)


class _Grid:
    """One unstructured grid that gets its times one after the other."""

    def __init__(self, group: Any) -> None:
        self._group = group
        group.attrs["Version"] = _VERSION
        # of a fixed length, as the format wants its text
        group.attrs["Type"] = np.bytes_("UnstructuredGrid")
        self._steps = group.create_group("Steps")
        self._steps.attrs["NSteps"] = 0
        self._points = np.zeros((0, 0))
        self._cells = np.zeros((0, 0), dtype=np.int64)
        self._places: dict[str, int] = {}

    def append(self, mesh: meshio.Mesh, time: float) -> None:
        """Add the grid of a time [s]."""
        block = mesh.cells[0]
        cells = np.asarray(block.data, dtype=np.int64)
        anew = not np.array_equal(cells, self._cells)
        if anew:
            self._add_cells(cells, _TYPES[block.type], len(mesh.points))
        if anew or not np.array_equal(mesh.points, self._points):
            self._places["PointOffsets"] = self._add("Points", mesh.points)
            self._points = mesh.points
        self._note("Values", time)
        for name in ("PartOffsets", "PointOffsets"):
            self._note(name, self._places[name])
        self._note("NumberOfParts", 1)
        for name in ("CellOffsets", "ConnectivityIdOffsets"):
            self._note(name, [self._places[name]])
        for name, values in mesh.point_data.items():
            self._add_array("PointData", name, values)
        for name, (values,) in mesh.cell_data.items():
            self._add_array("CellData", name, values)
        for name, values in mesh.field_data.items():
            whole = np.atleast_1d(values)
            self._add_array("FieldData", name, whole)
            self._note(f"FieldDataSizes/{name}", [1, len(whole)])
        self._steps.attrs["NSteps"] += 1

    def _add_cells(self, cells: npt.NDArray[np.int64], kind: int, points: int) -> None:
        corners = cells.shape[1]
        starts = np.arange(len(cells) + 1, dtype=np.int64) * corners
        self._add("NumberOfCells", np.array([len(cells)]))
        self._add("NumberOfConnectivityIds", np.array([cells.size]))
        self._add("Offsets", starts)
        self._places = {
            "PartOffsets": self._add("NumberOfPoints", np.array([points])),
            "CellOffsets": self._add("Types", np.full(len(cells), kind, dtype=np.uint8)),
            "ConnectivityIdOffsets": self._add("Connectivity", cells.reshape(-1)),
        }
        self._cells = cells

    def _add_array(self, kind: str, name: str, values: Any) -> None:
        self._note(f"{kind}Offsets/{name}", self._add(f"{kind}/{name}", values))

    def _note(self, name: str, value: Any) -> None:
        """Add one entry, a number or a row of them, to an array of the steps."""
        self._append(self._steps, name, np.asarray([value]))

    def _add(self, name: str, values: Any) -> int:
        """Add rows to an array of the grid and return where they begin."""
        return self._append(self._group, name, np.asarray(values))

    @staticmethod
    def _append(group: Any, name: str, values: npt.NDArray[Any]) -> int:
        row = values.shape[1:]
        if name not in group:
            bytes_a_row = values.dtype.itemsize * int(np.prod(row, dtype=np.int64))
            group.create_dataset(
                name,
                data=values,
                maxshape=(None, *row),
                chunks=(max(1, _CHUNK // bytes_a_row), *row),
                compression="gzip",
            )
            return 0
        data = group[name]
        start = len(data)
        data.resize(start + len(values), axis=0)
        data[start:] = values
        return start
