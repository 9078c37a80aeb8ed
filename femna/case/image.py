"""An image as a conducting map: its grey values, and the part of them that a cell takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.case.maps import ImageMap
from femna.case.refusal import micrometres, refuse
from femna.case.symmetry import SHAPES

_FULL: Final[dict[str, float]] = {"1": 1.0, "L": 255.0, "I;16": 65535.0, "I;16B": 65535.0, "F": 1.0}
"""White of each of Pillow's grey modes; anything else is turned into 8-bit grey first."""

PIXELS_ACROSS: Final = 4
"""Least number of pixels in a transition over a staircase of pixels."""

_STRETCH: Final = 0.05
"""Largest stretch of an image that spans a cell of another aspect."""

_KEY: Final = "interface.map"


@dataclass(frozen=True)
class Picture:
    """The part of an image that lies on the meshed part of a cell.

    Attributes
    ----------
    grey : ndarray, shape (columns,) or (rows, columns)
        Grey values, 0 black and 1 white, from the horizontal origin outward; rows along y.
    pixel : tuple of float
        Width of a pixel along x, and along y [m].
    extent : tuple of float
        Extent of the meshed part along x, and along y [m]; the last pixels may reach beyond.
    """

    grey: npt.NDArray[np.float64]
    pixel: tuple[float, ...]
    extent: tuple[float, ...]

    def bounds(self, axis: int) -> npt.NDArray[np.float64]:
        """Return the places [m] at which the pixels along x (0) or y (1) begin and end."""
        count = self.grey.shape[::-1][axis]
        return np.minimum(np.arange(count + 1) * self.pixel[axis], self.extent[axis])

    def mean(self, values: npt.NDArray[np.float64]) -> float:
        """Return the mean over the meshed part of values given by pixel."""
        for axis in range(values.ndim):
            values = np.asarray(values @ np.diff(self.bounds(axis)) / self.extent[axis])
        return float(values)


def read_grey(path: Path) -> npt.NDArray[np.float64]:
    """Read a still image as grey values, 0 black and 1 white, the top row first.

    Colours become grey by their luma (ITU-R BT.601); transparency is ignored.

    Parameters
    ----------
    path : Path
        PNG, TIFF or whatever else Pillow reads.

    Returns
    -------
    ndarray, shape (rows, columns)

    Raises
    ------
    pydantic_core.PydanticCustomError
        If the file is no image, holds several frames, or its floating-point values leave [0, 1].
    """
    from PIL import Image

    try:
        with Image.open(path) as image:
            frames = int(getattr(image, "n_frames", 1))
            if image.mode == "I":
                raise ValueError("integers of 32 bits or with a sign do not say which is white")
            grey = image if image.mode in _FULL else image.convert("L")
            values = np.asarray(grey, dtype=np.float64) / _FULL[grey.mode]
    except Exception as error:  # noqa: BLE001 - a damaged file makes a decoder raise anything
        reason = (str(error) or type(error).__name__).splitlines()[0]
        limit = f"cannot be read as an image: {reason}"
        refuse(f"{_KEY}.file", str(path), limit, "give a PNG or a TIFF, of 8 or 16 bits or 0 to 1")
    if frames > 1:
        refuse(f"{_KEY}.file", str(path), f"holds {frames} frames", "give one image")
    if not (values.min() >= 0.0 and values.max() <= 1.0):
        limit = f"grey values from {values.min():g} to {values.max():g} leave the range 0 to 1"
        refuse(f"{_KEY}.file", str(path), limit, "scale the image")
    return values


def picture(chart: ImageMap, symmetry: str, half_period: float) -> Picture:
    """Lay an image on the meshed part of a cell: its lower left corner on the horizontal origin.

    Parameters
    ----------
    chart : ImageMap
        What the case says of the image.
    symmetry : str
        Of the cell; in plane strain one row of the image is taken.
    half_period : float
        Extent of the meshed part along x [m].

    Returns
    -------
    Picture

    Raises
    ------
    pydantic_core.PydanticCustomError
        With key, limit and remedy, if the image cannot be the map of this cell.
    """
    grey = read_grey(chart.file)
    shape = SHAPES[symmetry]
    extent: tuple[float, ...]
    if shape.dimension == 2:
        values, extent = _row(grey, chart), (half_period,)
    else:
        if chart.row is not None:
            refuse(f"{_KEY}.row", chart.row, f"a {symmetry} cell takes every row", "remove it")
        values, extent = grey[::-1], (half_period, shape.aspect * half_period)
    pixel = _pixel(values, extent, chart)
    keep = [math.ceil(side / size - 1e-9) for side, size in zip(extent, pixel, strict=True)]
    values = values[tuple(slice(count) for count in reversed(keep))]
    _check(values, pixel, chart, half_period)
    return Picture(values, pixel, extent)


def _row(grey: npt.NDArray[np.float64], chart: ImageMap) -> npt.NDArray[np.float64]:
    """Return the row of an image that a line of interface takes."""
    count = len(grey)
    if chart.row is None and count > 1:
        limit = f"plane strain takes one row, the image has {count}"
        refuse(f"{_KEY}.row", "(missing)", limit, "add row = 0 for the top one")
    row = chart.row or 0
    if row >= count:
        limit = f"the image has {count} rows"
        refuse(f"{_KEY}.row", row, limit, f"use 0, the top one, to {count - 1}")
    return np.asarray(grey[row], dtype=np.float64)


def _pixel(
    values: npt.NDArray[np.float64], extent: tuple[float, ...], chart: ImageMap
) -> tuple[float, ...]:
    """Return the size of a pixel along each axis [m]."""
    counts = values.shape[::-1]
    if chart.pixel_size is not None:
        for side, count in zip(extent, counts, strict=True):
            if count * chart.pixel_size < side * (1.0 - 1e-9):
                refuse(
                    f"{_KEY}.pixel_size",
                    micrometres(chart.pixel_size),
                    f"{count} pixels cover {micrometres(count * chart.pixel_size)} of "
                    f"{micrometres(side)}, the meshed part",
                    "give a larger image, or leave pixel_size out so that it spans the cell",
                )
        return (chart.pixel_size,) * len(extent)
    pixel = tuple(side / count for side, count in zip(extent, counts, strict=True))
    if max(pixel) > (1.0 + _STRETCH) * min(pixel):
        refuse(
            f"{_KEY}.file",
            str(chart.file),
            f"{counts[0]} by {counts[1]} pixels do not have the aspect of the meshed part, "
            f"1 to {extent[1] / extent[0]:.4g}",
            "cut the image, or give pixel_size",
        )
    return pixel


def _check(
    values: npt.NDArray[np.float64], pixel: tuple[float, ...], chart: ImageMap, half_period: float
) -> None:
    """Refuse an image that is blocked all over, or too coarse or too small for the transition."""
    if np.max(values) == 0.0 or np.all(values < (chart.blocked_below or 0.0)):
        limit = "blocks the whole interface"
        refuse(f"{_KEY}.file", str(chart.file), limit, "lower blocked_below or change the image")
    if chart.transition > half_period:
        limit = f"must be at most {micrometres(half_period)}, half the period"
        refuse(f"{_KEY}.transition", micrometres(chart.transition), limit, "narrow it")
    least = PIXELS_ACROSS * max(pixel)
    if len(pixel) == 2 and not chart.grey and chart.transition < least * (1.0 - 1e-9):
        refuse(
            f"{_KEY}.transition",
            micrometres(chart.transition),
            f"must be at least {micrometres(least)}, {PIXELS_ACROSS} pixels of the image",
            "widen it or give a finer image",
        )
