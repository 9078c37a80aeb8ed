"""Films squeezed between walls of every law against closed forms; docs/verification.md, Walls."""

from __future__ import annotations

from itertools import pairwise

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
import ufl
from dolfinx import fem
from numpy.typing import NDArray
from reference.closed_forms import (
    coulomb_hill_mean_pressure,
    friction_hill_mean_pressure,
    slipping_film_gradient,
    squeeze_film_force,
)

from femna.physics.wall import Friction, Viscous
from verification.flow import Flow
from verification.record import Case, Verified
from verification.squeezed_film import force, rough, squeezed

ETA = 1.0 / 3.0  # of A = 1, n = 1
SLIPPING = Case(
    name="slipping_film",
    part="flow",
    title="A film between walls that resist sliding, n = 1",
    formula="dp/dx = -12 eta V x (h + b1 + b2)/(h^2 [h^2 + 4 h (b1 + b2) + 12 b1 b2])",
    source="Stokes' exact solution with Navier slip, derived in tests/reference.",
    mesh="film of L/h = 10, 20, 40 and 80 elements along it",
    across="element over length",
    measure="L2 error of the velocity",
)
DRAG = Case(
    name="drag_limits",
    part="flow",
    title="Walls between slipping and sticking",
    formula="F(drag) -> F(sticking) as 1/drag, -> F(slipping) as drag",
    source="Sliding is proportional to 1/drag, friction to drag: both of order one.",
    mesh="film of L/h = 5, 20 by 4 elements",
    across="drag, or its inverse, over the largest",
    measure="relative distance from the limit",
)
PLASTIC = 30.0
"""Exponent of a metal whose stress hardly depends on the rate: 2^(1/30) = 1.02."""


def slipping(slip_length: float) -> Viscous:
    return Viscous(drag=ETA / slip_length)


def orders(values: list[float]) -> NDArray[np.float64]:
    """Orders of values at sizes that halve."""
    return np.array([np.log2(a / b) for a, b in pairwise(values)])


def platen_pressure(flow: Flow) -> NDArray[np.float64]:
    """Normal pressure on the collector, in the order of the interface's vertices."""
    wall = flow.metal.walls.collector
    assert wall is not None
    x = flow.metal.pressure_space.tabulate_dof_coordinates()[wall.dofs, 0]
    return wall.pressure()[np.argsort(x)]


def velocity_error(flow: Flow, thickness: float, slip_lengths: tuple[float, float]) -> float:
    """L2 error of the horizontal velocity for x < 1/2 over the norm of the exact one."""
    h, (one, two) = thickness, slip_lengths
    mesh = flow.metal.mesh
    x, y = ufl.SpatialCoordinate(mesh)
    g = slipping_film_gradient(h, h, ETA, slip_lengths=slip_lengths) / ETA
    shear = g * (h**2 / 2.0 + two * h) / (h + one + two)
    exact = x * (-g * y**2 / 2.0 + shear * (y + one))
    inner = ufl.conditional(ufl.lt(x, 0.5), 1.0, 0.0)
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": 6})
    error = (flow.metal.fields.velocity[0] - exact) ** 2
    parts = [fem.assemble_scalar(fem.form(f * inner * dx)) for f in (error, exact**2)]
    return float(np.sqrt(parts[0] / parts[1]))


