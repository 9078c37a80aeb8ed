"""The flow stress that a creep law (with or without elasticity) gives at a strain rate.

The scalar problem of viscoplasticity: find the equivalent stress ``s`` with

    rate(s) + s / M = D,        M = 3 G dt  (infinite without elasticity)

which is backward Euler of a Maxwell body when ``D`` includes the memory of the old stress
(:mod:`femna.physics.metal`). Without elasticity, a law that knows its stress in closed form is
asked for it. Else the problem is solved in log s, where a power law is a straight line, so that
Newton's method needs one step for Norton creep and a few across ten decades of stiffness.
"""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from femna.errors import ComputationError

Array = npt.NDArray[np.float64]


class CreepLaw(Protocol):
    """What the solver needs of a creep law (SI units)."""

    def rate(self, stress: Array, temperature: float) -> Array:
        """Return the equivalent creep rate [1/s] at the equivalent stress [Pa]."""

    def log_slope(self, stress: Array, temperature: float) -> Array:
        """Return d ln(rate) / d ln(stress), dimensionless."""


@runtime_checkable
class InvertibleLaw(CreepLaw, Protocol):
    """A creep law whose stress at a rate is known in closed form."""

    def flow_stress(self, rate: Array, temperature: float) -> Array:
        """Return the equivalent stress [Pa] at the equivalent creep rate [1/s]."""


def flow_stress(
    law: CreepLaw,
    rate: Array,
    *,
    temperature: float,
    relaxed_modulus: float = np.inf,
    tolerance: float = 1e-13,
    max_iterations: int = 60,
) -> tuple[Array, Array]:
    """Solve the scalar problem for every entry of ``rate``.

    Parameters
    ----------
    law : CreepLaw
        The creep law.
    rate : array, shape (N,), 1/s
        Equivalent strain rates, all positive.
    temperature : float
        Temperature [K].
    relaxed_modulus : float
        ``3 G dt`` [Pa s]; infinity for a purely viscous metal.
    tolerance : float
        Largest error in log s.
    max_iterations : int
        Newton steps before giving up.

    Returns
    -------
    stress : array, shape (N,), Pa
        Equivalent stress.
    slope : array, shape (N,), Pa s
        Its derivative with respect to ``rate``.

    Raises
    ------
    ComputationError
        If a rate is not positive and finite, or Newton's method does not converge.
    """
    if not np.all(np.isfinite(rate)) or np.any(rate <= 0.0):
        raise ComputationError("the strain rate is not positive and finite")
    elastic = np.isfinite(relaxed_modulus)
    if isinstance(law, InvertibleLaw) and not elastic:
        stress = law.flow_stress(rate, temperature)
        return stress, stress / (law.log_slope(stress, temperature) * rate)
    target = np.log(rate)
    # rate(s) + s/M is convex in log-log: from its upper bound Newton converges monotonically
    log_s = np.log(rate * relaxed_modulus) if elastic else np.full_like(rate, np.log(1e6))
    slope, bracket = np.ones_like(rate), _Bracket(len(rate))
    for _ in range(max_iterations):
        with np.errstate(all="ignore"):  # far from the root an exponential law leaves all numbers
            stress = np.exp(log_s)
            total = law.rate(stress, temperature) + stress / relaxed_modulus
            elastic_part = (stress / relaxed_modulus) / total
            slope = law.log_slope(stress, temperature) * (1.0 - elastic_part) + elastic_part
            step = (np.log(total) - target) / slope
        bracket.take(log_s, below=total < rate)
        close = tolerance * (1.0 + np.max(np.abs(log_s), initial=0.0))
        if np.max(np.abs(step), initial=0.0) < close:
            stress = np.exp(log_s - step)
            return stress, stress / (slope * rate)
        log_s = np.where(np.abs(step) < close, log_s - step, bracket.within(log_s - step))
    raise ComputationError("the creep law could not be inverted for the flow stress")


class _Bracket:
    """Between which values of log s each root lies, as far as it is known."""

    WIDEST: Final = 3.0
    """Step into the unknown where Newton's step is no number: a factor of 20 in stress."""

    def __init__(self, count: int) -> None:
        self._low, self._high = np.full(count, -np.inf), np.full(count, np.inf)

    def take(self, log_s: Array, *, below: npt.NDArray[np.bool_]) -> None:
        """Note on which side values lie; what is no number lies above."""
        self._low = np.where(below, np.maximum(self._low, log_s), self._low)
        self._high = np.where(below, self._high, np.minimum(self._high, log_s))

    def within(self, wanted: Array) -> Array:
        """Return the values that lie in the bracket, and its middle in place of the others."""
        with np.errstate(invalid="ignore"):
            middle = 0.5 * (self._low + self._high)
        middle = np.where(np.isfinite(self._low), middle, self._high - self.WIDEST)
        middle = np.where(np.isfinite(self._high), middle, self._low + self.WIDEST)
        inside = (wanted >= self._low) & (wanted <= self._high)  # not what is no number
        return np.asarray(np.where(inside, wanted, middle))


def characteristic_stress(law: CreepLaw, rate: float, temperature: float) -> float:
    """Return the viscous flow stress [Pa] at one strain rate [1/s] and temperature [K].

    Raises
    ------
    ComputationError
        As `flow_stress`.
    """
    return float(flow_stress(law, np.array([rate]), temperature=temperature)[0][0])
