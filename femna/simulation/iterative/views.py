"""The blocks of a monolithic vector as vectors of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.simulation.layout import BLOCKS, BlockLayout

Array = npt.NDArray[np.float64]


class BlockVectors:
    """One vector a block, filled from and written into monolithic ones.

    Parameters
    ----------
    layout : BlockLayout
        Numbers of the unknowns.
    comm : MPI.Comm
        Of all ranks.
    """

    def __init__(self, layout: BlockLayout, comm: Any) -> None:
        self._slices = [layout.local_slice(block) for block in BLOCKS]
        self.vectors = [
            PETSc.Vec().createMPI((part.stop - part.start, None), comm=comm)
            for part in self._slices
        ]

    def __getitem__(self, block: int) -> PETSc.Vec:
        """Return the vector of a block."""
        return self.vectors[block]

    def take(self, whole: PETSc.Vec) -> None:
        """Fill the blocks from a monolithic vector."""
        values = whole.getArray(readonly=True)
        for part, vector in zip(self._slices, self.vectors, strict=True):
            vector.setArray(values[part])

    def give(self, whole: PETSc.Vec) -> None:
        """Write the blocks into a monolithic vector."""
        out = whole.getArray()
        for part, vector in zip(self._slices, self.vectors, strict=True):
            out[part] = vector.getArray(readonly=True)
