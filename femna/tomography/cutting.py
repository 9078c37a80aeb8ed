"""Grey values cut into phases, and the voids among what is dark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import generate_binary_structure, grey_dilation

from femna.errors import InputError
from femna.tomography.align import Aligned
from femna.tomography.blocks import Array, Workspace, with_halo
from femna.tomography.components import components
from femna.tomography.labels import ELECTROLYTE, METAL, VOID
from femna.tomography.levels import Levels
from femna.tomography.settings import SegmentSettings
from femna.tomography.voids import Measured, Void, describe, measure

_GROWTH: Final = 3
"""How far a void may grow when its cut is moved [voxels]."""

_MOST: Final = 0.95
"""Part of the metal's side beyond which it is no metal with voids."""


@dataclass(frozen=True)
class Parts:
    """Connected dark parts above the interface.

    Attributes
    ----------
    ids : ndarray, shape (layers above the interface, rows, columns)
    sums : Measured
    kept : ndarray of bool, shape (parts + 1,)
        Which count as voids.
    dropped : tuple of int
        Parts that do not count, those of earlier cuts included, and their voxels.
    """

    ids: Array
    sums: Measured
    kept: npt.NDArray[np.bool_]
    dropped: tuple[int, int]


@dataclass(frozen=True)
class Cutting:
    """How grey values become phases.

    Attributes
    ----------
    settings : SegmentSettings
    voxel : float
        Edge of a voxel [m].
    work : Workspace
    """

    settings: SegmentSettings
    voxel: float
    work: Workspace

    def parts(self, aligned: Aligned, levels: Levels) -> Parts:
        """Find the connected parts of what is dark, and which of them count.

        Raises
        ------
        InputError
            If nearly all is dark.
        """
        base, whole = aligned.base, aligned.grey.shape
        above = (whole[0] - base, whole[1], whole[2])
        ids, count = components(
            lambda a, b: _void(aligned, levels, a, b),
            above,
            self.settings.voids.connectivity,
            self.work,
        )
        return self._judged(ids, count, aligned, levels)

    def moved(self, parts: Parts, aligned: Aligned, levels: Levels) -> Parts:
        """Let the voids grow or shrink to other cuts; what belongs to none of them is metal.

        Voids that come to touch stay apart.
        """
        ids = self.work.empty(parts.ids.shape, np.int32)
        for block in self.work.layers(parts.ids.shape):
            taken, inner = with_halo(block, _GROWTH, len(parts.ids))
            part = np.where(parts.kept[parts.ids[taken]], parts.ids[taken], 0)
            dark = _void(aligned, levels, taken.start, taken.stop)
            for _ in range(_GROWTH):
                around = grey_dilation(part, footprint=generate_binary_structure(3, 1))
                part = np.where((part == 0) & dark, around, part)
            ids[block[0] : block[1]] = np.where(dark, part, 0)[inner]
        found = self._judged(ids, len(parts.kept) - 1, aligned, levels)
        both = zip(parts.dropped, found.dropped, strict=True)
        number, voxels = (a + b for a, b in both)
        return replace(found, dropped=(number, voxels))

    def _judged(self, ids: Array, count: int, aligned: Aligned, levels: Levels) -> Parts:
        sums = measure(ids, count, self.work)
        share = float(sums.volume.sum()) / float(ids.size)
        if share > _MOST:
            limit = "there is no metal above the interface: all void"
            raise InputError(None, "stack", f"{share:.0%} void", limit, "lower the threshold")
        kept = sums.volume * self.voxel**3 >= self.settings.voids.minimum_volume
        kept &= sums.volume > 0
        kept[0] = False
        if levels.seed_cut is not None:
            seeded = np.zeros(count + 1, bool)
            for start, stop in self.work.layers(ids.shape):
                seed = _dark(aligned, levels, levels.seed_cut, start, stop)
                seeded[np.unique(ids[start:stop][seed])] = True
            kept &= seeded
        lost = ~kept & (sums.volume > 0)
        return Parts(ids, sums, kept, (int(lost.sum()), int(sums.volume[lost].sum())))

    def phases(
        self, found: Parts, aligned: Aligned, levels: Levels
    ) -> tuple[Array, Array, tuple[Void, ...], tuple[int, float]]:
        """Return codes and void numbers by voxel, the voids, and number and um3 of those dropped.

        Raises
        ------
        InputError
            If nothing counts as a void.
        """
        sums, count = found.sums, len(found.kept) - 1
        numbers = [int(i) for i in np.argsort(-sums.volume, kind="stable") if found.kept[i]]
        if not numbers:
            limit = f"none of {count} dark spots counts as a void: no voids"
            remedy = "check the thresholds and voids.minimum_volume"
            raise InputError(None, "stack", self.settings.threshold.method, limit, remedy)
        if len(numbers) > np.iinfo(np.uint16).max:
            limit, remedy = "more voids than ids", "raise voids.minimum_volume"
            raise InputError(None, "stack", f"{len(numbers)} voids", limit, remedy)
        voids = tuple(describe(found.ids, sums, numbers, self.voxel))
        table = np.zeros(count + 1, np.uint16)
        table[numbers] = np.arange(1, len(numbers) + 1)
        base, whole = aligned.base, aligned.grey.shape
        shape = (whole[0], whole[1], whole[2])
        phases, ids = self.work.empty(shape, np.uint8), self.work.empty(shape, np.uint16)
        phases[:base], ids[:base] = ELECTROLYTE, 0
        for start, stop in self.work.layers(found.ids.shape):
            number = table[found.ids[start:stop]]
            bright = ~_dark(aligned, levels, levels.electrolyte_cut, start, stop)
            phase = np.where(number > 0, VOID, np.where(bright, ELECTROLYTE, METAL))
            phases[base + start : base + stop] = phase
            ids[base + start : base + stop] = number
        return phases, ids, voids, (found.dropped[0], found.dropped[1] * self.voxel**3 * 1e18)


def _dark(
    aligned: Aligned, levels: Levels, cut: float, start: int, stop: int
) -> npt.NDArray[np.bool_]:
    """Return which voxels of layers above the interface are darker than a cut."""
    cuts = np.array([levels.lifted(cut, height) for height in range(start, stop)])
    grey = np.asarray(aligned.grey[aligned.base + start : aligned.base + stop])
    return np.asarray(grey < cuts[:, None, None])


def _void(aligned: Aligned, levels: Levels, start: int, stop: int) -> npt.NDArray[np.bool_]:
    """Return which voxels of layers above the interface are as dark as a void."""
    dark = _dark(aligned, levels, levels.void_cut, start, stop)
    if start == 0:
        dark[:1] = _dark(aligned, levels, levels.foot_cut, 0, 1)
    return dark
