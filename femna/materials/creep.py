"""Creep laws: equivalent creep rate from equivalent stress and temperature.

The metal flows as (3/2) rate(s_e, T) dev(s)/s_e, with s_e the von Mises stress.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from femna.constants import GAS_CONSTANT

type Values = NDArray[np.float64]


class CreepLaw(Protocol):
    """What the metal needs to know of a creep law."""

    def rate(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent creep rate [1/s].

        Parameters
        ----------
        stress : array_like
            Equivalent stress, any shape [Pa], not negative.
        temperature : array_like
            Broadcast against `stress` [K].
        """
        ...

    def log_slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return d ln(rate) / d ln(stress), same shapes as `rate`."""
        ...


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
        inverse = 1.0 / np.asarray(temperature, dtype=float) - 1.0 / self.reference_temperature
        return np.asarray(self.prefactor * np.exp(-self.activation_energy / GAS_CONSTANT * inverse))

    def rate(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent creep rate [1/s]; see `CreepLaw.rate`."""
        return np.asarray(
            self.prefactor_at(temperature) * np.asarray(stress, dtype=float) ** self.n
        )

    def log_slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return n, broadcast to the shape of the arguments."""
        shape = np.broadcast_shapes(np.shape(stress), np.shape(temperature))
        return np.full(shape, self.n)


CREEP_LAWS: Final[Mapping[str, Callable[..., CreepLaw]]] = MappingProxyType({"norton": Norton})
"""The laws that a case may name in ``metal.creep.law``; a new one is added here."""


def creep_law(name: str, **parameters: float) -> CreepLaw:
    """Make a creep law by its name.

    Parameters
    ----------
    name : str
        A key of `CREEP_LAWS`.
    **parameters : float
        What the law takes, in SI units.

    Raises
    ------
    KeyError
        For an unknown name.
    """
    return CREEP_LAWS[name](**parameters)
