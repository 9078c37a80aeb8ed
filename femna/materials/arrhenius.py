"""Thermal activation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from femna.constants import GAS_CONSTANT

Values = NDArray[np.float64]


def boltzmann(activation_energy: float, temperature: ArrayLike) -> Values:
    """Return exp(-E/(R T)), of the shape of the temperature.

    Parameters
    ----------
    activation_energy : float
        E [J/mol].
    temperature : float or array
        T [K].
    """
    thermal = GAS_CONSTANT * np.asarray(temperature, dtype=float)
    return np.asarray(np.exp(-activation_energy / thermal))


def arrhenius(activation_energy: float, temperature: ArrayLike, *, reference: float) -> Values:
    """Return exp(-(E/R) (1/T - 1/T_ref)): by how much an activated quantity exceeds its reference.

    Parameters
    ----------
    activation_energy : float
        E [J/mol].
    temperature : float or array
        T [K].
    reference : float
        T_ref [K].
    """
    inverse = 1.0 / np.asarray(temperature, dtype=float) - 1.0 / reference
    return np.asarray(np.exp(-activation_energy / GAS_CONSTANT * inverse))
