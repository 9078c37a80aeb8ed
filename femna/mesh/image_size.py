"""Where the interface of a cell from an image is fine: at its voids, graded between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import distance_transform_edt

from femna.mesh.image_voids import ImageVoids
from femna.mesh.label_stack import LabelStack
from femna.mesh.step import FloatArray

if TYPE_CHECKING:
    from femna.case import ImageCell

SLOPE: Final = 0.3
"""Growth of the element size per distance from a void."""

FINEST: Final = 1.0 / 3.0
"""Least element size [voxels]: nothing finer is known of a void."""

SPARE: Final = 1.1
"""By how much Gmsh may stay behind a size."""

_STEP: Final = 1.15
"""Ratio of the sizes that are told apart."""


@dataclass(frozen=True)
class SizeField:
    """Element size by voxel of the interface.

    Attributes
    ----------
    rows : list of list of float
        Sizes [m] as plain numbers: Gmsh asks for one at a time, a million times.
    voxel : float
        [m].
    """

    rows: list[list[float]]
    voxel: float

    def __call__(self, x: float, y: float) -> float:
        """Return the size [m] at a place [m]."""
        row = min(max(int(y / self.voxel), 0), len(self.rows) - 1)
        column = min(max(int(x / self.voxel), 0), len(self.rows[0]) - 1)
        return self.rows[row][column]


def size_field(
    stack: LabelStack, voids: ImageVoids, geometry: ImageCell, *, coarsest: float, recession: float
) -> SizeField:
    """Return the element size over the interface.

    Parameters
    ----------
    stack : LabelStack
    voids : ImageVoids
    geometry : ImageCell
        Its elements across, and the volume from which on a void has them.
    coarsest : float
        Size far from every void [m].
    recession : float
        What the protocol strips at most [m]: buried voids that it may meet are made ready for.
    """
    shape = stack.ids.shape[1:]
    wanted = np.full(shape, coarsest / stack.voxel)
    resolved = geometry.resolved_volume / stack.voxel**3
    # a smaller void is as fine as a hemisphere of that volume
    usual = 2.0 * float(np.cbrt(1.5 * resolved / np.pi))
    for void in voids.open:
        across = 2.0 * float(np.sqrt(void.area / np.pi))
        if void.volume < resolved:
            across = max(across, usual)
        rows, columns = (
            slice(corner, corner + count)
            for corner, count in zip(void.corner, void.foot.shape, strict=True)
        )
        size = max(across / (SPARE * geometry.elements_across), FINEST)
        place = wanted[rows, columns]
        place[void.foot] = np.minimum(place[void.foot], size)
    index = np.indices(shape) + 0.5
    for buried in voids.buried:
        if buried.may_be_met(recession / stack.voxel):
            away = np.hypot(index[0] - buried.centre[1], index[1] - buried.centre[2])
            below = away < buried.radius
            size = max(2.0 * buried.radius / geometry.elements_across, FINEST)
            wanted[below] = np.minimum(wanted[below], size)
    graded = _graded(wanted, coarsest / stack.voxel)
    return SizeField((graded * stack.voxel).tolist(), stack.voxel)


def _graded(wanted: FloatArray, coarsest: float) -> FloatArray:
    """Let the size grow with the distance from where it is small, shape of `wanted`."""
    level = np.round(np.log(wanted / coarsest) / np.log(_STEP)).astype(int)
    graded = np.full(wanted.shape, coarsest)
    for number in np.unique(level[level < 0]):
        # a mask of one layer of voxels around it is a distance of a voxel's half
        away = np.maximum(distance_transform_edt(level != number) - 0.5, 0.0)
        np.minimum(graded, coarsest * _STEP**number + SLOPE * away, out=graded)
    return graded
