"""Discs that grow as they thin: to half their height, against what is known in closed form.

docs/verification.md, a rim that moves.
"""

from __future__ import annotations

from itertools import pairwise
from math import pi

import numpy as np
import pytest
from mpi4py import MPI
from reference.closed_forms import squeeze_film_force
from scipy.integrate import solve_ivp

from femna.simulation.conduction import healed_voltage
from femna.simulation.driver import Driver
from femna.simulation.gap_carry import carry, hat_areas
from femna.simulation.setup import Model, build_model
from femna.simulation.stage import Stage
from verification.record import Case
from verification.stacks import stack_case

MPA = 1e6
FULL = {1.0: 0.996, 5.0: 1.019}
"""Force on a sticking disc of R/h = 25 over its thin-film law: tests/verification/squeeze film."""

WINDOW = Case(
    name="window_of_the_mask",
    part="runs",
    title="A rim that moves onto the window of an elastic mask",
    formula="p = P (R0/R)^2, R = a + C p H/t, C = (a/E) ((b^2 + a^2)/(b^2 - a^2) + nu)",
    source="Metal between walls that slip rests under one pressure all round; Lame's thick ring.",
    mesh="disc of 1 mm and 50 um, mask of 1.01 to 2 mm and 40 um; E = 0.1 GPa",
    across="quantity",
)
COURSE = Case(
    name="moving_rim_power_law",
    part="runs",
    title="Course of a sticking film whose rim moves, under a constant force, n = 5",
    formula="force of the thin film at constant volume, full to first order in h/R",
    source="Lubrication, integrated: at constant volume h^-14 grows evenly.",
    mesh="disc of 1 mm and 20 um, to half its height",
    across="step",
    measure="relative error of the height at the end",
)
SLIP, STICK = '{ law = "free_slip" }', '{ law = "sticking" }'


def disc(folder, *, n, prefactor, pressure, seconds, aspect, walls, error, floor=None) -> Model:
    """A disc of 1 mm whose rim moves, without current; prefactor in 1/s/MPa^n, pressure in MPa.

    `floor` is the electrolyte's wall, where it is another than the collector's.
    """
    case = stack_case(
        folder,
        {
            "geometry.electrode_diameter": "1 mm",
            "geometry.metal_thickness": f"{500 / aspect} um",
            "geometry.electrolyte_diameter": "2 mm",
            "geometry.rim": "moving",
            "metal.creep": f'{{ law = "norton", n = {n}, A = "{prefactor} 1/s/MPa^{n}" }}',
            "metal.collector_wall": walls,
            "interface.wall": floor or walls,
            "protocol.pressure": f"{pressure} MPa",
            "protocol.steps": f'[{{ do = "rest", time = "{seconds} s" }}]',
            "numerics.strain_rate_floor": "1e-9",
            "numerics.remesh_angle": "0 deg",  # new meshes: test_remesh.py
            "numerics.min_step_ratio": "1e-11",
            "numerics.contact_error": str(error),
        },
    )
    return build_model(case, MPI.COMM_SELF)


