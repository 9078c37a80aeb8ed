"""Creep of small volumes, which are stronger than bulk metal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from femna.materials.creep.law import Values
from femna.materials.creep.norton import Norton

_STRONGEST: Final = 700.0
"""Logarithm of the strength up to which it is a number; no solid comes near."""


@dataclass(frozen=True, kw_only=True)
class SizeDependent:
    """Norton creep with the strength raised by F = max(1, (L0/L)^m): rate = A (s/F)^n.

    The power law is that of micropillars: C. Xu et al., PNAS 114 (2017) 57, for lithium. That it
    raises the stress of steady creep at every rate and temperature alike is an assumption.

    Attributes
    ----------
    bulk : Norton
        The law of large volumes.
    size : float
        L [m].
    reference_length : float
        L0 [m].
    exponent : float
        m.
    """

    bulk: Norton
    size: float
    reference_length: float
    exponent: float

    @property
    def n(self) -> float:
        """Stress exponent."""
        return self.bulk.n

    @property
    def factor(self) -> float:
        """F, the strength over that of bulk metal."""
        logarithm = self.exponent * math.log(self.reference_length / self.size)
        return math.exp(min(max(logarithm, 0.0), _STRONGEST))

    def rate(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent creep rate [1/s]; see `CreepLaw.rate`."""
        return self.bulk.rate(np.asarray(stress, dtype=float) / self.factor, temperature)

    def flow_stress(self, rate: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent stress [Pa] at an equivalent rate: the inverse of `rate`."""
        return np.asarray(self.factor * self.bulk.flow_stress(rate, temperature))

    def log_slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return n, broadcast to the shape of the arguments."""
        return self.bulk.log_slope(stress, temperature)
