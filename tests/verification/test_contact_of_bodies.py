"""Contact of solid bodies: patch test on meshes that do not match, and Hertz.

docs/verification.md, contact of bodies.
"""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from femna.case.symmetry import Symmetry
from femna.physics.solid import Solid
from femna.simulation.bodies.contact_problem import ContactProblem
from femna.simulation.bodies.mortar import mortar_of_bodies, mortar_on_plane
from femna.simulation.bodies.pair import Pair
from femna.simulation.bodies.solid_body import SolidBody
from verification.blocks import block
from verification.hertz import hertz, orders
from verification.record import Case, Verified

SOFT = Solid(youngs_modulus=1.0, poisson_ratio=0.3)
STRAIN = 0.01
PATCH = 1e-8
PATCH_TEST = Case(
    name="patch_test",
    part="contact",
    title="Patch test of two bodies whose meshes do not match",
    formula="p = E strain (plane strain: E/(1 - nu^2)), stress uniform in both bodies",
    source="Uniform stress is an exact solution, whatever the meshes.",
    mesh="two unit blocks, 5 x 3 on 7 x 4 elements; in 3D 3 x 3 x 2 on 4 x 2 x 2",
    across="body",
    measure="largest error of pressure and stress over the pressure",
)
HERTZ = Case(
    name="hertz",
    part="contact",
    title="Hertz: a sphere on a half-space, both elastic",
    formula="F = (4/3) E* R^0.5 d^1.5, a = (R d)^0.5, p0 = 3 F/(2 pi a^2)",
    source="H. Hertz, J. reine angew. Math. 92 (1881) 156; the far field by Boussinesq. Quadratic "
    "displacements see the edge of contact as a kink: order 1.5 to 2.",
    mesh="axisymmetric, meshes that do not match, moduli 1 and 1.5, cut off at 20 a",
    across="element over contact radius",
)


def pressed_blocks(symmetry: Symmetry, west: float = 0.0) -> tuple[ContactProblem, float]:
    """Press one unit block on another by twice `STRAIN`; return the exact pressure as well."""
    if symmetry == "square":
        lower, upper = (
            block((0, 0, 0), (1, 1, 1), (3, 3, 2)),
            block((0, 0, 1), (1, 1, 2), (4, 2, 2)),
        )
        sides: tuple[tuple[str, int], ...] = (("west", 0), ("south", 1))
    else:
        lower = block((west, 0), (west + 1, 1), (5, 3))
        upper = block((west, 1), (west + 1, 2), (7, 4))
        sides = () if west else (("west", 0),)
    up = lower.mesh.geometry.dim - 1
    bodies = [
        SolidBody(b, SOFT, symmetry=symmetry, stress_unit=1.0, held=(*sides, (face, up)))
        for b, face in ((lower, "bottom"), (upper, "top"))
    ]
    mortar = mortar_of_bodies((bodies[1], "bottom"), (bodies[0], "top"), reach=0.5)
    problem = ContactProblem(bodies, [Pair(mortar, 1, 0)])
    bodies[1].prescribe("top", up, -2.0 * STRAIN)
    problem.solve()
    plane = symmetry == "plane_strain"
    return problem, STRAIN / (1.0 - SOFT.poisson_ratio**2) if plane else STRAIN


@pytest.mark.parametrize(
    ("symmetry", "west"),
    [("plane_strain", 0.0), ("axisymmetric", 0.0), ("axisymmetric", 1.0), ("square", 0.0)],
)
def test_patch_on_meshes_that_do_not_match(
    symmetry: Symmetry, west: float, verified: Verified
) -> None:
    error = check_patch(symmetry, west)
    shape = symmetry.replace("_", " ").replace("square", "in 3D") + (", ring" if west else "")
    verified.bound(PATCH_TEST, {shape: error}, PATCH)


@pytest.mark.parallel(2)
def test_patch_on_two_ranks() -> None:
    check_patch("axisymmetric", 0.0)
    check_patch("square", 0.0)


def check_patch(symmetry: Symmetry, west: float) -> float:
    """Return the largest error over the pressure, which is asserted."""
    problem, exact = pressed_blocks(symmetry, west)
    assert np.abs(problem.pressure[0] / exact - 1.0) == pytest.approx(0.0, abs=PATCH)
    up = problem.bodies[0].body.mesh.geometry.dim - 1
    worst = float(np.abs(problem.pressure[0] / exact - 1.0).max(initial=0.0))
    for body in problem.bodies:
        stress = body.stress_of_cells()
        uniform = np.zeros(stress.shape[1])
        uniform[up] = -exact
        if symmetry == "plane_strain":
            uniform[2] = -SOFT.poisson_ratio * exact
        error = float(np.abs(stress - uniform).max(initial=0.0)) / exact
        assert error <= PATCH
        worst = max(worst, error)
    return worst


def test_a_plane_that_is_lifted_lets_go() -> None:
    body = block((0, 0), (1, 1), (4, 4))
    held = (("west", 0), ("bottom", 1))
    one = SolidBody(body, SOFT, symmetry="plane_strain", stress_unit=1.0, held=held)
    mortar = mortar_on_plane((one, "top"), height=1.0, above=True)
    problem = ContactProblem([one], [Pair(mortar, 0)])
    modulus = 1.0 / (1.0 - SOFT.poisson_ratio**2)
    for rise, force in ((-0.02, -0.02 * modulus), (0.01, 0.0)):
        problem.rise[0] = rise
        problem.solve()
        assert problem.force(0) == pytest.approx(force, abs=1e-12)
    assert problem.gaps(0) == pytest.approx(0.01)


def test_hertz_within_one_per_cent_and_with_order(verified: Verified) -> None:
    """F = (4/3) E* R^0.5 d^1.5, a = (R d)^0.5, p0 = 3 F / (2 pi a^2).

    Quadratic displacements see the edge of the contact as a kink that the mesh does not know:
    order 1.5 to 2 instead of 3.
    """
    found = [hertz(size) for size in (0.2, 0.1, 0.05)]
    for one in found[1:]:
        assert (one.force, one.radius, one.pressure) == pytest.approx((1.0, 1.0, 1.0), abs=0.01)
    assert max(one.balance for one in found) < 1e-8
    peak = [abs(one.pressure - 1.0) for one in found]
    assert min(orders(peak)) > 1.5
    assert orders([abs(one.force - 1.0) for one in found[1:]])[0] > 1.5
    verified.convergence(
        HERTZ, "force", [0.2, 0.1, 0.05], [one.force - 1.0 for one in found], order=2.0
    )
    verified.convergence(HERTZ, "largest pressure", [0.2, 0.1, 0.05], peak, order=2.0)


def test_finite_bodies_without_correction_are_stiffer() -> None:
    """Cut off at L = 20 a and held there, the bodies are too stiff by (a/L) of order one.

    The far field of a half space, u = F (1 + nu)(3 - 2 nu) / (2 pi E L) below the load, is 3 to 4 %
    of the approach at L = 20 a, and F grows with its power 1.5.
    """
    held = hertz(0.1, corrected=False)
    assert 1.03 < held.force < 1.07


@pytest.mark.parallel(2)
def test_hertz_on_two_ranks() -> None:
    found = hertz(0.2)
    assert found.force == pytest.approx(1.0, abs=0.01)
    assert found.balance < 1e-8
    assert MPI.COMM_WORLD.size == 2
