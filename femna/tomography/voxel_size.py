"""The size of a voxel as the metadata of a file states it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from xml.etree import ElementTree as ET

from femna.case import UnitError, parse
from femna.errors import InputError

_SHORT: Final = MappingProxyType(
    {"micron": "um", "microns": "um", "µm": "um", "\\u00B5m": "um", "μm": "um", "pixel": ""}
)
_ISOTROPIC: Final = 1e-3
"""Voxels whose edges differ by less count as cubes."""

_TAGGED: Final = MappingProxyType({2: "inch", 3: "cm"})
"""Resolution units of TIFF 6.0, section 8."""


def from_tiff(tif: Any) -> float | None:
    """Return the edge of a voxel [m] of an open `tifffile.TiffFile`: ImageJ, OME or plain tags.

    Returns None where the file does not say, also where it states a resolution without a third
    dimension of 72 or 96 dots per inch, which programs write when they know nothing.
    """
    if tif.is_ome:
        return _from_ome(tif.ome_metadata)
    page = tif.pages[0].aspage()
    across = [_resolution(page, tag) for tag in ("XResolution", "YResolution")]
    if tif.is_imagej:
        notes = tif.imagej_metadata or {}
        unit = str(notes.get("unit", ""))
        unit = _SHORT.get(unit, unit)
        if not unit or None in across:
            return None
        edges = [1.0 / number for number in across if number]
        return _cube([*edges, float(notes.get("spacing", edges[0]))], unit)
    tag = page.tags.get("ResolutionUnit")
    unit = _TAGGED.get(int(tag.value) if tag is not None else 1, "")
    if not unit or None in across or (unit == "inch" and across[0] in (72.0, 96.0)):
        return None
    return _cube([1.0 / number for number in across if number], unit)


def from_attributes(attributes: Mapping[str, Any]) -> float | None:
    """Return the edge of a voxel [m] from attributes of an HDF5 file.

    ``voxel_size`` is a text with a unit, or a number with the unit in ``voxel_size_unit``;
    ``voxel_size_um`` and ``element_size_um`` (as ilastik and Fiji write it) are in micrometres.
    """
    for name, stated in (
        ("voxel_size_um", "um"),
        ("element_size_um", "um"),
        ("voxel_size", attributes.get("voxel_size_unit")),
    ):
        if name not in attributes:
            continue
        value = attributes[name]
        value = value.decode() if isinstance(value, bytes) else value
        unit = stated.decode() if isinstance(stated, bytes) else stated
        if isinstance(value, str):
            try:
                return parse(value, "m")
            except UnitError:
                return None
        edges = [float(one) for one in (value if hasattr(value, "__len__") else [value])]
        return _cube(edges, str(unit)) if unit else None
    return None


def _from_ome(text: str) -> float | None:
    try:
        pixels = next(item for item in ET.fromstring(text).iter() if "Pixels" in item.tag)
        named = [(pixels.attrib, f"PhysicalSize{axis}") for axis in "XYZ"]
        edges = [float(found[name]) for found, name in named if name in found]
    except (ET.ParseError, StopIteration, ValueError):
        return None
    unit = pixels.attrib.get("PhysicalSizeXUnit", "µm")
    return _cube(edges, _SHORT.get(unit, unit)) if edges else None


def _resolution(page: Any, name: str) -> float | None:
    tag = page.tags.get(name)
    if tag is None:
        return None
    above, below = tag.value if isinstance(tag.value, tuple) else (tag.value, 1)
    return float(above) / float(below) if above and below else None


def _cube(edges: list[float], unit: str) -> float | None:
    """Return the common edge [m]; refuse voxels that are no cubes."""
    if not edges or not all(math.isfinite(edge) and edge > 0.0 for edge in edges):
        return None
    if max(edges) > (1.0 + _ISOTROPIC) * min(edges):
        shown = " x ".join(f"{edge:.5g}" for edge in edges)
        limit = "the metadata's voxels are not cubes"
        remedy = "resample the stack, or give --voxel-size if the metadata are wrong"
        raise InputError(None, "stack.voxel_size", f"{shown} {unit}", limit, remedy)
    try:
        return parse(f"{edges[0]!r} {unit}", "m")
    except UnitError:
        return None
