"""From a stack to phases and voids: the order of the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from femna.errors import InputError
from femna.tomography.align import align
from femna.tomography.background import radial_background
from femna.tomography.blocks import Array, Workspace, scratch
from femna.tomography.calibrate import calibrated
from femna.tomography.cutting import Cutting
from femna.tomography.denoise import denoise, noise
from femna.tomography.levels import Levels, find_levels
from femna.tomography.plane import Plane, coarsened, find_plane, is_upside_down
from femna.tomography.settings import SegmentSettings
from femna.tomography.source import Source, open_stack
from femna.tomography.voids import Void

_COARSE: Final = 5e7
"""Cubes of voxels that the interface is looked for in."""

_CLEAR: Final = 4
"""Layers over the interface that are left out where the metal's noise is measured."""


@dataclass(frozen=True)
class Segmentation:
    """What was found in a stack. Arrays run from electrolyte to metal: layers, rows, columns.

    Attributes
    ----------
    source : Source
    settings : SegmentSettings
    voxel_size : float
        [m].
    plane : Plane
        Interface in the kept part, before it was turned.
    upside_down : bool
        Whether the slices were taken in reverse, to have the electrolyte first.
    sigma : float
        Noise of the unfiltered metal.
    levels : Levels
    grey, phases, ids : ndarray, shape (layers, rows, columns)
        Filtered grey values; codes of `femna.tomography.labels`; number of each void.
    base : int
        Layers of electrolyte.
    voids : tuple of Void
        Largest first.
    dropped : tuple of float
        How many voids below the least volume became metal, and their volume [um3].
    """

    source: Source
    settings: SegmentSettings
    voxel_size: float
    plane: Plane
    upside_down: bool
    sigma: float
    levels: Levels
    grey: Array
    phases: Array
    ids: Array
    base: int
    voids: tuple[Void, ...]
    dropped: tuple[int, float]


def segment(
    path: Path, settings: SegmentSettings, *, then: Callable[[Segmentation], None]
) -> Segmentation:
    """Segment a stack.

    Parameters
    ----------
    path : Path
        File or folder.
    settings : SegmentSettings
    then : callable
        Takes the result while arrays that do not fit into memory are still on disk.

    Raises
    ------
    InputError
        One line for whatever is wrong with the stack.
    """
    given = settings.stack.voxel_size
    source = open_stack(path, settings.stack.dataset, sized=given is None)
    voxel = _voxel_size(source, given)
    with scratch() as folder:
        work = Workspace(settings.blocks, Path(folder))
        grey = _load(source, settings, work)
        factor = 1
        if min(grey.shape) >= 32:
            factor = max(2, int(np.ceil(np.cbrt(grey.size / _COARSE))))
        coarse = np.concatenate([coarsened(part, factor) for part in _even(grey, factor, work)])
        upside_down = is_upside_down(coarse)
        if upside_down:  # without the layers that the coarse stack leaves out at its end
            grey, coarse = grey[: factor * len(coarse)][::-1], coarse[::-1]
        plane = find_plane(coarse, factor, (grey.shape[0], grey.shape[1], grey.shape[2]))
        first = min(int(np.ceil(plane.height)) + _CLEAR, len(grey) - 1)
        sigma = noise(grey[first : first + 64])
        background = radial_background(grey, plane, settings.filter, sigma=sigma)
        if background.any():
            flat = work.empty((grey.shape[0], grey.shape[1], grey.shape[2]), np.float32)
            for start, stop in work.layers(grey.shape):
                flat[start:stop] = grey[start:stop] - background
            grey = flat
        smooth = denoise(grey, settings.filter, work, sigma=sigma)
        aligned = align(smooth, plane, work, turn=settings.align)
        levels = find_levels(aligned, settings.threshold)
        cutting = Cutting(settings, voxel, work)
        parts = cutting.parts(aligned, levels)
        if settings.threshold.refine == "volume" and settings.threshold.method != "fixed":
            raw = align(grey, plane, work, turn=settings.align).grey
            levels = calibrated(aligned, raw, parts.ids, parts.kept, levels, work)
            parts = cutting.moved(parts, aligned, levels)
        phases, ids, voids, dropped = cutting.phases(parts, aligned, levels)
        result = Segmentation(
            source, settings, voxel, plane, upside_down, sigma, levels, aligned.grey, phases, ids,
            aligned.base, voids, dropped,
        )  # fmt: skip
        then(result)
    return result


def _voxel_size(source: Source, given: float | None) -> float:
    size = given if given is not None else source.voxel_size
    if size is None:
        limit, remedy = "the file does not state it", "give --voxel-size '2.2048 um'"
        raise InputError(None, "stack.voxel_size", "(missing)", limit, remedy)
    if not 1e-8 <= size <= 1e-4:
        limit = "the file's metadata state a voxel outside 0.01 um to 100 um"
        remedy = "give --voxel-size '2.2048 um'"
        raise InputError(None, "stack.voxel_size", f"{size * 1e6:.5g} um", limit, remedy)
    return size


def _load(source: Source, settings: SegmentSettings, work: Workspace) -> Array:
    """Return the kept part with the axis across the interface first."""
    stack = settings.stack
    ranges = []
    for name, count in zip(("slices", "rows", "columns"), source.shape, strict=True):
        first, last = getattr(stack, name) or (0, count)
        if not (first < last <= count and last - first >= 8):
            limit = f"must hold at least 8 of the {count} {name}"
            raise InputError(
                None, f"stack.{name}", [first, last], limit, f"use 0 <= first < last <= {count}"
            )
        ranges.append(slice(first, last))
    place = ("slices", "rows", "columns").index(stack.normal)
    order = (place, *(axis for axis in range(3) if axis != place))
    sizes = [part.stop - part.start for part in ranges]
    result = work.empty((sizes[order[0]], sizes[order[1]], sizes[order[2]]), source.dtype)
    in_file = result.transpose(np.argsort(order))
    for start, stop in work.layers(tuple(sizes)):
        offset = ranges[0].start
        layers = source.slices(offset + start, offset + stop)
        in_file[start:stop] = layers[:, ranges[1], ranges[2]]
    return result


def _even(grey: Array, factor: int, work: Workspace) -> Any:
    """Yield blocks whose layers are multiples of `factor`; the last may hold a rest."""
    for start, stop in work.layers(grey.shape):
        first, last = (-(-end // factor) * factor for end in (start, stop))
        part = grey[first : min(last, len(grey))]
        if len(part) >= factor:
            yield np.asarray(part, dtype=np.float32)
