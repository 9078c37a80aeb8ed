"""The foot and the heights of an open void between voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, map_coordinates

from femna.mesh.image_voids import OpenVoid
from femna.mesh.step import FloatArray

_FINE: Final = 4
"""Points per voxel on which areas are counted."""


@dataclass(frozen=True)
class BlurredVoid:
    """An open void, blurred.

    Attributes
    ----------
    void : OpenVoid
    foot : ndarray, shape (rows, columns)
        The foot as 1 and the rest as 0, blurred, in its padded bounding box.
    heights : ndarray, shape (rows, columns)
        Blurred heights [voxels].
    margin : int
        What the box is padded by [voxels].
    """

    void: OpenVoid
    foot: FloatArray
    heights: FloatArray
    margin: int

    @classmethod
    def of(cls, void: OpenVoid, *, width: float) -> BlurredVoid:
        """Blur a void with a filter of standard deviation `width` [voxels]."""
        margin = int(np.ceil(4.0 * width)) + 2
        foot = _padded(void.foot.astype(np.float64), void, margin)
        heights = _padded(void.heights, void, margin)
        if width > 0.0:
            foot, heights = gaussian_filter(foot, width), gaussian_filter(heights, width)
        return cls(void, foot, heights, margin)

    def near(self, places: FloatArray) -> npt.NDArray[np.int64]:
        """Return which of the places (N, 2) lie in the padded box."""
        low = np.array(self.void.corner) - self.margin
        high = np.array(self.void.corner) + np.array(self.void.foot.shape) + self.margin
        return np.flatnonzero(np.all((places >= low) & (places <= high), axis=1))

    def share(self, places: FloatArray) -> FloatArray:
        """Return the blurred foot at places, rows and columns [voxels]: shape (N, 2) to (N,)."""
        return np.asarray(map_coordinates(self.foot, self._index(places), order=1))

    def height(self, places: FloatArray) -> FloatArray:
        """Return blurred heights over the blurred foot at places; 0 far from it [voxels]."""
        share = self.share(places)
        total = map_coordinates(self.heights, self._index(places), order=1)
        return np.divide(total, share, out=np.zeros_like(share), where=share > 1e-12)

    def level(self, area: float) -> float:
        """Return the share whose contour encloses an area [voxel faces]."""
        ends = []
        for axis, count in enumerate(self.void.foot.shape):
            cut = self.void.cut[axis]
            low, high = (0 if side else self.margin for side in cut)
            steps = np.arange(-low * _FINE, (count + high) * _FINE)
            ends.append(self.void.corner[axis] + (steps + 0.5) / _FINE)
        grid = np.stack(np.meshgrid(*ends, indexing="ij"), axis=-1).reshape(-1, 2)
        shares = np.sort(self.share(grid))[::-1]
        count = max(round(area * _FINE**2), 1)
        return max(float(shares[count - 1]), 1e-9) if count < len(shares) else 0.0

    def _index(self, places: FloatArray) -> FloatArray:
        return np.asarray((places - np.array(self.void.corner) + (self.margin - 0.5)).T)


def _padded(values: FloatArray, void: OpenVoid, margin: int) -> FloatArray:
    """Pad an array by zeros, and by its mirror image where the stack cuts the void."""
    for axis, sides in enumerate(void.cut):
        for side, mirrored in enumerate(sides):
            widths = [(0, 0), (0, 0)]
            widths[axis] = (margin, 0) if side == 0 else (0, margin)
            values = np.pad(values, widths, mode="symmetric" if mirrored else "constant")
    return values
