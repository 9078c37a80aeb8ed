"""Faster iteration to a fixed point: Anderson's method."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

REMEMBERED: Final = 6
"""Turns whose differences the next guess is made of."""

SMALLEST: Final = 1e-10
"""Singular value of those differences, over the largest one, below which it says nothing."""


class Anderson:
    """Guesses the fixed point of ``x -> g(x)`` from what has been tried.

    The combination of tries whose ``g(x) - x`` is least in the mean square is the next one
    (Anderson 1965; Walker and Ni, SIAM J. Numer. Anal. 49 (2011) 1715).

    Parameters
    ----------
    comm : MPI.Comm
        Of the ranks that own a share of x each.
    """

    def __init__(self, comm: Any) -> None:
        self._comm = comm
        self._tried: list[tuple[Array, Array]] = []

    def begin(self) -> None:
        """Forget what was tried."""
        self._tried = []

    def next(self, tried: Array, found: Array) -> Array:
        """Return the next x, its owned share, from the last one and its g(x) (collective)."""
        self._tried = [*self._tried[-REMEMBERED:], (tried.copy(), found.copy())]
        if len(self._tried) == 1:
            return found.copy()
        misfits = [self._whole(g - x) for x, g in self._tried]
        changes = np.diff(misfits, axis=0).T
        size = np.linalg.norm(changes, axis=0)
        size[size == 0.0] = 1.0
        share = np.linalg.lstsq(changes / size, misfits[-1], rcond=SMALLEST)[0] / size
        return np.asarray(found - np.diff([g for _, g in self._tried], axis=0).T @ share)

    def _whole(self, own: Array) -> Array:
        return np.concatenate(self._comm.allgather(own))
