"""The figures of a mask: a ring around an axis, or a plate in three dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Protocol

from femna.case.mask_window import Window
from femna.case.symmetry import Symmetry
from femna.mesh.arrays import BodyArrays
from femna.mesh.plate import PLANES, plate_arrays
from femna.mesh.ring import ring_arrays

RING_ROWS: Final = 6
"""Elements over the thickness of a ring."""

PLATE_ROWS: Final = 4
"""Elements over the thickness of a plate, where they are dear."""


class Figure(Protocol):
    """What a mask looks like from above, and which part of it is meshed."""

    @property
    def symmetry(self) -> Symmetry:
        """Of the body, whose multiplicity is how often the meshed part makes the whole."""

    @property
    def planes(self) -> tuple[tuple[str, int], ...]:
        """Faces on vertical planes of symmetry, and the direction that each is normal to."""

    @property
    def area(self) -> float:
        """Of the whole mask, seen from above [m^2]."""

    @property
    def rows(self) -> int:
        """Elements over the thickness that are enough."""

    def mesh(
        self, thickness: float, *, rows: int, share: float = 1.0, even: bool = False
    ) -> BodyArrays:
        """Mesh the part, or what of it lies above a share of the thickness.

        Parameters
        ----------
        thickness : float
            The unit of length [m].
        rows : int
            Elements over the whole thickness.
        share : float
            Of the thickness.
        even : bool
            Whether stress is the same everywhere.
        """


@dataclass(frozen=True)
class Ring:
    """A ring around an axis: its (r, z) section is meshed.

    Attributes
    ----------
    inner, outer : float
        Radii [m].
    """

    inner: float
    outer: float
    symmetry: Symmetry = "axisymmetric"
    planes: tuple[tuple[str, int], ...] = ()
    rows: int = RING_ROWS

    @property
    def area(self) -> float:
        """Of the whole ring [m^2]."""
        return math.pi * (self.outer**2 - self.inner**2)

    def mesh(
        self,
        thickness: float,
        *,
        rows: int,
        share: float = 1.0,
        even: bool = False,  # a section costs little
    ) -> BodyArrays:
        """Mesh the section; lengths in thicknesses."""
        unit = thickness * share
        arrays = ring_arrays(
            inner=self.inner / unit, outer=self.outer / unit, rows=_of_share(rows, share)
        )
        points = arrays.points * share
        points[:, 1] += 1.0 - share
        return replace(arrays, points=points)


@dataclass(frozen=True)
class Plate:
    """A plate with a round outer edge: a quarter of it is meshed, in three dimensions.

    Attributes
    ----------
    window : Window
        [m].
    outer : float
        Radius of the edge [m].
    refine : float
        Divides how long elements are along the edges, for studies of convergence.
    """

    window: Window
    outer: float
    refine: float = 1.0
    symmetry: Symmetry = "square"
    planes: tuple[tuple[str, int], ...] = PLANES
    rows: int = PLATE_ROWS

    @property
    def area(self) -> float:
        """Of the whole plate [m^2]."""
        return self.window.area_up_to(self.outer)

    def mesh(
        self, thickness: float, *, rows: int, share: float = 1.0, even: bool = False
    ) -> BodyArrays:
        """Mesh the quarter; lengths in thicknesses."""
        return plate_arrays(
            self.window.over(thickness),
            outer=self.outer / thickness,
            rows=1 if even else _of_share(rows, share),
            share=share,
            even=even,
            refine=self.refine,
        )


def figure_of(window: Window, outer: float) -> Figure:
    """Return a ring around a round window, a plate around any other.

    Parameters
    ----------
    window : Window
        [m].
    outer : float
        Radius of the outer edge [m].
    """
    return Ring(window.radius, outer) if window.is_round else Plate(window, outer)


def _of_share(rows: int, share: float) -> int:
    return max(round(rows * share), 1)
