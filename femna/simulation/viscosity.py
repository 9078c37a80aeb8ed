"""The creep law as the forms see it: a regularised viscosity and its change with the rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.physics.flow_stress import CreepLaw, flow_stress

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Viscosity:
    """Flow stress over strain rate, finite at rest.

    Attributes
    ----------
    creep : CreepLaw
        Creep law (SI).
    rate_floor : float
        Added to the equivalent rate in quadrature [1/s].
    reference_rate : float
        Rate at which a blended law has the stress of the true one [1/s].
    """

    creep: CreepLaw
    rate_floor: float
    reference_rate: float

    def __call__(
        self, rate: Array, *, temperature: float, relaxed_modulus: float, blend: float
    ) -> tuple[Array, Array]:
        """Evaluate at given rates.

        Parameters
        ----------
        rate : array, shape (N, components), 1/s
            Components of ``D*`` (:mod:`femna.physics.metal`), traceless.
        temperature : float
            Temperature [K].
        relaxed_modulus : float
            ``3 G dt`` [Pa s], infinite without elasticity.
        blend : float
            1 is the true law; below it, the stress is the geometric mean (in this weight) of the
            true law's and a linear one's, a path from a linear problem to the true one.

        Returns
        -------
        theta : array, shape (N,), Pa s
            Equivalent stress over equivalent rate.
        zeta : array, shape (N,), Pa s^3
            ``(2/3) (d theta / d rate) / rate``.
        """
        equivalent = np.sqrt((2.0 / 3.0) * np.einsum("qi,qi->q", rate, rate))
        regular = np.sqrt(equivalent**2 + self.rate_floor**2)
        stress, slope = flow_stress(
            self.creep, regular, temperature=temperature, relaxed_modulus=relaxed_modulus
        )
        if blend < 1.0:
            reference = flow_stress(
                self.creep, np.array([self.reference_rate]), temperature=temperature
            )[0][0]
            linear = reference * regular / self.reference_rate
            softened = stress**blend * linear ** (1.0 - blend)
            slope = softened * (blend * slope / stress + (1.0 - blend) / regular)
            stress = softened
        theta = stress / regular
        return theta, (2.0 / 3.0) * (slope - theta) / regular**2
