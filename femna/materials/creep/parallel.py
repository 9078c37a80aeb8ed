"""Mechanisms of creep that work side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from femna.materials.creep.law import CreepLaw, Values


@dataclass(frozen=True)
class Parallel:
    """Independent mechanisms under the same stress: their rates add.

    H. J. Frost, M. F. Ashby, Deformation-Mechanism Maps, Pergamon 1982, ch. 1.

    Attributes
    ----------
    laws : tuple of CreepLaw
    """

    laws: tuple[CreepLaw, ...]

    def rate(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent creep rate [1/s]; see `CreepLaw.rate`."""
        return np.asarray(sum(law.rate(stress, temperature) for law in self.laws))

    def log_slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return d ln(rate) / d ln(stress): the mean of the slopes, weighted with the rates."""
        rates = [law.rate(stress, temperature) for law in self.laws]
        slopes = [law.log_slope(stress, temperature) for law in self.laws]
        weighted = sum(rate * slope for rate, slope in zip(rates, slopes, strict=True))
        return np.asarray(weighted / sum(rates))
