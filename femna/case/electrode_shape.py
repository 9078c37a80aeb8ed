"""The outline of an electrode: round, an ellipse, or a rectangle with rounded corners."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
ShapeName = Literal["round", "elliptic", "rectangular"]

_PLACES: Final = 2000
"""Places on half an outline that stand for it: chords miss a circle by 3e-7 of its radius."""

_REFINEMENTS: Final = 4
"""Of an interval in which an end lies, each by the number of places: down to round-off."""

_ITERATIONS: Final = 10
"""Of Newton's method for the nearest place of an ellipse: convex and monotone, it needs seven."""


@dataclass(frozen=True)
class ElectrodeShape:
    """A convex outline around the origin, alike on both sides of x and y.

    Attributes
    ----------
    name : str
        round, elliptic or rectangular.
    half_length, half_width : float
        Half of the extent along x and y [any unit of length, the same for all].
    corner : float
        Radius of the corners of a rectangle.
    """

    name: ShapeName
    half_length: float
    half_width: float
    corner: float = 0.0

    @property
    def area(self) -> float:
        """Area within."""
        if self.name == "rectangular":
            return 4.0 * self.half_length * self.half_width - (4.0 - math.pi) * self.corner**2
        return math.pi * self.half_length * self.half_width

    @property
    def perimeter(self) -> float:
        """Length of the outline."""
        steps = np.linalg.norm(np.diff(self.upper_half(), axis=0), axis=1)
        return 2.0 * float(steps.sum())

    @property
    def inner(self) -> float:
        """Radius of the largest circle around the origin that fits in."""
        return min(self.half_length, self.half_width)

    @property
    def outer(self) -> float:
        """Radius of the smallest circle around the origin that holds it all."""
        if self.name == "rectangular":
            sides = (self.half_length - self.corner, self.half_width - self.corner)
            return math.hypot(*sides) + self.corner
        return max(self.half_length, self.half_width)

    def room(self, x: float) -> float:
        """Return the radius of the largest circle around (x, 0) that fits in; below 0 outside."""
        if self.name == "round":
            return self.half_length - abs(x)
        nearest = float(np.linalg.norm(self.upper_half() - (x, 0.0), axis=1).min())
        return nearest if abs(x) < self.half_length else -nearest

    def play(self, radius: float) -> float:
        """Return how far it may be moved along x within a circle around the origin; 0 if nowhere.

        The place (a, b) of the outline allows sqrt(radius^2 - b^2) - a.
        """
        if self.name == "round":
            return max(radius - self.half_length, 0.0)
        along, across = self.upper_half().T
        allowed = np.sqrt(np.maximum(radius**2 - across**2, 0.0)) - along
        return max(float(allowed.min()), 0.0)

    def clear_of(self, offset: float, angle: float, *, gap: float, within: float) -> float:
        """Return the distance from the origin along a ray from which on the outline is far enough.

        Parameters
        ----------
        offset : float
            Of the outline along x.
        angle : float
            Of the ray, from the direction of x [rad].
        gap : float
            To the outline, at least.
        within : float
            Looked at is the ray so far; it is returned where the outline is nowhere far enough.
        """
        ray = np.array([math.cos(angle), math.sin(angle)])

        def too_near(distances: Array) -> npt.NDArray[np.bool_]:
            places = distances[:, None] * ray - (offset, 0.0)
            return self.holds(places) | (self.distance(places) < gap)

        # of a convex outline one stretch of the ray is too near; its end is found ever more finely
        low, high = 0.0, within
        for _ in range(_REFINEMENTS):
            distances = np.linspace(low, high, _PLACES)
            near = np.flatnonzero(too_near(distances))
            if not len(near):
                return low
            if near[-1] == _PLACES - 1:
                return high
            low, high = distances[near[-1]], distances[near[-1] + 1]
        return float(high)

    def over(self, length: float) -> ElectrodeShape:
        """Return the shape in units of a length."""
        lengths = (self.half_length / length, self.half_width / length, self.corner / length)
        return ElectrodeShape(self.name, *lengths)

    def upper_half(self) -> Array:
        """Return places on the outline with y >= 0, from x = half_length on, shape (N, 2)."""
        angle = np.linspace(0.0, math.pi, _PLACES)
        cos, sin = np.cos(angle), np.sin(angle)
        if self.name != "rectangular":
            return np.column_stack([self.half_length * cos, self.half_width * sin])
        straight = np.array([self.half_length - self.corner, self.half_width - self.corner])
        right = angle <= 0.5 * math.pi
        centre = np.where(right[:, None], straight, straight * (-1.0, 1.0))
        places = centre + self.corner * np.column_stack([cos, sin])
        ends = self.half_length * np.array([[1.0, 0.0], [-1.0, 0.0]])
        corners = np.concatenate([ends[:1], places[right], places[~right], ends[1:]])
        lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(lengths)])
        even = np.union1d(np.linspace(0.0, along[-1], _PLACES), along)
        return np.column_stack([np.interp(even, along, corners[:, k]) for k in (0, 1)])

    def quarter(self) -> tuple[Array, Array]:
        """Return places on the outline with x >= 0 and y >= 0, from y = 0 on, and the normals."""
        angle = np.linspace(0.0, 0.5 * math.pi, _PLACES // 2)
        cos, sin = np.cos(angle), np.sin(angle)
        cos[-1] = 0.0
        turning = np.column_stack([cos, sin])
        if self.name != "rectangular":
            normals = turning / (self.half_length, self.half_width)
            normals /= np.linalg.norm(normals, axis=1)[:, None]
            return turning * (self.half_length, self.half_width), normals
        along = np.linspace(0.0, 1.0, len(angle))[:, None]
        centre = np.array([self.half_length - self.corner, self.half_width - self.corner])
        right = (self.half_length, 0.0) + along * (0.0, centre[1])
        top = (0.0, self.half_width) + along[::-1] * (centre[0], 0.0)
        places = np.concatenate([right, centre + self.corner * turning, top])
        ends = (np.tile(end, (len(angle), 1)) for end in turning[[0, -1]])
        return places, np.concatenate([next(ends), turning, next(ends)])

    def distance(self, places: Array) -> Array:
        """Return how far places (N, 2) lie outside the outline, 0 within it."""
        if self.name == "elliptic":
            return _distance_from_ellipse(places, self.half_length, self.half_width)
        if self.name == "round":
            return np.maximum(np.linalg.norm(places, axis=1) - self.half_length, 0.0)
        straight = (self.half_length - self.corner, self.half_width - self.corner)
        beyond = np.maximum(np.abs(places) - straight, 0.0)
        return np.maximum(np.linalg.norm(beyond, axis=1) - self.corner, 0.0)

    def holds(self, places: Array) -> npt.NDArray[np.bool_]:
        """Say which places (N, 2) lie within."""
        x, y = np.abs(places).T
        if self.name != "rectangular":
            return np.asarray((x / self.half_length) ** 2 + (y / self.half_width) ** 2 < 1.0)
        beyond = np.column_stack(
            [x - self.half_length + self.corner, y - self.half_width + self.corner]
        )
        outside = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
        within = np.minimum(beyond.max(axis=1), 0.0)
        return np.asarray(outside + within < self.corner)


def _distance_from_ellipse(places: Array, half_length: float, half_width: float) -> Array:
    """Return how far places (N, 2) lie outside an ellipse, 0 within.

    The nearest place has coordinates c^2 p/(t + c^2), c the half axis along each and t >= 0 the
    root of sum (c p/(t + c^2))^2 = 1. The sum is convex in t, so that Newton's method rises to the
    root from where the larger term is 1 (D. Eberly, Distance from a point to an ellipse, Geometric
    Tools 2013).
    """
    axes = np.array([half_length, half_width])
    reach = axes * np.abs(places)
    root = np.maximum((reach - axes**2).max(axis=1), 0.0)
    for _ in range(_ITERATIONS):
        terms = (reach / (root[:, None] + axes**2)) ** 2
        slope = -2.0 * (terms / (root[:, None] + axes**2)).sum(axis=1)
        excess = np.maximum(terms.sum(axis=1) - 1.0, 0.0)
        root = root - np.divide(excess, slope, out=np.zeros_like(root), where=excess > 0.0)
    scaled = places / (root[:, None] + axes**2)
    return np.asarray(root * np.linalg.norm(scaled, axis=1))
