"""Contact unknowns that stand for given gaps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from femna.physics.contact import SHARPNESS

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
