"""Noise, and its removal by non-local means, block by block."""

from __future__ import annotations

from typing import Final

import numpy as np

from femna.tomography.blocks import Array, Workspace, with_halo
from femna.tomography.settings import Filter

_SAMPLE: Final = 8_000_000
"""Voxels that the noise is taken from; a larger stack is thinned along its rows."""

_TO_SIGMA: Final = 1.4826
"""Standard deviation over median absolute deviation, of a normal distribution."""


def noise(grey: Array) -> float:
    """Return the standard deviation of the noise of a part that is mostly one phase.

    It is that of the difference of neighbours along a row, over sqrt(2), by its median.

    Parameters
    ----------
    grey : ndarray, shape (layers, rows, columns)
    """
    step = int(np.ceil(grey.size / _SAMPLE))
    difference = np.diff(np.asarray(grey[:, ::step], dtype=np.float64), axis=2)
    spread = np.median(np.abs(difference - np.median(difference)))
    return float(_TO_SIGMA * spread / np.sqrt(2.0))


def denoise(grey: Array, settings: Filter, work: Workspace, *, sigma: float) -> Array:
    """Return the filtered grey values, float32.

    Non-local means: Buades, Coll, Morel, Multiscale Model. Simul. 4 (2005) 490; the fast form of
    Darbon et al. (2008) of scikit-image. A block reaches beyond its layers by patch and search, so
    that the blocks do not show.

    Parameters
    ----------
    grey : ndarray, shape (layers, rows, columns)
    settings : Filter
    work : Workspace
    sigma : float
        Standard deviation of the noise.
    """
    if settings.method == "none" or sigma <= 0.0:
        return grey
    from skimage.restoration import denoise_nl_means

    halo = settings.search + settings.patch // 2 + 1
    result = work.empty((grey.shape[0], grey.shape[1], grey.shape[2]), np.float32)
    for block in work.layers(grey.shape):
        taken, kept = with_halo(block, halo, len(grey))
        # in units of the noise; double precision, because the fast form sums over the whole block
        values = np.asarray(grey[taken], dtype=np.float64) / sigma
        smooth = denoise_nl_means(
            values - values.mean(),
            patch_size=settings.patch,
            patch_distance=settings.search,
            h=settings.strength,
            sigma=1.0,
            fast_mode=True,
        )
        result[block[0] : block[1]] = (smooth[kept] + values.mean()) * sigma
    return result
