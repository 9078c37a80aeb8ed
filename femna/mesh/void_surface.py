"""The gap that the voids of a stack leave at the vertices of the interface.

Area and volume of each void are met on the mesh itself. The foot takes the vertices inside the
outline (:mod:`femna.mesh.void_rims`); if that misses the area, those where its blurred mask is
highest, as many as bring the area closest to that of the labels. The blurred heights over them are
then scaled until they hold the volume. Nothing in it can fail: a void for which the mesh is too
coarse keeps its columns of voxels, one on which no vertex stands is dropped, and either is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.mesh.arrays import IntArray
from femna.mesh.blurred_void import BlurredVoid
from femna.mesh.cell_voids import VoidFit
from femna.mesh.image_voids import OpenVoid
from femna.mesh.step import FloatArray
from femna.mesh.void_rims import Rims, foot_area, triangle_areas, within

AREA_ERROR: Final = 0.02
"""What the area of a smooth void may be off its labels; its volume is theirs."""

SPARE: Final = (1.1, 2.5)
"""By how much the mesh of a void may be higher than the void: in any case, and where there is room.
A side that rises within an element takes volume from the foot, which goes on top."""

LEAST_HEIGHT: Final = 0.25
"""Least gap under a smooth void [voxels]: its rim is where it ends, not a wedge of no height."""


@dataclass(frozen=True)
class VoidSurface:
    """The interface over the open voids.

    Attributes
    ----------
    gap : ndarray, shape (N,)
        At each vertex [m].
    owner : ndarray of int, shape (N,)
        Number of the void on whose foot a vertex stands, 0 in contact.
    fits : tuple of VoidFit
        One for each open void.
    """

    gap: FloatArray
    owner: npt.NDArray[np.int64]
    fits: tuple[VoidFit, ...]


@dataclass(frozen=True)
class Ground:
    """The interface on which voids are laid; lengths in voxels.

    Attributes
    ----------
    rims : Rims
        Its vertices, and the outlines.
    triangles : ndarray of int, shape (K, 3)
    weights : ndarray, shape (N,)
        Area that belongs to each vertex.
    """

    rims: Rims
    triangles: IntArray
    weights: FloatArray

    def area(self, chosen: IntArray) -> float:
        """Return what vertices take from the contact: the triangles around them."""
        return foot_area(self.rims.places, self.triangles, chosen)

    def as_many_as_fit(self, ordered: IntArray, area: float, *, least: float) -> IntArray:
        """Return the first of the vertices, as many as bring their area closest to one.

        Together their weights are at least `least`, if those of all are.
        """
        rank = np.full(len(self.weights), len(ordered))
        rank[ordered] = np.arange(len(ordered))
        first = rank[self.triangles].min(axis=1)
        mine = first < len(ordered)
        added = np.bincount(
            first[mine],
            triangle_areas(self.rims.places, self.triangles[mine]),
            minlength=len(ordered),
        )
        covered = np.concatenate([[0.0], np.cumsum(added)])
        held = np.concatenate([[0.0], np.cumsum(self.weights[ordered])])
        enough = int(np.searchsorted(held, least * (1.0 + 1e-12)))
        return ordered[: max(int(np.argmin(np.abs(covered - area))), enough)]


def void_surface(
    voids: Sequence[BlurredVoid],
    ground: Ground,
    *,
    voxel: float,
    ceiling: float,
    smooth: bool = True,
    raised: bool = True,
) -> VoidSurface:
    """Lay the open voids on the vertices of the interface.

    Parameters
    ----------
    voids : sequence of BlurredVoid
        In the order of the outlines' levels.
    ground : Ground
    voxel : float
        Edge of a voxel [m].
    ceiling : float
        Height that no void may exceed on the mesh [voxels].
    smooth, raised : bool
        Between voxels, or the columns as they are; with the volume of overhangs, or without.
    """
    at = ground.rims.places
    gap, owner = np.zeros(len(at)), np.zeros(len(at), dtype=np.int64)
    nears = [void.near(at) for void in voids]
    shares = [void.share(at[near]) for void, near in zip(voids, nears, strict=True)]
    best = np.zeros(len(at))
    for near, share in zip(nears, shares, strict=True):
        best[near] = np.maximum(best[near], share)
    fits = []
    for blurred, near, share, level in zip(voids, nears, shares, ground.rims.levels, strict=True):
        void = blurred.void
        target, least_cap = room(void, raised=raised)
        cap = max(least_cap, min(least_cap * SPARE[1] / SPARE[0], ceiling))
        kind, chosen = "smooth", near[:0]

        def far(vertices: IntArray, void: OpenVoid = void, least: float = target / cap) -> float:
            """Return by how much vertices miss the area; infinite if they cannot hold the void."""
            if len(vertices) == 0 or ground.weights[vertices].sum() < least:
                return np.inf
            return abs(ground.area(vertices) / void.area - 1.0)

        if smooth:
            mine = (share >= best[near]) & (owner[near] == 0) & (share > 0.0)
            inside = within(blurred, ground.rims, level)
            chosen = inside[np.isin(inside, near[mine])]
            if far(chosen) > AREA_ERROR:
                order = np.argsort(-share[mine], kind="stable")
                other = ground.as_many_as_fit(near[mine][order], void.area, least=target / cap)
                chosen = min(chosen, other, key=far)
        heights = np.maximum(blurred.height(at[chosen]), LEAST_HEIGHT)
        if far(chosen) > AREA_ERROR:
            columns = void.column(at)
            over = np.flatnonzero((columns > 0.0) & (owner == 0))
            inner = np.argsort(-blurred.share(at[over]), kind="stable")
            over = ground.as_many_as_fit(over[inner], void.area, least=target / cap)
            if not smooth or far(over) < far(chosen):
                chosen, kind, heights = over, "voxels", columns[over]
        if not np.isfinite(far(chosen)):
            kind, chosen, heights = "dropped", chosen[:0], heights[:0]
        gap[chosen] = _scaled(heights, ground.weights[chosen], target, cap)
        owner[chosen] = void.id
        fits.append(_fit(void, ground, kind, chosen=chosen, heights=gap[chosen], voxel=voxel))
    return VoidSurface(gap * voxel, owner, tuple(fits))


def room(void: OpenVoid, *, raised: bool) -> tuple[float, float]:
    """Return the volume that the mesh gives a void, and the height that it may need.

    Parameters
    ----------
    void : OpenVoid
        Lengths in voxels.
    raised : bool
        Whether what overhangs is put above the foot.
    """
    held = float(void.heights.sum())
    volume = void.volume if raised else held
    return volume, SPARE[0] * void.top * volume / held


def _fit(
    void: OpenVoid,
    ground: Ground,
    kind: str,
    *,
    chosen: IntArray,
    heights: FloatArray,
    voxel: float,
) -> VoidFit:
    """Say what became of a void; heights [voxels]."""
    mine = np.isin(ground.triangles, chosen).any(axis=1)
    return VoidFit(
        id=void.id,
        kind=kind,
        volume=void.volume * voxel**3,
        mesh_volume=float(ground.weights[chosen] @ heights) * voxel**3,
        area=void.area * voxel**2,
        mesh_area=ground.area(chosen) * voxel**2,
        overhang=void.overhang * voxel**3,
        vertices=len(chosen),
        # a circle of equilateral triangles of side h has one in sqrt(3)/4 h^2
        across=float(np.sqrt(mine.sum() * np.sqrt(3.0) / np.pi)),
    )


def _scaled(heights: FloatArray, weights: FloatArray, target: float, cap: float) -> FloatArray:
    """Scale heights so that they hold a volume and none exceeds a cap."""
    full = np.zeros(len(heights), dtype=bool)
    while not full.all():
        left = target - cap * weights[full].sum()
        scaled = np.where(full, cap, heights * (left / (weights @ np.where(full, 0.0, heights))))
        if np.all(scaled <= cap):
            return np.asarray(scaled)
        full |= scaled > cap
    return np.full(len(heights), cap)
