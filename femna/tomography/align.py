"""The stack turned and shifted so that the interface is a face between two layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates

from femna.errors import InputError
from femna.tomography.blocks import Array, Workspace
from femna.tomography.plane import Plane

type FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Aligned:
    """Grey values over a level interface.

    Attributes
    ----------
    grey : ndarray, shape (layers, rows, columns)
        float32; the electrolyte at layer 0.
    base : int
        Layers of electrolyte: the interface is the lower face of layer ``base``.
    """

    grey: Array
    base: int


def align(grey: Array, plane: Plane, work: Workspace, *, turn: bool) -> Aligned:
    """Resample linearly; the edges that the turn leaves without data are cut away.

    Parameters
    ----------
    grey : ndarray, shape (layers, rows, columns)
        Filtered grey values.
    plane : Plane
    work : Workspace
    turn : bool
        Whether the tilt is taken out, or only the height made even.

    Raises
    ------
    InputError
        If nothing is left.
    """
    shape = np.array(grey.shape)
    turning = _rotation(plane.normal) if turn else np.eye(3)
    middle = np.array([plane.height, shape[1] / 2, shape[2] / 2])
    base = int(np.floor(plane.height))
    # places of voxel centres relative to the middle of the interface
    corners = np.stack(
        np.meshgrid(*((0.5 - m, n - 0.5 - m) for m, n in zip(middle, shape, strict=True)))
    )
    moved = np.abs(corners.reshape(3, -1) - turning @ corners.reshape(3, -1)).max(axis=1)
    margin = np.ceil(moved - 0.5).astype(int).clip(0)
    top = int(np.floor(shape[0] - plane.height)) - margin[0]
    base -= int(margin[0])
    rows, columns = shape[1] - 2 * margin[1], shape[2] - 2 * margin[2]
    if min(base, top) < 2 or min(rows, columns) < 8:
        limit = "its turned part holds no metal above electrolyte"
        remedy = "keep more of both sides when cropping"
        raise InputError(None, "stack", f"tilt {plane.tilt:.2f} degrees", limit, remedy)
    result = work.empty((base + top, int(rows), int(columns)), np.float32)
    row = np.arange(rows) + margin[1] + 0.5 - middle[1]
    column = np.arange(columns) + margin[2] + 0.5 - middle[2]
    flat = np.broadcast_arrays(row[:, None], column[None, :])
    for layer in range(base + top):
        # every layer by itself, so that blocks cannot change a bit of it
        places = np.stack([np.full(flat[0].shape, layer - base + 0.5), *flat]).reshape(3, -1)
        origin = (turning @ places) + middle[:, None] - 0.5
        low = max(int(np.floor(origin[0].min())), 0)
        high = min(int(np.ceil(origin[0].max())) + 1, int(shape[0]))
        origin[0] -= low
        part = np.asarray(grey[low:high], dtype=np.float32)
        values = map_coordinates(part, origin, order=1, mode="nearest")
        result[layer] = values.reshape(flat[0].shape)
    return Aligned(result, base)


def _rotation(normal: FloatArray) -> FloatArray:
    """Return the smallest rotation that takes the axis of the layers to `normal`."""
    axis = np.array([1.0, 0.0, 0.0])
    v = np.cross(axis, normal)
    c = float(axis @ normal)
    cross = np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + c))
