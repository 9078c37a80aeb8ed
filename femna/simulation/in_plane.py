"""Values at places of a plane, from those at scattered vertices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator
from scipy.spatial import Delaunay

Array = npt.NDArray[np.float64]


class InPlane:
    """Linear between vertices; beyond them, as between chords of a curved rim, the nearest one's.

    Parameters
    ----------
    known : array, shape (N, 2)
        Places of the vertices.
    wanted : array, shape (M, 2)
        Places that are asked for.
    """

    def __init__(self, known: Array, wanted: Array) -> None:
        self._known, self._wanted = known, wanted
        self._triangles = Delaunay(known)

    def __call__(self, values: Array) -> Array:
        """Return the values (M,) at the places asked for, from those (N,) of the vertices."""
        found = np.asarray(LinearNDInterpolator(self._triangles, values)(self._wanted))
        outside = np.isnan(found)
        if outside.any():
            near = NearestNDInterpolator(self._known, values)
            found[outside] = near(self._wanted[outside])
        return found
