"""A new mesh under a disc that is pressed: what it keeps, what it changes, and at what order.

docs/verification.md, a rim that moves.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from femna.simulation.driver import Driver
from femna.simulation.gap_carry import hat_areas
from femna.simulation.moving_rim import MovingRim
from femna.simulation.remesh import carry_state
from femna.simulation.renewal import renew
from femna.simulation.setup import build_model
from femna.simulation.stage import Stage
from verification.record import Case
from verification.stacks import stack_case
from verification.test_moving_rim import SLIP, STICK, disc

SIZES = (10.0, 5.0, 2.5)
CARRIED = Case(
    name="carried_to_a_new_mesh",
    part="runs",
    title="Gap and stress carried from one mesh to another that shares no vertex within",
    formula="g = cos^4(pi (r - 0.5)/0.7), s_k = (1 + k/10) cos(pi y/H) cos(2 r + k)",
    source="Interpolation of given functions: a cubic spline, and linear functions of cells.",
    mesh="disc of 1 mm and 50 um, elements of 10 um and less along the interface",
    across="size",
)
SMALL = {
    "geometry.electrode_diameter": "1 mm",
    "geometry.electrolyte_diameter": "2 mm",
    "geometry.metal_thickness": "50 um",
    "geometry.rim": "moving",
    "interface.map": '{ kind = "patches", blocked_fraction = 0.3, transition = "0.1 mm" }',
    "numerics.interface_size": "10 um",
    "protocol.pressure": "1 MPa",
}


def course(folder, angle, **given):
    """Return the rows of a pressed disc that gets a new mesh below an angle, and its re-meshes."""
    case = disc(folder, **given).case.changed({"numerics.remesh_angle": f"{angle} deg"})
    driver = Driver(build_model(case, MPI.COMM_SELF))
    start, rows, made = driver.stage.motion.volume(), [], []
    for accepted in driver.march():
        rows.append(accepted.row)
        made += [accepted.remesh] if accepted.remesh is not None else []
        assert driver.stage.motion.volume() == pytest.approx(start, rel=1e-12)
    return rows, made


def test_between_walls_that_slip_a_new_mesh_changes_nothing(tmp_path):
    """The field is linear, so that any mesh has it exactly: to half the height, (h0/h) = 1 + A P t.

    What is left is round-off, with the volume.
    """
    given = {"n": 1.0, "prefactor": 1.0, "pressure": 0.1, "seconds": 10.0, "aspect": 5}
    given |= {"walls": SLIP, "error": 0.04}
    without, none = course(tmp_path, 0, **given)
    with_it, made = course(tmp_path, 15, **given)
    assert not none
    assert len(made) == 1
    assert with_it[-1]["layer_thickness_um"] < 0.51 * with_it[0]["layer_thickness_um"]
    for name in ("layer_thickness_um", "rim_radius_um", "platen_velocity_nm_s"):
        ours, theirs = ([row[name] for row in rows] for rows in (with_it, without))
        assert np.allclose(ours, theirs, rtol=1e-10, atol=0.0), name
    assert made[0].angle_before < 15.0 < 25.0 < made[0].angle_after
    changed = made[0].errors
    assert abs(changed.metal_volume) < 1e-13
    assert abs(changed.platen_velocity) < 1e-11
    assert max(row["volume_balance"] for row in with_it) < 1e-10


def test_between_walls_that_hold_a_new_mesh_keeps_the_course(tmp_path):
    """Half the height, R/h from 10 to 28; the course of the thin film: test_moving_rim.py."""
    given = {"n": 1.0, "prefactor": 0.1, "pressure": 1.0, "seconds": 1900.0, "aspect": 10}
    given |= {"walls": STICK, "error": 0.04}
    without, _ = course(tmp_path, 0, **given)
    with_it, made = course(tmp_path, 15, **given)
    assert made
    ends = [rows[-1]["layer_thickness_um"] for rows in (without, with_it)]
    assert ends[1] < 25.0
    # the force changes by 3e-4 of itself, at the end; h^-4 grows with it
    assert ends[1] == pytest.approx(ends[0], rel=1e-4)


def velocities(folder, refine):
    """Return a sticking film's platen velocity on the stretched mesh and on a new one, n = 1.

    A disc of R/h = 10 that has been pressed to half its height.
    """
    given = {"n": 1.0, "prefactor": 0.1, "pressure": 1.0, "seconds": 100.0, "aspect": 10}
    case = disc(folder, walls=STICK, error=0.02, **given).case
    model = build_model(case, MPI.COMM_SELF, refine=refine)
    driver = Driver(model)
    driver.clock.rim_radius = 2.0**0.5
    driver.clock.platen = -0.5 * model.metal_thickness / model.scales.length
    driver.restore(driver.save())
    phase, dt = driver.phases[0], 1e-3
    assert driver.working.solve_first(phase, dt).converged
    stretched = driver.system.platen_velocity
    driver.working.close_first(phase, dt)
    driver.clock.next_dt = dt
    _, made = renew(driver.working, phase)
    return stretched, stretched + made.errors.platen_velocity * abs(stretched)


def test_between_walls_that_hold_a_new_mesh_changes_the_force_by_less_than_the_old_ones_error(
    tmp_path,
):
    # n = 1: force and velocity have one relative error; the film's is 0.4 % of it (test_moving_rim)
    coarse, fine = velocities(tmp_path, 1.0), velocities(tmp_path, 2.0)
    changes = [abs(new / old - 1.0) for old, new in (coarse, fine)]
    assert changes[1] < changes[0] < 4e-4
    # the new coarse mesh is nearer to the finest one at hand than the stretched coarse one
    assert abs(coarse[1] - fine[1]) < 0.5 * abs(coarse[0] - fine[1])


@pytest.mark.slow
def test_on_new_meshes_the_force_converges(tmp_path):
    """The corner at the rim is singular where both walls hold: order 1 to 1.5, not 4."""
    found = [velocities(tmp_path, refine) for refine in (1.0, 2.0, 3.0)]
    _, new = np.array(found).T
    # errors a size^p: (1 - 3^-p)/(2^-p - 3^-p) is 3.4 for p = 0.7 and 5 for p = 1.5
    ratio = (new[0] - new[2]) / (new[1] - new[2])
    assert 3.4 < ratio < 5.0
    changes = [abs(b / a - 1.0) for a, b in found]
    assert changes[2] < changes[1] < changes[0]


def test_a_mesh_made_twice_is_the_same_and_so_is_all_that_it_carries(tmp_path):
    """A fresh mesh of an outline that has not changed has the same vertices: nothing is lost."""
    case = stack_case(tmp_path, SMALL | {"metal.elastic": "true"})
    driver = Driver(build_model(case, MPI.COMM_SELF))
    for accepted in driver.march():
        if accepted.row["contact_fraction"] < 0.99:
            break
    phase = driver.phases[0]
    first, made = renew(driver.working, phase)
    assert made.errors.gap_volume == pytest.approx(0.0, abs=1e-12)
    assert made.errors.metal_volume == pytest.approx(0.0, abs=1e-12)
    assert 0.0 < made.errors.gap < 0.05
    assert 0.0 < made.errors.memory < 0.01
    assert first.stage.void_volume() > 0.0
    before = first.stage.save()
    second, again = renew(first, phase)
    after, changed = second.stage.save(), again.errors
    assert np.allclose(after.gap, before.gap, rtol=1e-12, atol=1e-18)
    scale = np.abs(before.memory["stress"]).max()
    # only the part of a cell's stress that is not linear is left out
    once = first.system.metal.memory.corner_values()
    twice = second.system.metal.memory.corner_values()
    assert np.abs(once - twice).max() < 1e-10 * scale
    for name in ("metal_volume", "gap_volume", "interpolated_gap_volume", "gap", "memory"):
        assert abs(getattr(changed, name)) < 1e-11, name
    assert abs(changed.contact_fraction) < 1e-11
    # both solve the same step, within the tolerance of Newton's method
    for name in ("platen_velocity", "voltage", "largest_pressure", "end_contact_fraction"):
        assert abs(getattr(changed, name)) < 1e-6, name
    assert again.number == 2


def hill(radii):
    """Smooth, and open everywhere within 0.35 of 0.5."""
    return np.where(np.abs(radii - 0.5) < 0.35, np.cos(np.pi * (radii - 0.5) / 0.7) ** 4, 0.0)


def smooth(x, height):
    """Nine stresses and a pressure that vary over foil and radius."""
    across = np.cos(np.pi * x[:, :, 1] / height)
    return np.stack(
        [(1.0 + 0.1 * k) * across * np.cos(2.0 * x[:, :, 0] + k) for k in range(10)], axis=2
    )


def corners(stage):
    mesh = stage.system.metal.mesh
    return mesh.geometry.x[mesh.geometry.dofmaps[0]][:, :, :2]


def carried_errors(folder, refine):
    """Carry a known state between two meshes that share no vertex within; return its errors."""
    case = stack_case(folder, SMALL | {"metal.elastic": "true"})
    stages = [
        Stage(build_model(case, MPI.COMM_SELF, refine=size)) for size in (refine, 1.31 * refine)
    ]
    old, new = stages
    height = old.model.metal_thickness / old.model.scales.length
    memory = old.system.metal.memory
    state = old.save()
    depth = 1e-3
    gap = depth * hill(old.system.vertices.horizontal[:, 0])
    old.restore(replace(state, gap=gap))  # which puts the mesh in its place
    known = memory.from_corners(smooth(corners(old), height))
    old.restore(replace(state, gap=gap, memory=known))
    carried = carry_state(old, new, old.clock)
    radii = new.system.vertices.horizontal[:, 0]
    order = np.argsort(radii)
    assert float(hat_areas(radii[order]) @ new.gap[order]) == pytest.approx(
        float(old.system.area @ gap), rel=1e-12
    )
    assert new.motion.volume() == pytest.approx(old.motion.volume(), rel=1e-12)
    found = new.system.metal.memory.corner_values()
    exact = smooth(corners(new), height)
    return (
        float(np.abs(new.gap / depth - hill(radii)).max()),
        abs(carried.gap_volume),
        float(np.sqrt(np.mean((found - exact) ** 2))),
        carried.memory,
    )


def test_a_carried_state_has_the_order_of_its_interpolation(tmp_path, verified):
    """Gap: a cubic spline, order 4; what is remembered: linear in cells, order 2.

    The integrals of both are kept; what they were off before is reported, at no lower order.
    """
    found = np.array([carried_errors(tmp_path, 10.0 / size) for size in SIZES])
    assert (found > 0.0).all()
    for errors, least in zip(found.T, (3.0, 3.0, 1.8, 1.7), strict=True):
        assert np.log2(errors[0] / errors[2]) / 2.0 > least, errors
    verified.convergence(CARRIED, "gap, largest error", SIZES, found[:, 0], order=4.0)
    verified.convergence(CARRIED, "remembered stress, rms", SIZES, found[:, 2], order=2.0)


def test_a_mask_that_bears_load_goes_over_as_it_is(tmp_path, monkeypatch):
    """Metal that yields to a mask, with a new mesh while the load passes over and without."""
    changes = {
        "geometry.electrode_diameter": "1 mm",
        "geometry.electrolyte_diameter": "2 mm",
        "geometry.metal_thickness": "50 um",
        "geometry.rim": "moving",
        "geometry.clearance": "150 um",
        "metal.creep": '{ law = "norton", n = 1, A = "0.05 1/s/MPa^1" }',
        "metal.collector_wall": SLIP,
        "interface.wall": SLIP,
        "mask": '{ outer_radius = "1 mm", thickness = "33 um", platen_clearance = "17 um", '
        'youngs_modulus = "0.1 GPa", poisson_ratio = 0.42 }',
        "protocol.pressure": "1.5 MPa",
        "protocol.steps": '[{ do = "rest", time = "18 s" }]',
        "numerics.min_step_ratio": "1e-11",
        "numerics.contact_error": "0.05",
        "numerics.interface_size": "10 um",
    }
    case, found = stack_case(tmp_path, changes), []
    for made_anew in (False, True):
        driver = Driver(build_model(case, MPI.COMM_SELF))

        def due(_rim, clock, wanted=made_anew):
            return wanted and clock.remeshes == 0 and clock.mask_slope > 0.0

        monkeypatch.setattr(MovingRim, "worn", due)
        rows = [accepted.row for accepted in driver.march()]
        assert rows[-1]["remeshes"] == float(made_anew)
        assert max(row["force_balance"] for row in rows) < 1e-8
        found.append(rows)
    shares = [[row["mask_force_share"] for row in rows] for rows in found]
    assert 0.2 < shares[0][-1] < 1.0
    assert np.allclose(shares[0], shares[1], rtol=0.0, atol=1e-8)
