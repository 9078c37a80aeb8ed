"""The interface's vertices of all ranks, as every rank knows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from femna.simulation.system import System

Array = npt.NDArray[np.float64]


class AlongInterface:
    """The vertices of all ranks in the order of their places, for the interface of a 2D cell.

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
        The places rise.
    mine : int array, shape (N,)
        This rank's among them, in its own order.
    """

    def __init__(self, comm: Any, places: Array, area: Array) -> None:
        self.comm = comm
        counts = comm.allgather(len(places))
        start = sum(counts[: comm.rank])
        every = np.concatenate(comm.allgather(places))
        self._order = np.argsort(every, kind="stable")
        rank_of = np.empty_like(self._order)
        rank_of[self._order] = np.arange(len(self._order))
        self.mine = rank_of[start : start + len(places)]
        self.places, self.areas = every[self._order], self.gather(area)

    def gather(self, values: Array) -> Array:
        """Return the values of all ranks' vertices (collective)."""
        return np.asarray(np.concatenate(self.comm.allgather(values))[self._order])


def along_interface(system: System) -> AlongInterface:
    """Return the vertices of a 2D cell's interface where they are now (collective)."""
    places = system.vertices.horizontal[:, 0]
    return AlongInterface(system.comm, places, system.area)
