"""The cut at which the labels hold as much void as the unfiltered grey values say."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation, binary_erosion, generate_binary_structure

from femna.tomography.align import Aligned
from femna.tomography.blocks import Array, Workspace, with_halo
from femna.tomography.foot import FEWEST, FOOT_LAYERS, foot_area
from femna.tomography.levels import Levels

type FloatArray = npt.NDArray[np.float64]

_REACH: Final = 3
"""How far the blur carries a void's darkness, at most [voxels]."""

_SHELL: Final = 2
"""Thickness of the shell of metal beyond, against which the darkness is counted [voxels]."""

_BELOW: Final = 3
"""Layers under the interface that voids darken by blur."""

_BINS: Final = 4096
_SURE: Final = 0.015
"""Standard error of the void's level, over the contrast, from which on it is taken: 500 voxels at a
contrast to noise of 3."""


def calibrated(
    aligned: Aligned, raw: Array, ids: Array, kept: npt.NDArray[np.bool_], levels: Levels,
    work: Workspace,
) -> Levels:  # fmt: skip
    """Return the levels with the void's own level and the cut moved.

    A filter that removes noise also rounds and shrinks what is small. The sum over a void's
    surroundings of how much darker they are than metal is its volume exactly, whatever blur the
    image has, and noise averages out of it. The cut is put where the voxels below it are as many.
    The layer on the interface has a cut of its own, at which it holds the contact area
    (:mod:`femna.tomography.foot`); the cut above makes good what that takes from the volume.

    Parameters
    ----------
    aligned : Aligned
        Filtered grey values.
    raw : ndarray, shape (layers, rows, columns)
        The unfiltered ones, aligned alike.
    ids : ndarray, shape (layers above the interface, rows, columns)
        Parts darker than the cut so far.
    kept : ndarray of bool, shape (parts + 1,)
        Which of them are voids.
    levels : Levels
    work : Workspace
    """
    base = aligned.base
    if not kept.any():
        return levels
    profile = _profile(raw, ids, kept, base)
    if profile is None:
        return levels
    void = _void_level(raw, ids, kept, base, levels)
    contrast = levels.metal - void
    if contrast <= 0.0:
        return levels
    # two parts: the layer on the interface with those below, where the darkness of its voids goes
    # as well, and all above
    near, shell = np.zeros(2), np.zeros(2)
    reach, voxels = np.zeros(2, np.int64), np.zeros(2, np.int64)
    edges = np.linspace(void - contrast, levels.metal + contrast, _BINS + 1)
    counts = np.zeros((2, _BINS), np.int64)
    below = min(_BELOW, base)
    for block in work.layers(ids.shape):
        start = -below if block[0] == 0 else block[0]
        taken, inner = with_halo(block, _REACH + _SHELL, len(ids))
        mask = kept[ids[taken]]
        if block[0] == 0:  # the layers of electrolyte just below
            mask = np.concatenate([np.zeros((below, *mask.shape[1:]), bool), mask])
            inner = slice(0, inner.stop + below)
        close = _grown(mask, _REACH)
        around = _grown(close, _SHELL) & ~close
        close, around = close[inner], around[inner]
        for place, height in enumerate(range(start, block[1])):
            part = int(height > 0)
            known = profile[height + below] if height + below < len(profile) else levels.metal
            lack = known - np.asarray(raw[base + height], dtype=np.float64)
            near[part] += float(lack[close[place]].sum())
            reach[part] += int(close[place].sum())
            shell[part] += float(lack[around[place]].sum())
            voxels[part] += int(around[place].sum())
            if height >= 0:
                share = levels.share(height)
                smooth = np.asarray(aligned.grey[base + height], dtype=np.float64)[close[place]]
                level = (smooth - share * levels.electrolyte) / (1.0 - share)
                counts[part] += np.histogram(np.clip(level, edges[0], edges[-1]), edges)[0]
    volume = (near - shell / np.maximum(voxels, 1) * reach) / contrast
    # beyond these limits the darkness counted is not that of voids
    limits = void + 0.25 * contrast, void + 0.75 * contrast
    below_cut = np.cumsum(counts, axis=1)

    def cut_of(part: int, voxels: float) -> float:
        """Return the cut with as many voxels below it."""
        place = int(np.searchsorted(below_cut[part], voxels))
        return float(np.clip(edges[min(place + 1, _BINS)], *limits))

    area = _foot_area(raw, ids, kept, base, contrast=contrast)
    foot = cut_of(0, volume[0] if area is None else area)
    shown = below_cut[0][np.searchsorted(edges, foot) - 1]
    cut = cut_of(1, volume.sum() - shown)
    seed = None
    if levels.seed_cut is not None:
        seed = min(levels.seed_cut, cut, foot)
    return replace(levels, void=void, void_cut=cut, foot_cut=foot, seed_cut=seed)


def _foot_area(
    raw: Array, ids: Array, kept: npt.NDArray[np.bool_], base: int, *, contrast: float
) -> float | None:
    """Return the area on the interface of the voids that reach it; None if it cannot be told."""
    low = np.asarray(ids[:FOOT_LAYERS])
    reaching = kept & np.isin(np.arange(len(kept)), low[0])
    opened = np.where(reaching[low], low, 0)
    others = (kept[low] & (opened == 0)).any(axis=0)
    return foot_area(raw, opened, others, base, contrast=contrast)


def _grown(mask: Array, by: int) -> Array:
    """Dilate, by edges and by corners in turn, which is nearly a ball."""
    for step in range(by):
        mask = binary_dilation(mask, generate_binary_structure(3, 1 + step % 2))
    return mask


def _profile(raw: Array, ids: Array, kept: npt.NDArray[np.bool_], base: int) -> FloatArray | None:
    """Return the mean grey value of layers about the interface, in columns far from voids."""
    foot = kept[ids[: 3 * _REACH]].any(axis=0)
    clear = ~binary_dilation(foot, iterations=_REACH + _SHELL)
    if clear.sum() < FEWEST:
        return None
    below = min(_BELOW, base)
    layers = min(base + _REACH + 1, len(raw))
    return np.array([float(raw[k][clear].mean(dtype=float)) for k in range(base - below, layers)])


def _void_level(
    raw: Array, ids: Array, kept: npt.NDArray[np.bool_], base: int, levels: Levels
) -> float:
    """Return the unfiltered level in the middle of voids, as deep inside as there are voxels."""
    step = max(1, int(np.ceil(ids.size / 6.4e7)))
    rows = slice(0, max(ids.shape[1] // step, 1))
    mask, grey = kept[ids[:, rows]], raw[base:][:, rows]
    for depth in (3, 2):
        core = binary_erosion(mask, np.ones((3, 3, 3), dtype=np.bool_), iterations=depth)
        values = np.asarray(grey[core], dtype=np.float64)
        if len(values) > 1:
            level, error = values.mean(), values.std() / np.sqrt(len(values))
            if error < _SURE * (levels.metal - level):
                return float(level)
    core = binary_erosion(mask, np.ones((3, 3, 3), dtype=np.bool_))
    return float(np.mean(np.asarray(grey[core], dtype=np.float64))) if core.any() else levels.void
