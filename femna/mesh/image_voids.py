"""The voids of a labelled stack, each as what a cell makes of it: open on the interface, or buried.

An open void enters as the height of the void over each column of its foot, the voxels with which it
stands on the interface. What lies beside the foot overhangs: a surface that is a graph over the
electrolyte cannot show it. Its volume is put above the foot, or dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.ndimage import find_objects

from femna.mesh.label_stack import LabelStack
from femna.mesh.step import FloatArray

if TYPE_CHECKING:
    from femna.case import ImageCell


@dataclass(frozen=True)
class OpenVoid:
    """A void that stands on the interface.

    Attributes
    ----------
    id : int
        Its number in the labels.
    corner : tuple of int
        Row and column at which `foot` begins.
    foot : ndarray of bool, shape (rows, columns)
        Its voxels on the interface, in their bounding box.
    heights : ndarray, shape (rows, columns)
        Height of the column of void over each of them [voxels], 0 elsewhere.
    volume : float
        Of all its voxels [voxels].
    top : int
        Layer after its last one.
    cut : tuple of tuple of bool
        Whether the stack's first and last row, and its first and last column, cut the foot; the
        planes of symmetry there mirror it.
    """

    id: int
    corner: tuple[int, int]
    foot: npt.NDArray[np.bool_]
    heights: FloatArray
    volume: float
    top: int
    cut: tuple[tuple[bool, bool], tuple[bool, bool]]

    @property
    def area(self) -> float:
        """Its face on the interface [voxel faces]."""
        return float(self.foot.sum())

    @property
    def overhang(self) -> float:
        """Volume beside the columns over the foot [voxels]."""
        return self.volume - float(self.heights.sum())

    def column(self, places: FloatArray) -> FloatArray:
        """Return the height of the column of voxels at places (N, 2), 0 beside the foot."""
        index = np.floor(places).astype(int) - np.array(self.corner)
        inside = np.all((index >= 0) & (index < np.array(self.foot.shape)), axis=1)
        found = np.zeros(len(places))
        found[inside] = self.heights[tuple(index[inside].T)]
        return found


@dataclass(frozen=True)
class BuriedVoid:
    """A void inside the metal, as a sphere of its volume.

    Attributes
    ----------
    id : int
        Its number in the labels.
    volume : float
        Of its voxels [voxels].
    centre : tuple of float
        Layer, row and column, 0 at the interface and at the corner [voxels].
    radius : float
        Of the sphere [voxels].
    share : float
        Part of the sphere in the cell: a half where a side cuts the void, a quarter at an edge.
    """

    id: int
    volume: float
    centre: tuple[float, float, float]
    radius: float
    share: float

    def may_be_met(self, recession: float) -> bool:
        """Say whether stripping of a length [voxels] may reach it, half of that to spare."""
        return self.centre[0] - self.radius < 1.5 * recession


@dataclass(frozen=True)
class ImageVoids:
    """The voids of a stack, and what became metal.

    Attributes
    ----------
    open : tuple of OpenVoid
    buried : tuple of BuriedVoid
    dropped : tuple of float
        Volumes of the voids that became metal, too small, or buried where those are not kept
        [voxels].
    """

    open: tuple[OpenVoid, ...]
    buried: tuple[BuriedVoid, ...]
    dropped: tuple[float, ...]

    def top(self, recession: float) -> float:
        """Return the height that no void exceeds which is open, or may be met [voxels].

        Parameters
        ----------
        recession : float
            What is stripped at most [voxels].
        """
        met = [void for void in self.buried if void.may_be_met(recession)]
        tops = [float(void.top) for void in self.open]
        return max([1.0, *tops, *(void.centre[0] + void.radius for void in met)])


def find_voids(stack: LabelStack, geometry: ImageCell) -> ImageVoids:
    """Sort the voids of a stack into open and buried ones.

    Parameters
    ----------
    stack : LabelStack
    geometry : ImageCell
        Its least volume, and whether buried voids are kept.
    """
    least = geometry.minimum_volume / stack.voxel**3
    collector = (geometry.metal_thickness or stack.height) / stack.voxel
    sides = np.array(stack.ids.shape[1:])
    opened: list[OpenVoid] = []
    buried: list[BuriedVoid] = []
    small: list[float] = []
    for number, box in enumerate(find_objects(stack.ids), start=1):
        if box is None:
            continue
        body = stack.ids[box] == number
        volume = float(body.sum())
        on_interface = box[0].start == 0
        if volume < least or not (on_interface or geometry.buried_voids):
            small.append(volume)
        elif on_interface:
            # the column ends where metal begins, though there may be void above it again
            over = np.logical_and.accumulate(body, axis=0).sum(axis=0).astype(np.float64)
            opened.append(_open_void(number, body, over, box, sides))
        else:
            sphere = _sphere(number, body, box, sides)
            if max(sphere.centre[0] + sphere.radius, box[0].stop) < collector:
                buried.append(sphere)
            else:  # above the metal of this cell, or through its collector
                small.append(volume)
    return ImageVoids(tuple(opened), tuple(buried), tuple(small))


def _open_void(
    number: int,
    body: npt.NDArray[np.bool_],
    heights: FloatArray,
    box: tuple[slice, ...],
    sides: npt.NDArray[np.int64],
) -> OpenVoid:
    rows, columns = body[0].any(axis=1).nonzero()[0], body[0].any(axis=0).nonzero()[0]
    around = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    corner = (box[1].start + int(rows[0]), box[2].start + int(columns[0]))
    ends = (corner[0] + int(np.ptp(rows)) + 1, corner[1] + int(np.ptp(columns)) + 1)
    cut = tuple((corner[k] == 0, ends[k] == int(sides[k])) for k in (0, 1))
    return OpenVoid(
        id=number,
        corner=corner,
        foot=body[0][around],
        heights=heights[around],
        volume=float(body.sum()),
        top=box[0].stop,
        cut=(cut[0], cut[1]),
    )


def _sphere(
    number: int, body: npt.NDArray[np.bool_], box: tuple[slice, ...], sides: npt.NDArray[np.int64]
) -> BuriedVoid:
    """Return the sphere of a void; where a side cuts the void, its centre is on that side."""
    volume = float(body.sum())
    centre = [
        float(np.mean(at)) + 0.5 + part.start for at, part in zip(body.nonzero(), box, strict=True)
    ]
    share = 1.0
    for axis in (1, 2):
        end = float(sides[axis - 1])
        if box[axis].start == 0 or box[axis].stop == end:
            share *= 0.5
            centre[axis] = 0.0 if box[axis].start == 0 else end
    radius = float(np.cbrt(3.0 * volume / share / (4.0 * np.pi)))
    # a flat void becomes a sphere that must not reach through the interface
    height = max(centre[0], radius + 0.5)
    return BuriedVoid(number, volume, (height, centre[1], centre[2]), radius, share)
