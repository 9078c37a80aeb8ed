"""Norton creep with Arrhenius."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from femna.materials.arrhenius import arrhenius
from femna.materials.creep.law import Values


@dataclass(frozen=True)
class Norton:
    """Norton creep with Arrhenius: rate = A s^n exp(-(Q/R) (1/T - 1/T_ref)).

    For sodium: Wang, Chang, Wolfenstine, Sakamoto, Materialia 12 (2020) 100792.

    Attributes
    ----------
    n : float
        Stress exponent.
    prefactor : float
        A at the reference temperature [1/s/Pa^n].
    activation_energy : float
        Q [J/mol].
    reference_temperature : float
        T_ref [K].
    """

    n: float
    prefactor: float
    activation_energy: float
    reference_temperature: float

    def prefactor_at(self, temperature: ArrayLike) -> Values:
        """Return A exp(-(Q/R) (1/T - 1/T_ref)) [1/s/Pa^n]; `temperature` of any shape [K]."""
        reference = self.reference_temperature
        activation = arrhenius(self.activation_energy, temperature, reference=reference)
        return np.asarray(self.prefactor * activation)

    def rate(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent creep rate [1/s]; see `CreepLaw.rate`."""
        return np.asarray(
            self.prefactor_at(temperature) * np.asarray(stress, dtype=float) ** self.n
        )

    def flow_stress(self, rate: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent stress [Pa] at an equivalent rate: the inverse of `rate`."""
        scaled = np.asarray(rate, dtype=float) / self.prefactor_at(temperature)
        return np.asarray(scaled ** (1.0 / self.n))

    def log_slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return n, broadcast to the shape of the arguments."""
        shape = np.broadcast_shapes(np.shape(stress), np.shape(temperature))
        return np.full(shape, self.n)
