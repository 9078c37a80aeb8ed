"""The mask's window: the outline of the electrode in it, widened by a clearance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.case.electrode_shape import ElectrodeShape


@dataclass(frozen=True)
class Window:
    """What lies within a distance of an electrode.

    Attributes
    ----------
    electrode : ElectrodeShape
        The metal's outline around its centre [any unit of length, the same for all].
    clearance : float
        The distance, the same all round.
    """

    electrode: ElectrodeShape
    clearance: float

    @classmethod
    def around(cls, radius: float, clearance: float) -> Window:
        """Return the window around a round electrode."""
        return cls(ElectrodeShape("round", radius, radius), clearance)

    @property
    def is_round(self) -> bool:
        """Whether the outline is a circle."""
        return self.electrode.name == "round"

    @property
    def radius(self) -> float:
        """Radius of the smallest circle around the centre that holds all of it."""
        return self.electrode.outer + self.clearance

    @property
    def area(self) -> float:
        """Area within (J. Steiner, 1840: what lies within a distance of a convex figure)."""
        if self.is_round:
            return math.pi * self.radius**2
        around = self.electrode.perimeter * self.clearance
        return self.electrode.area + around + math.pi * self.clearance**2

    def area_up_to(self, radius: float) -> float:
        """Return the area between the window and a circle around the centre."""
        return math.pi * radius**2 - self.area

    def beyond(self, places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return how far places (N, 2) outside the electrode lie from the window, negative in it.

        Under the electrode it is the clearance, negative.
        """
        return self.electrode.distance(places) - self.clearance

    def over(self, length: float) -> Window:
        """Return the window in units of a length."""
        return Window(self.electrode.over(length), self.clearance / length)
