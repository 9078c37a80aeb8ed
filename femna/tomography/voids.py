"""What is measured of every void."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.ndimage import find_objects, gaussian_filter

from femna.tomography.blocks import Array, Workspace

BINS_UM3: Final = (1000.0, 2500.0, 10000.0)
"""Lower ends of the size bins of Spencer Jolly et al. 2020, section 4.6 and figure 5 [um3]."""


_SMOOTH: Final = 0.8
"""Blur of a void before its surface is measured [voxels]."""


@dataclass(frozen=True)
class Void:
    """A void of a segmented stack. Heights count from the interface, places from the corner.

    Attributes
    ----------
    id : int
        Its value in ``void_ids.tif``; 1 is the largest.
    volume_um3, equivalent_diameter_um : float
        The latter of a sphere of that volume.
    x_um, y_um, z_um : float
        Centroid.
    contact_area_um2 : float
        Of its face on the interface.
    depth_um : float
        How far from the interface it reaches into the metal.
    sphericity : float
        Surface of a sphere of its volume over its own, at most 1.
    touches_border : bool
        Whether it is cut by a side or the top of the analysed part.
    clearance_um : float
        Metal between it and the interface; 0 for a void that is open to it.
    """

    id: int
    volume_um3: float
    equivalent_diameter_um: float
    x_um: float
    y_um: float
    z_um: float
    contact_area_um2: float
    depth_um: float
    sphericity: float
    touches_border: bool
    clearance_um: float


@dataclass(frozen=True)
class Measured:
    """Sums over the voxels of each part; index 0 is what is outside.

    Attributes
    ----------
    volume : ndarray, shape (N + 1,)
        Voxels.
    moments : ndarray, shape (N + 1, 3)
        Sums of layer, row and column of their centres.
    foot : ndarray, shape (N + 1,)
        Voxels in the layer on the interface.
    low, high : ndarray, shape (N + 1, 3)
        First layer, row, column, and the one after the last.
    """

    volume: Array
    moments: Array
    foot: Array
    low: Array
    high: Array


def measure(ids: Array, count: int, work: Workspace) -> Measured:
    """Add up the voxels of each part, block by block.

    Parameters
    ----------
    ids : ndarray, shape (layers, rows, columns)
        From the interface upward.
    count : int
        Of parts.
    work : Workspace
    """
    volume = np.zeros(count + 1, np.int64)
    moments = np.zeros((count + 1, 3))
    low = np.full((count + 1, 3), np.iinfo(np.int64).max)
    high = np.zeros((count + 1, 3), np.int64)
    for start, stop in work.layers(ids.shape):
        part = np.asarray(ids[start:stop])
        place = np.nonzero(part)
        owner = part[place]
        volume += np.bincount(owner, minlength=count + 1)
        for axis, offset in enumerate((start, 0, 0)):
            centre = place[axis] + (offset + 0.5)
            moments[:, axis] += np.bincount(owner, centre, minlength=count + 1)
        for number, box in enumerate(find_objects(part, max_label=count), start=1):
            if box is not None:
                shift = np.array([start, 0, 0])
                low[number] = np.minimum(low[number], [s.start for s in box] + shift)
                high[number] = np.maximum(high[number], [s.stop for s in box] + shift)
    foot = np.bincount(np.asarray(ids[0]).ravel(), minlength=count + 1)
    return Measured(volume, moments, foot, low, high)


def describe(ids: Array, sums: Measured, numbers: Sequence[int], voxel: float) -> list[Void]:
    """Return the voids, in the order of `numbers`.

    Parameters
    ----------
    ids : ndarray, shape (layers, rows, columns)
        Parts, from the interface upward.
    sums : Measured
    numbers : sequence of int
        Those that count.
    voxel : float
        Edge of a voxel [m].
    """
    edge = voxel * 1e6
    shape = np.array(ids.shape)
    found = []
    for place, number in enumerate(numbers, start=1):
        voxels = int(sums.volume[number])
        low, high = sums.low[number], sums.high[number]
        z, y, x = sums.moments[number] / voxels * edge
        box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
        cut = bool((low[1:] == 0).any() or (high == shape).any())
        found.append(
            Void(
                id=place,
                volume_um3=voxels * edge**3,
                equivalent_diameter_um=(6.0 * voxels / np.pi) ** (1 / 3) * edge,
                x_um=float(x),
                y_um=float(y),
                z_um=float(z),
                contact_area_um2=float(sums.foot[number]) * edge**2,
                depth_um=float(high[0]) * edge,
                sphericity=_sphericity(np.asarray(ids[box]) == number),
                touches_border=cut,
                clearance_um=float(low[0]) * edge,
            )
        )
    return found


def _sphericity(mask: Array) -> float:
    """Return surface of a sphere over that of a body of equal volume.

    Both are those of the marching cubes of the mask, a little blurred: on the bare mask the steps
    of the voxels add some 8 % to the surface of a sphere.
    """
    from skimage.measure import marching_cubes

    smooth = gaussian_filter(np.pad(mask.astype(np.float32), 4), _SMOOTH)
    vertices, faces, *_ = marching_cubes(smooth, min(0.5, 0.5 * float(smooth.max())))
    a, b, c = (vertices[faces[:, k]].astype(np.float64) for k in range(3))
    across = np.cross(b - a, c - a)
    surface = 0.5 * float(np.linalg.norm(across, axis=1).sum())
    volume = abs(float(np.einsum("ij,ij->", a - vertices.mean(axis=0), across))) / 6.0
    return float(min(1.0, np.pi ** (1 / 3) * (6.0 * volume) ** (2 / 3) / surface))


def bin_counts(volumes_um3: Sequence[float]) -> dict[str, int]:
    """Return how many voids each size bin holds, by the bin's name."""
    ends = (*BINS_UM3, float("inf"))
    names = [f"{a:g}-{b:g}" for a, b in pairwise(BINS_UM3)]
    names.append(f">{BINS_UM3[-1]:g}")
    counts = {f"<{BINS_UM3[0]:g}": sum(v < BINS_UM3[0] for v in volumes_um3)}
    for name, low, high in zip(names, ends[:-1], ends[1:], strict=True):
        counts[name] = sum(low <= v < high for v in volumes_um3)
    return counts
