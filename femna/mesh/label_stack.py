"""The labelled stack of a cell from an image: which voxels are void, and which void they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np
import numpy.typing as npt
from scipy.ndimage import generate_binary_structure, label

from femna.errors import InputError
from femna.tomography.labels import ELECTROLYTE, METAL, VOID
from femna.tomography.source import Source, open_stack

if TYPE_CHECKING:
    from femna.case import ImageCell

IdArray = npt.NDArray[np.int32]

KEY: Final = "geometry.labels"
_MAKE: Final = "make it with femna segment"


@dataclass(frozen=True)
class LabelStack:
    """The metal's part of a labelled stack.

    Attributes
    ----------
    ids : ndarray of int32, shape (layers, rows, columns)
        Number of the void at each voxel above the interface, 0 in metal; the layer on the
        interface comes first.
    voxel : float
        Edge of a voxel [m].
    path : Path
        Of the labels, for messages.
    """

    ids: IdArray
    voxel: float
    path: Path

    @property
    def extent(self) -> tuple[float, float]:
        """Extents along the columns (x) and along the rows (y) [m]."""
        _, rows, columns = self.ids.shape
        return columns * self.voxel, rows * self.voxel

    @property
    def height(self) -> float:
        """What the stack shows above the interface [m]."""
        return len(self.ids) * self.voxel


def read_labels(geometry: ImageCell) -> LabelStack:
    """Read the labels of a case.

    Parameters
    ----------
    geometry : ImageCell
        Geometry of the case.

    Raises
    ------
    InputError
        If the file is no labelled stack with the interface as a plane between two layers.
    """
    source = open_stack(geometry.labels, sized=geometry.voxel_size is None)
    voxel = _voxel(source, geometry.voxel_size)
    part = _part(geometry, source)
    phases = source.slices(0, source.shape[0])[part]
    base = _interface(source.path, phases)
    above = phases[base:]
    void = above == VOID
    if not void.any():
        _fail(source.path, "no voxel of 3", "holds no void", "use geometry.kind = 'unit_cell'")
    if void[-1].all() or not (above == METAL).any():
        _fail(source.path, "voxels of 3", "is void up to its top", f"{_MAKE}, with more metal")
    if geometry.void_ids is None:
        ids = label(void, generate_binary_structure(3, 3))[0]
        return LabelStack(ids.astype(np.int32), voxel, source.path)
    numbers = open_stack(geometry.void_ids, sized=False)
    if numbers.shape != source.shape:
        sizes = " x ".join(str(n) for n in numbers.shape)
        limit = "is not of the size of geometry.labels"
        raise InputError(None, "geometry.void_ids", sizes, limit, _MAKE)
    ids = numbers.slices(0, numbers.shape[0])[part][base:].astype(np.int32)
    if not np.array_equal(ids > 0, void):
        limit = "has numbers where geometry.labels has no void, or none where it has"
        raise InputError(None, "geometry.void_ids", str(geometry.void_ids), limit, _MAKE)
    return LabelStack(ids, voxel, source.path)


def _fail(path: Path, value: object, limit: str, remedy: str) -> NoReturn:
    raise InputError(path, KEY, value, limit, remedy)


def _voxel(source: Source, given: float | None) -> float:
    size = given if given is not None else source.voxel_size
    key, remedy = "geometry.voxel_size", "add voxel_size = '2.2048 um'"
    if size is None:
        raise InputError(source.path, key, "(missing)", "the file does not state it", remedy)
    if not 1e-8 <= size <= 1e-4:
        limit = "the file's metadata state a voxel outside 0.01 um to 100 um"
        raise InputError(source.path, key, f"{size * 1e6:.5g} um", limit, remedy)
    return size


def _part(geometry: ImageCell, source: Source) -> Any:
    """Return the slices of the part that is taken."""
    parts = [slice(None)]
    for name, count in (("rows", source.shape[1]), ("columns", source.shape[2])):
        first, last = getattr(geometry, name) or (0, count)
        if not (first < last <= count and last - first >= 8):
            limit = f"must hold at least 8 of the {count} {name}"
            remedy = f"use 0 <= first < last <= {count}"
            raise InputError(None, f"geometry.{name}", [first, last], limit, remedy)
        parts.append(slice(first, last))
    return tuple(parts)


def _interface(path: Path, phases: npt.NDArray[Any]) -> int:
    """Return the first layer above the electrolyte."""
    known = np.isin(phases, (METAL, ELECTROLYTE, VOID))
    if not known.all():
        found = phases[~known][0]
        limit = "holds other values than 1 (metal), 2 (electrolyte), 3 (void)"
        _fail(path, f"a voxel of {found:g}", limit, f"{_MAKE}; it reads the grey stack")
    solid = phases == ELECTROLYTE
    full = solid.all(axis=(1, 2))
    base = int(np.argmin(full)) if not full.all() else len(full)
    if base == 0:
        limit = "has no electrolyte (2) below the metal, and so no interface"
        _fail(path, "the first layer", limit, "turn the stack so that the electrolyte comes first")
    if base == len(full):
        _fail(path, "every layer", "is electrolyte (2): there is no metal", _MAKE)
    rest = int(solid[base:].sum())
    if rest:
        limit = f"has electrolyte (2) above layer {base}: the interface must be a plane"
        _fail(path, f"{rest} voxels", limit, f"{_MAKE}, which levels it")
    return base
