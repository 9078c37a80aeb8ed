"""The labelled stack on disk: phases by code, the voxel's size in the file's metadata."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from femna.errors import InputError
from femna.tomography.source import open_stack

METAL: Final = 1
ELECTROLYTE: Final = 2
VOID: Final = 3

_IMAGEJ: Final = 4_000_000_000
"""Bytes that an ImageJ TIFF can address."""


@dataclass(frozen=True)
class Labels:
    """A labelled stack.

    Attributes
    ----------
    phases : ndarray of uint8, shape (layers, rows, columns)
        1 metal, 2 electrolyte, 3 void; the electrolyte comes first.
    base : int
        Layers of electrolyte: the interface is the lower face of layer ``base``.
    voxel_size : float
        [m].
    """

    phases: npt.NDArray[np.uint8]
    base: int
    voxel_size: float


def read_labels(path: Path) -> Labels:
    """Read ``labels.tif`` of a segmentation, or a stack labelled elsewhere in the same way.

    Raises
    ------
    InputError
        If it is no stack of these labels.
    """
    source = open_stack(path)
    phases = source.slices(0, source.shape[0])
    codes = sorted(int(code) for code in np.unique(phases))
    remedy = "use 1 for metal, 2 for electrolyte, 3 for voids"
    if not set(codes) <= {METAL, ELECTROLYTE, VOID} or METAL not in codes:
        raise InputError(None, "labels", str(path), f"holds the codes {codes[:8]}", remedy)
    whole = (phases == ELECTROLYTE).all(axis=(1, 2))
    base = int(np.argmin(whole))
    if base == 0 or whole[base:].any():
        limit = "the first layers are not electrolyte all over, or others are"
        remedy = "align the stack: the interface is a face between two layers"
        raise InputError(None, "labels", str(path), limit, remedy)
    if source.voxel_size is None:
        remedy = "write it with its resolution in the metadata"
        raise InputError(None, "labels", str(path), "does not state its voxel size", remedy)
    return Labels(np.asarray(phases, dtype=np.uint8), base, source.voxel_size)


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
