"""Thermal activation."""

from __future__ import annotations

import math

from femna.constants import GAS_CONSTANT


def arrhenius(activation_energy: float, temperature: float, *, reference: float) -> float:
    """Return exp(-(E/R) (1/T - 1/T_ref)): by how much an activated quantity exceeds its reference.

    Parameters
    ----------
    activation_energy : float
        E [J/mol].
    temperature, reference : float
        T and T_ref [K].
    """
    return math.exp(-activation_energy / GAS_CONSTANT * (1.0 / temperature - 1.0 / reference))
