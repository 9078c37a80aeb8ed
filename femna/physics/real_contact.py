"""How much of a closed interface really touches, and the current that passes there.

A rough metal carries a contact pressure p on spots that flow until their own pressure is the
hardness H. The share of the nominal area that they take is

    a = s / (1 + s),    s = p / H + s0

the plastic law a = p/H of light loads (Bowden and Tabor, The Friction and Lubrication of Solids,
1950), bounded by the whole area in the smooth way that is chosen here; ``s0`` is what still
touches at zero pressure. Pressures are in units of one characteristic traction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from femna.physics.kinetics import Kinetics

Array = npt.NDArray[np.float64]

_ITERATIONS: Final = 200
"""Bisection alone halves the widest bracket of floats to their spacing well within these."""


@dataclass(frozen=True)
class ContactCurrent:
    """Current density of closed metal, with its derivatives.

    Attributes
    ----------
    value, by_pressure, by_eta : arrays, shape (N,)
        ``i`` [A/m^2], ``di/dp`` [A/m^2 per characteristic traction], ``di/d eta`` [A/(V m^2)].
    """

    value: Array
    by_pressure: Array
    by_eta: Array


class RealContact(Protocol):
    """What a law of real contact gives."""

    def eased(self, residual: float) -> RealContact:
        """Return the law with at least this share touching at zero pressure."""

    def healed(self) -> RealContact:
        """Return the law as it is before any charge has passed."""

    def share(self, pressure: Array) -> Array:
        """Return the share of the nominal area that touches, shape (N,)."""

    def current(self, kinetics: Kinetics, pressure: Array, overpotential: Array) -> ContactCurrent:
        """Return the current at pressures and overpotentials [V], both of shape (N,)."""


@dataclass(frozen=True)
class PerfectContact:
    """The whole nominal area touches."""

    def eased(self, residual: float) -> RealContact:
        """Return the law itself."""
        return self

    def healed(self) -> RealContact:
        """Return the law itself."""
        return self

    def share(self, pressure: Array) -> Array:
        """Return ones."""
        return np.ones_like(pressure)

    def current(self, kinetics: Kinetics, pressure: Array, overpotential: Array) -> ContactCurrent:
        """Return the current of the kinetics alone."""
        value, slope = kinetics.current(overpotential)
        return ContactCurrent(value, np.zeros_like(pressure), slope)


@dataclass(frozen=True, kw_only=True)
class PlasticContact:
    """Current through the real area: ``i = a(p) f(eta)``.

    Attributes
    ----------
    hardness : float
        H over the characteristic traction.
    residual : float
        Share that touches at zero pressure, ``s0 / (1 + s0)``.
    """

    hardness: float
    residual: float = 0.0

    def eased(self, residual: float) -> RealContact:
        """Return the law with at least this share touching at zero pressure."""
        return self if self.residual >= residual else replace(self, residual=residual)

    def healed(self) -> RealContact:
        """Return the law itself: asperities keep no memory of a charge."""
        return self

    def load(self, pressure: Array) -> Array:
        """Return s, shape (N,)."""
        return pressure / self.hardness + self.residual / (1.0 - self.residual)

    def share(self, pressure: Array) -> Array:
        """Return a, shape (N,)."""
        s = self.load(pressure)
        return s / (1.0 + s)

    def current(self, kinetics: Kinetics, pressure: Array, overpotential: Array) -> ContactCurrent:
        """Return ``a f`` with its derivatives."""
        s = self.load(pressure)
        f, slope = kinetics.current(overpotential)
        area = s / (1.0 + s)
        return ContactCurrent(area * f, f / (self.hardness * (1.0 + s) ** 2), area * slope)


@dataclass(frozen=True, kw_only=True)
class Microconstriction(PlasticContact):
    """The real area in series with the constriction of the current to the spots.

    ``i = a f(u)`` with ``eta = u + i / g`` and the conductance ``g = g1 s^m`` of Cooper, Mikic,
    Yovanovich, Int. J. Heat Mass Transfer 12 (1969) 279, in the form of Yovanovich (1982).

    Attributes
    ----------
    conductance : float
        g1 [S/m^2], at a pressure of H.
    exponent : float
        m.
    """

    conductance: float
    exponent: float

    def current(self, kinetics: Kinetics, pressure: Array, overpotential: Array) -> ContactCurrent:
        """Return the current with its derivatives, u found point by point."""
        s, m = self.load(pressure), self.exponent
        area = s / (1.0 + s)
        series = s ** (1.0 - m) / ((1.0 + s) * self.conductance)  # a / g
        u = series_overpotential(kinetics, series, overpotential)
        f, slope = kinetics.current(u)
        shared = slope / (1.0 + series * slope)
        # a d(a/g)/ds, finite where s vanishes
        series_by_s = series * ((1.0 - m) * (1.0 + s) - s) / (1.0 + s) ** 2
        by_s = f / (1.0 + s) ** 2 - series_by_s * f * shared
        return ContactCurrent(area * f, by_s / self.hardness, area * shared)


def series_conductance(
    conductivity: float,
    *,
    coefficient: float,
    mean_slope: float,
    rms_height: float,
) -> float:
    """Return g1 of the microconstriction [S/m^2].

    Yovanovich's ``h = 1.25 k (m / sigma) (p / H)^0.95`` at p = H. k is the harmonic mean of both
    conductivities, twice that of the electrolyte, since the metal conducts far better.

    Parameters
    ----------
    conductivity : float
        Of the electrolyte [S/m].
    coefficient : float
        1.25.
    mean_slope, rms_height : float
        m and sigma [m].
    """
    return coefficient * 2.0 * conductivity * mean_slope / rms_height


def series_overpotential(kinetics: Kinetics, series: Array, overpotential: Array) -> Array:
    """Return u of ``u + series f(u) = overpotential``.

    Newton's method, kept within a bracket by bisection: f may be exponential.

    Parameters
    ----------
    kinetics : Kinetics
        f, rising through zero.
    series : array, shape (N,)
        Resistances [ohm m^2], not negative.
    overpotential : array, shape (N,)
        [V]; not a number where it is none.
    """
    low, high = np.minimum(overpotential, 0.0), np.maximum(overpotential, 0.0)
    u, before = overpotential.copy(), np.full_like(overpotential, np.inf)
    for _ in range(_ITERATIONS):
        f, slope = kinetics.current(u)
        error = u + series * f - overpotential
        low, high = np.where(error < 0.0, u, low), np.where(error > 0.0, u, high)
        newton = u - error / (1.0 + series * slope)
        slow = np.abs(newton - u) > 0.5 * before
        inside = (newton >= low) & (newton <= high) & ~slow
        new = np.where(inside, newton, 0.5 * (low + high))
        new = np.where(error == 0.0, u, new)
        step = np.abs(new - u)
        u, before = new, np.maximum(step, np.finfo(float).tiny)
        if np.all(step <= 4.0 * np.finfo(float).eps * np.abs(overpotential)):
            break
    return u
