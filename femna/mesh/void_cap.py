"""The cap of an initial void on the electrolyte: a spherical or circular segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from femna.mesh.step import FloatArray


@dataclass(frozen=True)
class VoidCap:
    """A cap centred on the cell's axis.

    Attributes
    ----------
    radius : float
        Radius (half width) of the base on the electrolyte [any length unit].
    contact_angle : float
        Angle between the electrolyte and the cap, through the void [rad], 0 < angle <= pi/2.
    """

    radius: float
    contact_angle: float

    @property
    def curvature_radius(self) -> float:
        """Radius of the sphere or circle."""
        return self.radius / float(np.sin(self.contact_angle))

    @property
    def height(self) -> float:
        """Height of the cap on its axis: R tan(angle/2)."""
        return self.radius * float(np.tan(0.5 * self.contact_angle))

    def heights(self, x: FloatArray) -> FloatArray:
        """Return the height of the cap at distances x >= 0 from the axis, 0 outside of it."""
        big = self.curvature_radius
        rise = np.sqrt(np.maximum(big**2 - x**2, 0.0)) - big * np.cos(self.contact_angle)
        return np.where(x < self.radius, np.maximum(rise, 0.0), 0.0)

    def segment_area(self) -> float:
        """Return the whole area of the circular segment (plane strain, both halves)."""
        angle = self.contact_angle
        return float(self.curvature_radius**2 * (angle - np.sin(angle) * np.cos(angle)))

    def cap_volume(self) -> float:
        """Return the volume of the spherical cap, pi h (3 R^2 + h^2)/6."""
        h = self.height
        return float(np.pi * h * (3.0 * self.radius**2 + h**2) / 6.0)
