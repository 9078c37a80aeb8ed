"""How much faster a flat void closes than a round one of its volume.

Under pressure all round, an elliptic void in an unbounded incompressible linear metal of viscosity
eta closes as a round one whose volume is larger by a factor, known in closed form from its
flatness w, its height over its width:

- a cylinder in plane strain with the half axes A and B loses ``pi (A^2 + B^2) P / (2 eta)`` a time
  (complex potentials, N. I. Muskhelishvili), a round one ``pi a^2 P / eta``: ``(w + 1/w)/2``;
- a spheroid (T. T. Wu, Int. J. Solids Struct. 2 (1966) 1, for an empty inclusion in an
  incompressible matrix): ``(4/3) (1 - 3 (g + t)/2) / (2 t - 3 t^2 - 2 g)`` with
  ``t = w (acos w - w sqrt(1 - w^2)) / (1 - w^2)^(3/2)``, ``g = w^2 (3 t - 2) / (1 - w^2)``.

Both are 1 for a round void and grow as 1/w for a flat one: a slot of the width 2 A closes as a
cylinder of the radius A/sqrt2, however thin it is, and a penny-shaped void as w goes to 0 with
``4/(3 pi w)``. So a void of one width is gone after a finite time. In a power-law metal the
round void of this volume stands for the flat one; how well is measured in docs/verification.md.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

NEARLY_ROUND: Final = 0.02
"""Difference of the flatness from 1 within which the spheroid's factor is interpolated."""


def shape_factor(flatness: Array, *, sphere: bool) -> Array:
    """Return the volume of the round void that closes as fast, over the void's own, shape (N,).

    Parameters
    ----------
    flatness : array, shape (N,)
        Height over width, positive; for a spheroid along its axis and across.
    sphere : bool
        A spheroid, or a cylinder in plane strain.
    """
    w = np.asarray(flatness, dtype=float)
    if not sphere:
        return np.asarray(0.5 * (w + 1.0 / w))
    low, high = 1.0 - NEARLY_ROUND, 1.0 + NEARLY_ROUND
    near = np.clip((w - low) / (high - low), 0.0, 1.0)
    # around 1 the closed form is 0/0: there it has its minimum, of 1
    ends = _spheroid(np.array([low, high])) - 1.0
    round_ones = 1.0 + (2.0 * near - 1.0) ** 2 * np.where(w < 1.0, ends[0], ends[1])
    chosen = np.where(np.abs(w - 1.0) < NEARLY_ROUND, 2.0, w)
    return np.where(np.abs(w - 1.0) < NEARLY_ROUND, round_ones, _spheroid(chosen))


def emptied(flatness: Array, *, sphere: bool) -> Array:
    """Return the closing rate of a void once it is emptied at its width, over the present one.

    Shape (N,); the parameters are those of `shape_factor`.
    """
    limit = 4.0 / (3.0 * np.pi) if sphere else 0.5
    return np.asarray(limit / (flatness * shape_factor(flatness, sphere=sphere)))


def _spheroid(w: Array) -> Array:
    """Return the factor of a spheroid that is not round, shape (N,)."""
    s = np.sqrt(np.abs(1.0 - w**2))
    flat = np.arccos(np.minimum(w, 1.0)) - w * s
    long = w * s - np.arccosh(np.maximum(w, 1.0))
    t = w * np.where(w < 1.0, flat, long) / s**3
    g = w**2 * (3.0 * t - 2.0) / (1.0 - w**2)
    return np.asarray(4.0 / 3.0 * (1.0 - 1.5 * (g + t)) / (2.0 * t - 3.0 * t**2 - 2.0 * g))
