"""Cupping and rings: what the metal's grey value shows as a function of the radius."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from femna.tomography.blocks import Array
from femna.tomography.plane import Plane
from femna.tomography.settings import Filter

type FloatArray = npt.NDArray[np.float64]

_CLEAR: Final = 4.0
"""Distance from the interface at which the metal is metal [voxels]."""

_FEWEST: Final = 400
"""Voxels below which a ring's median is not told from its noise."""

_NEAR: Final = 1.5
"""Standard deviations of the noise within which the level is taken again."""

_ROUNDS: Final = 8

_LAYERS: Final = 64
"""Layers that are looked at, at most: spread over the metal."""

_SAMPLE: Final = 50_000_000
"""Voxels that are looked at, at most."""


def radii(rows: int, columns: int, settings: Filter) -> npt.NDArray[np.int64]:
    """Return the ring of every column, shape (rows, columns): its distance from the axis."""
    centre = settings.centre or (rows / 2, columns / 2)
    away = np.hypot(
        np.arange(rows)[:, None] + 0.5 - centre[0], np.arange(columns)[None, :] + 0.5 - centre[1]
    )
    return np.asarray(away, dtype=np.int64)


def radial_background(grey: Array, plane: Plane, settings: Filter, *, sigma: float) -> FloatArray:
    """Return what to subtract from every column, shape (rows, columns).

    Beam hardening bends the level of a phase along the radius, and a detector element that reads
    wrongly draws a ring; both are the same at all heights. The median over the metal of a ring is
    taken again among what lies near it, so that it does not feel the voids in it. Rings too small
    to have one share that of their inner neighbours.

    Parameters
    ----------
    grey : ndarray, shape (layers, rows, columns)
        The electrolyte at layer 0.
    plane : Plane
    settings : Filter
    sigma : float
        Standard deviation of the noise.
    """
    _, rows, columns = grey.shape
    if settings.background == "none":
        return np.zeros((rows, columns))
    heights = plane.heights(rows, columns)
    first = int(np.ceil(heights.max() + _CLEAR))
    if first >= len(grey):
        return np.zeros((rows, columns))
    ring = radii(rows, columns, settings)
    count = max(4, min(_LAYERS, _SAMPLE // (rows * columns)))
    chosen = np.unique(np.linspace(first, len(grey) - 1, count).astype(int))
    sample = np.stack([np.asarray(grey[layer], dtype=np.float32) for layer in chosen])
    order = np.argsort(ring.ravel(), kind="stable")
    sample = sample.reshape(len(chosen), -1)[:, order]
    ends = np.cumsum(np.bincount(ring.ravel()))
    level = np.zeros(len(ends))
    start, done = 0, 0
    for place, end in enumerate(ends):
        if (end - start) * len(chosen) >= _FEWEST or place == len(ends) - 1:
            level[done : place + 1] = _level(sample[:, start:end], sigma)
            start, done = int(end), place + 1
    return np.asarray((level - _level(sample, sigma))[ring], dtype=np.float64)


def _level(values: Array, sigma: float) -> float:
    """Return the level of the commonest phase among noisy values."""
    found = float(np.median(values))
    for _ in range(_ROUNDS):
        near = values[np.abs(values - found) <= _NEAR * sigma]
        if not near.size:
            break
        found = float(np.median(near))
    return found
