"""A film of plated metal that spreads over the electrolyte below an open gap.

It starts at the triple line, where metal, gap and electrolyte meet, and has a given thickness. Its
metal is a given share of what is plated in the half cycle; the collector sinks by what goes into
the film. Where the film has come, the gap above it is an enclosed void; where the gap is thinner
than the film, it is filled. A gap that is nowhere as high as the film is thick stays open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.simulation.along_interface import AlongInterface

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Advance:
    """How far a film comes.

    Attributes
    ----------
    covered : array of bool, shape (N,)
        This rank's vertices that it covers now.
    used : float
        Volume of metal that this takes, over all ranks.
    """

    covered: Flags
    used: float


class Film:
    """The film over the interface of a 2D cell.

    Parameters
    ----------
    vertices : AlongInterface
    thickness : float
        In lengths of the model.
    """

    def __init__(self, vertices: AlongInterface, *, thickness: float) -> None:
        self._vertices, self._places, self.thickness = vertices, vertices.places, thickness

    def _open(self, gap: Array) -> tuple[Array, npt.NDArray[np.intp]]:
        """Return the metal that every vertex takes, and the open ones from the triple line on."""
        gaps = self._vertices.gather(gap)
        cost = np.minimum(gaps, self.thickness) * self._vertices.areas
        shut = gaps <= 0.0
        opened = self._high_enough(gaps)
        if not opened.any() or not shut.any():
            return cost, np.zeros(0, dtype=np.intp)
        away = np.abs(self._places[:, None] - self._places[None, shut]).min(axis=1)
        # the place breaks ties, whatever the number of ranks
        order = np.lexsort((self._places, np.round(away, 9)))
        return cost, order[opened[order]]

    def _high_enough(self, gaps: Array) -> Flags:
        """Return which vertices belong to a gap that is somewhere as high as the film."""
        there = gaps > 0.0
        run = np.cumsum(~there)  # the same number within a stretch of open vertices
        highest = np.zeros(len(gaps) + 1)
        np.maximum.at(highest, run, gaps)
        return np.asarray(there & (highest[run] >= self.thickness))

    def wanted(self, gap: Array) -> tuple[float, float]:
        """Return the metal that the next vertex takes, and that all of them do (collective)."""
        cost, order = self._open(gap)
        if not len(order):
            return 0.0, 0.0
        return float(cost[order[0]]), float(cost[order].sum())

    def advance(self, gap: Array, metal: float) -> Advance:
        """Return how far a volume of metal takes the film (collective).

        Parameters
        ----------
        gap : array, shape (N,)
            Open gaps of this rank's vertices.
        metal : float
            Volume at hand.
        """
        cost, order = self._open(gap)
        enough = np.cumsum(cost[order]) <= metal * (1.0 + 1e-9)
        covered = np.zeros(len(self._places), dtype=bool)
        covered[order[enough]] = True
        return Advance(covered[self._vertices.mine], float(cost[covered].sum()))
