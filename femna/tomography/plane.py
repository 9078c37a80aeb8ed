"""The plane of the interface: from bright electrolyte below to metal above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt

from femna.errors import InputError
from femna.tomography.blocks import Array

type FloatArray = npt.NDArray[np.float64]

_WINDOW: Final = 4
_COLUMNS: Final = 0.6
"""Least part of the columns in which a bright end meets a dark one."""

_ROUGH: Final = 4.0
"""Largest residual of the plane that still is a plane [voxels]."""

_STEEPEST: Final = 0.35
"""Largest slope, 19 degrees: beyond it the stack was mounted otherwise."""


@dataclass(frozen=True)
class Plane:
    """The plane z = height + slope_row (row - rows/2) + slope_column (column - columns/2) [voxels].

    Attributes
    ----------
    height : float
        In the middle, counted from the lower face of layer 0.
    slope_row, slope_column : float
    residual : float
        Standard deviation of the columns from the plane [voxels], without those cut away.
    used : float
        Part of the columns in the fit; over voids the crossing lies elsewhere.
    electrolyte, metal : float
        Grey levels of the two sides.
    """

    height: float
    slope_row: float
    slope_column: float
    residual: float
    used: float
    electrolyte: float
    metal: float

    @property
    def normal(self) -> FloatArray:
        """Unit normal into the metal, along layers, rows, columns."""
        vector = np.array([1.0, -self.slope_row, -self.slope_column])
        return np.asarray(vector / np.linalg.norm(vector))

    @property
    def tilt(self) -> float:
        """Angle between the plane and the layers [degrees]."""
        return float(np.degrees(np.arctan(np.hypot(self.slope_row, self.slope_column))))

    def heights(self, rows: int, columns: int) -> FloatArray:
        """Return the height of the plane over every column of voxels, shape (rows, columns)."""
        row = np.arange(rows) + 0.5 - rows / 2
        column = np.arange(columns) + 0.5 - columns / 2
        return np.asarray(
            self.height + self.slope_row * row[:, None] + self.slope_column * column[None, :]
        )


def is_upside_down(coarse: Array) -> bool:
    """Return whether the electrolyte, the brighter side, lies at the last layer."""
    depth = max(1, len(coarse) // 8)
    return bool(coarse[:depth].mean() < coarse[-depth:].mean())


def find_plane(coarse: Array, factor: int, shape: tuple[int, int, int]) -> Plane:
    """Fit the interface.

    Over each column the crossing is the sum of how bright the voxels around the threshold are;
    columns more than three standard deviations off (voids) are cut away until none is left.

    Parameters
    ----------
    coarse : ndarray, shape (layers, rows, columns)
        Means over cubes of ``factor`` voxels; the electrolyte at layer 0.
    factor : int
    shape : tuple of int
        Of the stack itself.

    Raises
    ------
    InputError
        If there is no interface, or none that is a plane.
    """
    from skimage.filters import threshold_otsu

    if float(np.ptp(coarse)) == 0.0:
        _refuse("all voxels are alike")
    cut = float(threshold_otsu(coarse))
    levels = _levels(coarse, cut)
    for _ in range(8):  # half-way between the sides' medians: the sides may differ in size
        cut = 0.5 * sum(levels)
        levels = _levels(coarse, cut)
    electrolyte, metal = levels
    if not electrolyte > metal:
        _refuse("there are no two sides of different brightness")
    bright = coarse > cut
    ends = bright[:2].mean(axis=0) > 0.5, bright[-2:].mean(axis=0) < 0.5
    if float(np.mean(ends[0] & ends[1])) < _COLUMNS:
        _refuse("no bright electrolyte at one end and metal at the other")
    heights = _crossings(coarse, bright, levels)
    rows, columns = heights.shape
    place = np.meshgrid(
        (np.arange(rows) + 0.5) * factor - shape[1] / 2,
        (np.arange(columns) + 0.5) * factor - shape[2] / 2,
        indexing="ij",
    )
    basis = np.stack([np.ones(heights.size), place[0].ravel(), place[1].ravel()], axis=1)
    value = heights.ravel() * factor
    keep = (ends[0] & ends[1]).ravel()
    found = np.array([np.median(value[keep]), 0.0, 0.0])
    for _ in range(50):
        off = value - basis @ found
        spread = 1.4826 * float(np.median(np.abs(off[keep] - np.median(off[keep]))))
        used = np.abs(off - np.median(off[keep])) <= 3.0 * max(spread, 0.05)
        new = np.linalg.lstsq(basis[used], value[used], rcond=None)[0]
        if np.allclose(new, found, rtol=0.0, atol=1e-9):
            break
        found, keep = new, used
    off = value - basis @ found
    residual = float(np.std(off[keep]))
    if residual > _ROUGH or float(np.mean(keep)) < 0.25:
        _refuse(f"the brightness does not step at a plane (residual {residual:.1f} voxels)")
    if np.hypot(found[1], found[2]) > _STEEPEST:
        angle = float(np.degrees(np.arctan(np.hypot(found[1], found[2]))))
        _refuse(f"it is tilted by {angle:.0f} degrees against the layers")
    return Plane(
        height=float(found[0]),
        slope_row=float(found[1]),
        slope_column=float(found[2]),
        residual=residual,
        used=float(keep.mean()),
        electrolyte=electrolyte,
        metal=metal,
    )


def _levels(coarse: Array, cut: float) -> tuple[float, float]:
    """Return the medians of what is brighter than a cut and of the rest."""
    bright = coarse > cut
    return float(np.median(coarse[bright])), float(np.median(coarse[~bright]))


def _crossings(coarse: Array, bright: Array, levels: tuple[float, float]) -> FloatArray:
    """Return, for every column, the height at which the grey value steps [coarse voxels]."""
    first = bright.sum(axis=0)
    low = np.clip(first - _WINDOW, 0, len(coarse))
    share = (coarse - levels[1]) / (levels[0] - levels[1])
    layer = np.arange(len(coarse))[:, None, None]
    inside = (layer >= low) & (layer < first + _WINDOW)
    return np.asarray(low + np.where(inside, share, 0.0).sum(axis=0), dtype=np.float64)


def coarsened(layers: Array, factor: int) -> Array:
    """Return means over cubes of ``factor`` voxels; what is left over at the ends is dropped."""
    n, r, c = (size // factor for size in layers.shape)
    part = layers[: n * factor, : r * factor, : c * factor]
    cubes = part.reshape(n, factor, r, factor, c, factor)
    return np.asarray(cubes.mean(axis=(1, 3, 5), dtype=np.float64), dtype=np.float32)


def _refuse(limit: str) -> NoReturn:
    remedy = "crop the stack to electrolyte and metal, and name its axis with stack.normal"
    raise InputError(None, "stack", "interface not found", limit, remedy)
