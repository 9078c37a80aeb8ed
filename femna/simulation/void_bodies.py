"""Layers that make up one void, and each void spread as the round one that closes as fast.

Neighbouring columns belong to one void where their layers meet at a height. Its volume, width and
middle follow from them; as an ellipse of these its flatness, and from that the volume of the round
void that closes as fast (:mod:`femna.physics.void_shape`). A symmetry plane that it touches cuts it
in half. So does the electrolyte, by degrees: a film below a void that is thin against the void's
width bears nothing, and the void closes as the half of one twice as high, centred on the
electrolyte; a film as thick as half the width leaves it whole.

Within the region (:mod:`femna.simulation.void_kernel`) the law is asked at the porosity of the
round void, and what it closes is taken from the volume that the void really holds, all of its
layers in proportion to their lengths. The width stays, so a void closes ever flatter, the region
as porous as that of a slot to the end, and is gone after a finite time. On the axis the round void
is a sphere; the law of spheres is also taken for rings around it, whose flatness is that of their
cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from femna.physics.void_decay import time_left
from femna.physics.void_shape import emptied, shape_factor
from femna.simulation.along_interface import AlongInterface
from femna.simulation.porosity import Spread
from femna.simulation.porous_metal import DENSE
from femna.simulation.void_kernel import round_kernel, share_above
from femna.simulation.void_layers import LAYERS, TOUCHING, VoidLayers

Array = npt.NDArray[np.float64]

REGION: Final = 3.0
"""Radius of a region over half the void's width, at least.

