"""Contact below the scale of the mesh from a table of unit cells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from femna.materials.contact_table import ShareCurve
from femna.physics.kinetics import Kinetics
from femna.physics.real_contact import ContactCurrent, RealContact

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TabulatedContact:
    """Current through the share of the conductance that unit cells have left: ``i = a(p) f(eta)``.

    Attributes
    ----------
    curve : ShareCurve
        a against the pressure over the characteristic traction, after the charge that has passed.
    fresh : ShareCurve
        The same before any has.
    residual : float
        Least share, which no pressure undercuts.
    """

    curve: ShareCurve
    fresh: ShareCurve
    residual: float = 0.0

    def eased(self, residual: float) -> RealContact:
        """Return the law with at least this share touching at zero pressure."""
        return self if self.residual >= residual else replace(self, residual=residual)

    def healed(self) -> RealContact:
        """Return the law before any charge has passed."""
        return replace(self, curve=self.fresh)

    def share(self, pressure: Array) -> Array:
        """Return a, shape (N,)."""
        return self._share(pressure)[0]

    def current(self, kinetics: Kinetics, pressure: Array, overpotential: Array) -> ContactCurrent:
        """Return ``a f`` with its derivatives."""
        share, slope = self._share(pressure)
        f, by_eta = kinetics.current(overpotential)
        return ContactCurrent(share * f, slope * f, share * by_eta)

    def _share(self, pressure: Array) -> tuple[Array, Array]:
        """Return a and its derivative by the pressure, each of shape (N,)."""
        share, slope = self.curve(pressure)
        left = 1.0 - self.residual
        return self.residual + left * share, left * slope
