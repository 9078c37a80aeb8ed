"""The scalar Maxwell update: exact relaxation at order one, the viscous limit, few iterations."""

from __future__ import annotations

from dataclasses import dataclass, field

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest

from femna.errors import ComputationError
from femna.physics.flow_stress import flow_stress

MODULUS = 6e9  # E of uniaxial stress; 3 G of an incompressible body
START = 4e6


@dataclass
class Power:
    """rate = A s^n; counts its evaluations."""

    n: float
    prefactor: float
    calls: int = field(default=0)

    def rate(self, stress, temperature):
        self.calls += 1
        return self.prefactor * stress**self.n

    def log_slope(self, stress, temperature):
        return np.full_like(stress, self.n)


@dataclass
class Sinh:
    """rate = A sinh(s/s0), an exponential law."""

    prefactor: float
    unit: float

    def rate(self, stress, temperature):
        return self.prefactor * np.sinh(stress / self.unit)

    def log_slope(self, stress, temperature):
        return (stress / self.unit) / np.tanh(stress / self.unit)


@pytest.mark.parametrize("unit", [1e3, 5e4, 1e6, 1e9])
def test_an_exponential_law_is_inverted_wherever_its_root_is(unit):
    rates = np.geomspace(1e-12, 1e2, 15)
    found, slope = flow_stress(Sinh(1e-9, unit), rates, temperature=300.0)
    exact = unit * np.arcsinh(rates / 1e-9)
    assert found == pytest.approx(exact, rel=1e-11)
    assert slope == pytest.approx(unit / np.hypot(rates, 1e-9), rel=1e-9)


def test_so_it_is_with_elasticity():
    law, modulus = Sinh(1e-9, 5e4), 3.0 * 1.63e9 * 60.0
    rates = np.geomspace(1e-10, 1.0, 11)
    found, _ = flow_stress(law, rates, temperature=300.0, relaxed_modulus=modulus)
    assert law.rate(found, 300.0) + found / modulus == pytest.approx(rates, rel=1e-9)


def power(n: float) -> Power:
    """A law whose Maxwell time at the initial stress is one second."""
    return Power(n, 1.0 / (MODULUS * START ** (n - 1.0)))


def exact(n: float, time: float) -> float:
    """Stress of a bar held at fixed strain, s' = -E A s^n, over time in Maxwell times."""
    if n == 1.0:
        return START * np.exp(-time)
    return START * (1.0 + (n - 1.0) * time) ** (-1.0 / (n - 1.0))


def relax(n: float, *, time: float, steps: int) -> float:
    law, modulus = power(n), MODULUS * time / steps
    stress = np.array([START])
    for _ in range(steps):
        stress, _ = flow_stress(law, stress / modulus, temperature=300.0, relaxed_modulus=modulus)
    return float(stress[0])


@pytest.mark.parametrize("n", [1.0, 5.0])
def test_relaxation_at_fixed_strain_has_order_one(n):
    error = [
        abs(relax(n, time=2.0, steps=steps) / exact(n, 2.0) - 1.0) for steps in (8, 32, 128, 512)
    ]
    orders = np.log2(np.array(error[:-1]) / error[1:]) / 2.0
    assert np.all(np.abs(orders - 1.0) < 0.15)
    assert error[-1] < 4e-3


@pytest.mark.parametrize("n", [1.0, 5.0])
def test_one_long_step_tends_to_viscous_flow(n):
    law, rate = power(n), np.array([1e-9, 1e-6, 1e-3])
    viscous, viscous_slope = flow_stress(law, rate, temperature=300.0)
    maxwell = viscous / (MODULUS * rate)
    gap = []
    for ratio in (1e2, 1e4, 1e6):
        modulus = MODULUS * ratio * maxwell.max()
        stress, slope = flow_stress(law, rate, temperature=300.0, relaxed_modulus=modulus)
        gap.append(np.max(np.abs(stress / viscous - 1.0)))
        assert np.allclose(slope, viscous_slope, rtol=2.0 / ratio)
    assert gap[0] < 1.1e-2
    assert np.allclose(np.array(gap[:-1]) / gap[1:], 100.0, rtol=0.05)


@pytest.mark.parametrize("n", [1.0, 3.0, 5.0, 8.0])
def test_newton_needs_few_iterations_over_ten_decades_of_stiffness(n):
    for ratio in np.logspace(-5, 5, 41):
        law = power(n)
        modulus = MODULUS * ratio
        rate = np.logspace(-5, 5, 21) * START / modulus
        stress, slope = flow_stress(law, rate, temperature=300.0, relaxed_modulus=modulus)
        assert law.calls <= 9
        total = law.rate(stress, 300.0) + stress / modulus
        assert np.allclose(total, rate, rtol=1e-10)
        tangent = 1.0 / (law.prefactor * n * stress ** (n - 1.0) + 1.0 / modulus)
        assert np.allclose(slope, tangent, rtol=1e-9)


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf])
def test_a_rate_that_is_not_positive_is_refused(rate):
    with pytest.raises(ComputationError, match="strain rate"):
        flow_stress(power(5.0), np.array([1.0, rate]), temperature=300.0)