Under pressure all round any would do. Under other loads the law is the closer the less porous the
region is, but the wider it is the less the softening stays where the void is.
"""

ELEMENTS: Final = 3.0
"""Least radius of a region, over the size of the elements there."""

GROWTH: Final = 0.15
"""Size of the elements over their height above the interface, since they grow away from it."""

LEFT: Final = 0.05
"""Share of a void that counts as closed once a step has left no more of it."""

WIDEST: Final = 8
"""How often a region that no point lies in is made twice as wide."""


@dataclass(frozen=True, kw_only=True)
class _Body:
    """One void in the cell's cut; lengths in those of the model, volume as the areas have it.

    The centre is that of the region over which it is spread.
    """

    members: npt.NDArray[np.bool_]
    volume: float
    centre: tuple[float, float]
    half_width: float
    half_height: float
    sphere: bool


class VoidBodies:
    """Spreads voids over points; 2D cells.

    Parameters
    ----------
    vertices : AlongInterface
        Of the interface.
    size : float
        Of the elements along the interface, in lengths of the model.
    axisymmetric : bool
        Whether the first place is on an axis; otherwise plane strain.

    Attributes
    ----------
    least : float
        As in `Porosity`.
    """

    least: Final[float] = LEFT

    def __init__(self, vertices: AlongInterface, *, size: float, axisymmetric: bool) -> None:
        self._vertices, self._size, self._axial = vertices, size, axisymmetric
        self._places, self._areas = vertices.places, vertices.areas
        inner = 0.5 * (self._places[1:] + self._places[:-1])
        self._edges = np.concatenate([self._places[:1], inner, self._places[-1:]])
        self._lengths = np.zeros((len(self._places), LAYERS))
        self._bodies: list[_Body] = []
        self._shares: Array = np.zeros((0, 0))
        self._empty: Array = np.zeros(0)

    def spread(self, layers: VoidLayers, points: Array, volumes: Array) -> Spread:
        """Return the porosity at points (collective): see `Porosity.spread`."""
        lengths, heights = (
            self._vertices.gather(values) for values in (layers.lengths, layers.heights)
        )
        self._lengths = lengths
        self._bodies = self._found(lengths, heights)
        owned = len(volumes)
        held = np.zeros((len(self._bodies), len(points)))
        factors, self._empty = np.zeros(len(held)), np.ones(len(held))
        for k, body in enumerate(self._bodies):
            weight, total, share = self._kernel(body, points, volumes)
            if total <= 0.0:
                continue
            flatness = np.array([body.half_height / body.half_width / share])
            factors[k] = shape_factor(flatness, sphere=body.sphere)[0]
            self._empty[k] = emptied(flatness, sphere=body.sphere)[0]
            held[k] = weight * (body.volume / total)
        law, slots = factors @ held, (factors * self._empty) @ held
        everything = held.sum(axis=0)
        self._shares = np.divide(
            held[:, :owned], everything[:owned], out=np.zeros((len(held), owned)),
            where=everything[:owned] > DENSE,
        )  # fmt: skip
        empty = np.divide(slots, law, out=np.ones_like(law), where=law > 0.0)
        return Spread(law=law, held=everything, empty=empty)

    def gather(self, lost: Array) -> Array:
        """Return what this rank's layers lose (collective): see `Porosity.gather`."""
        found = self._vertices.comm.allreduce(self._shares @ lost)
        closed = np.zeros_like(self._lengths)
        for body, volume in zip(self._bodies, found, strict=True):
            closed += np.where(body.members, self._lengths * (volume / body.volume), 0.0)
        return np.asarray(closed[self._vertices.mine])

    def lifetime(self, lost: Array, dt: float) -> float:
        """Return how long the shortest-lived void lasts beyond a step (collective).

        Parameters
        ----------
        lost : array, shape (owned,)
            Volume that each owned point has lost in the step.
        dt : float
            Its length, the unit of what is returned.
        """
        found = self._vertices.comm.allreduce(self._shares @ lost)
        left = 1.0 - found / np.array([body.volume for body in self._bodies])
        open_ones = left >= LEFT
        lasts = time_left(left[open_ones], self._empty[open_ones])
        return dt * float(np.min(lasts, initial=np.inf))

    def _kernel(self, body: _Body, points: Array, volumes: Array) -> tuple[Array, float, float]:
        """Return the weight of points, its integral, and the region's share above (collective)."""
        height = body.centre[1]
        element = max(self._size, GROWTH * height)
        # at most an 18th of it void, on the electrolyte too
        extent = math.hypot(body.half_width, 2.0 * body.half_height)
        radius = max(REGION * extent, ELEMENTS * element)
        weight, total = np.zeros(len(points)), 0.0
        for _ in range(WIDEST):
            weight = round_kernel(points, body.centre, radius, element)
            local = float(weight[: len(volumes)] @ volumes)
            total = float(self._vertices.comm.allreduce(local))
            if total > 0.0:
                break
            radius *= 2.0
        return weight, total, share_above(height, radius, sphere=body.sphere)

    def _found(self, lengths: Array, heights: Array) -> list[_Body]:
        """Return the voids of all layers."""
        there = lengths > 0.0
        label = np.full(lengths.shape, -1)
        label[there] = _connected(there, heights, heights + lengths)
        return [self._body(label == k, lengths, heights) for k in range(label.max(initial=-1) + 1)]

    def _body(self, members: npt.NDArray[np.bool_], lengths: Array, heights: Array) -> _Body:
        """Return what layers make up."""
        parts = np.where(members, lengths * self._areas[:, None], 0.0)
        volume = float(parts.sum())
        columns = np.flatnonzero(members.any(axis=1))
        first, last = int(columns[0]), int(columns[-1])
        low, high = float(self._edges[first]), float(self._edges[last + 1])
        film = float((parts * heights).sum()) / volume
        middle = float((parts * (heights + 0.5 * lengths)).sum()) / volume
        left, right = first == 0, last == len(self._places) - 1
        centre, half = 0.5 * (low + high), 0.5 * (high - low)
        if left != right:  # the other half is beyond the plane of symmetry
            centre, half = (low, high - low) if left else (high, high - low)
        round_one = self._axial and left and not right
        # the areas' unit: of the whole interface, a disc or a strip
        start, end = float(self._places[0]), float(self._places[-1])
        if self._axial:
            unit = float(self._areas.sum()) / (math.pi * end**2)
        else:
            unit = float(self._areas.sum()) / (end - start)
        if round_one:
            half_height = 0.75 * volume / unit / (math.pi * half**2)
        else:
            ring = 2.0 * math.pi * max(centre, 0.5 * half) if self._axial else 1.0
            cut = volume / unit / ring * (2.0 if left != right else 1.0)
            half_height = cut / (math.pi * half)
        return _Body(
            members=members,
            volume=volume,
            centre=(centre, middle * min(max(film, 0.0) / half, 1.0)),
            half_width=half,
            half_height=half_height,
            sphere=round_one,
        )


def _connected(there: npt.NDArray[np.bool_], low: Array, high: Array) -> npt.NDArray[np.intp]:
    """Return which void each layer that is there belongs to."""
    number = np.cumsum(there).reshape(there.shape) - 1
    pairs = []
    for one in range(LAYERS):
        for other in range(LAYERS):
            meet = there[:-1, one] & there[1:, other]
            meet &= low[:-1, one] <= high[1:, other] + TOUCHING
            meet &= low[1:, other] <= high[:-1, one] + TOUCHING
            pairs.append(np.stack([number[:-1, one][meet], number[1:, other][meet]]))
    rows, columns = np.concatenate(pairs, axis=1)
    count = int(there.sum())
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)
