"""What a Newton step does not do twice, and that it does it again where something has changed."""

from __future__ import annotations

from itertools import pairwise

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from mpi4py import MPI
from simulation.small_cell import case

from femna.simulation.layout import CONTACT, PRESSURE
from femna.simulation.newton import ASTRAY, Newton
from femna.simulation.schedule import phases
from femna.simulation.setup import build_model
from femna.simulation.stage import Stage
from femna.simulation.start import solve_from_rest
from femna.simulation.state import Clock

TOLERANCE = 1e-11


@pytest.fixture
def stage():
    """A viscous metal in a small cell, asked for a step."""
    made = Stage(build_model(case(elastic=False), MPI.COMM_SELF))
    made.set_step(phases(made.model.case)[0], 1.0)
    made.system.metal.begin_step(made.system.step.dt)
    return made


def test_the_creep_law_is_evaluated_once_for_residual_and_jacobian(stage, monkeypatch):
    system, calls = stage.system, []
    update = system.metal.update

    def counted(*arguments, **options):
        calls.append(1)
        update(*arguments, **options)

    monkeypatch.setattr(system.metal, "update", counted)
    x, out = system.create_vector(), system.create_vector()
    system.pack(x)
    system.residual(x, out)
    system.jacobian(x)
    assert len(calls) == 1
    x.shift(0.01)
    system.jacobian(x)
    system.residual(x, out)
    assert len(calls) == 2


def test_a_new_solve_sees_another_strain_rate_floor(stage):
    system = stage.system
    x, low, high = (system.create_vector() for _ in range(3))
    values = np.random.default_rng(1).standard_normal(system.layout.local_size)
    x.setArray(values)
    system.unpack(x)
    system.pack(x)
    system.residual(x, low)
    system.metal.rate_floor *= 1e6
    system.pack(x)
    system.residual(x, high)
    assert (low - high).norm() > 1e-6 * low.norm()


def test_the_jacobian_follows_the_mesh(stage):
    """Continuity is linear: its rows of the Jacobian give every change of the residual."""
    system, motion = stage.system, stage.motion
    cut = system.layout.local_slice(PRESSURE)
    x, d, product, before, after = (system.create_vector() for _ in range(5))
    system.pack(x)
    d.setArray(np.random.default_rng(2).standard_normal(system.layout.local_size))
    found = []
    for platen in (0.0, -0.3):
        motion.place(motion.displacement(stage.gap, platen))
        system.metal.geometry_changed()
        held = np.unique(np.concatenate([c.dof_indices()[0] for c in system.metal.conditions]))
        d.getArray()[held] = 0.0
        system.pack(x)
        system.jacobian(x).mult(d, product)
        system.residual(x, before)
        system.residual(x + d, after)
        change = (after - before).getArray()[cut]
        found.append(product.getArray()[cut].copy())
        np.testing.assert_allclose(found[-1], change, atol=1e-12 * np.abs(change).max())
    assert np.abs(found[1] - found[0]).max() > 0.1 * np.abs(found[0]).max()


def test_a_solve_that_follows_the_stress_ends_on_the_law_itself(stage, monkeypatch):
    system, newton = stage.system, Newton(stage.system, tolerance=TOLERANCE)
    assert solve_from_rest(system, newton).converged
    velocity, pressure = (values.copy() for values in system.metal.get())
    system.metal.set(1.05 * velocity, pressure)
    update, on_a_plane = system.metal.update, []

    def noted(*arguments, **options):
        on_a_plane.append(system.metal.anchored)
        update(*arguments, **options)

    monkeypatch.setattr(system.metal, "update", noted)
    assert newton.solve_by_stress().converged
    assert True in on_a_plane
    assert not on_a_plane[-1]
    x, out = system.create_vector(), system.create_vector()
    system.pack(x)  # evaluates anew
    system.residual(x, out)
    assert out.norm() < 2.0 * TOLERANCE * np.sqrt(system.total_area)


def test_a_step_whose_residual_rises_by_the_stress_is_given_up(stage):
    system, newton = stage.system, Newton(stage.system, tolerance=TOLERANCE)
    assert solve_from_rest(system, newton).converged
    velocity, pressure = (values.copy() for values in system.metal.get())
    results = {}
    for nearby in (False, True):
        system.metal.set(10.0 * velocity, pressure)
        system.z[:] = 0.0
        results[nearby] = newton.solve_by_stress(nearby=nearby)
    patient, hasty = results[False].norms, results[True].norms
    rises = [after > ASTRAY * before for before, after in pairwise(patient)]
    assert results[False].converged
    assert not results[True].converged
    assert True in rises[1:]
    assert len(hasty) == 3 + rises[1:].index(True)


def test_a_vertex_that_a_step_would_close_only_touches(stage):
    system, part = stage.system, stage.system.layout.local_slice(CONTACT)
    x, step = system.create_vector(), system.create_vector()
    z = np.resize([-1.0, -1.0, 2.0, 2.0, 0.0], system.z.shape)
    change = np.resize([-50.0, 0.5, 1.0, 5.0, -3.0], system.z.shape)
    x.getArray()[part], step.getArray()[part] = z, change
    step.getArray()[system.layout.local_slice(PRESSURE)] = 7.0
    system.let_touch(x, step)
    after = (x - step).getArray()
    # closing; further open; closed, opening, closing from zero
    assert after[part] == pytest.approx(np.resize([0.0, -1.5, 1.0, -3.0, 3.0], z.shape))
    assert (after[system.layout.local_slice(PRESSURE)] == -7.0).all()


def test_a_method_that_fails_again_and_again_is_tried_ever_more_rarely():
    clock, tried = Clock(), []
    for step in range(40):
        if clock.stress_pause == 0:
            tried.append(step)
        clock.note_stress(failed=clock.stress_pause == 0)
    assert tried == [0, 2, 6, 14, 30]
    for _ in range(20):
        clock.note_stress(failed=False)
    assert (clock.stress_failures, clock.stress_pause) == (0, 0)
