"""The voids of a run as voxels, as a tomogram of the simulated state would show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.interpolate import LinearNDInterpolator
from scipy.ndimage import generate_binary_structure, label

Array = npt.NDArray[np.float64]

_ACROSS: Final = 3
"""Points along each horizontal edge of a voxel at which the gap is taken."""

_FINE: Final = 4
"""Points along each edge of a voxel at which a sphere's part of it is counted."""


def void_shares(
    places: Array,
    gap: Array,
    spheres: Iterable[Sequence[float]],
    *,
    shape: tuple[int, int, int],
    voxel: float,
) -> npt.NDArray[np.float32]:
    """Return the share of void in every voxel above the interface.

    Parameters
    ----------
    places : array, shape (N, 2)
        Of the interface vertices along x and y.
    gap : array, shape (N,)
        At them, linear between.
    spheres : iterable of (x, y, z, radius)
        Buried voids.
    shape : tuple of int
        Layers, rows (along y) and columns (along x).
    voxel : float
        Edge of a voxel; all lengths in one unit.

    Returns
    -------
    array of float32, `shape`
        The layer on the interface first.
    """
    layers, rows, columns = shape
    share = np.zeros(shape, dtype=np.float32)
    if float(gap.max()) > 0.0:
        field = LinearNDInterpolator(places, gap)
        level = np.arange(layers)[:, None, None]
        steps = (np.arange(_ACROSS) + 0.5) / _ACROSS
        for dy in steps:
            for dx in steps:
                x = ((np.arange(columns) + dx) * voxel)[None, :]
                y = ((np.arange(rows) + dy) * voxel)[:, None]
                column = np.nan_to_num(field(*np.broadcast_arrays(x, y))) / voxel
                share += np.clip(column[None] - level, 0.0, 1.0)
        share /= _ACROSS**2
    for sphere in spheres:
        _add_sphere(share, np.asarray(sphere) / voxel)
    return np.minimum(share, 1.0)


def _add_sphere(share: npt.NDArray[np.float32], sphere: Array) -> None:
    """Add a sphere (x, y, z, radius) in voxels."""
    centre, radius = sphere[[2, 1, 0]], float(sphere[3])
    low = np.maximum(np.floor(centre - radius).astype(int), 0)
    high = np.minimum(np.ceil(centre + radius).astype(int), share.shape)
    if np.any(high <= low):
        return
    squares = [
        (np.arange(a * _FINE, b * _FINE) + 0.5 - c * _FINE) ** 2
        for a, b, c in zip(low, high, centre, strict=True)
    ]
    inside = squares[0][:, None, None] + squares[1][:, None] + squares[2] < (radius * _FINE) ** 2
    counts = inside.reshape(*np.ravel([[n, _FINE] for n in high - low])).mean(axis=(1, 3, 5))
    part = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    share[part] += counts.astype(np.float32)


def void_volumes(share: npt.NDArray[np.float32], voxel: float, *, least: float) -> list[float]:
    """Return the volumes of the voids that a segmentation would count.

    A voxel is void where more than half of it is; 26 neighbours belong together.

    Parameters
    ----------
    share : array of float32, shape (layers, rows, columns)
        Of :func:`void_shares`.
    voxel : float
        Edge of a voxel.
    least : float
        Smaller voids count as metal; in the cube of the unit of `voxel`, as the result.
    """
    ids, _ = label(share > 0.5, generate_binary_structure(3, 3))
    volumes = np.bincount(np.asarray(ids).ravel())[1:] * voxel**3
    return [float(volume) for volume in volumes if volume >= least]


def grey_stack(
    share: npt.NDArray[np.float32],
    *,
    below: int,
    greys: tuple[float, float, float],
    blur: float = 0.0,
    contrast_to_noise: float | None = None,
    seed: int = 0,
) -> npt.NDArray[np.uint16]:
    """Return the stack that X-rays would show.

    Parameters
    ----------
    share : array of float32, shape (layers, rows, columns)
        Of :func:`void_shares`.
    below : int
        Layers of electrolyte under the interface.
    greys : tuple of float
        Of void, metal and electrolyte.
    blur : float
        Standard deviation of the point spread function [voxels].
    contrast_to_noise : float, optional
        Metal less void, over the standard deviation of white noise; none without it.
    seed : int
        Of the noise.

    Returns
    -------
    array of uint16, shape (below + layers, rows, columns)
    """
    from scipy.ndimage import gaussian_filter

    void, metal, electrolyte = greys
    above = metal + (void - metal) * share
    under = np.full((below, *share.shape[1:]), electrolyte, dtype=np.float32)
    stack: Any = np.concatenate([under, above.astype(np.float32)])
    if blur > 0.0:
        stack = gaussian_filter(stack, blur, mode="nearest")
    if contrast_to_noise is not None:
        noise = np.random.default_rng(seed).standard_normal(stack.shape, dtype=np.float32)
        stack = stack + noise * ((metal - void) / contrast_to_noise)
    return np.asarray(np.clip(np.rint(stack), 0, 65535), dtype=np.uint16)
