"""Unilateral contact in one complementary unknown, and the current that a gap lets through.

At every vertex of the metal's surface one number ``z`` holds both the contact pressure and the
gap: ``p = P z`` and ``g = 0`` for ``z > 0``, ``p = 0`` and ``g = -g_c z / SHARPNESS`` for
``z < 0``. Signorini's conditions ``g >= 0, p >= 0, g p = 0`` then hold identically, and Newton's
method on the rest is a semismooth (primal-dual active set) method: Hintermueller, Ito, Kunisch,
SIAM J. Optim. 13 (2002) 865, doi:10.1137/S1052623401383558.

A contact that adheres holds the tension ``p_a`` while it is closed, and what is left of it,
``p_a h(g)``, while it opens: ``p = P max(z, 0) - p_a h(g)``. Then ``p + p_a h`` and ``g`` are the
complementary pair, and to part the surfaces takes the work ``p_a g_c``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SHARPNESS: Final = 100.0
"""Scaling between the two halves of z. It changes no solution, only Newton's path: a vertex that
Newton's method would pull with several P lands at a gap far below g_c, where the current still
answers to the gap, and not beyond it. Values from 30 to 1000 behave alike."""


def relative_pressure(z: Array) -> Array:
    """Return ``max(z, 0)``: the contact pressure, above that of an adhering contact's limit."""
    return np.maximum(z, 0.0)


def contact_pressure(z: Array, adhesion: float) -> tuple[Array, Array]:
    """Return the contact pressure over the characteristic traction, tension negative, and dp/dz.

    Parameters
    ----------
    z : array, shape (N,)
        Complementary unknowns.
    adhesion : float
        Tension that a closed contact holds, over the characteristic traction.
    """
    h, slope = openness(z)
    return relative_pressure(z) - adhesion * h, in_contact(z).astype(float) - adhesion * slope


def relative_gap(z: Array) -> Array:
    """Return the gap over the roughness ``g_c``, ``max(-z, 0) / SHARPNESS``."""
    return np.maximum(-z, 0.0) / SHARPNESS


def in_contact(z: Array) -> npt.NDArray[np.bool_]:
    """Return where the surface is closed (``z >= 0``)."""
    return z >= 0.0


def openness(z: Array) -> tuple[Array, Array]:
    """Return the share ``h = exp(-g / g_c)`` of the current that passes, and dh/dz.

    The regularisation of a supply-limited interface by its roughness ``g_c``; the derivative is
    one-sided at ``z = 0``, where the closed side is taken.
    """
    h = np.exp(-relative_gap(z))
    return h, np.where(in_contact(z), 0.0, h / SHARPNESS)
