"""A mask whose window is not round, in three dimensions; docs/verification.md, mask."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from mpi4py import MPI
from simulation.test_mask_body import saved_and_gone_on
from verification.record import Case, Verified

from femna.case import Mask
from femna.case.electrode_shape import ElectrodeShape
from femna.case.mask_window import Window
from femna.materials.mask import MaskProperties
from femna.mesh.arrays import signed_volumes
from femna.output.mask import mask_part
from femna.simulation import factors
from femna.simulation.bodies.figures import Figure, Plate, Ring, figure_of
from femna.simulation.bodies.mask import MaskBody

MODULUS, POISSON, YIELD = 1.35e9, 0.42, 34e6
THICKNESS, CLEARANCE = 1e-4, 1e-6
OUTER = 6.0 * THICKNESS
ELLIPSE = Window(ElectrodeShape("elliptic", 4.0 * THICKNESS, 2.0 * THICKNESS), 0.5 * THICKNESS)
RECTANGLE = Window(
    ElectrodeShape("rectangular", 3.0 * THICKNESS, 2.0 * THICKNESS, 0.5 * THICKNESS), 0.0
)
PLATES = {"ellipse": Plate(ELLIPSE, OUTER), "rectangle": Plate(RECTANGLE, OUTER)}
SMALL = (2.0 * THICKNESS, 4.0 * THICKNESS)

ROUND = Case(
    name="round_mask_in_3d",
    part="contact",
    title="A round mask computed in three dimensions",
    formula="force of the ring around its axis, on elements of 1/24 of the thickness",
    source="The same body in two ways; the edges where the faces end are singular.",
    mesh="quarter of a ring of 2 and 4 thicknesses",
    across="element size over thickness",
    measure="relative error of the force",
)


def mask(
    figure: Figure,
    faces: object = "free_slip",
    *,
    rows: int | None = None,
    comm: MPI.Comm = MPI.COMM_WORLD,
    **more: object,
) -> MaskBody:
    table = Mask.model_validate({"outer_radius": "5 mm", "thickness": "100 um", "faces": faces})
    return MaskBody(
        comm,
        table,
        MaskProperties(MODULUS, POISSON, **more),  # type: ignore[arg-type]
        figure=figure,
        clearance=CLEARANCE,
        rows=rows,
    )


def rough(coefficient: float) -> dict[str, object]:
    return {"law": "friction", "coefficient": coefficient}


def uniaxial(figure: Figure, descent: float) -> float:
    """E A (descent - clearance) / thickness."""
    return MODULUS * figure.area * max(descent - CLEARANCE, 0.0) / THICKNESS


def test_a_round_window_needs_no_third_dimension() -> None:
    assert figure_of(Window.around(2e-3, 1e-4), 5e-3) == Ring(2.1e-3, 5e-3)
    assert figure_of(ELLIPSE, OUTER) == PLATES["ellipse"]


@pytest.mark.parametrize("name", list(PLATES))
def test_a_plate_that_slips_is_pressed_uniaxially(name: str) -> None:
    figure = PLATES[name]
    one = mask(figure)
    for descent in (0.9e-6, 1.2e-6, 5e-6):
        found = one.reaction(descent, 10.0)
        assert found.force == pytest.approx(uniaxial(figure, descent), rel=1e-9)
        touching = descent > CLEARANCE
        assert found.slope == pytest.approx(one.stiffness if touching else 0.0, rel=1e-9)
    assert one.stiffness == pytest.approx(MODULUS * figure.area / THICKNESS, rel=1e-12)
    assert one.body.size < 2000


def test_a_round_window_in_three_dimensions_is_the_ring(verified: Verified) -> None:
    """Where faces stick the corners are singular: the error falls with the first order or so."""
    ring = mask(Ring(*SMALL), "sticking", rows=24).reaction(2e-6, 0.0).force
    rows = (2, 4, 8)
    plate = Plate(Window.around(SMALL[0], 0.0), SMALL[1])
    errors = [mask(plate, "sticking", rows=n).reaction(2e-6, 0.0).force / ring - 1 for n in rows]
    assert errors[1] < 0.015
    assert all(0.0 < b < 0.7 * a for a, b in pairwise(errors))
    verified.convergence(ROUND, "faces that stick", [1 / n for n in rows], errors, order=1.0)


@pytest.mark.parametrize("coefficient", [0.05, 0.3])
def test_friction_on_a_round_window_in_three_dimensions_is_that_of_the_ring(
    coefficient: float,
) -> None:
    """It differs by less than what the ring's own mesh leaves open, a percent."""
    ring = mask(Ring(*SMALL), rough(coefficient), rows=24).reaction(2e-6, 0.0).force
    plate = Plate(Window.around(SMALL[0], 0.0), SMALL[1])
    found = mask(plate, rough(coefficient)).reaction(2e-6, 0.0).force
    assert found == pytest.approx(ring, rel=0.01)
    assert found > 1.1 * uniaxial(plate, 2e-6)


