"""The mask's reaction against closed forms; docs/verification.md, mask."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mpi4py import MPI

from femna.case import Mask
from femna.materials.mask import MaskProperties
from femna.simulation.bodies.mask import MaskBody

MODULUS, POISSON, YIELD = 1.35e9, 0.42, 34e6
INNER, OUTER, THICKNESS = 2.5e-3, 5e-3, 1e-4
AREA = math.pi * (OUTER**2 - INNER**2)
CLEARANCE = 1e-6


def mask(
    faces: str = "free_slip", *, rows: int = 4, foundation: float = 0.0, **more: object
) -> MaskBody:
    table = Mask.model_validate(
        {"inner_radius": "2.5 mm", "outer_radius": "5 mm", "thickness": "100 um", "faces": faces}
    )
    return MaskBody(
        MPI.COMM_WORLD,
        table,
        MaskProperties(MODULUS, POISSON, **more),  # type: ignore[arg-type]
        window=INNER,
        clearance=CLEARANCE,
        foundation=foundation,
        rows=rows,
    )


def uniaxial(descent: float) -> float:
    """E A (descent - clearance) / thickness."""
    return MODULUS * AREA * max(descent - CLEARANCE, 0.0) / THICKNESS


@pytest.mark.parametrize("more", [{}, {"yield_stress": YIELD}])
def test_a_mask_on_a_soft_foundation_is_in_series_with_it(more: dict[str, float]) -> None:
    """F = s / (1/k + C), until the mask yields."""
    stiffness = MODULUS * AREA / THICKNESS
    soft = mask(foundation=0.5 / stiffness, **more)
    found = soft.reaction(4e-6, 0.0)
    limit = more.get("yield_stress", math.inf) * AREA
    assert found.force == pytest.approx(min(uniaxial(4e-6) / 1.5, limit), rel=1e-9)
    further = found.force < 0.999 * limit
    assert found.slope == pytest.approx(stiffness / 1.5 if further else 0.0, rel=1e-9, abs=1.0)


@pytest.mark.parametrize("descent", [0.0, 0.9e-6, 1.2e-6, 5e-6])
def test_an_elastic_mask_that_slips_is_pressed_uniaxially(descent: float) -> None:
    found = mask().reaction(descent, 10.0)
    assert found.force == pytest.approx(uniaxial(descent), rel=1e-9)
    touching = descent > CLEARANCE
    assert found.slope == pytest.approx(MODULUS * AREA / THICKNESS if touching else 0.0, rel=1e-9)


def test_a_wide_mask_that_sticks_lies_between_uniaxial_and_confined() -> None:
    """Far from its edges it is confined: K + 4 G / 3; the edges are a thickness wide."""
    confined = (1.0 - POISSON) / ((1.0 + POISSON) * (1.0 - 2.0 * POISSON))
    ratio = mask("sticking").reaction(2e-6, 0.0).force / uniaxial(2e-6)
    edges = 2.0 * THICKNESS / (OUTER - INNER)
    assert confined * (1.0 - edges) < ratio < confined


def test_a_mask_held_down_relaxes() -> None:
    """Share g relaxes with time tau: F(t) = F0 (1 - g + g exp(-t/tau))."""
    one = mask(relaxation=((0.6, 100.0),))
    assert one.reaction(2e-6, 0.0).force == pytest.approx(uniaxial(2e-6), rel=1e-9)
    one.accept_step()
    found = one.reaction(2e-6, 150.0)
    assert found.force == pytest.approx(uniaxial(2e-6) * (0.4 + 0.6 * math.exp(-1.5)), rel=1e-9)
    # a small further descent within the step meets 1 - g + g tau/dt (1 - exp(-dt/tau))
    stiffness = MODULUS * AREA / THICKNESS
    assert found.slope == pytest.approx(stiffness * (0.4 + 0.6 * -math.expm1(-1.5) / 1.5), rel=1e-9)


def test_a_mask_that_yields_bears_its_yield_stress_and_keeps_a_set() -> None:
    one = mask(yield_stress=YIELD)
    assert one.reaction(5e-6, 0.0).force == pytest.approx(YIELD * AREA, rel=1e-9)
    one.accept_step()
    unloaded = YIELD * THICKNESS / MODULUS
    assert one.reaction(5e-6 - 0.5 * unloaded, 0.0).force == pytest.approx(
        0.5 * YIELD * AREA, rel=1e-9
    )
    one.accept_step()
    assert one.reaction(5e-6 - 1.01 * unloaded, 0.0).force == pytest.approx(0.0, abs=1e-9)


def test_slope_is_the_derivative_where_faces_stick_and_some_of_the_mask_yields() -> None:
    one = mask("sticking", relaxation=((0.6, 100.0),), yield_stress=YIELD)
    step = 1e-11
    ahead, behind = (one.reaction(3e-6 + s, 40.0).force for s in (step, -step))
    assert one.reaction(3e-6, 40.0).slope == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)


def test_a_saved_mask_goes_on_as_it_would_have() -> None:
    one = mask("sticking", relaxation=((0.6, 100.0),), yield_stress=YIELD)
    one.reaction(4e-6, 40.0)
    one.accept_step()
    saved = one.state()
    expected = one.reaction(4.5e-6, 70.0)
    one.accept_step()
    one.restore(saved)
    again = one.reaction(4.5e-6, 70.0)
    assert (again.force, again.slope) == pytest.approx((expected.force, expected.slope), rel=1e-12)
    points = one.points()
    assert {name: len(values) for name, values in points.items() if name != "displacement"} == {
        name: len(values) for name, values in saved.items() if name != "displacement"
    }
    assert points["displacement"].size == saved["displacement"].size
    assert all(len(np.unique(np.round(p, 9), axis=0)) == len(p) for p in points.values())


@pytest.mark.parallel(2)
def test_a_mask_on_two_ranks() -> None:
    assert mask().reaction(5e-6, 10.0).force == pytest.approx(uniaxial(5e-6), rel=1e-9)
    one = mask("sticking", relaxation=((0.6, 100.0),), yield_stress=YIELD)
    one.reaction(4e-6, 40.0)
    one.accept_step()
    saved = one.state()
    expected = one.reaction(4.5e-6, 70.0)
    one.accept_step()
    one.restore(saved)
    assert one.reaction(4.5e-6, 70.0).force == pytest.approx(expected.force, rel=1e-12)
