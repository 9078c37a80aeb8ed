"""A material point of Anand's law against its own ordinary differential equations."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.lithium import LITHIUM
from reference.lithium import TEMPERATURE as T
from scipy.integrate import solve_ivp
from verification.record import Case

from femna.errors import ComputationError
from femna.physics.flow_stress import flow_stress
from femna.physics.hardening import HardeningLaw, HardeningStep, hardened_flow_stress

ANAND = Case(
    name="anand_point",
    part="creep",
    title="A point of hardening metal by Anand's law",
    formula="s = S (rate/A)^m; dS/dt = H0 |1 - S/S*|^a sign(1 - S/S*) rate",
    source="The law's own differential equations, integrated to 1e-10; lithium.",
    mesh="one point; 16, 64 and 256 steps in every part of the program",
    across="step over the duration of a part",
    measure="relative error of stress and resistance",
)
MODULUS = 7.81e9  # E of uniaxial stress; 3 G of an incompressible body
# so soft that the steps below resolve the Maxwell time, s/(E rate) = 0.5 MPa/(20 MPa 1e-4) = 250 s
SOFT = 2e7
JUMP = ((1e-4, 600.0), (1e-2, 6.0), (1e-5, 6000.0))  # rate [1/s] and for how long: 6 % each
SMALL_JUMP = ((1e-4, 600.0), (4e-4, 150.0), (1e-4, 600.0))
RELAX = ((1e-3, 60.0), (0.0, 60.0))


def by_steps(program, *, steps, modulus=np.inf):
    """Stress and resistance at the end of a program of rates, in equal steps of every part."""
    stress, resistance = np.zeros(1), np.array([LITHIUM.initial_resistance])
    for rate, duration in program:
        dt = duration / steps
        for _ in range(steps):
            relaxed = modulus * dt
            flow = hardened_flow_stress(
                LITHIUM,
                rate + stress / relaxed,
                step=HardeningStep(resistance=resistance, dt=dt),
                temperature=T,
                relaxed_modulus=relaxed,
            )
            stress, resistance = flow.stress, flow.resistance
    return np.array([stress[0], resistance[0]])


def exact(program, *, modulus=np.inf):
    """The same by the law's own equations, integrated to 1e-10."""
    start = LITHIUM.initial_resistance

    def creep(stress, resistance):
        prefactor = LITHIUM.prefactor_at(T)
        return prefactor * (max(stress, 0.0) / resistance) ** (1.0 / LITHIUM.rate_sensitivity)

    def gain(e, resistance):
        saturation = LITHIUM.saturation * (e / LITHIUM.prefactor_at(T)) ** 0.05
        rest = 1.0 - resistance / saturation
        return LITHIUM.hardening_modulus * abs(rest) ** 2 * np.sign(rest) * e

    y = np.array([0.0, start])
    for rate, duration in program:
        if np.isinf(modulus):

            def slope(_, y, rate=rate):
                return [0.0, gain(rate, y[1])]
        else:

            def slope(_, y, rate=rate):
                e = creep(y[0], y[1])
                return [modulus * (rate - e), gain(e, y[1]) if e > 0.0 else 0.0]

        solution = solve_ivp(
            slope, (0.0, duration), y, method="Radau", rtol=1e-10, atol=[1e-6, 1e-4]
        )
        y = solution.y[:, -1]
        if np.isinf(modulus):
            y[0] = LITHIUM.stress(rate, y[1], T)
    return y


@pytest.mark.parametrize(
    ("program", "modulus"),
    [(JUMP[:1], np.inf), (JUMP, np.inf), (SMALL_JUMP, SOFT), (RELAX, SOFT)],
    ids=["constant rate", "rate jumps", "elastic, rate jumps", "elastic, relaxation"],
)
def test_a_point_follows_the_laws_own_equations_at_order_one(program, modulus, verified):
    reference = exact(program, modulus=modulus)
    errors = np.array(
        [
            np.abs(by_steps(program, steps=steps, modulus=modulus) / reference - 1.0)
            for steps in (16, 64, 256)
        ]
    )
    orders = np.log2(errors[:-1] / errors[1:]) / 2.0
    assert np.all(np.abs(orders[-1] - 1.0) < 0.1), orders
    assert np.all(errors[-1] < 2e-3), errors
    label = f"{len(program)} rate(s), {'viscous' if np.isinf(modulus) else 'elastic'}"
    label += ", relaxes" if program is RELAX else ""
    for name, one in zip(("stress", "resistance"), errors.T, strict=True):
        if one[-1] > 1e-9:  # what the program reaches exactly shows no order
            sizes = [1 / 16, 1 / 64, 1 / 256]
            verified.convergence(ANAND, f"{name}, {label}", sizes, one, order=1.0)


