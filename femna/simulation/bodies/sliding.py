"""How the faces of a contact pair resist sliding on each other, by the laws of the walls.

The tangential traction t on the slave is found at every vertex that touches, with its slip s within
the step:

    viscous (Navier)      s = t dt/drag                 sticking is its limit of an endless drag
    friction              |t| <= b; s = 0 below, and t = b s/|s| where it slides; b = min(mu p, k)

Friction is the wall's without its speed v0: solids creep little, and Coulomb's law itself can be
solved. Stick and slip are told apart by the trial traction t + c s, and both conditions are rows of
the same semismooth Newton method as the contact (S. Hueeber, G. Stadler, B. I. Wohlmuth, SIAM J.
Sci. Comput. 30 (2008) 572).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.physics.wall import Friction, Viscous

Array = npt.NDArray[np.float64]

STICKS: Final = Viscous(drag=math.inf)
"""The law of faces that do not slide where they touch."""

REFERENCE: Final = 300.0
"""[K] at which a shear strength that follows temperature counts; those of solids do not."""

Slide = Viscous | Friction


@dataclass(frozen=True)
class Sliding:
    """The rows of the tangential traction at N vertices, T directions each.

    Attributes
    ----------
    residual : array, shape (N, T)
    by_slip, by_traction : arrays, shape (N, T, T)
    by_pressure : array, shape (N, T)
    slides : bool array, shape (N,)
        Where friction has met its limit.
    excess : array, shape (N,)
        Of the trial traction over it.
    """

    residual: Array
    by_slip: Array
    by_traction: Array
    by_pressure: Array
    slides: npt.NDArray[np.bool_]
    excess: Array


def sliding(
    law: Slide,
    *,
    slip: Array,
    traction: Array,
    pressure: Array,
    touches: npt.NDArray[np.bool_],
    dt: float,
    farthest: float,
    stuck: npt.NDArray[np.bool_],
) -> Sliding:
    """Return residual and slopes of a law; without contact there is no traction.

    Parameters
    ----------
    law : Viscous or Friction
        Tractions in the unit of pressure; drag in that unit over length over s.
    slip, traction : arrays, shape (N, T)
        Slip of the slave along its master within the step; traction that resists it.
    pressure : array, shape (N,)
    touches : bool array, shape (N,)
    dt : float
        Length of the step [s]; with 0 a viscous face sticks.
    farthest : float
        Largest slip on any rank.
    stuck : bool array, shape (N,)
        What sticks in this Newton step whatever its trial traction.
    """
    count, directions = slip.shape
    one = np.broadcast_to(np.eye(directions), (count, directions, directions))
    none = np.zeros((count, directions))
    if isinstance(law, Viscous):
        found = Sliding(
            slip - traction * (dt / law.drag),
            one,
            -one * (dt / law.drag),
            none,
            np.zeros(count, dtype=bool),
            np.zeros(count),
        )
    else:
        found = _friction(
            law, slip=slip, traction=traction, pressure=pressure, farthest=farthest, stuck=stuck
        )
    here, open_ = touches[:, None], ~touches[:, None, None]
    return Sliding(
        np.where(here, found.residual, traction),
        np.where(open_, 0.0, found.by_slip),
        np.where(open_, one, found.by_traction),
        np.where(here, found.by_pressure, 0.0),
        found.slides & touches,
        found.excess,
    )


def _friction(
    law: Friction,
    *,
    slip: Array,
    traction: Array,
    pressure: Array,
    farthest: float,
    stuck: npt.NDArray[np.bool_],
) -> Sliding:
    """Return the rows of dry friction as if every vertex touched.

    The trial's c is so small that slip never outweighs what friction can bear: a vertex that went
    back against its traction then sticks first, and does not slide the other way at once.
    """
    count, directions = slip.shape
    one = np.broadcast_to(np.eye(directions), (count, directions, directions))
    weight = law.weight(np.ones(count), pressure, temperature=REFERENCE)
    c = weight.value / (2.0 * farthest) if farthest > 0.0 else np.ones(count)
    trial = traction + c[:, None] * slip
    size = np.linalg.norm(trial, axis=1)
    slides = (size >= weight.value) & ~stuck
    way = np.divide(trial, size[:, None], out=np.zeros_like(trial), where=size[:, None] > 0.0)
    ratio = np.divide(weight.value, size, out=np.zeros_like(size), where=size > 0.0)
    across = ratio[:, None, None] * (one - way[:, :, None] * way[:, None, :])
    where, matrix = slides[:, None], slides[:, None, None]
    return Sliding(
        np.where(where, traction - weight.value[:, None] * way, slip),
        np.where(matrix, -c[:, None, None] * across, one),
        np.where(matrix, one - across, 0.0),
        np.where(where, -weight.by_pressure[:, None] * way, 0.0),
        slides,
        size - weight.value,
    )


def share_until_return(
    slip: Array, later: Array, traction: Array, slides: npt.NDArray[np.bool_]
) -> float:
    """Return the share of a Newton step after which the first sliding vertex has come back.

    Parameters
    ----------
    slip, later : arrays, shape (N, T)
        Before and after the whole step.
    traction : array, shape (N, T)
        Before it.
    slides : bool array, shape (N,)
        Where friction is at its limit.
    """
    before = (slip * traction).sum(axis=1)
    after = (later * traction).sum(axis=1)
    back = slides & (before > 0.0) & (after < 0.0)
    return float(np.min(before[back] / (before[back] - after[back]), initial=1.0))
