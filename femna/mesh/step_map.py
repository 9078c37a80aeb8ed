"""A conducting map of constant values between edges, in one coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from femna.mesh.grading import FINE_LINE, Refinement, Zone, graded_size
from femna.mesh.step import FloatArray, smooth_step


@dataclass(frozen=True)
class StepMap:
    """A map of constant values between edges, in one coordinate.

    Attributes
    ----------
    values : tuple of float
        c between the edges, from the centre outward; one more than `edges`.
    edges : tuple of float
        Increasing positions [m].
    width : float
        Full width of the smooth step at each edge [m].
    length : float
        End of the coordinate: half of the period [m].
    centres : tuple of (float, float)
        The coordinate is the distance from the nearest of them [m]; without any it is the first
        coordinate.
    mean : float
        Mean of c over the cell.
    """

    values: tuple[float, ...]
    edges: tuple[float, ...]
    width: float
    length: float
    centres: tuple[tuple[float, float], ...]
    mean: float

    def __call__(self, horizontal: FloatArray) -> FloatArray:
        """Evaluate c at horizontal coordinates of shape (N, 1) or (N, 2) [m]; shape (N,)."""
        place = self._coordinate(horizontal)
        result = np.full(place.shape, self.values[0], dtype=np.float64)
        for edge, (before, after) in zip(self.edges, pairwise(self.values), strict=True):
            result += (after - before) * smooth_step(place - edge, self.width)
            if edge < 0.5 * self.width:  # the mirror image at the centre reaches into the cell
                result += (after - before) * smooth_step(-edge - place, self.width)
            if edge > self.length - 0.5 * self.width:  # and the one at the far side
                result += (before - after) * smooth_step(place - 2 * self.length + edge, self.width)
        return np.clip(result, 0.0, 1.0)

    def size(
        self, horizontal: FloatArray, *, coarsest: float, refinement: Refinement = FINE_LINE
    ) -> FloatArray:
        """Return the element size wanted [m] at coordinates of shape (N, 1) or (N, 2) [m]."""
        zones = self.zones(refinement)
        place = self._coordinate(horizontal)
        return graded_size(place, zones, coarsest=coarsest, slope=refinement.slope)

    def zones(self, refinement: Refinement = FINE_LINE) -> tuple[Zone, ...]:
        """Return the transitions and the element size in them [m]."""
        half = 0.5 * self.width
        size = self.width / refinement.across
        return tuple(Zone(edge - half, edge + half, size) for edge in self.edges)

    def _coordinate(self, horizontal: FloatArray) -> FloatArray:
        points = np.asarray(horizontal, dtype=np.float64)
        if not self.centres:
            return points[:, 0]
        away = [points - np.array(centre)[: points.shape[1]] for centre in self.centres]
        return np.asarray(np.min(np.linalg.norm(away, axis=2), axis=0), dtype=np.float64)
