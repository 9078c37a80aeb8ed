"""The solid's stress against closed forms, and its tangent against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from verification.record import Case, Verified

from femna.physics.solid import RelaxationTerm, Solid, SolidMemory, respond

RELAXATION = Case(
    name="solid_relaxation",
    part="creep",
    title="A held strain relaxes in a viscoelastic solid",
    formula="s = E e [1 - sum g + sum g exp(-t/tau)]",
    source="Closed form of a Prony series; steps of 10 to 100 000 s.",
    mesh="one point under uniaxial strain",
    across="time [s]",
    measure="stress [MPa]",
)
STEEL = {"youngs_modulus": 1.3e9, "poisson_ratio": 0.42}
TERMS = (RelaxationTerm(0.4, 100.0), RelaxationTerm(0.25, 2000.0))


def uniaxial(
    solid: Solid, axial: float, memory: SolidMemory, dt: float
) -> tuple[float, SolidMemory]:
    """Return the axial stress with free lateral faces, and what is remembered then."""
    lateral = -solid.poisson_ratio * axial
    for _ in range(50):
        strain = np.array([[lateral, lateral, axial, 0.0]])
        found = respond(solid, strain, memory, dt)
        slope = found.tangent[0, 0, 0] + found.tangent[0, 0, 1]
        lateral -= found.stress[0, 0] / slope
        if abs(found.stress[0, 0]) < 1e-6:
            break
    return float(found.stress[0, 2]), found.memory


def test_relaxation_of_a_held_strain(verified: Verified) -> None:
    """s = E e (1 - sum g + sum g exp(-t/tau)), exact for steps of any length."""
    solid = Solid(**STEEL, relaxation=TERMS)
    stress, memory = uniaxial(solid, -0.01, SolidMemory.at_rest(1, 4, 2), 0.0)
    assert stress == pytest.approx(-1.3e7, rel=1e-9)
    time, times, found, exact = 0.0, [], [], []
    for dt in (10.0, 90.0, 1000.0, 1e5):
        stress, memory = uniaxial(solid, -0.01, memory, dt)
        time += dt
        left = 0.35 + sum(t.share * math.exp(-time / t.time) for t in TERMS)
        assert stress == pytest.approx(-1.3e7 * left, rel=1e-9)
        times.append(time)
        found.append(-1e-6 * stress)
        exact.append(13.0 * left)
    verified.curve(RELAXATION, "two terms", times, found, exact)


def test_steady_straining_is_exact_in_one_step() -> None:
    """At a steady rate: s = E rate (t (1 - sum g) + sum g tau (1 - exp(-t/tau)))."""
    solid = Solid(**STEEL, relaxation=TERMS)
    stress, _ = uniaxial(solid, -0.02, SolidMemory.at_rest(1, 4, 2), 500.0)
    held = 0.35 + sum(t.share * t.time / 500.0 * -math.expm1(-500.0 / t.time) for t in TERMS)
    assert stress == pytest.approx(-0.02 * 1.3e9 * held, rel=1e-9)


def test_yield_and_elastic_unloading() -> None:
    """Beyond the yield strain the stress stays; back by e it falls by E e."""
    solid = Solid(**STEEL, yield_stress=34e6)
    memory = SolidMemory.at_rest(1, 4, 0)
    stress, memory = uniaxial(solid, -0.05, memory, 0.0)
    assert stress == pytest.approx(-34e6, rel=1e-9)
    stress, _ = uniaxial(solid, -0.045, memory, 0.0)
    assert stress == pytest.approx(-34e6 + 0.005 * 1.3e9, rel=1e-9)


@pytest.mark.parametrize("components", [4, 6])
@pytest.mark.parametrize("yields", [False, True])
def test_tangent_is_the_derivative(components: int, yields: bool) -> None:
    solid = Solid(**STEEL, relaxation=TERMS, yield_stress=34e6 if yields else None)
    rng = np.random.default_rng(7)

    def strain() -> NDArray[np.float64]:
        return 0.03 * rng.standard_normal((5, components))

    memory = respond(solid, strain(), SolidMemory.at_rest(5, components, 2), 50.0).memory
    here, step = strain(), 1e-7
    found = respond(solid, here, memory, 80.0)
    for k in range(components):
        ahead, behind = here.copy(), here.copy()
        ahead[:, k] += step
        behind[:, k] -= step
        slope = (
            respond(solid, ahead, memory, 80.0).stress - respond(solid, behind, memory, 80.0).stress
        ) / (2.0 * step)
        assert slope == pytest.approx(found.tangent[:, :, k], rel=1e-5, abs=1e3)
