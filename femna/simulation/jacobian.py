"""One sparse matrix assembled from entry lists whose places never change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

Entries = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]]


class CooMatrix:
    """A distributed matrix given by coordinate lists (duplicates add up).

    The places are analysed at the first assembly and must be the same, in the same order, at every
    later one; entries of other ranks' rows are sent to them.
    """

    def __init__(self, comm: Any, local_size: int) -> None:
        size = (local_size, None)
        self._matrix = PETSc.Mat().create(comm)
        self._matrix.setSizes((size, size))
        self._matrix.setType(PETSc.Mat.Type.AIJ)
        self._values: npt.NDArray[np.float64] | None = None

    def assemble(self, entries: Sequence[Entries]) -> PETSc.Mat:
        """Set the matrix to the sum of ``(rows, columns, values)`` lists (collective)."""
        if self._values is None:
            rows = np.concatenate([e[0] for e in entries])
            columns = np.concatenate([e[1] for e in entries])
            self._matrix.setPreallocationCOO(rows, columns)
            self._values = np.empty(len(rows))
        np.concatenate([e[2] for e in entries], out=self._values)
        self._matrix.setValuesCOO(self._values)
        return self._matrix


def csr_coordinates(
    matrix: PETSc.Mat,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return global rows and columns of a matrix's local entries, in storage order."""
    pointers, columns, _ = matrix.getValuesCSR()
    start, _ = matrix.getOwnershipRange()
    rows = np.repeat(np.arange(len(pointers) - 1, dtype=np.int32) + start, np.diff(pointers))
    return rows.astype(np.int32), np.asarray(columns, dtype=np.int32)
