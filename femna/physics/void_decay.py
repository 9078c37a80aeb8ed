"""What a step leaves of a void that creep closes, however long the step is.

The law of a porous metal is asked once a step, at its beginning. What a void of the volume V0 then
loses a time falls with the share v of it that is left, here along a straight line down to a share
q of the first rate c where the void is empty,

    dv/dx = -(q + (1 - q) v),    x = c t / V0,    v(0) = 1.

With q = 0 a void decays and is never gone: the closing rate goes with the volume, as of metal whose
porosity is that of its volume. A slot closes by its width: q = 1, and it is gone at x = 1. Between
them x = -ln(q)/(1 - q). Below the share ``TAIL`` the void decays instead, since rates of the points
of one void differ, so that what is left is positive and smooth for every x.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import exprel

Array = npt.NDArray[np.float64]

TAIL: Final = 0.1
"""Share of a void below which it decays."""

STRAIGHT: Final = 1e-12
"""Least difference of q from 1."""


def share_left(drawn: Array, empty: Array) -> tuple[Array, Array]:
    """Return what is left of voids, and by how much it falls with what is drawn, shapes (N,).

    Parameters
    ----------
    drawn : array, shape (N,)
        x, the first rate's loss over the volume at the beginning, not negative.
    empty : array, shape (N,)
        q, the rate of an emptied void over the first one, from 0 to 1.
    """
    bend = np.maximum(1.0 - empty, STRAIGHT)
    ends = -np.log1p(-bend * (1.0 - TAIL)) / bend
    before = np.minimum(drawn, ends)
    slope = np.exp(-bend * before)
    tail = np.exp(-slope * (drawn - before) / TAIL)
    return (1.0 - before * exprel(-bend * before)) * tail, slope * tail


def time_left(share: Array, empty: Array) -> Array:
    """Return how long voids last beyond a step, over its length, shape (N,).

    Parameters
    ----------
    share : array, shape (N,)
        v, what the step has left of them, positive; infinity follows from 1 and more.
    empty : array, shape (N,)
        q, as in `share_left`.
    """
    bend = np.maximum(1.0 - empty, STRAIGHT)
    passed = -np.log1p(-bend * (1.0 - np.minimum(share, 1.0)))
    with np.errstate(divide="ignore"):
        left = np.log1p(bend * share / empty)
        return np.asarray(
            np.where(passed > 0.0, left / np.where(passed > 0.0, passed, 1.0), np.inf)
        )
