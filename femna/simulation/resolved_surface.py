"""The part of a steep surface that the metal's mesh can follow.

A void that the surface meets opens as a slot as wide as one element and as high as the void. A mesh
that moves along the vertical cannot follow that, so it is given the highest surface below it that
nowhere rises by more than `STEEPEST` times the distance. What lies between the two is void that the
mesh still holds as metal: the flow does not know of it, while contact, current and the balance of
volume go by the gap itself.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

STEEPEST: Final = 0.75
"""Rise over distance of the mesh's displacement that turns no cell of a unit cell inside out."""


class ResolvedSurface:
    """Limits how steeply the mesh of a 2D cell rises from its reference position.

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    places : array, shape (N,)
        Horizontal places of the owned interface vertices, in lengths of the model.
    reference : array, shape (N,)
        Height of the interface vertices on the reference mesh.
    steepest : float
        Largest rise over distance.
    """

    def __init__(
        self, comm: Any, places: Array, reference: Array, *, steepest: float = STEEPEST
    ) -> None:
        self._comm, self._reference = comm, reference
        everywhere = np.concatenate(comm.allgather(places))
        self._rise = steepest * np.abs(places[:, None] - everywhere[None, :])

    def __call__(self, gap: Array) -> Array:
        """Return the gap that the mesh shows, shape (N,), at most `gap` (collective).

        Vertices that stand no higher than on the reference mesh keep their gap.
        """
        displacement = gap - self._reference
        everywhere = np.concatenate(self._comm.allgather(displacement))
        limited = np.min(self._rise + everywhere[None, :], axis=1, initial=np.inf)
        return np.minimum(gap, self._reference + np.maximum(limited, 0.0))