def test_metal_that_strains_on_hardens_or_softens_to_its_saturation():
    # 1/S* - type approach of a = 2: 1 - S/S* = 1/(1/(1 - S0/S*) + H0 strain/S*), strain = 1000
    for rate in (1e-6, 1e-2):
        saturation = LITHIUM.saturation_at(rate, T)
        # at 1e-6 1/s S* is 1.24 MPa, at 1e-2 it is 1.97 MPa; 0.95 and 3 MPa lie on both sides
        for start in (0.95e6, 3e6):
            flow = hardened_flow_stress(
                LITHIUM,
                np.array([rate]),
                step=HardeningStep(resistance=np.array([start]), dt=1e12 / rate),
                temperature=T,
            )
            assert flow.resistance[0] == pytest.approx(saturation, rel=2e-6)
            steady, slope = flow_stress(LITHIUM, np.array([rate]), temperature=T)
            assert flow.stress[0] == pytest.approx(steady[0], rel=2e-6)
            assert flow.slope[0] == pytest.approx(slope[0], rel=1e-3)


def random_points(count=2000):
    rng = np.random.default_rng(0)
    rate, resistance = 10.0 ** rng.uniform(-9, 2, count), 10.0 ** rng.uniform(5.5, 6.8, count)
    return rate, resistance


@pytest.mark.parametrize("elastic", [False, True])
@pytest.mark.parametrize("decade", range(-3, 9, 2))
def test_the_equations_and_their_tangent_hold_over_decades(decade, elastic):
    rate, old = random_points()
    dt = 10.0**decade
    modulus = MODULUS * dt if elastic else np.inf
    floor = 1e-9

    def solve(rate):
        return hardened_flow_stress(
            LITHIUM,
            rate,
            step=HardeningStep(resistance=old, dt=dt),
            temperature=T,
            rate_floor=floor,
            relaxed_modulus=modulus,
        )

    found = solve(rate)
    relative = (found.stress / found.resistance) ** (1.0 / LITHIUM.rate_sensitivity)
    creep = LITHIUM.prefactor_at(T) * relative
    np.testing.assert_allclose(creep + found.stress / modulus, rate, rtol=1e-11)
    share = 1.0 - (floor / rate) ** 2
    gained = dt * share * LITHIUM.hardening(creep, found.resistance, T) * creep
    np.testing.assert_allclose(found.resistance - gained, old, rtol=1e-9)
    errors = []
    unit = np.abs(found.slope) + 1e-3 * found.stress / rate
    for step in (4e-4, 2e-4):
        high, low = solve(rate * (1.0 + step)), solve(rate * (1.0 - step))
        numeric = (high.stress - low.stress) / (2.0 * step * rate)
        errors.append(np.max(np.abs(numeric - found.slope) / unit))
    assert errors[1] < 1e-5
    assert errors[1] < 0.3 * errors[0]


def test_the_strain_rate_floor_hardens_nothing():
    flow = hardened_flow_stress(
        LITHIUM,
        np.array([1e-7, 1e-4]),
        step=HardeningStep(resistance=np.full(2, 0.95e6), dt=1e4),
        temperature=T,
        rate_floor=1e-7,
    )
    assert flow.resistance[0] == 0.95e6
    assert flow.resistance[1] > 1e6


def test_a_law_without_hardening_is_told_from_one_with():
    class Power:
        def rate(self, stress, temperature):
            return stress

        def log_slope(self, stress, temperature):
            return np.ones_like(stress)

    assert isinstance(LITHIUM, HardeningLaw)
    assert not isinstance(Power(), HardeningLaw)


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf])
def test_a_rate_that_is_not_positive_is_refused(rate):
    step = HardeningStep(resistance=np.full(2, 1e6), dt=1.0)
    with pytest.raises(ComputationError, match="strain rate"):
        hardened_flow_stress(LITHIUM, np.array([1.0, rate]), step=step, temperature=T)
