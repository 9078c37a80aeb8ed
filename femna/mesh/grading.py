"""Where the nodes of the interface go: fine across the map's edges, graded between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from femna.mesh.step import FloatArray


@dataclass(frozen=True)
class Refinement:
    """How a mesh follows the edges of a map.

    Attributes
    ----------
    across : int
        Elements across the transition of an edge.
    slope : float
        Largest change of the element size per length away from it.
    """

    across: int
    slope: float


FINE_LINE: Final[Refinement] = Refinement(across=8, slope=0.14)
"""For a line of nodes: neighbours differ by at most exp(0.14) = 1.15 before alignment."""

COARSE_PLANE: Final[Refinement] = Refinement(across=6, slope=0.25)
"""For the interface of a 3D cell, where elements are dear."""

_ALIGN: Final[float] = FINE_LINE.across - 1e-6


@dataclass(frozen=True)
class Zone:
    """An interval of the interface and the largest element size allowed in it.

    Attributes
    ----------
    start, stop : float
        Ends of the interval [any length unit, the same for all].
    size : float
        Largest size inside.
    """

    start: float
    stop: float
    size: float

    def over(self, length: float) -> Zone:
        """Return the zone in units of a length."""
        return Zone(self.start / length, self.stop / length, self.size / length)


def graded_size(
    positions: FloatArray,
    zones: Iterable[Zone],
    *,
    coarsest: float,
    slope: float = FINE_LINE.slope,
) -> FloatArray:
    """Return the allowed element size at each position.

    Parameters
    ----------
    positions : ndarray, shape (N,)
        Places on the interface.
    zones : iterable of Zone
        Where it must be finer; the size grows outside of them.
    coarsest : float
        Size far from every zone.
    slope : float
        Growth of the size per length.

    Returns
    -------
    ndarray, shape (N,)
    """
    size = np.full_like(positions, coarsest, dtype=np.float64)
    for zone in zones:
        outside = np.maximum(np.maximum(zone.start - positions, positions - zone.stop), 0.0)
        np.minimum(size, zone.size + slope * outside, out=size)
    return size


def interface_nodes(
    length: float,
    zones: Sequence[Zone],
    *,
    coarsest: float,
    fixed: Sequence[float] = (),
    refine: float = 1.0,
) -> FloatArray:
    """Place the nodes of a one-dimensional interface [0, length].

    The nodes share equally the integral of 1/size. Ends of zones become nodes where that leaves
    at least eight elements to the next aligned place, so that the ratio of neighbours stays
    below 1.3.

    Parameters
    ----------
    length : float
        Length of the interface.
    zones : sequence of Zone
        Finer parts.
    coarsest : float
        Largest element size.
    fixed : sequence of float
        Places that must be nodes (a void's triple line).
    refine : float
        Multiplies the number of elements between aligned places.

    Returns
    -------
    ndarray, shape (N,)
        Increasing positions, the first exactly 0 and the last exactly `length`.
    """
    finest = min([coarsest, *(zone.size for zone in zones)])
    inside = [x for x in fixed if 0.0 < x < length]
    ends = [x for zone in zones for x in (zone.start, zone.stop) if 0.0 < x < length]
    samples = np.linspace(0.0, length, int(np.clip(8.0 * length / finest, 2000, 400_000)))
    places = np.unique(np.concatenate([samples, inside, ends]))
    density = 1.0 / graded_size(places, zones, coarsest=coarsest)
    count = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(places))])

    def count_at(x: float) -> float:
        return float(np.interp(x, places, count))

    anchors = sorted({0.0, length, *inside})
    for x in sorted(set(ends)):
        if all(abs(count_at(x) - count_at(a)) >= _ALIGN for a in anchors):
            anchors = sorted([*anchors, x])
    nodes = [0.0]
    for start, stop in pairwise(anchors):
        first, last = count_at(start), count_at(stop)
        pieces = max(1, int(np.ceil(refine * (last - first) - 1e-6)))
        inner = np.interp(np.linspace(first, last, pieces + 1)[1:-1], count, places)
        nodes.extend([*inner.tolist(), stop])
    return np.asarray(nodes, dtype=np.float64)
