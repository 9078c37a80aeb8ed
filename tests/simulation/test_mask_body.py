"""The mask's reaction against closed forms; docs/verification.md, mask."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from mpi4py import MPI
from verification.record import Case, Verified

from femna.case import Mask
from femna.materials.mask import MaskProperties
from femna.output.mask import mask_part
from femna.simulation.bodies.figures import Ring
from femna.simulation.bodies.mask import MaskBody
from femna.simulation.bodies.window import window_compliance

MODULUS, POISSON, YIELD = 1.35e9, 0.42, 34e6
INNER, OUTER, THICKNESS = 2.5e-3, 5e-3, 1e-4
AREA = math.pi * (OUTER**2 - INNER**2)
CLEARANCE = 1e-6


LITTLE = Case(
    name="mask_with_little_friction",
    part="contact",
    title="Load of a ring pressed between faces with little friction",
    formula="F/F0 = 1 + 2 mu nu (mean radius)/h, to first order in mu",
    source="Betti's theorem with the uniaxial stress of the ring that slips: all of it slides "
    "outward.",
    mesh="ring of 2.5 to 5 mm and 100 um, 4 elements over its thickness",
    across="coefficient of friction",
    measure="relative error of what friction adds",
)


LAME = Case(
    name="pressed_window",
    part="contact",
    title="The mask's window under pressure: a thick ring",
    formula="u = p a/E ((b^2 + a^2)/(b^2 - a^2) + nu)",
    source="Lame; S. P. Timoshenko, J. N. Goodier, Theory of Elasticity, 3rd ed. 1970, art. 28.",
    mesh="ring of 2.5 to 5 mm and 100 um, 6 elements over its thickness",
    across="ring",
)


def mask(
    faces: object = "free_slip", *, rows: int = 4, foundation: float = 0.0, **more: object
) -> MaskBody:
    table = Mask.model_validate(
        {"inner_radius": "2.5 mm", "outer_radius": "5 mm", "thickness": "100 um", "faces": faces}
    )
    return MaskBody(
        MPI.COMM_WORLD,
        table,
        MaskProperties(MODULUS, POISSON, **more),  # type: ignore[arg-type]
        figure=Ring(INNER, OUTER),
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


def rough(coefficient: float, **more: object) -> dict[str, object]:
    return {"law": "friction", "coefficient": coefficient, **more}


def test_friction_makes_a_mask_stiffer_between_slip_and_stick() -> None:
    """It rises with the coefficient, from the mask that slips to the one that is held."""
    slips, sticks = (mask(faces).reaction(2e-6, 0.0).force for faces in ("free_slip", "sticking"))
    found = [mask(rough(mu)).reaction(2e-6, 0.0).force for mu in (0.002, 0.01, 0.025, 0.1, 10.0)]
    assert slips < found[0]
    assert all(a < b for a, b in pairwise(found))
    # held faces also bear tension at their corners: 3e-4 of the load
    assert found[-1] == pytest.approx(sticks, rel=1e-3)


def test_little_friction_adds_its_power_to_the_load(verified: Verified) -> None:
    """A ring that slips widens everywhere, by nu strain r: F/F0 = 1 + 2 mu nu (mean r)/h.

    By reciprocity, to first order in mu: two faces, each with traction mu p against nu strain r.
    """
    slips = mask().reaction(2e-6, 0.0).force
    mean = 2.0 / 3.0 * (OUTER**3 - INNER**3) / (OUTER**2 - INNER**2)
    coefficients = [4e-4, 2e-4, 1e-4]
    added = [mask(rough(mu)).reaction(2e-6, 0.0).force / slips - 1.0 for mu in coefficients]
    exact = [2.0 * mu * POISSON * mean / THICKNESS for mu in coefficients]
    errors = [a / e - 1.0 for a, e in zip(added, exact, strict=True)]
    assert abs(errors[-1]) < 5e-3
    assert [a / b for a, b in pairwise(errors)] == pytest.approx([2.0, 2.0], rel=0.1)
    verified.convergence(LITTLE, "ring of the mask's size", coefficients, errors, order=1.0)


def test_friction_remembers_where_it_slid() -> None:
    """Unloaded, faces slide back against friction: less force on the way back than on the way."""
    one = mask(rough(0.05))
    there = one.reaction(1.5e-6, 0.0).force
    one.accept_step()
    one.reaction(2e-6, 0.0)
    one.accept_step()
    saved = one.state()
    back = one.reaction(1.5e-6, 0.0).force
    assert 0.0 < back < there
    one.accept_step()
    one.restore(saved)
    assert one.reaction(1.5e-6, 0.0).force == pytest.approx(back, rel=1e-12)
    one.accept_step()
    assert one.reaction(0.5e-6, 0.0).force == pytest.approx(0.0, abs=1e-9)


def test_a_step_in_which_a_mask_with_friction_moves_by_round_off_is_found() -> None:
    """As when it carries all and the platen stands: what slides then is a matter of digits."""
    one = mask(rough(0.002))
    loaded = one.reaction(2e-6, 0.0).force
    one.accept_step()
    for digits in (1, -1, 3, 17, -40):
        found = one.reaction(2e-6 * (1.0 + digits * 1e-15), 0.5)
        assert one._problem.iterations <= 3
        assert found.force == pytest.approx(loaded, rel=1e-9)
        one.accept_step()


def test_fields_show_the_whole_of_a_mask_whose_half_is_computed() -> None:
    one, other = mask(rough(10.0)), mask("sticking")
    one.reaction(2e-6, 0.0)
    other.reaction(2e-6, 0.0)
    half, whole = (mask_part(m, length_scale=THICKNESS) for m in (one, other))
    assert half is not None
    assert whole is not None
    for part in (half, whole):
        heights, sunk = part.points[:, 1], part.point_data["displacement_um"][:, 1]
        assert (heights.min(), heights.max()) == pytest.approx((0.0, 1.0), abs=1e-12)
        # contact holds in the mean of a vertex, not at a corner where the stress is singular
        foot, head = sunk[heights < 1e-9], sunk[heights > 1.0 - 1e-9]
        assert np.median(foot) == pytest.approx(0.0, abs=1e-3)
        assert np.median(head) == pytest.approx(-1.0, abs=1e-3)
        assert np.abs(foot).max() < 0.1
        assert np.abs(head + 1.0).max() < 0.1
        a, b = (
            part.points[part.cells[:, k], :2] - part.points[part.cells[:, 0], :2] for k in (1, 2)
        )
        area = 0.5 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
        assert np.abs(area).sum() == pytest.approx((OUTER - INNER) / THICKNESS, rel=1e-9)


@pytest.mark.parametrize("faces", [rough(0.05), {"law": "viscous", "drag": "1e14 Pa*s/m"}])
def test_slope_is_the_derivative_where_faces_slide(faces: dict[str, object]) -> None:
    one, step = mask(faces), 1e-11
    ahead, behind = (one.reaction(3e-6 + s, 40.0).force for s in (step, -step))
    assert one.reaction(3e-6, 40.0).slope == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)


def test_a_viscous_face_sticks_at_once_and_slips_in_time() -> None:
    one = mask({"law": "viscous", "drag": "1e14 Pa*s/m"})
    assert one.reaction(2e-6, 1e-6).force == pytest.approx(
        mask("sticking").reaction(2e-6, 0.0).force, rel=1e-3
    )
    assert one.reaction(2e-6, 1e9).force == pytest.approx(uniaxial(2e-6), rel=1e-3)


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


def saved_and_gone_on(one: MaskBody) -> dict[str, np.ndarray]:
    """Assert that a mask goes on from a saved state as it would have; return that state."""
    one.reaction(4e-6, 40.0)
    one.accept_step()
    saved = one.state()
    expected = one.reaction(4.5e-6, 70.0)
    one.accept_step()
    one.restore(saved)
    again = one.reaction(4.5e-6, 70.0)
    assert (again.force, again.slope) == pytest.approx((expected.force, expected.slope), rel=1e-12)
    points = one.points()
    assert points["displacement"].size == saved["displacement"].size
    assert all(len(np.unique(np.round(p, 9), axis=0)) == len(p) for p in points.values())
    return saved


def test_a_saved_mask_goes_on_as_it_would_have() -> None:
    one = mask("sticking", relaxation=((0.6, 100.0),), yield_stress=YIELD)
    saved = saved_and_gone_on(one)
    points = one.points()
    assert {name: len(values) for name, values in points.items() if name != "displacement"} == {
        name: len(values) for name, values in saved.items() if name != "displacement"
    }


def test_a_pressed_window_gives_way_as_a_thick_ring(verified: Verified) -> None:
    """u = p a/E ((b^2 + a^2)/(b^2 - a^2) + nu); where faces stick, not by a fiftieth of it."""
    squares = OUTER**2, INNER**2
    exact = INNER / MODULUS * (sum(squares) / (squares[0] - squares[1]) + POISSON)
    ratios = {faces: window(faces) / exact for faces in ("free_slip", "sticking")}
    assert ratios["free_slip"] == pytest.approx(1.0, abs=1e-6)
    assert ratios["sticking"] < 0.02
    verified.bound(LAME, {"ring of the mask's size": ratios["free_slip"] - 1.0}, 1e-6)


def window(faces: str) -> float:
    table = Mask.model_validate({"outer_radius": "5 mm", "thickness": "100 um", "faces": faces})
    made_of = MaskProperties(MODULUS, POISSON)
    return window_compliance(MPI.COMM_WORLD, table, made_of, window=INNER)


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
