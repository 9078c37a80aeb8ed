"""The flow stress that a creep law (with or without elasticity) gives at a strain rate.

The scalar problem of viscoplasticity: find the equivalent stress ``s`` with

    rate(s) + s / M = D,        M = 3 G dt  (infinite without elasticity)

which is backward Euler of a Maxwell body when ``D`` includes the memory of the old stress
(:mod:`femna.physics.metal`). Without elasticity, a law that knows its stress in closed form is
asked for it. Else the problem is solved in log s, where a power law is a straight line, so that
Newton's method needs one step for Norton creep and a few across ten decades of stiffness.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

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
    slope = np.ones_like(rate)
    for _ in range(max_iterations):
        stress = np.exp(log_s)
        creep = law.rate(stress, temperature)
        total = creep + stress / relaxed_modulus
        elastic_part = (stress / relaxed_modulus) / total
        slope = law.log_slope(stress, temperature) * (1.0 - elastic_part) + elastic_part
        step = (np.log(total) - target) / slope
        log_s = log_s - step
        if np.max(np.abs(step), initial=0.0) < tolerance * (1.0 + np.max(np.abs(log_s), initial=0)):
            stress = np.exp(log_s)
            return stress, stress / (slope * rate)
    raise ComputationError("the creep law could not be inverted for the flow stress")


def characteristic_stress(law: CreepLaw, rate: float, temperature: float) -> float:
    """Return the viscous flow stress [Pa] at one strain rate [1/s] and temperature [K].

    Raises
    ------
    ComputationError
        As `flow_stress`.
    """
    return float(flow_stress(law, np.array([rate]), temperature=temperature)[0][0])
