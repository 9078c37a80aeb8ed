"""Conducting maps from an image: signed distance from blocked pixels, or the grey values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from pydantic_core import PydanticCustomError
from scipy.ndimage import distance_transform_edt, map_coordinates
from scipy.optimize import brentq

from femna.case import ImageMap
from femna.case.image import Picture, picture
from femna.errors import InputError
from femna.mesh.grading import FINE_LINE, Refinement
from femna.mesh.step import FloatArray, smooth_step
from femna.mesh.step_map import StepMap

_LEVELS: Final = 7
"""Element sizes that follow the slope of a grey map, each twice the one before."""

_STEEPEST: Final = 1.875
"""Largest slope of the step over a unit width."""


def image_map(spec: ImageMap, symmetry: str, half_period: float) -> StepMap | ImageField:
    """Make the conducting map of an image.

    Parameters
    ----------
    spec : ImageMap
        What the case says of the image.
    symmetry : str
        Of the cell.
    half_period : float
        Extent of the meshed part along x [m].

    Raises
    ------
    InputError
        If the image cannot be the map of this cell.
    """
    try:
        found = picture(spec, symmetry, half_period)
    except PydanticCustomError as error:
        said = error.context or {}
        raise InputError(None, said["key"], said["value"], said["limit"], said["remedy"]) from None
    values = found.grey
    if spec.blocked_below is not None:
        values = (values >= spec.blocked_below).astype(np.float64)
    mean = found.mean(values)
    if values.ndim == 1:
        return _line(found, values, spec.transition, mean)
    if spec.grey or mean == 1.0:
        return ImageField(found, values, spec.transition, False, mean)
    distance = _signed_distance(found, values > 0.0)
    field = ImageField(found, distance, spec.transition, True, mean)
    # the staircase of pixels is not the curve: shift it so that the mean is that of the pixels
    points = _sampling(found, spec.transition)

    def excess(shift: float) -> float:
        return float(np.mean(smooth_step(at - shift, spec.transition))) - mean

    at = field.interpolate(points)
    shift = float(brentq(excess, -max(found.extent), max(found.extent), xtol=1e-15))
    return ImageField(found, distance - shift, spec.transition, True, mean)


def _line(found: Picture, values: FloatArray, width: float, mean: float) -> StepMap:
    """Return a step at every place where neighbouring pixels of a row differ."""
    at = np.flatnonzero(np.diff(values))
    edges = tuple(float(x) for x in found.bounds(0)[at + 1])
    zones = (*(float(v) for v in values[at]), float(values[-1]))
    return StepMap(zones, edges, width, found.extent[0], (), mean)


def _signed_distance(found: Picture, conducting: np.ndarray) -> FloatArray:
    """Return the distance [m] of pixel centres from the edges, positive where it conducts."""
    sampling = found.pixel[::-1]
    half = 0.5 * float(np.sqrt(found.pixel[0] * found.pixel[1]))  # centre to edge of a pixel
    outside = np.asarray(distance_transform_edt(conducting, sampling=sampling)) - half
    inside = np.asarray(distance_transform_edt(~conducting, sampling=sampling)) - half
    return np.where(conducting, outside, -inside)


def _sampling(found: Picture, width: float) -> FloatArray:
    """Return points (N, 2) of a grid much finer than the transition."""
    counts = [int(np.clip(16.0 * side / width, 64, 1200)) for side in found.extent]
    axes = [
        (np.arange(count) + 0.5) * (side / count)
        for count, side in zip(counts, found.extent, strict=True)
    ]
    return np.stack(np.meshgrid(*axes, indexing="xy"), axis=-1).reshape(-1, 2)


@dataclass(frozen=True)
class ImageField:
    """A map over a plane interface, symmetric at the sides of the meshed part.

    Attributes
    ----------
    picture : Picture
        Pixel sizes and extents.
    values : ndarray, shape (rows, columns)
        By pixel: signed distance from the edge [m], or c before its steps are made smooth.
    width : float
        Full width of the step [m].
    thresholded : bool
        Whether `values` are distances.
    mean : float
        Mean of c over the cell.
    """

    picture: Picture
    values: FloatArray
    width: float
    thresholded: bool
    mean: float

    @property
    def edges(self) -> tuple[float, ...]:
        """Return nothing: the edges are curves."""
        return ()

    def __call__(self, horizontal: FloatArray) -> FloatArray:
        """Evaluate c at coordinates of shape (N, 2) [m]; shape (N,)."""
        points = np.asarray(horizontal, dtype=np.float64)
        if self.thresholded:
            return smooth_step(self.interpolate(points), self.width)
        along = self._weights(points[:, 0], 0) @ self.values.T
        c = np.sum(along * self._weights(points[:, 1], 1), axis=1)
        return np.asarray(np.clip(c, 0.0, 1.0), dtype=np.float64)

    def interpolate(self, points: FloatArray) -> FloatArray:
        """Interpolate the values between pixel centres, bilinearly; shape (N,)."""
        places = [points[:, axis] / self.picture.pixel[axis] - 0.5 for axis in (1, 0)]
        found = map_coordinates(self.values, places, order=1, mode="reflect")
        return np.asarray(found, dtype=np.float64)

    def _weights(self, x: FloatArray, axis: int) -> FloatArray:
        """Return the share of every pixel in the value at x, shape (N, pixels).

        The share of a pixel is the step at its beginning less that at its end, with the mirror
        images at both sides: the pixels averaged with the slope of the step, which turns a sharp
        edge into the step and keeps the mean.
        """
        bounds, end = self.picture.bounds(axis), 2.0 * self.picture.extent[axis]

        def rise(at: FloatArray) -> FloatArray:
            return smooth_step(x[:, None] - at[None, :], self.width)

        shares = [
            rise(start) - rise(stop)
            for start, stop in (
                (bounds[:-1], bounds[1:]),
                (-bounds[1:], -bounds[:-1]),
                (end - bounds[1:], end - bounds[:-1]),
            )
        ]
        return np.asarray(sum(shares), dtype=np.float64)

    def size(
        self, horizontal: FloatArray, *, coarsest: float, refinement: Refinement = FINE_LINE
    ) -> FloatArray:
        """Return the element size wanted [m] at coordinates of shape (N, 2) [m]."""
        fine = self.width / refinement.across
        points = np.asarray(horizontal)
        size = np.full(len(points), coarsest)
        for level, away in enumerate(self._distances):
            column, row = (
                np.clip((points[:, a] / self.picture.extent[a] * n).astype(int), 0, n - 1)
                for a, n in enumerate(away.shape[::-1])
            )
            wanted = fine * 2.0**level + refinement.slope * away[row, column]
            np.minimum(size, wanted, out=size)
        return size

    @cached_property
    def _distances(self) -> tuple[FloatArray, ...]:
        """Distances [m], by level, of a grid's cells from where the map is so steep."""
        counts = [int(np.clip(4.0 * s / self.width, 64, 1024)) for s in self.picture.extent]
        pitch = [s / n for s, n in zip(self.picture.extent, counts, strict=True)]
        x, y = (
            np.asarray((np.arange(n) + 0.5) * p, dtype=np.float64)
            for n, p in zip(counts, pitch, strict=True)
        )
        if self.thresholded:
            grid = np.stack(np.meshgrid(x, y, indexing="xy"), axis=-1).reshape(-1, 2)
            band = np.abs(self.interpolate(grid)) <= 0.5 * self.width
            steep = band.astype(np.float64).reshape(len(y), len(x))
        else:
            c = self._weights(y, 1) @ self.values @ self._weights(x, 0).T
            slope = np.gradient(c, pitch[1], pitch[0])
            steep = np.hypot(*slope) * self.width / _STEEPEST
        levels = []
        for level in range(_LEVELS):
            flat = steep <= 0.5 ** (level + 1)
            away = np.full(steep.shape, np.inf)
            if not flat.all():
                away = np.asarray(distance_transform_edt(flat, sampling=(pitch[1], pitch[0])))
            levels.append(away)
        return tuple(levels)
