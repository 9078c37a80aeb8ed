"""The flow stress of a creep law with an internal variable, its deformation resistance.

One step of backward Euler, nothing lagged: find rate e, stress s and resistance S with

    e + s / M = D,     s = s(e, S),     S = S_old + dt h(e, S) a e,

M = 3 G dt (infinite without elasticity). The strain-rate floor f, which keeps the viscosity finite
where the metal rests, hardens nothing: of the rate only the share a = 1 - (f / D)^2 does.

The unknowns are log e and S at that rate. At a given rate S is unique, because hardening falls as S
rises, and Newton's method from S_old goes monotonically to it; at a given stress a softening metal
has no unique rate. In log e the stress of a power law is a straight line, and the sum above is
convex: from its upper bound, e = D, the outer iteration is monotone where S is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from femna.errors import ComputationError
from femna.physics.flow_stress import CreepLaw

Array = npt.NDArray[np.float64]


@runtime_checkable
class HardeningLaw(CreepLaw, Protocol):
    """A creep law whose flow stress depends on a resistance that evolves with strain.

    ``rate`` and ``log_slope`` are those of the steady state. Resistances are in Pa.
    """

    @property
    def initial_resistance(self) -> float:
        """Return the resistance of metal that has not strained [Pa]."""

    def stress(self, rate: Array, resistance: Array, temperature: float) -> Array:
        """Return the equivalent stress [Pa] at an equivalent creep rate [1/s]."""

    def stress_slopes(
        self, rate: Array, resistance: Array, temperature: float
    ) -> tuple[Array, Array]:
        """Return d ln(stress) / d ln(rate) and d ln(stress) / d ln(resistance)."""

    def hardening(self, rate: Array, resistance: Array, temperature: float) -> Array:
        """Return the resistance gained per unit of equivalent creep strain [Pa]."""

    def hardening_slopes(
        self, rate: Array, resistance: Array, temperature: float
    ) -> tuple[Array, Array]:
        """Return d(hardening) / d ln(rate) [Pa] and d(hardening) / d(resistance), not above 0."""


@dataclass(frozen=True, kw_only=True)
class HardeningStep:
    """What one step knows of the resistance before it.

    Attributes
    ----------
    resistance : array, shape (N,), Pa
        At the step's beginning.
    dt : float
        Length of the step [s].
    """

    resistance: Array
    dt: float


@dataclass(frozen=True, kw_only=True)
class HardenedFlow:
    """The solution of the scalar problem, arrays of shape (N,).

    Attributes
    ----------
    stress : array, Pa
        Equivalent stress.
    slope : array, Pa s
        Its derivative with respect to the rate, what the resistance gains included.
    resistance : array, Pa
        At the step's end.
    """

    stress: Array
    slope: Array
    resistance: Array


def hardened_flow_stress(
    law: HardeningLaw,
    rate: Array,
    *,
    step: HardeningStep,
    temperature: float,
    rate_floor: float = 0.0,
    relaxed_modulus: float = np.inf,
    tolerance: float = 1e-13,
    max_iterations: int = 100,
) -> HardenedFlow:
    """Solve the scalar problem for every entry of ``rate``.

    Parameters
    ----------
    law : HardeningLaw
        The creep law.
    rate : array, shape (N,), 1/s
        Equivalent strain rates D, all positive, the floor included.
    step : HardeningStep
        The resistance before the step, and its length.
    temperature : float
        Temperature [K].
    rate_floor : float
        f [1/s], not above any rate.
    relaxed_modulus : float
        ``3 G dt`` [Pa s]; infinity for a purely viscous metal.
    tolerance : float
        Largest error in the logarithms.
    max_iterations : int
        Newton steps before giving up.

    Raises
    ------
    ComputationError
        If a rate is not positive and finite, or an iteration does not converge.
    """
    if not np.all(np.isfinite(rate)) or np.any(rate <= 0.0):
        raise ComputationError("the strain rate is not positive and finite")
    passive = np.minimum((rate_floor / rate) ** 2, 1.0)
    strain = step.dt * (1.0 - passive)  # per unit of rate
    target, log_rate = np.log(rate), np.log(rate)
    low, high = np.full_like(rate, -np.inf), target.copy()
    old = step.resistance
    elastic = np.isfinite(relaxed_modulus)
    for _ in range(max_iterations):
        creep = np.exp(log_rate)
        resistance = _resistance(law, creep, old, strain=strain, temperature=temperature)
        stress = law.stress(creep, resistance, temperature)
        by_rate, by_resistance = law.stress_slopes(creep, resistance, temperature)
        # S - S_old = strain h e, differentiated in the logarithms of e and D
        h = law.hardening(creep, resistance, temperature)
        h_rate, h_resistance = law.hardening_slopes(creep, resistance, temperature)
        share = by_resistance / (resistance * (1.0 - strain * creep * h_resistance))
        by_creep = by_rate + share * strain * creep * (h + h_rate)
        by_floor = share * 2.0 * step.dt * passive * creep * h
        total = creep + stress / relaxed_modulus
        slope = (creep + by_creep * stress / relaxed_modulus) / total
        if not elastic:
            break
        residual = np.log(total) - target
        low, high = np.where(residual < 0.0, log_rate, low), np.where(residual > 0, log_rate, high)
        moved = log_rate - residual / np.where(slope > 0.0, slope, np.nan)
        outside = ~((moved >= low) & (moved <= high))
        halved = np.where(np.isfinite(low), 0.5 * (low + high), log_rate - 1.0)
        moved = np.where(outside & (np.abs(residual) > tolerance), halved, moved)
        moved = np.where(np.isfinite(moved), moved, log_rate)
        change = np.max(np.abs(moved - log_rate), initial=0.0)
        if change < tolerance * (1.0 + np.max(np.abs(log_rate), initial=0.0)):
            break
        log_rate = moved
    else:
        raise ComputationError("the creep law could not be inverted for the flow stress")
    by_total = (1.0 - by_floor * stress / relaxed_modulus / total) / slope
    return HardenedFlow(
        stress=stress,
        slope=stress / rate * (by_creep * by_total + by_floor),
        resistance=resistance,
    )


def _resistance(
    law: HardeningLaw,
    rate: Array,
    old: Array,
    *,
    strain: Array,
    temperature: float,
    tolerance: float = 1e-13,
    max_iterations: int = 200,
) -> Array:
    """Return the S [Pa] that solves ``S = S_old + strain h(e, S) e`` at a creep rate e.

    The root lies between S_old and what an explicit step gives, because h falls with S.
    """
    step = strain * rate
    gain = step * law.hardening(rate, old, temperature)
    low, high = np.minimum(old, old + gain), np.maximum(old, old + gain)
    low = np.maximum(low, 0.0)
    now = np.asarray(old, dtype=np.float64) + np.zeros_like(rate)
    for _ in range(max_iterations):
        residual = now - old - step * law.hardening(rate, now, temperature)
        by_resistance = 1.0 - step * law.hardening_slopes(rate, now, temperature)[1]
        low, high = np.where(residual < 0.0, now, low), np.where(residual > 0.0, now, high)
        moved = now - residual / by_resistance
        moved = np.where((moved >= low) & (moved <= high), moved, 0.5 * (low + high))
        moved = np.where(residual == 0.0, now, moved)
        change = np.max(np.abs(moved - now) / now, initial=0.0)
        now = moved
        if change < tolerance:
            return now
    raise ComputationError("the creep law's hardening could not be integrated over the step")
