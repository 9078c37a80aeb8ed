"""Friction between solid bodies: patch test under shear, and a block that is pushed along a plane.

docs/verification.md, contact of bodies.
"""

from __future__ import annotations

import numpy as np
import pytest

from femna.case.symmetry import Symmetry
from femna.physics.solid import Solid
from femna.physics.wall import Friction, Viscous
from femna.simulation.bodies.contact_problem import ContactProblem
from femna.simulation.bodies.mortar import mortar_of_bodies, mortar_on_plane
from femna.simulation.bodies.pair import Pair
from femna.simulation.bodies.sliding import STICKS, Slide
from femna.simulation.bodies.solid_body import SolidBody
from verification.blocks import block
from verification.record import Case, Verified

SOFT = Solid(youngs_modulus=1.0, poisson_ratio=0.3)
SHEAR = 0.5 / 1.3
STRAIN, MU, PATCH = 0.01, 0.3, 1e-8
FACES = ("bottom", "top", "west", "east", "south", "north")
PATCH_TEST = Case(
    name="patch_test_friction",
    part="contact",
    title="Patch test with friction: two bodies pressed and sheared, meshes that do not match",
    formula="p = E (1 - nu) strain/((1 + nu)(1 - 2 nu)), t = G shear, or mu p where they slide",
    source="Uniform stress is an exact solution, whatever the meshes; outer faces are held by it.",
    mesh="two unit blocks, 5 x 3 on 7 x 4 elements; in 3D 3 x 3 x 2 on 4 x 2 x 2",
    across="body",
    measure="largest error of pressure, traction and slip over the pressure",
)
PUSHED = Case(
    name="pushed_block",
    part="contact",
    title="A block pressed by a rigid plane that moves along it",
    formula="drag = mu N once all of it slides, and drag slides/dt N-independent where viscous",
    source="Coulomb's law, integrated: what the stress at the edges does is no part of it.",
    mesh="unit block of 6 x 6 elements, plane strain",
    across="law",
    measure="error over the pressing force",
)


def friction(coefficient: float, strength: float = np.inf) -> Friction:
    return Friction(coefficient=coefficient, strength=lambda _: strength, slip_speed=0.0)


def sheared(symmetry: Symmetry, law: Slide, shear: float, jump: float) -> ContactProblem:
    """Hold two blocks on all outer faces by a uniform strain and a jump along their contact."""
    if symmetry == "square":
        lower, upper = (
            block((0, 0, 0), (1, 1, 1), (3, 3, 2)),
            block((0, 0, 1), (1, 1, 2), (4, 2, 2)),
        )
    else:
        lower, upper = block((0, 0), (1, 1), (5, 3)), block((0, 1), (1, 2), (7, 4))
    d = lower.mesh.geometry.dim
    bodies = []
    for one, contact in ((lower, "top"), (upper, "bottom")):
        held = tuple((f, k) for f in FACES if f in one.names and f != contact for k in range(d))
        body = SolidBody(one, SOFT, symmetry=symmetry, stress_unit=1.0, held=held)
        for face, direction in held:
            points = body.held_points(face, direction)
            up = points[:, -1]
            along = shear * up + (jump if contact == "bottom" else 0.0)
            values = {0: along, d - 1: -STRAIN * up}
            body.prescribe(face, direction, values.get(direction, 0.0 * up))
        bodies.append(body)
    mortar = mortar_of_bodies((bodies[1], "bottom"), (bodies[0], "top"), reach=0.5)
    problem = ContactProblem(bodies, [Pair(mortar, 1, 0, law)])
    problem.solve(1.0)
    return problem


PRESSURE = STRAIN * 0.7 / (1.3 * 0.4)
"""Confined: no strain along the contact."""


@pytest.mark.parametrize("symmetry", ["plane_strain", "square"])
@pytest.mark.parametrize("case", ["sticks", "holds", "slides", "viscous"])
def test_patch_under_shear(symmetry: Symmetry, case: str, verified: Verified) -> None:
    error = check_patch(symmetry, case)
    shape = symmetry.replace("_", " ").replace("square", "in 3D")
    verified.bound(PATCH_TEST, {f"{shape}, {case}": error}, PATCH)


