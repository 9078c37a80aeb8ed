"""The round region of metal over which a void is spread, so that it closes as the void itself.

Metal of one porosity f in a round region, under pressure all round, closes as a hollow cylinder or
sphere with that f (:mod:`femna.physics.porous_creep`), and the dense metal around it flows as it
would around the hollow body. So the size of the region does not matter: far pressure and closure
are those of the void in the metal around it, as far as the elements resolve the region. Its edge is
as wide as an element.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def round_kernel(points: Array, centre: tuple[float, float], radius: float, edge: float) -> Array:
    """Return 1 inside the region, 0 outside and between over its edge, shape (points,).

    Parameters
    ----------
    points : array, shape (points, 2)
    centre : tuple of float
    radius, edge : float
        Of the region, and the width of its edge, in one unit with the points.
    """
    away = np.hypot(points[:, 0] - centre[0], points[:, 1] - centre[1])
    return np.asarray(np.clip((radius - away) / edge + 0.5, 0.0, 1.0))


def share_above(height: float, radius: float, *, sphere: bool) -> float:
    """Return the share of a round region that is above a plane, this far below its centre."""
    d = min(height / radius, 1.0)
    if sphere:
        return 0.25 * (2.0 + 3.0 * d - d**3)
    return 1.0 - (math.acos(d) - d * math.sqrt(1.0 - d * d)) / math.pi
