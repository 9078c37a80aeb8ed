"""The interface's local law at its vertices: contact, current and recession in one place.

All quantities are per vertex of the metal's lower surface and dimensionless in the scales of
:class:`femna.simulation.scales.Scales`, except what kinetics need (SI).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from femna.physics.contact import contact_pressure, openness
from femna.physics.kinetics import Kinetics
from femna.physics.real_contact import PerfectContact, RealContact

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LocalCurrent:
    """Current density at the vertices, ``i = c h(g) a(p) f(eta)``, with its derivatives.

    Attributes
    ----------
    value, by_z, by_eta : arrays, shape (N,)
        ``i`` [A/m^2], ``di/dz`` [A/m^2], ``di/d eta`` [A/(V m^2)].
    """

    value: Array
    by_z: Array
    by_eta: Array


@dataclass(frozen=True, kw_only=True)
class InterfaceLaw:
    """What happens at one vertex.

    Attributes
    ----------
    conducting : array, shape (N,)
        The conducting map c in [0, 1].
    kinetics : Kinetics
        Law of a perfect contact.
    stress_volts : float
        ``P Vm / F`` [V] of the characteristic traction when the stress term is on, else 0:
        the stress adds ``p Vm / F`` to the overpotential of stripping.
    contact : RealContact
        Which share a of closed metal touches.
    adhesion : float
        Tension that a closed contact holds, over the characteristic traction.
    covered : array of bool, shape (N,), or None
        Where a film of metal lies on the electrolyte below an enclosed void: current passes there
        whatever the gap, which then is growth of the void. None: nowhere.
    """

    conducting: Array
    kinetics: Kinetics
    stress_volts: float
    adhesion: float = 0.0
    contact: RealContact = field(default_factory=PerfectContact)
    covered: npt.NDArray[np.bool_] | None = None

    def openness(self, z: Array) -> tuple[Array, Array]:
        """Return the share of the current that the gap lets through, and its derivative by z."""
        h, dh = openness(z)
        if self.covered is None:
            return h, dh
        return np.where(self.covered, 1.0, h), np.where(self.covered, 0.0, dh)

    def eased(self, residual: float) -> InterfaceLaw | None:
        """Return the law with at least this share touching at zero pressure; None if it has it."""
        contact = self.contact.eased(residual)
        return None if contact is self.contact else replace(self, contact=contact)

    def healed(self) -> InterfaceLaw:
        """Return the law as it is before any charge has passed."""
        return replace(self, contact=self.contact.healed())

    def current(self, z: Array, overpotential: Array) -> LocalCurrent:
        """Return the current density at complementary unknowns ``z`` and overpotentials [V]."""
        h, dh = self.openness(z)
        pressure, slope = contact_pressure(z, self.adhesion)
        eta = overpotential + self.stress_volts * pressure
        # asperities that hold tension bear none
        local = self.contact.current(self.kinetics, np.maximum(pressure, 0.0), eta)
        share = self.conducting * h
        by_eta = share * local.by_eta
        by_bearing = np.where(pressure >= 0.0, share * local.by_pressure, 0.0)
        by_pressure = by_bearing + self.stress_volts * by_eta
        by_z = self.conducting * dh * local.value + by_pressure * slope
        return LocalCurrent(share * local.value, by_z, by_eta)