def pressed(model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """March to the end; return times [s], heights and radii [m], and check the volume."""
    driver, found = Driver(model), []
    start = driver.stage.motion.volume()
    for accepted in driver.march():
        length, row = model.scales.length, accepted.row
        found.append((row["time_s"], row["layer_thickness_um"] * 1e-6, row["rim_radius_um"] * 1e-6))
        assert driver.stage.motion.volume() == pytest.approx(start, rel=1e-12)
        assert row["force_balance"] < 1e-8
        assert driver.clock.rim_radius * length == pytest.approx(found[-1][2], rel=1e-12)
    assert row["worst_angle_deg"] > 7.0
    times, heights, radii = np.array(found).T
    # what has left the first radius is around it: R^2 h stays
    assert np.allclose(radii**2 * heights, radii[0] ** 2 * heights[0], rtol=1e-10, atol=0.0)
    return times, heights, radii


def errors(folder, steps, exact, **given) -> list[float]:
    """Return the errors of the height at the end, over the exact one, for two lengths of step."""
    found = []
    for step in steps:
        _, heights, _ = pressed(disc(folder, error=step, **given))
        assert exact < 0.51 * heights[0]  # half of the foil has gone
        found.append(heights[-1] / exact - 1.0)
    return found


@pytest.mark.parametrize(
    ("n", "steps"), [(1.0, (0.04, 0.02)), pytest.param(5.0, (0.01, 0.005), marks=pytest.mark.slow)]
)
def test_between_walls_that_slip_a_disc_is_compressed_evenly(tmp_path, n, steps):
    # stress P (R0/R)^2 = P h/h0, so (h0/h)^n = 1 + n A P^n t
    height, pressure, prefactor = 100e-6, 0.1, 1.0
    seconds = (2.0**n - 1.0) / (n * prefactor * pressure**n)
    given = {"n": n, "prefactor": prefactor, "pressure": pressure, "seconds": seconds}
    coarse, fine = errors(tmp_path, steps, 0.5 * height, aspect=5, walls=SLIP, **given)
    # the stress of a step is that at its beginning: first order
    assert coarse / fine == pytest.approx(2.0, rel=0.15)
    assert abs(2.0 * fine - coarse) < 4e-3


def film_course(n, prefactor, pressure, radius, height, seconds):
    """Height of a sticking film under a constant force, its volume kept, full to first order."""
    load = pressure * MPA * pi * radius**2
    correction = 25.0 * (FULL[n] - 1.0)

    def rate(_t, y):
        h = height * np.exp(y[0])
        r = radius * (height / h) ** 0.5
        factor = 1.0 + correction * h / r
        unit = squeeze_film_force(r, h, 1.0, exponent=n, prefactor=prefactor * MPA**-n)
        return [-((load / (factor * unit)) ** n) / h]

    found = solve_ivp(rate, (0.0, seconds), [0.0], method="LSODA", rtol=1e-10, atol=1e-12)
    return height * float(np.exp(found.y[0, -1]))


@pytest.mark.parametrize(
    ("n", "aspect", "steps", "seconds"),
    [
        (1.0, 10, (0.02, 0.01), 1900.0),
        pytest.param(1.0, 25, (0.01, 0.005), 11900.0, marks=pytest.mark.slow),
    ],
)
def test_between_walls_that_hold_a_film_takes_the_course_of_the_thin_film(
    tmp_path, n, aspect, steps, seconds
):
    # n = 1: h^-4 = h0^-4 + 8 A P t/(R0^2 h0^2), Stefan's law at constant volume
    radius, pressure, prefactor = 500e-6, 1.0 if n == 1.0 else 2.0, 0.1 if n == 1.0 else 0.53
    height = radius / aspect
    given = {"n": n, "prefactor": prefactor, "pressure": pressure, "seconds": seconds}
    exact = film_course(n, prefactor, pressure, radius, height, seconds)
    coarse, fine = errors(tmp_path, steps, exact, aspect=aspect, walls=STICK, **given)
    assert coarse / fine == pytest.approx(2.0, rel=0.25)
    assert abs(2.0 * fine - coarse) < 5e-3


HOLDS = '{ law = "viscous", drag = "1e21 Pa*s/m" }'
"""A wall that holds metal at any speed. A sticking one is a drag that follows from the recession
speed; this film ends five orders slower than that, and slides then."""


@pytest.mark.slow
def test_between_walls_that_hold_a_power_law_film_takes_that_course(tmp_path, verified):
    """n = 5: h^-14 grows evenly, so that 1 % of height are 14 % of time and 3 % of pressure.

    Halving steps of 1 % and less, the error falls by ever more, towards the half of first order.
    """
    given = {"n": 5.0, "prefactor": 0.53, "pressure": 2.0, "seconds": 6e8, "aspect": 25}
    exact = film_course(5.0, 0.53, 2.0, 500e-6, 20e-6, 6e8)
    steps, found = (0.02, 0.01, 0.005), []
    for step in steps:
        _, heights, _ = pressed(disc(tmp_path, error=step, walls=STICK, floor=HOLDS, **given))
        assert exact < 0.51 * heights[0]
        found.append(heights[-1] / exact - 1.0)
    assert abs(found[-1]) < 6e-3
    ratios = [a / b for a, b in pairwise(found)]
    assert 1.2 < ratios[0] < ratios[1] < 2.1
    verified.convergence(COURSE, "n = 5, R/h from 25 to 71", steps, found, order=1.0)


@pytest.mark.slow
def test_a_stretched_mesh_bears_the_force_of_the_film(tmp_path):
    """One solve at half the foil, R/h = 71, where triangles are at their flattest."""
    radius, height, load = 500e-6, 20e-6, 2.0 * MPA * pi * 500e-6**2
    given = {"n": 5.0, "prefactor": 0.53, "pressure": 2.0, "seconds": 6e8, "aspect": 25}
    model = disc(tmp_path, error=0.02, walls=STICK, floor=HOLDS, **given)
    driver, length = Driver(model), model.scales.length
    clock = driver.clock
    clock.rim_radius, clock.platen = 2.0**0.5, -0.5 * height / length
    # the same state again: this puts the meshes in their places
    driver.restore(driver.save())
    assert driver.working.solve_first(driver.phases[0], 1.0).converged
    speed = -model.system.platen_velocity * model.scales.velocity
    film = squeeze_film_force(
        2.0**0.5 * radius, 0.5 * height, speed, exponent=5.0, prefactor=0.53 * MPA**-5
    )
    full = 1.0 + 25.0 * (FULL[5.0] - 1.0) / (25.0 * 8.0**0.5)
    assert load / film == pytest.approx(full, abs=4e-3)


def test_an_elastic_window_gives_way_until_its_pressure_is_that_of_the_stack(tmp_path, verified):
    """Between walls that slip metal rests when pressed alike all round: p = P (R0/R)^2.

    The window then stands at a + C p H/t: C by Lame, the metal's height H over the mask's t.
    """
    radius, height, clearance, modulus, nu = 500e-6, 50e-6, 5e-6, 1e8, 0.42
    inner, outer, thick, stack = radius + clearance, 1e-3, 40e-6, 1.5e6
    case = stack_case(
        tmp_path,
        {
            "geometry.electrode_diameter": "1 mm",
            "geometry.metal_thickness": "50 um",
            "geometry.electrolyte_diameter": "2 mm",
            "geometry.rim": "moving",
            "geometry.clearance": "5 um",
            "metal.creep": '{ law = "norton", n = 1, A = "1 1/s/MPa^1" }',
            "metal.collector_wall": SLIP,
            "interface.wall": SLIP,
            "mask": '{ outer_radius = "1 mm", thickness = "40 um", platen_clearance = "20 um", '
            'youngs_modulus = "0.1 GPa", poisson_ratio = 0.42 }',
            "protocol.pressure": "1.5 MPa",
            "protocol.steps": '[{ do = "rest", time = "60 s" }]',
            "numerics.min_step_ratio": "1e-11",
        },
    )
    driver = Driver(build_model(case, MPI.COMM_SELF))
    start = driver.stage.motion.volume()
    for accepted in driver.march():
        row = accepted.row
        assert row["force_balance"] < 1e-8
        assert driver.stage.motion.volume() == pytest.approx(start, rel=1e-12)
    lame = inner / modulus * ((outer**2 + inner**2) / (outer**2 - inner**2) + nu)
    there = inner
    for _ in range(100):
        shrunk = (radius / there) ** 2
        there = inner + lame * stack * shrunk * (height * shrunk) / thick
    pressure = stack * (radius / there) ** 2
    wide = row["rim_radius_um"] * 1e-6
    found = {
        "way of the window": (wide - inner) / (there - inner) - 1.0,
        "pressure on the rim": row["rim_pressure_MPa"] * MPA / pressure - 1.0,
    }
    assert max(map(abs, found.values())) < 1e-3
    verified.bound(WINDOW, found, 1e-3)


def test_current_and_map_are_those_of_a_disc_that_was_always_as_wide(tmp_path):
    wider = 1.15
    chart = '{ kind = "patches", blocked_fraction = 0.3, transition = "0.1 mm" }'
    sizes = {"geometry.electrode_diameter": "1 mm", "geometry.electrolyte_diameter": "2 mm"}
    moved = {**sizes, "geometry.rim": "moving", "interface.map": chart}
    model = build_model(stack_case(tmp_path, moved), MPI.COMM_SELF)
    driver = Driver(model)
    stage = driver.stage
    stage.set_step(driver.phases[0], 1.0)
    area, blocked = model.system.area, model.conducting
    start = float(area @ (1.0 - blocked))
    stage.clock.rim_radius = wider
    stage.rim.place(stage.clock)
    # the map lies on the electrolyte, wherever the vertices are
    assert float(area @ (1.0 - blocked)) == pytest.approx(start, rel=1e-3)
    assert float(area.sum()) == pytest.approx(pi * wider**2, rel=1e-12)
    assert np.allclose(area, _areas(model), rtol=1e-10, atol=0.0)
    fresh = {
        **sizes,
        "geometry.electrode_diameter": f"{wider} mm",
        "geometry.counter_diameter": "1 mm",
        "interface.map": chart.replace("0.3", f"{0.3 / wider**2}"),
        "protocol.current_density": f"{1.5 / wider**2} mA/cm^2",  # the same current
    }
    other = build_model(stack_case(tmp_path, fresh), MPI.COMM_SELF)
    beside = Stage(other)
    beside.set_step(Driver(other).phases[0], 1.0)
    voltages = [healed_voltage(one.system) * one.scales.potential for one in (model, other)]
    assert voltages[0] == pytest.approx(voltages[1], rel=1e-3)


def _areas(model: Model) -> np.ndarray:
    radii = model.system.vertices.horizontal[:, 0]
    order = np.argsort(radii)
    found = np.empty_like(radii)
    found[order] = hat_areas(radii[order])
    return found


def _hill(radii: np.ndarray) -> np.ndarray:
    return np.where(np.abs(radii - 0.5) < 0.2, np.cos(2.5 * pi * (radii - 0.5)) ** 4, 0.0)


def _carried(count: int, moves: int) -> tuple[float, float]:
    """Carry a hill while the rim goes from 1 to 1.3; return error and peak at the end."""
    start, gap = np.linspace(0.0, 1.0, count + 1), _hill(np.linspace(0.0, 1.0, count + 1))
    volume = float(hat_areas(start) @ gap)
    places = [start * (1.0 + 0.3 * k / moves) for k in range(moves + 1)]
    for before, after in pairwise(places):
        moved = carry(before, after, gap, np.ones_like(gap), volume=volume)
        gap = moved.gap
        assert gap.min() >= 0.0
        assert float(hat_areas(after) @ gap) == pytest.approx(volume, rel=1e-13)
        assert float(hat_areas(after) @ moved.pressure) == pytest.approx(
            float(hat_areas(before).sum()), rel=1e-13
        )
    return float(np.max(np.abs(gap - _hill(places[-1])))), float(gap.max())


def test_a_gap_stays_where_it_is_while_vertices_move_over_it():
    (coarse, _), (fine, _) = _carried(40, 1), _carried(80, 1)
    assert np.log2(coarse / fine) > 2.5
    # eighty small moves wear a hill of sixteen elements down by some hundredths
    error, peak = _carried(40, 80)
    assert error < 0.02
    assert peak > 0.97


def test_where_it_is_closed_it_stays_closed():
    start = np.linspace(0.0, 1.0, 41)
    gap = np.maximum(1.0 - ((start - 0.5) / 0.2) ** 2, 0.0)
    volume = float(hat_areas(start) @ gap)
    moved = carry(start, 1.05 * start, gap, np.zeros_like(gap), volume=volume)
    assert not moved.gap[np.abs(1.05 * start - 0.5) > 0.225].any()
