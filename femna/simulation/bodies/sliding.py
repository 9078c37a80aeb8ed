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

OUTWEIGHS: Final = 20.0
"""The slip as long as the largest displacement is so many times what friction bears in the trial
traction of a plane. Measured on plates pressed and let go, coefficients of 0.01 to 10: at most 20
Newton steps. With 2, and the largest slip for the length, up to 34, and some did not end."""

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
    moved: float,
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
    farthest, moved : float
        Largest slip and largest displacement of the bodies on any rank.
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
            law,
            slip=slip,
            traction=traction,
            pressure=pressure,
            farthest=farthest,
            moved=moved,
            stuck=stuck,
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
    moved: float,
    stuck: npt.NDArray[np.bool_],
) -> Sliding:
    """Return the rows of dry friction as if every vertex touched.

    Along a line the trial's c is so small that slip never outweighs what friction can bear: a
    vertex that went back against its traction then sticks first, and does not slide the other way
    at once. In a plane slip turns the traction, and must outweigh it; where the displacement is
    all stretch and no slip, it must not be what round-off leaves of the slip that counts.
    """
    count, directions = slip.shape
    one = np.broadcast_to(np.eye(directions), (count, directions, directions))
    weight = law.weight(np.ones(count), pressure, temperature=REFERENCE)
    reach = 2.0 * farthest if directions == 1 else max(farthest, moved) / OUTWEIGHS
    c = weight.value / reach if reach > 0.0 else np.ones(count)
    trial = traction + c[:, None] * slip
    size = np.linalg.norm(trial, axis=1)
    slides = (size >= weight.value) & ~stuck
    way = np.divide(trial, size[:, None], out=np.zeros_like(trial), where=size[:, None] > 0.0)
    ratio = np.divide(weight.value, size, out=np.zeros_like(size), where=size > 0.0)
    kept = way[:, :, None] * way[:, None, :]
    if directions > 1:
        kept = _kept(traction, way, weight.value)
    across = ratio[:, None, None] * (one - kept)
    where, matrix = slides[:, None], slides[:, None, None]
    return Sliding(
        np.where(where, traction - weight.value[:, None] * way, slip),
        np.where(matrix, -c[:, None, None] * across, one),
        np.where(matrix, one - across, 0.0),
        np.where(where, -weight.by_pressure[:, None] * way, 0.0),
        slides,
        size - weight.value,
    )


def _kept(traction: Array, way: Array, weight: Array) -> Array:
    """Return what of a change of the trial traction is along it, shape (N, T, T).

    At the solution the projection on its way. Before, the traction, cut back to what friction
    bears, takes the place of one of the two ways, and is weighted less where it points against the
    other: Newton's method then converges from afar (Hueeber and others, 2008).
    """
    size = np.linalg.norm(traction, axis=1)
    bound = np.maximum(weight, size)[:, None]
    share = np.divide(traction, bound, out=np.zeros_like(traction), where=bound > 0.0)
    # of the two directions' cosine and what of the bound the traction has reached, the product
    against = np.minimum((share * way).sum(axis=1), 0.0)
    return np.asarray(share[:, :, None] * way[:, None, :] / (1.0 - against)[:, None, None])


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
