"""The interface's vertices of all ranks, as every rank knows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class AllVertices:
    """Places and areas of all ranks' vertices, rank after rank.

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    places : array, shape (N,)
        Horizontal places of this rank's vertices, in lengths of the model.
    area : array, shape (N,)
        Of these vertices.

    Attributes
    ----------
    comm : MPI.Comm
    places, areas : arrays, shape (all,)
    mine : slice
        This rank's among them.
    """

    def __init__(self, comm: Any, places: Array, area: Array) -> None:
        self.comm = comm
        counts = comm.allgather(len(places))
        start = sum(counts[: comm.rank])
        self.mine = slice(start, start + len(places))
        self.places, self.areas = self.gather(places), self.gather(area)

    def gather(self, values: Array) -> Array:
        """Return the values of all ranks' vertices (collective)."""
        return np.concatenate(self.comm.allgather(values))
