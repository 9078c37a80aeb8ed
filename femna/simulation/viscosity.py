"""The creep law as the forms see it: a regularised viscosity and its change with the rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.physics.flow_stress import CreepLaw, characteristic_stress, flow_stress
from femna.physics.hardening import HardeningLaw, HardeningStep, hardened_flow_stress

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What the law gives at every point, arrays of shape (N,).

    Attributes
    ----------
    theta : array, Pa s
        Equivalent stress over equivalent rate.
    zeta : array, Pa s^3
        ``(2/3) (d theta / d rate) / rate``.
    resistance : array, Pa, or None
        Deformation resistance at the step's end; None for a law without one.
    """

    theta: Array
    zeta: Array
    resistance: Array | None = None


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
        self,
        equivalent: Array,
        *,
        temperature: float,
        relaxed_modulus: float,
        blend: float,
        hardening: HardeningStep | None = None,
    ) -> Flow:
        """Evaluate at given rates.

        Parameters
        ----------
        equivalent : array, shape (N,), 1/s
            Equivalent rate ``D*_e`` (:mod:`femna.physics.metal`).
        temperature : float
            Temperature [K].
        relaxed_modulus : float
            ``3 G dt`` [Pa s], infinite without elasticity.
        blend : float
            1 is the true law; below it, the stress is the geometric mean (in this weight) of the
            true law's and a linear one's, a path from a linear problem to the true one.
        hardening : HardeningStep, optional
            For a `HardeningLaw`: the resistance before the step.
        """
        regular = np.sqrt(equivalent**2 + self.rate_floor**2)
        resistance = None
        if hardening is not None and isinstance(self.creep, HardeningLaw):
            hardened = hardened_flow_stress(
                self.creep,
                regular,
                step=hardening,
                temperature=temperature,
                rate_floor=self.rate_floor,
                relaxed_modulus=relaxed_modulus,
            )
            stress, slope, resistance = hardened.stress, hardened.slope, hardened.resistance
        else:
            stress, slope = flow_stress(
                self.creep, regular, temperature=temperature, relaxed_modulus=relaxed_modulus
            )
        if blend < 1.0:
            linear = self._reference_stress(temperature, hardening) * regular / self.reference_rate
            softened = stress**blend * linear ** (1.0 - blend)
            slope = softened * (blend * slope / stress + (1.0 - blend) / regular)
            stress = softened
        theta = stress / regular
        zeta = (2.0 / 3.0) * (slope - theta) / regular**2
        return Flow(theta=theta, zeta=zeta, resistance=resistance)

    def _reference_stress(
        self, temperature: float, hardening: HardeningStep | None
    ) -> Array | float:
        """Return the viscous law's stress [Pa] at the reference rate, one or of shape (N,)."""
        if hardening is not None and isinstance(self.creep, HardeningLaw):
            old = hardening.resistance
            return self.creep.stress(np.full_like(old, self.reference_rate), old, temperature)
        return characteristic_stress(self.creep, self.reference_rate, temperature)
