"""Enclosed voids as layers over the vertices of the interface: a length and a height each.

Over a vertex the metal is a column; a layer is where void takes the place of metal in it. The
layers of neighbouring columns make up the voids. They move with the metal at the foot of their
column, so that what is plated below a void deepens it and what is stripped brings it nearer; how
creep stretches the column between interface and void is left out. Layers that touch become one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LAYERS: Final = 6
"""Most layers over one vertex; of more, the two uppermost become one."""

TOUCHING: Final = 1e-9
"""Lengths of the model at which layers, or a layer and the surface below it, meet."""


class VoidLayers:
    """The layers over this rank's vertices, in lengths of the model.

    Parameters
    ----------
    count : int
        Number N of vertices.

    Attributes
    ----------
    lengths, heights : arrays, shape (N, LAYERS)
        Of each layer its length and the height of its lower end above the electrolyte, from below;
        behind the last one both are zero.
    covered : array, shape (N,)
        1 where a film lies below the lowest layer and holds to the electrolyte, 0 elsewhere.
    """

    def __init__(self, count: int) -> None:
        self.lengths = np.zeros((count, LAYERS))
        self.heights = np.zeros((count, LAYERS))
        self.covered = np.zeros(count)

    def state(self) -> dict[str, Array]:
        """Return copies of the arrays by name, flattened."""
        return {
            name: values.reshape(-1).copy()
            for name, values in vars(self).items()
            if isinstance(values, np.ndarray)
        }

    def restore(self, state: dict[str, Array]) -> None:
        """Return to a state."""
        for name, values in state.items():
            setattr(self, name, values.reshape(getattr(self, name).shape).copy())

    def move(self, rise: Array, closed: Array) -> None:
        """Move the layers by what their columns rise, and shrink them.

        Parameters
        ----------
        rise : array, shape (N,)
            Of the metal at the foot of the column.
        closed : array, shape (N, LAYERS)
            Length that each layer has lost; what is above sinks by it.
        """
        there = self.lengths > 0.0
        below = np.cumsum(closed, axis=1) - closed
        self.lengths = np.where(there, self.lengths - closed, 0.0)
        self.heights = np.where(there, self.heights + rise[:, None] - below, 0.0)

    def drop(self, shorter: Array) -> Array:
        """Forget layers shorter than lengths; return what each column has lost, shape (N,).

        Parameters
        ----------
        shorter : array, shape (N, LAYERS)
        """
        gone = (self.lengths > 0.0) & (self.lengths < shorter)
        lost = np.where(gone, self.lengths, 0.0)
        self.heights -= np.cumsum(lost, axis=1) - lost
        self.lengths[gone] = 0.0
        self._pack()
        return np.asarray(lost.sum(axis=1))

    def grow(self, gap: Array) -> Array:
        """Give gaps that open under a film to the void above it; return what is left of them."""
        taken = np.where(self.covered > 0.0, gap, 0.0)
        self.lengths[:, 0] += taken
        self.heights[:, 0] -= taken
        return gap - taken

    def open(self, gap: Array) -> Array:
        """Open the layers that the surface has come to; return the gap with them, shape (N,)."""
        new = gap.copy()
        for _ in range(LAYERS):
            met = (self.lengths[:, 0] > 0.0) & (self.heights[:, 0] <= new + TOUCHING)
            if not met.any():
                break
            new[met] += self.lengths[met, 0]
            self.lengths[met, 0] = 0.0
            self.covered[met] = 0.0
            self._pack()
        self.covered[self.lengths[:, 0] == 0.0] = 0.0
        return new

    def enclose(self, where: npt.NDArray[np.bool_], lengths: Array, *, height: float) -> None:
        """Put a new lowest layer over vertices.

        Parameters
        ----------
        where : array of bool, shape (N,)
        lengths : array, shape (N,)
            Of the new layers where they are positive.
        height : float
            Of their lower end.
        """
        there = where & (lengths > 0.0)
        full = there & (self.lengths[:, -1] > 0.0)
        self.lengths[full, -2] += self.lengths[full, -1]
        for values in (self.lengths, self.heights):
            values[there, 1:] = values[there, :-1]
        self.lengths[there, 0], self.heights[there, 0] = lengths[there], height
        self.covered[there] = 1.0

    def merge(self) -> None:
        """Make one layer of those that touch."""
        for _ in range(LAYERS):
            ends = self.heights[:, :-1] + self.lengths[:, :-1]
            near = self.heights[:, 1:] <= ends + TOUCHING
            near &= (self.lengths[:, 1:] > 0.0) & (self.lengths[:, :-1] > 0.0)
            if not near.any():
                return
            first = np.argmax(near, axis=1)
            rows = np.flatnonzero(near.any(axis=1))
            self.lengths[rows, first[rows]] += self.lengths[rows, first[rows] + 1]
            self.lengths[rows, first[rows] + 1] = 0.0
            self._pack()

    def _pack(self) -> None:
        """Move what is there to the front, in its order."""
        order = np.argsort(self.lengths <= 0.0, axis=1, kind="stable")
        self.lengths = np.take_along_axis(self.lengths, order, axis=1)
        self.heights = np.take_along_axis(self.heights, order, axis=1)
        self.heights[self.lengths <= 0.0] = 0.0
