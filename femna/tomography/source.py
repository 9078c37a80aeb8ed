"""A stack as slices that are read when they are needed, whatever file they lie in."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from femna.errors import InputError
from femna.tomography.claims import refuse, refuse_dataset, refuse_unfolding
from femna.tomography.voxel_size import from_attributes, from_tiff

type Array = npt.NDArray[Any]

_TAKEN: Final = ("uint8", "uint16", "int16", "float32", "float64")
_TIFF: Final = (".tif", ".tiff")
_HDF5: Final = (".h5", ".hdf5", ".hdf", ".nxs")
_FORMATS: Final = "give a TIFF (one file or a folder), HDF5 or NPY stack"


@dataclass(frozen=True)
class Source:
    """A stack that is not in memory.

    Attributes
    ----------
    path : Path
    shape : tuple of int
        Slices, rows, columns.
    dtype : numpy dtype
    voxel_size : float, optional
        From the metadata [m].
    read : callable
        Slices ``start`` to ``stop`` as an array.
    """

    path: Path
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    voxel_size: float | None
    read: Callable[[int, int], Array]

    def slices(self, start: int, stop: int) -> Array:
        """Return slices, shape (stop - start, rows, columns).

        Raises
        ------
        InputError
            If the file ends early, or a grey value is not finite.
        """
        try:
            with _listening() as complaints:
                values = np.asarray(self.read(start, stop))
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 - readers raise a dozen kinds on damaged files
            refuse(self.path, _reason(error), "the file is damaged or cut short; copy it again")
        if complaints:
            refuse(self.path, f"is damaged or cut short: {complaints[0]}", "copy it again")
        if values.shape != (stop - start, *self.shape[1:]):
            refuse(self.path, "a slice has another size", "give slices of one size")
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            where = start + int(np.argmin(np.isfinite(values).all(axis=(1, 2))))
            limit = f"slice {where} holds grey values that are not finite"
            refuse(self.path, limit, "replace NaN and inf, or crop them away")
        return values


def open_stack(path: Path, dataset: str | None = None, *, sized: bool = True) -> Source:
    """Open a stack.

    Parameters
    ----------
    path : Path
        A multi-page TIFF, a folder of TIFF slices (in the order of their names), HDF5 or NPY.
    dataset : str, optional
        Of an HDF5 file.
    sized : bool
        Whether the metadata are asked for the voxel size.

    Raises
    ------
    InputError
        If it is no stack of grey values.
    """
    if not path.exists():
        refuse(path, "no such file", "check the path")
    if not path.is_dir() and not path.is_file():  # a pipe would be waited for
        refuse(path, "is no ordinary file", _FORMATS)
    suffix = path.suffix.lower()
    if dataset is not None and suffix not in _HDF5:
        raise InputError(
            None, "stack.dataset", dataset, "only HDF5 files have datasets", "remove it"
        )
    try:
        if path.is_dir():
            source = _folder(path, sized)
        elif suffix in _TIFF:
            source = _tiff(path, sized)
        elif suffix in _HDF5:
            source = _hdf5(path, dataset, sized)
        elif suffix == ".npy":
            source = _npy(path)
        else:
            refuse(path, "is not a stack", _FORMATS)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - as in `Source.slices`
        refuse(path, f"cannot be read: {_reason(error)}", _FORMATS)
    if source.dtype.name not in _TAKEN:
        limit = f"holds {source.dtype.name} values"
        refuse(path, limit, f"convert it to grey values of 16 bits ({', '.join(_TAKEN)} are read)")
    if min(source.shape) < 8:
        size = " x ".join(str(n) for n in source.shape)
        refuse(path, f"is not a stack: {size} voxels", "give at least 8 voxels each way")
    return source


def _tiff(path: Path, sized: bool) -> Source:
    import tifffile

    with _listening() as complaints, tifffile.TiffFile(path) as tif:
        series = tif.series[0]
        page = tif.pages[0].aspage()
        if page.samplesperpixel > 1:
            refuse(path, "holds colours", "convert it to grey values of 16 bits")
        if len(tif.series) > 1:
            refuse(path, f"holds {len(tif.series)} images of different size", _FORMATS)
        shape = tuple(n for n in series.shape if n > 1)
        offset, order = series.dataoffset, tif.byteorder
        voxel = from_tiff(tif) if sized else None
        dtype = np.dtype(series.dtype)
    if complaints:
        refuse(path, f"is damaged or cut short: {complaints[0]}", "copy it again")
    if len(shape) != 3:
        refuse(path, f"is not a stack: its shape is {shape}", "give a 3D stack")
    claimed, held = math.prod(shape) * dtype.itemsize, path.stat().st_size
    if offset is not None:
        if held < claimed + offset:
            refuse(path, "is cut short", "copy it again")
        mapped = np.memmap(path, dtype.newbyteorder(order), "r", offset, shape)
        return Source(path, shape, dtype, voxel, lambda a, b: mapped[a:b].astype(dtype))

    refuse_unfolding(path, claimed=claimed, held=held)

    def read(start: int, stop: int) -> Array:
        return np.asarray(tifffile.imread(path, key=range(start, stop))).reshape(-1, *shape[1:])

    return Source(path, shape, dtype, voxel, read)


def _folder(path: Path, sized: bool) -> Source:
    import tifffile

    names = sorted(item for item in path.iterdir() if item.suffix.lower() in _TIFF)
    files = [name for name in names if name.is_file()]
    if len(files) < 2:
        refuse(path, "holds no stack of TIFF slices", _FORMATS)
    with _listening(), tifffile.TiffFile(files[0]) as tif:
        page = tif.pages[0].aspage()
        if page.samplesperpixel > 1 or page.ndim != 2:
            refuse(files[0], "is not one grey slice", "convert it to grey values of 16 bits")
        rows, columns = page.shape
        dtype = np.dtype(page.dtype or "O")
        voxel = from_tiff(tif) if sized else None

    def layer(file: Path) -> Array:
        with tifffile.TiffFile(file) as tif:
            page = tif.pages[0].aspage()
            if (page.shape, page.dtype) != ((rows, columns), dtype):
                limit = f"is {page.shape} of {page.dtype}, the first {(rows, columns)} of {dtype}"
                refuse(file, limit, "give slices of one size and type")
            claimed = rows * columns * dtype.itemsize
            refuse_unfolding(file, claimed=claimed, held=file.stat().st_size)
            return np.asarray(page.asarray())

    def read(start: int, stop: int) -> Array:
        return np.stack([layer(file) for file in files[start:stop]])

    return Source(path, (len(files), rows, columns), dtype, voxel, read)


def _hdf5(path: Path, dataset: str | None, sized: bool) -> Source:
    import h5py

    with h5py.File(path) as file:
        found: list[str] = []

        def visit(name: str, item: object) -> None:
            if isinstance(item, h5py.Dataset) and item.ndim == 3:
                found.append(name)

        file.visititems(visit)
        names = [name for name in found if dataset is None or name == dataset.strip("/")]
        if len(names) != 1:
            listed = ", ".join(found) or "none"
            remedy = f"3D datasets: {listed}"
            limit = "which dataset?" if dataset is None else "no such 3D dataset"
            raise InputError(path, "stack.dataset", dataset or "(missing)", limit, remedy)
        name = names[0]
        item = file[name]
        refuse_dataset(path, item)
        shape, dtype = tuple(int(n) for n in item.shape), np.dtype(item.dtype)
        voxel = from_attributes({**file.attrs, **item.attrs}) if sized else None

    def read(start: int, stop: int) -> Array:
        with h5py.File(path) as file:
            return np.asarray(file[name][start:stop])

    return Source(path, (shape[0], shape[1], shape[2]), dtype, voxel, read)


def _npy(path: Path) -> Source:
    mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    if mapped.ndim != 3:
        refuse(path, f"is not a stack: its shape is {mapped.shape}", "give a 3D array")
    shape = (int(mapped.shape[0]), int(mapped.shape[1]), int(mapped.shape[2]))
    return Source(path, shape, mapped.dtype, None, lambda a, b: np.array(mapped[a:b]))


class _Collecting(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.said.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect what tifffile logs as an error: it goes on where a file is damaged."""
    log, handler = logging.getLogger("tifffile"), _Collecting()
    before = log.propagate
    log.addHandler(handler)
    log.propagate = False
    try:
        yield handler.said
    finally:
        log.removeHandler(handler)
        log.propagate = before


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