def test_friction_lies_between_slip_and_stick() -> None:
    figure = PLATES["rectangle"]
    laws = ("free_slip", rough(0.02), rough(0.1), rough(10.0), "sticking")
    slips, *found, sticks = (mask(figure, law, rows=2).reaction(2e-6, 0.0).force for law in laws)
    assert slips < found[0] < found[1] < found[2]
    assert found[2] == pytest.approx(sticks, rel=0.01)


def test_friction_remembers_where_it_slid() -> None:
    """Unloaded, faces slide back against friction; the slope is the derivative on the way."""
    one, step = mask(PLATES["ellipse"], rough(0.05), rows=2), 1e-11
    there = one.reaction(1.5e-6, 0.0)
    ahead, behind = (one.reaction(1.5e-6 + s, 0.0).force for s in (step, -step))
    assert there.slope == pytest.approx((ahead - behind) / (2 * step), rel=1e-5)
    one.reaction(2e-6, 0.0)
    one.accept_step()
    saved = one.state()
    back = one.reaction(1.5e-6, 0.0).force
    assert 0.0 < back < there.force
    one.accept_step()
    one.restore(saved)
    assert one.reaction(1.5e-6, 0.0).force == pytest.approx(back, rel=1e-12)
    one.accept_step()
    assert one.reaction(0.5e-6, 0.0).force == pytest.approx(0.0, abs=1e-9)


