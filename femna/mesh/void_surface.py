"""The gap that the voids of a stack leave at the vertices of the interface.

Area and volume of each void are met on the mesh itself. The foot takes the vertices where its
blurred mask is highest, as many as bring their area closest to that of the labels; the blurred
heights over them are then scaled until they hold the volume. Both are exact up to the area of one
vertex, on any interface mesh, and nothing in it can fail: a void for which it is too coarse keeps
its columns of voxels, one on which no vertex stands is dropped, and either is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.mesh.cell_voids import VoidFit
from femna.mesh.image_voids import OpenVoid
from femna.mesh.step import FloatArray

AREA_ERROR: Final = 0.02
VOLUME_ERROR: Final = 0.03
"""What a smooth void may be off its labels; beyond either it keeps its columns of voxels."""

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


def void_surface(
    voids: Sequence[OpenVoid],
    places: FloatArray,
    areas: FloatArray,
    *,
    voxel: float,
    smoothing: float,
    smooth: bool = True,
    raised: bool = True,
) -> VoidSurface:
    """Lay the open voids on the vertices of the interface.

    Parameters
    ----------
    voids : sequence of OpenVoid
    places : ndarray, shape (N, 2)
        Of the vertices along x (columns) and y (rows) [m].
    areas : ndarray, shape (N,)
        Of the interface that belongs to each vertex [m^2].
    voxel : float
        Edge of a voxel [m].
    smoothing : float
        Standard deviation of the filter [m].
    smooth, raised : bool
        Between voxels, or the columns as they are; with the volume of overhangs, or without.
    """
    at = places[:, ::-1] / voxel
    weights = areas / voxel**2
    gap, owner = np.zeros(len(at)), np.zeros(len(at), dtype=np.int64)
    width = smoothing / voxel
    shares = [_near(void, at, width) for void in voids]
    best = np.zeros(len(at))
    for near, share, _ in shares:
        best[near] = np.maximum(best[near], share)
    fits = []
    for void, (near, share, height) in zip(voids, shares, strict=True):
        target = void.volume if raised else void.volume - void.overhang
        kind, chosen, heights = "smooth", near[:0], height[:0]
        if smooth:
            mine = (share >= best[near]) & (owner[near] == 0) & (share > 0.0)
            chosen, heights = _smooth(void, near[mine], share[mine], height[mine], weights, target)
        if not smooth or not _close(void, chosen, heights, weights, target):
            columns = void.column(at)
            over = np.flatnonzero((columns > 0.0) & (owner == 0))
            closer = not smooth or abs(weights[over].sum() - void.area) < abs(
                weights[chosen].sum() - void.area
            )
            if closer:
                chosen, kind = over, "voxels"
                heights = _scaled(columns[over], weights[over], target)
        if len(chosen) == 0:
            kind = "dropped"
        gap[chosen], owner[chosen] = heights, void.id
        count = len(chosen)
        fits.append(
            VoidFit(
                id=void.id,
                kind=kind,
                volume=void.volume * voxel**3,
                mesh_volume=float(weights[chosen] @ heights) * voxel**3,
                area=void.area * voxel**2,
                mesh_area=float(weights[chosen].sum()) * voxel**2,
                overhang=void.overhang * voxel**3,
                vertices=count,
                # equilateral triangles of side h have one vertex in sqrt(3)/2 h^2
                across=float(np.sqrt(count * 4.0 / np.pi * np.sqrt(0.75))),
            )
        )
    return VoidSurface(gap * voxel, owner, tuple(fits))


def _near(
    void: OpenVoid, at: FloatArray, width: float
) -> tuple[npt.NDArray[np.int64], FloatArray, FloatArray]:
    """Return the vertices around a void with their share of foot and height."""
    reach = 4.0 * width + 2.0
    low = np.array(void.corner) - reach
    high = np.array(void.corner) + np.array(void.foot.shape) + reach
    near = np.flatnonzero(np.all((at >= low) & (at <= high), axis=1))
    share, height = void.smooth(at[near], width=width)
    return near, share, height


def _smooth(
    void: OpenVoid,
    candidates: npt.NDArray[np.int64],
    share: FloatArray,
    height: FloatArray,
    weights: FloatArray,
    target: float,
) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Return the vertices of the foot and the heights over them [voxels]."""
    order = np.argsort(-share, kind="stable")
    covered = np.concatenate([[0.0], np.cumsum(weights[candidates[order]])])
    count = int(np.argmin(np.abs(covered - void.area)))
    chosen = candidates[order[:count]]
    heights = np.maximum(height[order[:count]], LEAST_HEIGHT)
    return chosen, _scaled(heights, weights[chosen], target)


def _scaled(heights: FloatArray, weights: FloatArray, target: float) -> FloatArray:
    """Scale heights so that they hold a volume."""
    held = float(weights @ heights)
    return heights * (target / held) if held > 0.0 else heights


def _close(
    void: OpenVoid,
    chosen: npt.NDArray[np.int64],
    heights: FloatArray,
    weights: FloatArray,
    target: float,
) -> bool:
    area, volume = float(weights[chosen].sum()), float(weights[chosen] @ heights)
    return (
        abs(area - void.area) <= AREA_ERROR * void.area
        and abs(volume - target) <= VOLUME_ERROR * target
    )
