"""Arrays that move to disk when they are large, and the layers that are worked on at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from femna.tomography.settings import Blocks

type Array = npt.NDArray[Any]

_COPIES: Final = 24
"""Arrays of a block that its filter may hold at the same time, of the size of one in float64."""


@dataclass
class Workspace:
    """Where the arrays of one segmentation live.

    Attributes
    ----------
    blocks : Blocks
        The user's limits.
    folder : Path
        For arrays that do not fit into memory; removed with the segmentation.
    """

    blocks: Blocks
    folder: Path
    _made: int = field(default=0, init=False)

    def empty(self, shape: tuple[int, int, int], dtype: Any) -> Array:
        """Return an array that is not set, in memory or in a file of the folder."""
        if np.prod(shape, dtype=float) * np.dtype(dtype).itemsize <= self._bytes / 4:
            return np.empty(shape, dtype)
        self._made += 1
        file = self.folder / f"{self._made}.npy"
        return np.lib.format.open_memmap(file, mode="w+", dtype=np.dtype(dtype), shape=shape)

    def layers(self, shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        """Yield first layer, and the one after the last, of every block."""
        count = self.blocks.layers
        if count is None:
            layer = float(shape[1] * shape[2]) * 8 * _COPIES
            count = int(np.clip(self._bytes / layer, 8, 128))
        for start in range(0, shape[0], count):
            yield start, min(start + count, shape[0])

    @property
    def _bytes(self) -> float:
        return self.blocks.memory_GB * 1e9


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes when it is closed; it is in TMPDIR if that is set."""
    return tempfile.TemporaryDirectory(prefix="femna-", ignore_cleanup_errors=True)


def with_halo(block: tuple[int, int], halo: int, count: int) -> tuple[slice, slice]:
    """Return the layers of a block with `halo` more at both ends, and the block within them."""
    first, last = max(block[0] - halo, 0), min(block[1] + halo, count)
    return slice(first, last), slice(block[0] - first, block[1] - first)
