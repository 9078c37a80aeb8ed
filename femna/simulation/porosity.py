"""From layers of void over the interface to the porosity at the metal's points, and back.

A layer is spread over the points of the two columns beside its vertex (linearly) and along the
vertical as a tent, such that the porosity's integral is the layer's volume to round-off. What a
point then loses by creep is taken from its layers in the shares that they have in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.simulation.along_interface import AlongInterface
from femna.simulation.porous_metal import DENSE, MOST_POROUS
from femna.simulation.void_layers import LAYERS, VoidLayers

Array = npt.NDArray[np.float64]

WIDEST: Final = 8
"""How often a tent that no point lies under is made twice as wide."""

DEPTH_SHARE: Final = 0.3
"""Least half width of a tent over its depth, since elements grow away from the interface."""


@dataclass(frozen=True)
class Spread:
    """Voids at points.

    Attributes
    ----------
    law : array, shape (points,)
        Porosity that the law is asked at.
    held : array, shape (points,)
        Porosity whose integral is the voids' volume.
    empty : array, shape (points,)
        Rate at which what is left of them closes in the end, over the first one, where there are
        voids: q of :mod:`femna.physics.void_decay`.
    """

    law: Array
    held: Array
    empty: Array


class Porosity:
    """Spreads layers over points; 2D cells.

    Attributes
    ----------
    least : float
        Share of a layer which a step must leave, lest the layer counts as closed.

    Parameters
    ----------
    vertices : AlongInterface
        Of the interface.
    size : float
        Of the elements along the interface, in lengths of the model.
    """

    least: Final[float] = 0.0

    def __init__(self, vertices: AlongInterface, *, size: float) -> None:
        self._vertices, self._size = vertices, size
        self._places, self._areas = vertices.places, vertices.areas
        self._shares: Array = np.zeros((0, 2, LAYERS))
        self._columns: npt.NDArray[np.intp] = np.zeros((0, 2), dtype=np.intp)

    def spread(self, layers: VoidLayers, points: Array, volumes: Array) -> Spread:
        """Return the porosity at points (collective).

        Parameters
        ----------
        layers : VoidLayers
        points : array, shape (points, 2)
            First those that this rank owns, then ghosts.
        volumes : array, shape (owned,)
            That belong to them.

        Returns
        -------
        Spread
            Both porosities are one.
        """
        lengths, heights = (
            self._vertices.gather(values) for values in (layers.lengths, layers.heights)
        )
        right = np.clip(np.searchsorted(self._places, points[:, 0]), 1, len(self._places) - 1)
        columns = np.stack([right - 1, right], axis=1)
        gap = self._places[right] - self._places[right - 1]
        share = np.clip((points[:, 0] - self._places[right - 1]) / gap, 0.0, 1.0)
        beside = np.stack([1.0 - share, share], axis=1)
        middle = heights + 0.5 * lengths
        half = np.maximum(lengths / MOST_POROUS, np.maximum(2.0 * self._size, DEPTH_SHARE * middle))
        there = lengths > 0.0
        owned = len(volumes)

        def tents(half: Array) -> Array:
            away = np.abs(points[:, 1, None, None] - middle[columns]) / half[columns]
            return np.asarray(beside[:, :, None] * np.maximum(1.0 - away, 0.0) * there[columns])

        def held(parts: Array) -> Array:
            return self._sum(columns[:owned], parts[:owned] * volumes[:, None, None])

        parts = tents(half)
        found = held(parts)
        for _ in range(WIDEST):
            missed = there & (found <= 0.0)
            if not missed.any():
                break
            half[missed] *= 2.0
            parts = tents(half)
            found = held(parts)
        scale = np.divide(
            lengths * self._areas[:, None], found, out=np.zeros_like(found), where=found > 0.0
        )
        parts = parts * scale[columns]
        total = parts.sum(axis=(1, 2))
        self._columns = columns[:owned]
        self._shares = np.divide(
            parts[:owned],
            total[:owned, None, None],
            out=np.zeros_like(parts[:owned]),
            where=total[:owned, None, None] > DENSE,
        )
        return Spread(law=total, held=total, empty=np.zeros_like(total))

    def gather(self, lost: Array) -> Array:
        """Return what this rank's layers lose of volumes lost at its points (collective).

        Parameters
        ----------
        lost : array, shape (owned,)
            Volume that each owned point has lost.

        Returns
        -------
        array, shape (N, LAYERS)
            Lengths.
        """
        found = self._sum(self._columns, self._shares * lost[:, None, None])
        return np.asarray((found / self._areas[:, None])[self._vertices.mine])

    def lifetime(self, _lost: Array, _dt: float) -> float:
        """Return how long the shortest-lived void lasts: these decay and are never gone."""
        return np.inf

    def _sum(self, columns: npt.NDArray[np.intp], values: Array) -> Array:
        """Sum values at points over columns and layers, shape (columns, LAYERS) (collective)."""
        total = np.zeros((len(self._places), LAYERS))
        np.add.at(total, columns.reshape(-1), values.reshape(-1, LAYERS))
        return np.asarray(self._vertices.comm.allreduce(total))
