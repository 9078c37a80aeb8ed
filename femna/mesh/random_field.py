"""Random conducting maps: the threshold of a Gaussian random field made of cosine modes.

Modes cos(m pi x/b) have no slope at x = 0 and x = b, so the map is symmetric at the sides of the
meshed half or quarter cell. Their variances follow exp(-(k l)^2/4), the spectrum of the
correlation exp(-(d/l)^2): the correlation length l is the distance over which the correlation of
the underlying field falls to 1/e (Wiener-Khinchin: the spectrum is the Fourier transform of the
correlation). The constant mode is left out: the threshold is a quantile of the realisation itself,
so a shift of the field changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.optimize import brentq

from femna.mesh.grading import FINE_LINE, Refinement
from femna.mesh.step import FloatArray, smooth_step

_CUT: Final[float] = 7.0
"""Modes up to k l = 7 are kept: the next has 5e-6 of the largest variance."""


def mode_amplitudes(
    half_period: float, correlation_length: float, *, seed: int, dimensions: int
) -> FloatArray:
    """Draw the amplitudes of the cosine modes.

    Parameters
    ----------
    half_period : float
        Extent b of the cell in each direction [m].
    correlation_length : float
        Distance at which the correlation is 1/e [m].
    seed : int
        Seed of numpy.random.default_rng.
    dimensions : int
        1 or 2.

    Returns
    -------
    ndarray, shape (M,) or (M, M)
        Amplitude of mode m (or m, n), m = 0 first; the constant mode is 0. Scaled so that the
        expected variance of the field, far from the sides, is 1.
    """
    highest = max(2, int(np.ceil(_CUT * half_period / (np.pi * correlation_length))))
    wave = np.pi * np.arange(highest + 1) / half_period
    squares = wave**2 if dimensions == 1 else wave[:, None] ** 2 + wave[None, :] ** 2
    # scaled by the first mode, else a long correlation would underflow
    variance = np.exp(-0.25 * correlation_length**2 * (squares - wave[1] ** 2))
    variance.flat[0] = 0.0
    # far from the sides a cosine has the mean square 1/2 and the constant 1, but the constant
    # stands for half as many wave numbers
    weight = np.full(highest + 1, 1.0)
    weight[0] = 0.5
    mean_square = np.full(highest + 1, 0.5)
    mean_square[0] = 1.0
    if dimensions == 2:
        weight = np.outer(weight, weight)
        mean_square = np.outer(mean_square, mean_square)
    variance *= weight
    total = float(np.sum(variance * mean_square))
    draws = np.random.default_rng(seed).standard_normal(variance.shape)
    return np.asarray(draws * np.sqrt(variance / total), dtype=np.float64)


def cosine_field_line(
    half_period: float, *, blocked_fraction: float, correlation_length: float, seed: int
) -> tuple[bool, tuple[float, ...]]:
    """Cut a field on the line [0, half_period] so that a given fraction lies below the threshold.

    Parameters
    ----------
    half_period : float
        Extent of the line [m].
    blocked_fraction : float
        Fraction of the line to be blocked, met to round-off.
    correlation_length : float
        Distance at which the correlation is 1/e [m].
    seed : int
        Seed of the realisation.

    Returns
    -------
    starts_blocked : bool
        Whether x = 0 is blocked.
    edges : tuple of float
        Increasing positions of the crossings [m].
    """
    amplitudes = mode_amplitudes(half_period, correlation_length, seed=seed, dimensions=1)
    points = 64 * len(amplitudes)
    x = np.linspace(0.0, half_period, points + 1)
    modes = np.cos(np.outer(x, np.pi * np.arange(len(amplitudes)) / half_period))
    field = modes @ amplitudes

    def crossings(threshold: float) -> FloatArray:
        rise = field - threshold
        at = np.flatnonzero(rise[:-1] * rise[1:] < 0.0)
        return np.asarray(x[at] + (x[at + 1] - x[at]) * rise[at] / (rise[at] - rise[at + 1]))

    def blocked(threshold: float) -> float:
        cuts = np.concatenate([[0.0], crossings(threshold), [half_period]])
        lengths = np.diff(cuts)
        start = 0 if field[0] < threshold else 1
        return float(lengths[start::2].sum() / half_period) - blocked_fraction

    low, high = float(field.min()), float(field.max())
    pad = 1e-9 * (high - low)
    threshold = float(brentq(blocked, low - pad, high + pad, xtol=1e-15, rtol=1e-14))
    return bool(field[0] < threshold), tuple(float(e) for e in crossings(threshold))


@dataclass(frozen=True)
class RandomSquareMap:
    """The threshold of a plane Gaussian field on the quarter of a square cell.

    Attributes
    ----------
    amplitudes : ndarray, shape (M, M)
        Amplitudes of cos(m pi x/b) cos(n pi y/b).
    threshold : float
        Value of the field at the middle of the step.
    width : float
        Width of the step across the threshold, measured by the local gradient [m].
    length : float
        Side b of the quarter cell [m].
    floor : float
        Least slope used in that measure [1/m]: where the field touches the threshold without
        slope the distance is not defined.
    mean : float
        Mean of c over the cell.
    """

    amplitudes: FloatArray
    threshold: float
    width: float
    length: float
    floor: float
    mean: float

    @property
    def edges(self) -> tuple[float, ...]:
        """Return nothing: the edges are curves."""
        return ()

    def __call__(self, horizontal: FloatArray) -> FloatArray:
        """Evaluate c at coordinates of shape (N, 2) [m]; shape (N,)."""
        value, slope = field_and_slope(self.amplitudes, self.length, horizontal)
        return _threshold_step(value, slope, self.threshold, self.width, self.floor)

    def size(
        self, horizontal: FloatArray, *, coarsest: float, refinement: Refinement = FINE_LINE
    ) -> FloatArray:
        """Return the element size wanted [m] at coordinates of shape (N, 2) [m]."""
        grid = self._distance
        cells = grid.shape[0]
        at = np.clip((np.asarray(horizontal) / self.length * cells).astype(int), 0, cells - 1)
        fine = self.width / refinement.across
        away = grid[at[:, 0], at[:, 1]]
        return np.asarray(np.minimum(coarsest, fine + refinement.slope * away))

    @cached_property
    def _distance(self) -> FloatArray:
        """Distance [m] of the cells of a fine grid from the transitions."""
        cells = int(np.clip(4.0 * self.length / self.width, 64, 1024))
        value, slope = _on_grid(self.amplitudes, self.length, cells)
        inside = np.abs(value - self.threshold) <= 0.5 * self.width * np.hypot(slope, self.floor)
        if not inside.any():
            return np.full((cells, cells), np.inf)
        return np.asarray(distance_transform_edt(~inside) * (self.length / cells))


def random_square_map(
    half_period: float,
    *,
    blocked_fraction: float,
    correlation_length: float,
    width: float,
    seed: int,
) -> RandomSquareMap:
    """Cut a plane field so that the mean of c is 1 - blocked_fraction.

    Parameters
    ----------
    half_period : float
        Side of the quarter cell [m].
    blocked_fraction : float
        Blocked fraction of the area, met on a grid finer than the width and the correlation.
    correlation_length : float
        Distance at which the correlation is 1/e [m].
    width : float
        Width of the step [m].
    seed : int
        Seed of the realisation.
    """
    amplitudes = mode_amplitudes(half_period, correlation_length, seed=seed, dimensions=2)
    cells = int(np.clip(8.0 * half_period / width, 8 * amplitudes.shape[0], 1500))
    value, slope = _on_grid(amplitudes, half_period, cells)
    # where the field touches the threshold with no slope the distance is not defined
    floor = 0.05 * float(np.sqrt(np.mean(slope**2)))

    def excess(threshold: float) -> float:
        c = _threshold_step(value, slope, threshold, width, floor)
        return float(np.mean(c)) - (1.0 - blocked_fraction)

    span = float(value.max() - value.min())
    threshold = float(
        brentq(excess, value.min() - span, value.max() + span, xtol=1e-14, rtol=1e-14)
    )
    return RandomSquareMap(amplitudes, threshold, width, half_period, floor, 1.0 - blocked_fraction)


def field_and_slope(
    amplitudes: FloatArray, length: float, horizontal: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Evaluate a plane field and the length of its gradient [1/m] at points (N, 2) [m]."""
    points = np.asarray(horizontal, dtype=np.float64)
    wave = np.pi * np.arange(amplitudes.shape[0]) / length
    px, py = points[:, :1] * wave, points[:, 1:2] * wave
    along = np.cos(px) @ amplitudes
    value = np.sum(along * np.cos(py), axis=1)
    dx = np.sum((-(np.sin(px) * wave) @ amplitudes) * np.cos(py), axis=1)
    dy = np.sum(along * (-np.sin(py) * wave), axis=1)
    return value, np.hypot(dx, dy)


def _on_grid(amplitudes: FloatArray, length: float, cells: int) -> tuple[FloatArray, FloatArray]:
    """Evaluate field and slope at the centres of a grid, by products of one-way modes."""
    x = (np.arange(cells) + 0.5) * (length / cells)
    wave = np.pi * np.arange(amplitudes.shape[0]) / length
    cosine = np.cos(np.outer(x, wave))
    sine = -np.sin(np.outer(x, wave)) * wave
    value = cosine @ amplitudes @ cosine.T
    slope = np.hypot(sine @ amplitudes @ cosine.T, cosine @ amplitudes @ sine.T)
    return value, slope


def _threshold_step(
    value: FloatArray, slope: FloatArray, threshold: float, width: float, floor: float
) -> FloatArray:
    return smooth_step((value - threshold) / np.hypot(slope, floor), width)