def test_factors_of_a_plate_with_friction_get_more_workspace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows that change from stick to slip put off pivots, beyond what MUMPS expects."""
    expected = mask(PLATES["ellipse"], rough(0.3), rows=2).reaction(2e-6, 0.0).force
    monkeypatch.setattr(factors, "EXTRA", (-90, 60))
    found = mask(PLATES["ellipse"], rough(0.3), rows=2).reaction(2e-6, 0.0).force
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_viscous_plate_sticks_at_once_and_slips_in_time() -> None:
    figure = PLATES["ellipse"]
    one = mask(figure, {"law": "viscous", "drag": "1e14 Pa*s/m"}, rows=2)
    sticks = mask(figure, "sticking", rows=2).reaction(2e-6, 0.0).force
    assert one.reaction(2e-6, 1e-6).force == pytest.approx(sticks, rel=0.01)
    assert one.reaction(2e-6, 1e9).force == pytest.approx(uniaxial(figure, 2e-6), rel=1e-3)


def test_a_plate_held_down_relaxes() -> None:
    """Share g relaxes with time tau: F(t) = F0 (1 - g + g exp(-t/tau)), as a ring."""
    figure = PLATES["ellipse"]
    one = mask(figure, relaxation=((0.6, 100.0),))
    assert one.reaction(2e-6, 0.0).force == pytest.approx(uniaxial(figure, 2e-6), rel=1e-9)
    one.accept_step()
    left = 0.4 + 0.6 * math.exp(-1.5)
    assert one.reaction(2e-6, 150.0).force == pytest.approx(uniaxial(figure, 2e-6) * left, rel=1e-9)


def test_a_plate_that_yields_bears_its_yield_stress_and_keeps_a_set() -> None:
    figure = PLATES["ellipse"]
    one = mask(figure, yield_stress=YIELD)
    assert one.reaction(5e-6, 0.0).force == pytest.approx(YIELD * figure.area, rel=1e-9)
    one.accept_step()
    unloaded = YIELD * THICKNESS / MODULUS
    assert one.reaction(5e-6 - 0.5 * unloaded, 0.0).force == pytest.approx(
        0.5 * YIELD * figure.area, rel=1e-9
    )


def test_a_saved_plate_goes_on_as_it_would_have() -> None:
    one = mask(
        PLATES["ellipse"], "sticking", rows=2, relaxation=((0.6, 100.0),), yield_stress=YIELD
    )
    saved = saved_and_gone_on(one)
    points = one.points()
    assert set(points) == set(saved)
    assert saved["traction"].size == 2 * len(points["traction"])


@pytest.mark.parametrize("faces", ["free_slip", rough(0.3)])
def test_fields_show_the_half_of_a_plate_that_the_cell_shows(faces: object) -> None:
    """What is computed is a quarter, of its upper half where the faces slide."""
    figure = PLATES["ellipse"]
    one = mask(figure, faces, rows=2)
    force = one.reaction(2e-6, 0.0).force
    part = mask_part(one, length_scale=2.0 * THICKNESS, dimension=3)
    assert part is not None
    corners = part.points.min(axis=0), part.points.max(axis=0)
    assert np.ravel(corners) == pytest.approx((-3.0, 0.0, 0.0, 3.0, 3.0, 0.5), rel=0.01)
    volumes = np.abs(signed_volumes(part.points, part.cells)) * (2.0 * THICKNESS) ** 3
    assert volumes.sum() == pytest.approx(0.5 * figure.area * THICKNESS, rel=1e-6)
    # the mean of the vertical stress is what the platen presses, whatever the faces do
    mean = float(volumes @ part.cell_data["vertical_stress_MPa"] / volumes.sum())
    assert mean == pytest.approx(-1e-6 * force / figure.area, rel=1e-6)
    moved = part.point_data["displacement_um"]
    assert np.median(moved[part.points[:, 2] < 1e-9, 2]) == pytest.approx(0.0, abs=1e-3)
    assert np.median(moved[part.points[:, 2] > 0.5 - 1e-9, 2]) == pytest.approx(-1.0, abs=1e-3)
    assert moved[part.points[:, 1] == 0.0, 1] == pytest.approx(0.0, abs=1e-15)
    if faces == "free_slip":  # it widens by nu strain, from the centre
        assert moved[:, :2] == pytest.approx(
            POISSON * 0.01 * part.points[:, :2] * 2e6 * THICKNESS, abs=1e-6
        )
        assert part.cell_data["radial_stress_MPa"] == pytest.approx(0.0, abs=1e-6)
    else:  # held back by friction
        assert np.average(part.cell_data["radial_stress_MPa"], weights=volumes) < -0.05


def test_a_ring_stands_upright_beside_a_cell_in_three_dimensions() -> None:
    one = mask(Ring(*SMALL), rows=2)
    one.reaction(2e-6, 0.0)
    part = mask_part(one, length_scale=THICKNESS, dimension=3)
    assert part is not None
    assert part.points.max(axis=0) == pytest.approx((4.0, 0.0, 1.0), abs=1e-12)
    assert part.point_data["displacement_um"][:, 2].min() == pytest.approx(-1.0, rel=1e-9)


@pytest.mark.parallel(2)
def test_a_plate_on_two_ranks() -> None:
    figure = PLATES["ellipse"]
    assert mask(figure).reaction(5e-6, 10.0).force == pytest.approx(
        uniaxial(figure, 5e-6), rel=1e-9
    )
    for faces in ("sticking", rough(0.05)):
        one = mask(figure, faces, rows=2)
        one.reaction(2e-6, 0.0)
        one.accept_step()
        saved = one.state()
        together = one.reaction(1.5e-6, 0.0).force
        one.accept_step()
        one.restore(saved)
        assert one.reaction(1.5e-6, 0.0).force == pytest.approx(together, rel=1e-12)
        serial = mask(figure, faces, rows=2, comm=MPI.COMM_SELF)
        serial.reaction(2e-6, 0.0)
        serial.accept_step()
        assert serial.reaction(1.5e-6, 0.0).force == pytest.approx(together, rel=1e-9)