@pytest.mark.parallel(2)
def test_patch_under_shear_on_two_ranks() -> None:
    check_patch("plane_strain", "slides")
    check_patch("square", "slides")


def check_patch(symmetry: Symmetry, case: str) -> float:
    """Return the largest error over the pressure, which is asserted."""
    limit = MU * PRESSURE
    below, jump, drag = 0.5 * limit, 0.004, 0.25
    law, traction, slip = {
        "sticks": (STICKS, below, 0.0),
        "holds": (friction(MU), below, 0.0),
        "slides": (friction(MU), limit, jump),
        "viscous": (Viscous(drag=drag), drag * jump, jump),
    }[case]
    problem = sheared(symmetry, law, traction / SHEAR, slip)
    errors = [problem.pressure[0] - PRESSURE, problem.slips(0)[:, 0] - slip]
    errors.append(problem.traction[0][:, 0] - traction)
    if symmetry == "square":
        errors += [problem.traction[0][:, 1], problem.slips(0)[:, 1]]
    worst = max(float(np.abs(e).max(initial=0.0)) for e in errors) / PRESSURE
    assert worst <= PATCH
    return worst


def pressed(law: Slide) -> ContactProblem:
    """Return a block held below, a rigid plane on it that came down."""
    held = (("bottom", 0), ("bottom", 1))
    body = SolidBody(
        block((0, 0), (1, 1), (6, 6)), SOFT, symmetry="plane_strain", stress_unit=1.0, held=held
    )
    mortar = mortar_on_plane((body, "top"), height=1.0, above=True)
    problem = ContactProblem([body], [Pair(mortar, 0, None, law)])
    problem.rise[0] = -STRAIN
    problem.solve(1.0)
    problem.accept()
    return problem


def test_a_block_that_is_pushed_slides_at_mu_times_its_load(verified: Verified) -> None:
    """Below it sticks in part; above, the drag is mu N, whatever the way, and turns with it."""
    problem, drags = pressed(friction(MU)), []
    for way in (2e-4, 1e-3, 0.02, 0.04, -0.02):
        problem.slide[0][:] = way
        problem.solve(1.0)
        problem.accept()
        drags.append(float(problem.drag(0)[0]) / -problem.force(0))
        # what pushes the block, its foot gives back
        at_foot = float(problem.body_residual(0)[0::2].sum())
        assert at_foot == pytest.approx(float(problem.drag(0)[0]), abs=1e-8 * STRAIN)
    assert 0.0 < -drags[0] < -drags[1] < MU
    sliding = [abs(d) - MU for d in drags[2:]]
    assert np.abs(sliding) == pytest.approx(0.0, abs=1e-8)
    assert drags[2] < 0.0 < drags[4]
    verified.bound(PUSHED, {"friction": max(map(abs, sliding))}, 1e-8)


def test_friction_does_not_pass_the_shear_strength(verified: Verified) -> None:
    limit = 0.5 * MU * STRAIN
    problem = pressed(friction(MU, limit))
    problem.slide[0][:] = 0.04
    problem.solve(1.0)
    error = float(-problem.drag(0)[0]) / limit - 1.0
    assert error == pytest.approx(0.0, abs=1e-8)
    verified.bound(PUSHED, {"up to a shear strength": error}, 1e-8)


def test_a_viscous_face_creeps_after_its_plane(verified: Verified) -> None:
    """With the drag small the block stands still, and the plane's speed makes the traction."""
    drag, speed = 1e-9, 0.02
    problem = pressed(Viscous(drag=drag))
    problem.slide[0][:] = speed
    problem.solve(1.0)
    error = float(-problem.drag(0)[0]) / (drag * speed) - 1.0
    assert error == pytest.approx(0.0, abs=1e-8)
    verified.bound(PUSHED, {"viscous": error}, 1e-8)
