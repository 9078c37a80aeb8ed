"""Contact unknowns and the gaps that they stand for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from femna.physics.contact import SHARPNESS, in_contact

Array = npt.NDArray[np.float64]


def closed_state(gap: Array, gap_scale: float) -> Array:
    """Return unknowns z with these gaps, and on the verge of pressure where there is none.

    Parameters
    ----------
    gap : array, shape (N,)
        Gaps, in lengths of the model.
    gap_scale : float
        Roughness in the same unit.
    """
    return -SHARPNESS * gap / gap_scale


def gap_slope(z: Array, gap_scale: float) -> Array:
    """Return the derivative of the gap by z at each vertex, in lengths of the model.

    Parameters
    ----------
    z : array, shape (N,)
        Contact unknowns.
    gap_scale : float
        Roughness in lengths of the model.
    """
    return np.where(in_contact(z), 0.0, -gap_scale / SHARPNESS)
