"""The characteristic values in which the discrete problem is dimensionless."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scales:
    """Characteristic values, SI.

    Attributes
    ----------
    length : float
        Half period of the cell [m].
    velocity : float
        Recession speed of the nominal current, ``Vm j / F`` [m/s] (Faraday's law).
    traction : float
        Stack pressure of the protocol [Pa]; contact is scaled by it.
    current : float
        Nominal current density [A/m^2].
    potential : float
        ``j Z`` [V], with Z the interface resistance.
    """

    length: float
    velocity: float
    traction: float
    current: float
    potential: float

    @property
    def time(self) -> float:
        """Time to recede by one length [s]."""
        return self.length / self.velocity

    @property
    def rate(self) -> float:
        """Strain rate, velocity over length [1/s]."""
        return self.velocity / self.length
