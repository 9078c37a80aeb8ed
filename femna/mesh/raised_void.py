"""Initial voids in three dimensions: the flat mesh of an array's cell, raised over a cap.

The circle of the cap's base is part of the flat mesh. Every column of metal above it is then
compressed vertically by the same share over its whole height, so a flat mesh stays valid
under any cap that leaves metal above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from femna.case.symmetry import SHAPES
from femna.mesh.step import FloatArray
from femna.mesh.void_cap import VoidCap

if TYPE_CHECKING:
    from femna.case import UnitCell

SEGMENTS: Final[int] = 6
"""Elements across a void's radius; its edge has half that size."""

GROWTH: Final[float] = 0.3
"""Growth of the element size per distance from the edge of a void."""


@dataclass(frozen=True)
class RaisedVoids:
    """Equal caps at the corners of the meshed rectangle where patches are centred.

    Attributes
    ----------
    cap : VoidCap
        In units of half of the period.
    centres : ndarray, shape (K, 2)
        In the same units.
    """

    cap: VoidCap
    centres: FloatArray

    def distance(self, horizontal: FloatArray) -> FloatArray:
        """Return the distance of points (N, 2) from the nearest centre, shape (N,)."""
        away = np.linalg.norm(horizontal[:, None, :] - self.centres[None, :, :], axis=2)
        return np.asarray(away.min(axis=1))

    def size(self, x: float, y: float) -> float:
        """Return the element size wanted at a place."""
        away = float(self.distance(np.array([[x, y]]))[0]) - self.cap.radius
        edge = 0.5 * self.cap.radius / SEGMENTS
        return max(edge, min(edge + GROWTH * abs(away), 2.0 * edge if away < 0.0 else np.inf))

    def imprint(self, occ: Any, base: tuple[float, float]) -> list[tuple[int, int]]:
        """Add the bases of the caps to a Gmsh model, cut to the rectangle; return their tags."""
        disks = [(2, occ.addDisk(x, y, 0.0, *[self.cap.radius] * 2)) for x, y in self.centres]
        plane = occ.addRectangle(0.0, 0.0, 0.0, *base)
        cut, _ = occ.intersect(disks, [(2, plane)])
        return list(cut)

    def raised(self, points: FloatArray, thickness: float) -> FloatArray:
        """Return the points (N, 3) of a flat mesh with the metal above the caps compressed."""
        height = self.cap.heights(self.distance(points[:, :2]))
        above = points[:, 2] >= 0.0
        moved = points.copy()
        share = np.where(above, 1.0 - points[:, 2] / thickness, 0.0)
        moved[:, 2] += height * share
        return moved


def raised_voids(geometry: UnitCell) -> RaisedVoids | None:
    """Return the initial voids of a cell in units of half of its period; None without one."""
    void = geometry.initial_void
    if void is None:
        return None
    half = 0.5 * geometry.period
    centres = [(0.0, 0.0)]
    if geometry.symmetry == "hexagonal":
        centres.append((1.0, SHAPES["hexagonal"].aspect))
    return RaisedVoids(VoidCap(void.radius / half, void.contact_angle), np.array(centres))
