"""The labelled stack on disk: phases by code, the voxel's size in the file's metadata."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

METAL: Final = 1
ELECTROLYTE: Final = 2
VOID: Final = 3

_IMAGEJ: Final = 4_000_000_000
"""Bytes that an ImageJ TIFF can address."""


def write_stack(path: Path, stack: npt.NDArray[Any], voxel_size: float) -> None:
    """Write a stack as an ImageJ TIFF, or OME-BigTIFF beyond 4 GB, slice by slice.

    Parameters
    ----------
    path : Path
    stack : ndarray of uint8 or uint16, shape (layers, rows, columns)
    voxel_size : float
        [m].
    """
    import tifffile

    edge = voxel_size * 1e6
    large = stack.nbytes > _IMAGEJ
    notes: dict[str, Any] = {"spacing": edge, "unit": "um", "axes": "ZYX"}
    if large:
        notes = {"axes": "ZYX"} | {f"PhysicalSize{axis}": edge for axis in "XYZ"}
    tifffile.imwrite(
        path,
        (np.ascontiguousarray(layer) for layer in stack),
        shape=stack.shape,
        dtype=stack.dtype,
        imagej=not large,
        ome=large,
        bigtiff=large,
        photometric="minisblack",
        resolution=(1.0 / edge, 1.0 / edge),
        metadata=notes,
    )
