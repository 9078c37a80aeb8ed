"""Diffusional creep: Nabarro-Herring through the lattice, Coble along grain boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike

from femna.constants import GAS_CONSTANT
from femna.materials.creep.law import Values
from femna.materials.diffusion import ArrheniusSum

SHAPE: Final = 42.0
"""Of shear rate = SHAPE tau Omega D/(kT d^2) (Frost and Ashby)."""


@dataclass(frozen=True, kw_only=True)
class Diffusional:
    """Linear creep by diffusion between the boundaries of grains.

    Shear rate = 42 tau Omega/(kT d^2) (D_v + pi D_b delta_b/d): H. J. Frost, M. F. Ashby,
    Deformation-Mechanism Maps, Pergamon 1982, ch. 2. With tau = s_e/sqrt(3) and a shear rate of
    sqrt(3) times the equivalent one, the viscosity is eta = kT d^2/(42 Omega (D_v + ...)) and the
    equivalent rate s_e/(3 eta).

    Attributes
    ----------
    grain_size : float
        d [m].
    molar_volume : float
        Omega times Avogadro's number [m^3/mol].
    lattice : ArrheniusSum, optional
        D_v [m^2/s]; without it there is no Nabarro-Herring creep.
    boundary : ArrheniusSum, optional
        D_b delta_b [m^3/s]; without it there is no Coble creep.
    """

    n: ClassVar[float] = 1.0

    grain_size: float
    molar_volume: float
    lattice: ArrheniusSum | None
    boundary: ArrheniusSum | None

    def viscosity(self, temperature: ArrayLike) -> Values:
        """Return eta [Pa s]; `temperature` of any shape [K]."""
        kelvin = np.asarray(temperature, dtype=float)
        diffusivity = np.zeros_like(kelvin)
        if self.lattice is not None:
            diffusivity = diffusivity + self.lattice.at(kelvin)
        if self.boundary is not None:
            diffusivity = diffusivity + np.pi * self.boundary.at(kelvin) / self.grain_size
        energy = GAS_CONSTANT * kelvin / self.molar_volume
        return np.asarray(energy * self.grain_size**2 / (SHAPE * diffusivity))

    def rate(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent creep rate [1/s]; see `CreepLaw.rate`."""
        return np.asarray(np.asarray(stress, dtype=float) / (3.0 * self.viscosity(temperature)))

    def flow_stress(self, rate: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent stress [Pa] at an equivalent rate: the inverse of `rate`."""
        return np.asarray(3.0 * self.viscosity(temperature) * np.asarray(rate, dtype=float))

    def log_slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return 1, broadcast to the shape of the arguments."""
        return np.ones(np.broadcast_shapes(np.shape(stress), np.shape(temperature)))
