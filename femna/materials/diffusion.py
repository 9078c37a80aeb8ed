"""Diffusivities as functions of temperature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from femna.materials.arrhenius import boltzmann


@dataclass(frozen=True)
class ArrheniusSum:
    """A diffusivity of several paths in parallel: D = sum_i D_i exp(-Q_i/(R T)).

    Attributes
    ----------
    prefactors : tuple of float
        D_i, in the unit of the diffusivity: [m^2/s], or [m^3/s] times a width.
    activation_energies : tuple of float
        Q_i [J/mol].
    """

    prefactors: tuple[float, ...]
    activation_energies: tuple[float, ...]

    def at(self, temperature: ArrayLike) -> NDArray[np.float64]:
        """Return D in the unit of the prefactors; `temperature` of any shape [K]."""
        terms = zip(self.prefactors, self.activation_energies, strict=True)
        return np.asarray(sum(d * boltzmann(q, temperature) for d, q in terms))
