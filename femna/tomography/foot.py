"""The area of voids on the interface, from how much darker than metal the layers about it are.

The voxels of a void in the layer on the interface are its section half a voxel up, not its foot, in
a layer that blur mixes with the bright electrolyte, on a plane that is off by a part of a voxel.
The area is therefore taken from the unfiltered grey values: a section that changes with the height
as a parabola (as that of a sphere does), blurred as the electrolyte's own edge is, is fitted to the
darkness of the layers, and is read where this edge lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation, distance_transform_edt
from scipy.stats import norm

type Array = npt.NDArray[np.float64]
type Mask = npt.NDArray[np.bool_]

LAYERS: Final = (-2, 4)
"""The first layer over the interface that is fitted, and the one after the last."""

_REACH: Final = 2
"""How far beside a void's columns blur carries its darkness, for the most part [voxels]."""

_SHELL: Final = 4
"""Width of the ring of metal beyond, against which the darkness is counted [voxels]."""

FOOT_LAYERS: Final = LAYERS[1] + 2
"""Layers above the interface in which a void's columns are those of its foot."""

_CLEAR: Final = 5
"""Distance from voids at which a column shows the edge alone [voxels]."""

_WIDE: Final = 5
"""Layers on either side of the interface in which its edge is measured."""

_ENDS: Final = 2
"""Layers at either end of these from which the levels of the two sides are taken."""

FEWEST: Final = 500
"""Voxels from which a level is taken."""


@dataclass(frozen=True)
class Edge:
    """How the grey value steps from electrolyte to metal in columns without voids.

    Attributes
    ----------
    height : float
        Of the step over the face that counts as the interface [voxels].
    width : float
        Standard deviation of the blur across it [voxels].
    levels : ndarray, shape (layers,)
        Mean grey values.
    below : int
        Layers of these under the interface.
    """

    height: float
    width: float
    levels: Array
    below: int

    @classmethod
    def of(cls, levels: Array, below: int) -> Edge:
        """Measure an edge; the parameters are attributes."""
        bright, dark = levels[:_ENDS].mean(), levels[-_ENDS:].mean()
        place = np.arange(len(levels)) - below + 0.5
        beyond = (levels - dark) / (bright - dark) - (place < 0.0)
        # one less the distribution of the blur; of its second moment 1/12 is a voxel's own width,
        # and 1/12 what the sum has more than the integral, whose integrand has a kink at z = 0
        height = float(beyond.sum())
        variance = 2.0 * float(place @ beyond) - height**2 - 1.0 / 6.0
        return cls(height, float(np.sqrt(max(variance, 0.0))), levels, below)

    def level(self, layer: int) -> float:
        """Return the mean grey value of a layer over the interface."""
        return float(self.levels[layer + self.below])


def foot_area(
    raw: npt.NDArray[np.generic],
    voids: npt.NDArray[np.integer],
    others: Mask,
    base: int,
    *,
    contrast: float,
) -> float | None:
    """Return the area of voids on the interface [voxel faces].

    Parameters
    ----------
    raw : ndarray, shape (layers, rows, columns)
        Unfiltered grey values.
    voids : ndarray of int, shape (FOOT_LAYERS, rows, columns)
        Numbers of the voids that reach the interface, roughly where they are; 0 elsewhere.
    others : ndarray of bool, shape (rows, columns)
        Columns near the interface with what is dark besides.
    base : int
        Layers of electrolyte in `raw`.
    contrast : float
        Grey value of metal less that of void.

    Returns
    -------
    float or None
        None where the stack has too few layers, or too few columns without voids.
    """
    if base < _WIDE or len(raw) < base + _WIDE:
        return None
    number = voids.max(axis=0)
    if not number.any():
        return None
    away, (rows, columns) = distance_transform_edt(number == 0, return_indices=True)
    beside = ~binary_dilation(others, iterations=_REACH)
    clear = (away > _CLEAR) & beside
    if clear.sum() < FEWEST:
        return None
    means = [float(raw[base + k][clear].mean(dtype=float)) for k in range(-_WIDE, _WIDE)]
    edge = Edge.of(np.array(means), _WIDE)
    near, shell = away <= _REACH, (away > _REACH) & (away <= _REACH + _SHELL) & beside
    owner = number[rows, columns]
    return section(edge, _darkness(raw, base, owner, near, shell) / contrast)


def _darkness(
    raw: npt.NDArray[np.generic],
    base: int,
    owner: npt.NDArray[np.integer],
    near: Mask,
    shell: Mask,
) -> Array:
    """Return by how much the layers are darker over voids than around each of them."""
    count = int(owner.max()) + 1
    inside, around = (np.bincount(owner[part], minlength=count) for part in (near, shell))
    counted = around > 0
    scale = np.where(counted, inside / np.maximum(around, 1), 0.0)
    darkness = []
    for layer in range(*LAYERS):
        grey = np.asarray(raw[base + layer], dtype=np.float64)
        over, beside = (np.bincount(owner[p], grey[p], count) for p in (near, shell))
        darkness.append(float((scale * beside - over)[counted].sum()))
    return np.array(darkness)


def section(edge: Edge, held: Array) -> float:
    """Return the section at the edge of what has given volumes in the layers.

    Parameters
    ----------
    edge : Edge
    held : ndarray, shape (layers,)
        Volume in each of `LAYERS` [voxels].
    """
    faces = np.arange(LAYERS[0], LAYERS[1] + 1) - edge.height
    width = max(edge.width, 1e-6)
    below, at = norm.cdf(faces / width), width * norm.pdf(faces / width)
    # of a section z^j over 0, below a face f after the blur: E[max(X, 0)^(j + 1)]/(j + 1), X of
    # the normal distribution about f
    up_to = np.column_stack(
        [
            faces * below + at,
            ((faces**2 + width**2) * below + faces * at) / 2.0,
            ((faces**3 + 3.0 * faces * width**2) * below + (faces**2 + 2.0 * width**2) * at) / 3.0,
        ]
    )
    return float(np.linalg.lstsq(np.diff(up_to, axis=0), held, rcond=None)[0][0])
