"""The smooth step from 0 to 1 that every edge of a conducting map uses."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

KERNEL_VARIANCE: Final[float] = 1.0 / 28.0
"""Variance of the step's derivative over a step of unit width (a Beta(3, 3) density)."""


def smooth_step(distance: FloatArray, width: float | FloatArray) -> FloatArray:
    """Evaluate the twice continuously differentiable step of compact support.

    Parameters
    ----------
    distance : ndarray, any shape
        Signed distance from the edge [the unit of `width`].
    width : float or ndarray
        Full width of the step; outside of it the value is exactly 0 or 1.

    Returns
    -------
    ndarray, the shape of `distance`
        6 t^5 - 15 t^4 + 10 t^3 with t = distance/width + 1/2 held in [0, 1].
    """
    t = np.clip(np.asarray(distance, dtype=np.float64) / width + 0.5, 0.0, 1.0)
    return np.asarray(t * t * t * (t * (6.0 * t - 15.0) + 10.0), dtype=np.float64)