@pytest.mark.parametrize("slip_lengths", [(0.05, 0.05), (0.02, 0.5)])
def test_a_film_between_viscous_walls_has_the_gradient_of_its_slip_lengths(
    slip_lengths: tuple[float, float], verified: Verified
) -> None:
    h = 0.1
    gradient = slipping_film_gradient(h, h, ETA, slip_lengths=slip_lengths)
    errors = []
    for columns in (20, 40, 80):
        one, two = (slipping(b) for b in slip_lengths)
        flow = squeezed(columns, columns // 10, thickness=h, wall=one, collector=two)
        errors.append(velocity_error(flow, h, slip_lengths))
    assert orders(errors)[-1] == pytest.approx(3.0, abs=0.15)  # P2
    # the rim is felt as exp(-pi x/h) at most; both walls see the parabola
    x = flow.places[:, 0]
    near, far = (int(np.argmin(np.abs(x - place))) for place in (0.25, 0.5))
    for pressure in (flow.contact, platen_pressure(flow)):
        drop = pressure[near] - pressure[far]
        assert drop == pytest.approx(0.5 * gradient * (0.5**2 - 0.25**2), rel=1e-5)
    label = f"slip lengths {slip_lengths[0] / h:g} h and {slip_lengths[1] / h:g} h"
    verified.convergence(SLIPPING, label, [1 / 20, 1 / 40, 1 / 80], errors, order=3.0)


def test_the_force_of_a_film_tends_to_the_thin_film_limit() -> None:
    errors = []
    for h in (0.2, 0.1, 0.05):
        wall = slipping(0.5 * h)
        flow = squeezed(round(6 / h), 6, thickness=h, wall=wall, collector=wall)
        # half of it: the integral of G (1 - x^2)/2
        limit = slipping_film_gradient(h, h, ETA, slip_lengths=(0.5 * h, 0.5 * h)) / 3.0
        errors.append(abs(force(flow) / limit - 1.0))
        assert errors[-1] < h  # the rim's traction, over the pressure inside
    assert np.all(orders(errors) > 1.0)


@pytest.mark.parametrize("exponent", [1.0, 5.0])
def test_viscous_walls_tend_to_sticking_and_to_slipping_ones(
    exponent: float, verified: Verified
) -> None:
    h = 0.2

    def with_drag(drag: float) -> float:
        wall = Viscous(drag=drag)
        return force(squeezed(20, 4, thickness=h, exponent=exponent, wall=wall, collector=wall))

    stuck = force(
        squeezed(20, 4, thickness=h, exponent=exponent, wall=Viscous(drag=1e9), platen_sticks=True)
    )
    free = force(squeezed(20, 4, thickness=h, exponent=exponent))
    # sliding speed ~ 1/drag, and friction ~ drag: both of order one
    strong = [1.0 - with_drag(d) / stuck for d in (1e4, 2e4, 4e4)]
    weak = [with_drag(d) / free - 1.0 for d in (4e-4, 2e-4, 1e-4)]
    assert min(*strong, *weak) > 0.0
    assert orders(strong) == pytest.approx([1.0, 1.0], abs=0.05)
    assert orders(weak) == pytest.approx([1.0, 1.0], abs=0.05)
    for label, errors in (("to sticking", strong), ("to slipping", weak)):
        verified.convergence(
            DRAG, f"{label}, n = {exponent:g}", [1, 1 / 2, 1 / 4], errors, order=1.0
        )


@pytest.mark.parametrize("exponent", [1.0, 3.0])
def test_strong_drag_on_a_disc_gives_the_sticking_squeeze_film(exponent: float) -> None:
    h = 0.05
    wall = Viscous(drag=1e6)
    flow = squeezed(
        100,
        5,
        thickness=h,
        exponent=exponent,
        symmetry="axisymmetric",
        wall=wall,
        collector=wall,
    )
    limit = squeeze_film_force(1.0, h, h, exponent=exponent, prefactor=1.0)
    # a thin-film limit: full solutions at R/h = 25 stand at 0.996 (n = 1) and 1.009 (n = 3) of it
    assert force(flow) == pytest.approx(limit, rel=0.02)


def test_a_disc_between_rough_walls_has_the_pressure_of_the_friction_hill() -> None:
    errors = []
    for h in (0.2, 0.1, 0.05):
        # mu p is above k from the rim on, so that the traction is k everywhere
        wall = rough(10.0, 1.0 / np.sqrt(3.0), h)
        flow = squeezed(
            round(4 / h),
            4,
            thickness=h,
            exponent=PLASTIC,
            symmetry="axisymmetric",
            wall=wall,
            collector=wall,
        )
        hill = friction_hill_mean_pressure(1.0, h, 1.0)  # s_y = 1 at the rate V/h = 1
        errors.append(abs(force(flow) / np.pi / hill - 1.0))
    # the hill is a slab analysis: its error goes with h/R
    assert np.all(orders(errors) > 0.6)
    assert errors[-1] < 0.03


@pytest.mark.parametrize(("coefficient", "thickness"), [(0.05, 0.2), (0.05, 0.1), (0.1, 0.2)])
def test_a_strip_under_coulomb_friction_has_the_pressure_of_the_slab(
    coefficient: float, thickness: float
) -> None:
    wall = rough(coefficient, 100.0, thickness)
    flow = squeezed(
        round(4 / thickness), 4, thickness=thickness, exponent=PLASTIC, wall=wall, collector=wall
    )
    yields = (2.0 / np.sqrt(3.0)) ** (1.0 / PLASTIC)  # at the equivalent rate 2/sqrt3 V/h
    slab = coulomb_hill_mean_pressure(1.0, thickness, yields, coefficient=coefficient)
    # a slab neglects shear within the section: of order mu^2 p^2 / k^2, here below 0.3 of one
    highest = coefficient * np.exp(2.0 * coefficient / thickness) * 2.0
    assert force(flow) == pytest.approx(slab, rel=0.1 * highest**2)


def test_the_collector_carries_the_reaction_and_not_the_pressure_of_the_metal() -> None:
    wall = rough(0.1, 100.0, 0.1)
    flow = squeezed(40, 4, thickness=0.1, exponent=PLASTIC, wall=wall, collector=wall)
    pressure = platen_pressure(flow)
    area = flow.area  # of the same vertices: the walls are parallel
    assert area @ pressure == pytest.approx(force(flow), rel=1e-9)
    # the film is its own mirror image; vertices of the rim see one side only
    inside = slice(1, -1)
    mean = float(flow.contact.mean())
    assert np.max(np.abs(pressure - flow.contact)[inside]) < 0.01 * mean
    metal = flow.metal
    assert metal.walls.collector is not None
    x = metal.pressure_space.tabulate_dof_coordinates()[metal.walls.collector.dofs, 0]
    own = metal.fields.pressure.x.array[metal.walls.collector.dofs][np.argsort(x)]
    # the deviator is missing in it: k of the metal
    assert np.max(np.abs(own - flow.contact)[inside]) > 0.1 * mean


@pytest.mark.parametrize(
    "wall",
    [Viscous(drag=2.0), rough(0.05, 100.0, 0.2), rough(5.0, 0.4, 0.2)],
    ids=["viscous", "coulomb", "capped"],
)
def test_a_wall_takes_power_from_the_metal_and_balances_the_stress_in_the_middle(
    wall: Viscous | Friction,
) -> None:
    h = 0.2
    flow = squeezed(40, 8, thickness=h, exponent=3.0, wall=wall, collector=wall)
    velocity = flow.metal.get()[0]
    assert flow.metal.walls.electrolyte is not None
    assert flow.metal.walls.collector is not None
    drags = [part.residual() for part in (flow.metal.walls.electrolyte, flow.metal.walls.collector)]
    powers = [float(drag @ velocity) for drag in drags]
    assert min(powers) > 0.0
    assert powers[0] == pytest.approx(powers[1], rel=1e-2)  # mirror images
    # horizontal balance of half the film: both walls' traction against the thrust at x = 0, which
    # is the reaction of the sides; what is not on the symmetry plane cancels
    total = flow.metal.momentum(flow.contact).reshape(-1, 2)[:, 0]
    at = flow.metal.velocity_space.tabulate_dof_coordinates()[: len(total), 0]
    thrust = float(total[at < 1e-12].sum())
    assert sum(float(drag.sum()) for drag in drags) == pytest.approx(thrust, rel=1e-8)
    normal = flow.metal.vertex_area() @ flow.contact
    if isinstance(wall, Friction) and wall.coefficient < 1.0:
        # nearly all of it slides: mu times the force, less what v0 takes off
        traction = float(drags[0].sum())
        assert 0.9 * wall.coefficient * normal < traction < wall.coefficient * normal
