"""Anand's creep law, whose resistance hardens towards a steady state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from femna.materials.arrhenius import boltzmann
from femna.materials.creep.law import Values


@dataclass(frozen=True, kw_only=True)
class Anand:
    """Anand's law: rate e = A' (s/S)^(1/m), dS/dt = H0 |1 - S/S*|^a sign(1 - S/S*) e.

    With A' = A exp(-Q/RT) and the saturation S* = S0* (e/A')^n. At saturation
    s = S0* (e/A')^(m + n): Norton creep of the exponent 1/(m + n).

    For lithium: Anand, Narayan, J. Electrochem. Soc. 166 (2019) A1092.

    Attributes
    ----------
    prefactor : float
        A [1/s].
    activation_energy : float
        Q [J/mol].
    rate_sensitivity : float
        m.
    initial_resistance : float
        S of metal that has not strained [Pa].
    hardening_modulus : float
        H0 [Pa].
    hardening_exponent : float
        a, at least 1.
    saturation : float
        S0* [Pa].
    saturation_exponent : float
        n.
    """

    prefactor: float
    activation_energy: float
    rate_sensitivity: float
    initial_resistance: float
    hardening_modulus: float
    hardening_exponent: float
    saturation: float
    saturation_exponent: float

    def prefactor_at(self, temperature: ArrayLike) -> Values:
        """Return A' = A exp(-Q/RT) [1/s]; `temperature` of any shape [K]."""
        return np.asarray(self.prefactor * boltzmann(self.activation_energy, temperature))

    # -- steady state --------------------------------------------------------------------------

    @property
    def steady_exponent(self) -> float:
        """1/(m + n): d ln(rate) / d ln(stress) at saturation."""
        return 1.0 / (self.rate_sensitivity + self.saturation_exponent)

    def rate(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent creep rate [1/s] at saturation; see `CreepLaw.rate`."""
        relative = np.asarray(stress, dtype=float) / self.saturation
        return np.asarray(self.prefactor_at(temperature) * relative**self.steady_exponent)

    def log_slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the steady exponent, broadcast to the shape of the arguments."""
        shape = np.broadcast_shapes(np.shape(stress), np.shape(temperature))
        return np.full(shape, self.steady_exponent)

    def flow_stress(self, rate: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent stress [Pa] at saturation at a rate: the inverse of `rate`."""
        relative = np.asarray(rate, dtype=float) / self.prefactor_at(temperature)
        return np.asarray(self.saturation * relative ** (1.0 / self.steady_exponent))

    # -- at a resistance -----------------------------------------------------------------------

    def saturation_at(self, rate: ArrayLike, temperature: ArrayLike) -> Values:
        """Return S* [Pa], towards which metal hardens or softens at a creep rate [1/s]."""
        relative = np.asarray(rate, dtype=float) / self.prefactor_at(temperature)
        return np.asarray(self.saturation * relative**self.saturation_exponent)

    def stress(self, rate: ArrayLike, resistance: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent stress [Pa] at a creep rate [1/s] and a resistance [Pa]."""
        relative = np.asarray(rate, dtype=float) / self.prefactor_at(temperature)
        return np.asarray(np.asarray(resistance) * relative**self.rate_sensitivity)

    def stress_slopes(
        self, rate: ArrayLike, resistance: ArrayLike, temperature: ArrayLike
    ) -> tuple[Values, Values]:
        """Return d ln(stress) / d ln(rate) = m and d ln(stress) / d ln(resistance) = 1."""
        shape = np.broadcast_shapes(np.shape(rate), np.shape(resistance), np.shape(temperature))
        return np.full(shape, self.rate_sensitivity), np.ones(shape)

    def hardening(self, rate: ArrayLike, resistance: ArrayLike, temperature: ArrayLike) -> Values:
        """Return dS / d(creep strain) [Pa]; arguments as for `stress`."""
        rest = 1.0 - np.asarray(resistance) / self.saturation_at(rate, temperature)
        return np.asarray(
            self.hardening_modulus * np.sign(rest) * np.abs(rest) ** self.hardening_exponent
        )

    def hardening_slopes(
        self, rate: ArrayLike, resistance: ArrayLike, temperature: ArrayLike
    ) -> tuple[Values, Values]:
        """Return d(hardening) / d ln(rate) [Pa] and d(hardening) / d(resistance) [1]."""
        saturation = self.saturation_at(rate, temperature)
        relative = np.asarray(resistance) / saturation
        power = np.abs(1.0 - relative) ** (self.hardening_exponent - 1.0)
        steepness = self.hardening_modulus * self.hardening_exponent * power
        return (
            np.asarray(self.saturation_exponent * steepness * relative),
            np.asarray(-steepness / saturation),
        )
