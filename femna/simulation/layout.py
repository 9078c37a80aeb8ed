"""Numbering of the monolithic vector: the blocks of every rank one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int32]

BLOCKS: Final = range(5)
"""Velocity and pressure of the metal, contact unknowns, potential, and the two scalars."""
VELOCITY, PRESSURE, CONTACT, POTENTIAL, SCALARS = BLOCKS


@dataclass(frozen=True)
class BlockLayout:
    """Where each block's entries stand in the monolithic vector.

    Attributes
    ----------
    sizes : array, shape (ranks, blocks)
        Entries of every block that each rank owns.
    rank : int
        This rank.
    """

    sizes: npt.NDArray[np.int64]
    rank: int

    @classmethod
    def gather(cls, comm: Any, local_sizes: list[int]) -> BlockLayout:
        """Build the layout on every rank from each one's own sizes (collective)."""
        return cls(np.array(comm.allgather(local_sizes), dtype=np.int64), comm.rank)

    @property
    def local_size(self) -> int:
        """Entries of all blocks on this rank."""
        return int(self.sizes[self.rank].sum())

    def local_slice(self, block: int) -> slice:
        """Return the place of a block in this rank's part of the vector."""
        start = int(self.sizes[self.rank, :block].sum())
        return slice(start, start + int(self.sizes[self.rank, block]))

    def owned(self, block: int) -> Indices:
        """Return this rank's indices of a block in the block's own global numbering."""
        start = int(self.sizes[: self.rank, block].sum())
        return np.arange(start, start + self.sizes[self.rank, block], dtype=np.int32)

    def monolithic(self, block: int, indices: npt.NDArray[Any]) -> Indices:
        """Map global indices of one block to indices of the monolithic vector."""
        block_starts = np.concatenate([[0], np.cumsum(self.sizes[:, block])])
        rank_starts = np.concatenate([[0], np.cumsum(self.sizes.sum(axis=1))])[:-1]
        within = self.sizes[:, :block].sum(axis=1)
        owner = np.searchsorted(block_starts, indices, side="right") - 1
        return np.asarray(
            indices - block_starts[owner] + rank_starts[owner] + within[owner], dtype=np.int32
        )
