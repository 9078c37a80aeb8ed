"""Interface vertices moved onto the outlines of open voids.

The outline of a foot is a contour of its blurred mask, at the level that gives the labels' area on
the mesh. Where an edge of the interface crosses it, the nearer end goes onto it, so that the rim of
a void is a line of edges and not a zigzag as wide as an element, by which a void closes too fast.
A move that would spoil a cell of either box is taken back: the rim is then what the mesh allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from femna.mesh.arrays import IntArray, signed_volumes
from femna.mesh.blurred_void import BlurredVoid
from femna.mesh.step import FloatArray

LEAST_SHARE: Final = 0.25
"""Of its volume that a cell must keep."""

LARGEST_MOVE: Final = 0.75
"""Of the shortest edge at a vertex."""

_NEWTON: Final = 4
_PASSES: Final = 4
_ROUNDS: Final = 3
_RINGS: Final = 2
_SWEEPS: Final = 3
_CAUTION: Final = 0.7
"""Of the area missed, what the next level makes good: a vertex may come in or drop out."""


@dataclass(frozen=True)
class Rims:
    """The outlines of open voids on the interface.

    Attributes
    ----------
    places : ndarray, shape (N, 2)
        Of the interface vertices, rows and columns [voxels].
    on : ndarray of bool, shape (N,)
        Which stand on an outline.
    levels : ndarray, shape (voids,)
        Share of the blurred foot at each void's outline.
    """

    places: FloatArray
    on: npt.NDArray[np.bool_]
    levels: FloatArray


class RimFit:
    """Moves the vertices of an interface between two boxes of tetrahedra.

    Parameters
    ----------
    points : ndarray, shape (P, 3)
        Of both boxes, columns, rows and heights [voxels].
    cells : ndarray of int, shape (M, 4)
    nodes : ndarray of int, shape (N,)
        The points of the interface.
    triangles : ndarray of int, shape (K, 3)
        Of the interface, rows of `nodes`.
    """

    def __init__(
        self, points: FloatArray, cells: IntArray, *, nodes: IntArray, triangles: IntArray
    ) -> None:
        self._points, self._nodes, self._triangles = points, nodes, triangles
        row = np.full(len(points), -1, dtype=np.int64)
        row[nodes] = np.arange(len(nodes))
        touched = np.any(row[cells] >= 0, axis=1)
        self._cells, self._rows = cells[touched], row[cells[touched]]
        self._volumes = signed_volumes(points, self._cells)
        self._places = points[nodes][:, 1::-1]
        edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
        self._edges = np.unique(np.sort(edges, axis=1), axis=0)
        long = np.linalg.norm(self._places[edges[:, 0]] - self._places[edges[:, 1]], axis=1)
        self._reach = np.full(len(nodes), np.inf)
        np.minimum.at(self._reach, edges.ravel(), np.repeat(long, 2))
        ends = self._places.min(axis=0), self._places.max(axis=0)
        ones, count = np.ones(2 * len(self._edges)), len(nodes)
        pairs = np.concatenate([self._edges, self._edges[:, ::-1]])
        self._next = csr_array((ones, tuple(pairs.T)), shape=(count, count))
        # a vertex on a side of the stack stays on it
        self._free = (self._places != ends[0]) & (self._places != ends[1])

    def __call__(self, voids: Sequence[BlurredVoid]) -> Rims:
        """Fit the outlines of voids.

        The first levels give the labels' area between voxels, the next ones on the mesh; every
        void keeps the level that came closest.
        """
        targets = np.array([void.void.area for void in voids])
        asked, least = targets.copy(), np.full(len(voids), np.inf)
        best = np.zeros(len(voids))
        for _ in range(_PASSES):
            levels = np.array([v.level(a) for v, a in zip(voids, asked, strict=True)])
            rims = self._at(voids, levels)
            shown = np.array(
                [
                    foot_area(rims.places, self._triangles, within(void, rims, level))
                    for void, level in zip(voids, levels, strict=True)
                ]
            )
            missed = np.abs(shown / targets - 1.0)
            best, least = np.where(missed < least, levels, best), np.minimum(missed, least)
            shares = np.divide(targets, shown, out=np.ones_like(shown), where=shown > 0.0)
            asked = asked * np.clip(shares, 0.9, 1.1) ** _CAUTION
        return self._at(voids, best)

    def _at(self, voids: Sequence[BlurredVoid], levels: FloatArray) -> Rims:
        places = self._places.copy()
        on = np.zeros(len(places), dtype=bool)
        tried = np.zeros(len(places), dtype=bool)
        for _ in range(_ROUNDS):
            for void, level in zip(voids, levels, strict=True):
                chosen = self._crossing(void, level, on, tried)
                moved, reached = self._onto(void, level, chosen)
                places[chosen[reached]] = moved[reached]
                on[chosen[reached]] = tried[chosen] = True
            self._relax(places, on)
            self._take_back(places, on)
        return Rims(places, on, levels)

    def _crossing(
        self,
        void: BlurredVoid,
        level: float,
        on: npt.NDArray[np.bool_],
        tried: npt.NDArray[np.bool_],
    ) -> IntArray:
        """Return the ends nearer to an outline, of edges that cross it and are not on it yet."""
        near = np.zeros(len(on), dtype=bool)
        near[void.near(self._places)] = True
        edges = self._edges[near[self._edges].all(axis=1)]
        away = np.zeros(len(on))
        away[near] = void.share(self._places[near]) - level
        crosses = (away[edges[:, 0]] * away[edges[:, 1]] < 0.0) & ~on[edges].any(axis=1)
        crossed = edges[crosses]
        far = np.where(tried[crossed], np.inf, np.abs(away[crossed]))
        end = np.argmin(far, axis=1)
        found = crossed[np.arange(len(crossed)), end]
        return np.unique(found[~tried[found]])

    def _onto(
        self, void: BlurredVoid, level: float, chosen: IntArray
    ) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
        """Return the nearest places on a contour, and which of them were reached."""
        start, free = self._places[chosen], self._free[chosen]
        at = start.copy()
        for _ in range(_NEWTON):
            slope = np.stack(
                [
                    (void.share(at + step) - void.share(at - step)) / 0.5
                    for step in (np.array([0.25, 0.0]), np.array([0.0, 0.25]))
                ],
                axis=1,
            )
            slope *= free
            steep = np.sum(slope**2, axis=1)
            missing = level - void.share(at)
            step = np.divide(missing, steep, out=np.zeros_like(steep), where=steep > 1e-6)
            at = at + step[:, None] * slope
        near = np.linalg.norm(at - start, axis=1) < LARGEST_MOVE * self._reach[chosen]
        return at, near & (np.abs(void.share(at) - level) < 0.02)

    def _relax(self, places: FloatArray, on: npt.NDArray[np.bool_]) -> None:
        """Let the vertices around the outlines share what the move of those on them has cost."""
        around = on.copy()
        for _ in range(_RINGS):
            around[self._edges[around[self._edges].any(axis=1)]] = True
        moving = around & ~on
        for _ in range(_SWEEPS):
            mean = (self._next @ places) / self._next.sum(axis=1)[:, None]
            places[moving] += (0.5 * (mean - places) * self._free)[moving]

    def _take_back(self, places: FloatArray, on: npt.NDArray[np.bool_]) -> None:
        """Undo the longest move of every spoilt cell, until none is."""
        points = self._points.copy()
        while on.any():
            points[self._nodes, :2] = places[:, ::-1]
            spoilt = signed_volumes(points, self._cells) < LEAST_SHARE * self._volumes
            rows = self._rows[spoilt]
            moved = np.where(rows >= 0, np.linalg.norm(places - self._places, axis=1)[rows], 0.0)
            back = rows[np.arange(len(rows)), np.argmax(moved, axis=1)]
            back = np.unique(back[moved.max(axis=1, initial=0.0) > 0.0])
            if len(back) == 0:
                return
            places[back], on[back] = self._places[back], False


def within(void: BlurredVoid, rims: Rims, level: float) -> IntArray:
    """Return the vertices inside the outline of a void."""
    near = void.near(rims.places)
    return np.asarray(near[(void.share(rims.places[near]) > level) & ~rims.on[near]])


def foot_area(places: FloatArray, triangles: IntArray, chosen: IntArray) -> float:
    """Return the area of the triangles that have one of the vertices.

    Parameters
    ----------
    places : ndarray, shape (N, 2)
    triangles : ndarray of int, shape (K, 3)
    chosen : ndarray of int, shape (n,)
    """
    mine = np.zeros(len(places), dtype=bool)
    mine[chosen] = True
    return float(triangle_areas(places, triangles[mine[triangles].any(axis=1)]).sum())


def triangle_areas(places: FloatArray, triangles: IntArray) -> FloatArray:
    """Return the areas of triangles (K, 3) between places (N, 2), shape (K,)."""
    one, two = (places[triangles[:, k]] - places[triangles[:, 0]] for k in (1, 2))
    return np.asarray(0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]))
