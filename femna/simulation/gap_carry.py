"""Gap and contact pressure at interface vertices that have moved over the electrolyte.

Both are functions of the place, so a vertex that moves takes what is there. Between the old
vertices the gap is a cubic spline, since many small moves by anything of lower order, or monotone,
wear its peaks down; between two closed vertices it is closed, and nowhere negative. The pressure is
linear. Beyond the old rim stand the values of the rim. Then the gap is scaled to the volume that it
must have, and the pressure to the force that it had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from femna.simulation.contact_state import closed_state

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Carried:
    """What was carried, and how well.

    Attributes
    ----------
    gap, pressure : arrays, shape (M,)
        At the vertices in their new places.
    volume_error : float
        Of the interpolated gap before it was scaled, less the volume that it must have.
    gap_error : float
        Largest difference at the old vertices between the gap and what is found there when the
        carried gap is interpolated back.
    """

    gap: Array
    pressure: Array
    volume_error: float
    gap_error: float

    def contact(self, gap_scale: float) -> Array:
        """Return the complementary unknowns of gap and pressure, shape (M,)."""
        return np.where(self.gap > 0.0, closed_state(self.gap, gap_scale), self.pressure)


def hat_areas(radii: Array) -> Array:
    """Return the integrals of hat functions over discs' rings, of a full revolution, shape (N,).

    Parameters
    ----------
    radii : array, shape (N,)
        Rising, the first one 0.
    """
    inner, outer = radii[:-1], radii[1:]
    third = np.pi / 3.0 * (outer - inner)
    areas = np.zeros_like(radii)
    areas[:-1] += third * (2.0 * inner + outer)
    areas[1:] += third * (inner + 2.0 * outer)
    return areas


def carry(before: Array, after: Array, gap: Array, contact: Array, *, volume: float) -> Carried:
    """Carry gap and pressure from old places to new ones.

    Parameters
    ----------
    before, after : arrays, shapes (N,) and (M,)
        Radii of all vertices, rising; those of a new mesh may be of another number.
    gap, contact : arrays, shape (N,)
        At the old places: gaps, none negative, and complementary unknowns, pressures where
        positive.
    volume : float
        Of the gap, afterwards.
    """
    areas, pressure = hat_areas(after), np.maximum(contact, 0.0)
    there = np.interp(after, before, pressure)
    total = float(areas @ there)
    if total > 0.0:
        there *= float(hat_areas(before) @ pressure) / total
    if not gap.any():
        return Carried(np.zeros_like(after), there, 0.0, 0.0)
    found = _gap_at(after, before, gap)
    back = _gap_at(before, after, found)
    has = float(areas @ found)
    scale = max(volume, 0.0) / has if has > 0.0 else 0.0
    return Carried(found * scale, there, has - volume, float(np.max(np.abs(back - gap))))


def _gap_at(places: Array, radii: Array, gap: Array) -> Array:
    """Return the gap at other places than those where it is known, flat on the axis."""
    inside = np.minimum(places, radii[-1])
    curve = CubicSpline(radii, gap, bc_type=((1, np.zeros(())), "not-a-knot"))
    left = np.clip(np.searchsorted(radii, inside, side="right") - 1, 0, len(radii) - 2)
    closed = (gap[left] == 0.0) & (gap[left + 1] == 0.0)
    return np.where(closed, 0.0, np.maximum(curve(inside), 0.0))
