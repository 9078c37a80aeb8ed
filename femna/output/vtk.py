"""VTU files of plain arrays, and the PVD file that lists them by time and part."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from femna.errors import InputError
from femna.files import whole_or_not, write_text
from femna.output.parts import Array, Part

if TYPE_CHECKING:
    import meshio

_SHAPES: Final = {2: "line", 3: "triangle", 4: "tetra"}
_MICROMETRES: Final = 1e6


@dataclass(frozen=True)
class DataSet:
    """One entry of a PVD file: one part at one time.

    Attributes
    ----------
    time : float
        [s].
    part : int
        Number of the part, the same at every time.
    name : str
        Name of the part.
    file : str
        Path relative to the PVD file.
    """

    time: float
    part: int
    name: str
    file: str


def write_vtu(
    path: Path, part: Part, *, length_scale: float, numbers: Mapping[str, float] | None = None
) -> None:
    """Write one part, coordinates in micrometres.

    Parameters
    ----------
    path : Path
        The file, replaced as a whole.
    part : Part
        Geometry and fields.
    length_scale : float
        Length of one unit of the part's coordinates [m].
    numbers : mapping, optional
        Numbers of the whole part, as arrays of the file's field data.
    """
    import meshio

    shape = _SHAPES[part.cells.shape[1]]
    mesh = meshio.Mesh(
        part.points * (length_scale * _MICROMETRES),
        [(shape, part.cells)],
        point_data={name: _finite(values) for name, values in part.point_data.items()},
        cell_data={name: [_finite(values)] for name, values in part.cell_data.items()},
    )
    with whole_or_not(path) as temporary:
        meshio.write(temporary, mesh, file_format="vtu", binary=True)
        if numbers:
            _add_field_data(Path(temporary), numbers)


def read_vtu(path: Path) -> meshio.Mesh:
    """Read one part back.

    Raises
    ------
    InputError
        The file is missing or damaged.
    """
    import meshio

    if not path.is_file():
        raise damaged(path, "is missing")
    try:
        return meshio.vtu.read(path)  # meshio.read would print, and end the process
    except Exception:  # noqa: BLE001 - whatever XML, base64 and zlib raise
        raise damaged(path, "is damaged") from None


def damaged(path: Path, limit: str) -> InputError:
    """Return the error of a file of fields that cannot be shown."""
    remedy = "copy it from where the run was, or run the case again in a new folder"
    return InputError(None, "field file", str(path), limit, remedy)


def _add_field_data(path: Path, numbers: Mapping[str, float]) -> None:
    """Insert numbers of the whole grid, which meshio does not write."""
    arrays = "".join(
        f'<DataArray type="Float64" Name="{name}" NumberOfTuples="1" format="ascii">{value!r}'
        "</DataArray>\n"
        for name, value in numbers.items()
    )
    opening = "<UnstructuredGrid>\n"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(opening, f"{opening}<FieldData>\n{arrays}</FieldData>\n", 1), encoding="utf-8"
    )


def _finite(values: Array) -> Array:
    """Return contiguous values; what is not finite, which no view can show, becomes zero."""
    return np.ascontiguousarray(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0))


def write_pvd(path: Path, entries: Iterable[DataSet]) -> None:
    """Write the list of all parts at all times, as a whole."""
    root = ET.Element("VTKFile", type="Collection", version="0.1", byte_order="LittleEndian")
    collection = ET.SubElement(root, "Collection")
    for entry in entries:
        ET.SubElement(
            collection,
            "DataSet",
            timestep=repr(entry.time),
            group="",
            part=str(entry.part),
            name=entry.name,
            file=entry.file,
        )
    ET.indent(root)
    write_text(path, '<?xml version="1.0"?>\n' + ET.tostring(root, encoding="unicode") + "\n")


def read_pvd(path: Path) -> list[DataSet]:
    """Read the list back; none where the file is missing or is not such a list."""
    try:
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        return [
            DataSet(
                float(item.attrib["timestep"]),
                int(item.attrib["part"]),
                item.attrib["name"],
                item.attrib["file"],
            )
            for item in root.iter("DataSet")
        ]
    except (FileNotFoundError, ET.ParseError, KeyError, ValueError):
        return []
