"""What the metal needs to know of a creep law."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Values = NDArray[np.float64]


class CreepLaw(Protocol):
    """Equivalent creep rate from equivalent (von Mises) stress and temperature."""

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
