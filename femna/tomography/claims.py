"""What a file claims, held against what it holds: files of others are not believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NoReturn

from femna.errors import InputError

MOST_PACKED: Final = 3000
"""Bytes of grey values to a byte of file. Deflate reaches 1032 and LZW some 2700 on a constant;
what is packed more densely has nothing to see in it, or is made to fill the memory."""

LARGEST_CHUNK: Final = 1 << 30
"""Bytes. HDF5 unpacks a chunk as a whole, however few layers are asked for."""

_ONE_FILE: Final = "copy the values into one dataset of one file"


def refuse(path: Path, limit: str, remedy: str) -> NoReturn:
    """Raise the InputError of a stack."""
    raise InputError(None, "stack", str(path), limit, remedy)


def refuse_unfolding(path: Path, *, claimed: int, held: int) -> None:
    """Refuse a file whose values would fill far more than can have been packed into it.

    Parameters
    ----------
    path : Path
        The file.
    claimed : int
        Bytes of its grey values by its own words.
    held : int
        Bytes that are there.

    Raises
    ------
    InputError
        More than `MOST_PACKED` to one.
    """
    if claimed > MOST_PACKED * max(held, 1):
        limit = f"claims {claimed:.3g} bytes of grey values and holds {held:.3g}"
        refuse(path, limit, "the file is damaged, empty or a trap; write it anew")


def refuse_dataset(path: Path, item: Any) -> None:
    """Refuse an HDF5 dataset that reads other files, was never filled, or unfolds.

    Parameters
    ----------
    path : Path
        The file.
    item : h5py.Dataset
        Its dataset.

    Raises
    ------
    InputError
        The values lie in other files (external storage, a virtual dataset), there are none, or
        they or one chunk would fill the memory.
    """
    if item.external:
        other = Path(str(item.external[0][0])).name
        refuse(path, f"keeps its values in another file ({other})", _ONE_FILE)
    if item.is_virtual:
        refuse(path, "puts its values together from other datasets (virtual)", _ONE_FILE)
    size = int(item.dtype.itemsize)
    claimed = size * int(item.size or 0)
    refuse_unfolding(path, claimed=claimed, held=int(item.id.get_storage_size()))
    chunk = size
    for length in item.chunks or ():
        chunk *= int(length)
    if chunk > LARGEST_CHUNK:
        limit = f"has chunks of {chunk / 2**30:.3g} GiB, each of which is unpacked as a whole"
        refuse(path, limit, "write it with smaller chunks, a few layers each")
