"""An elastic metal in the cell: relaxation, balance of volume, restoring, several ranks."""

from __future__ import annotations

from dataclasses import dataclass

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from mpi4py import MPI
from simulation.repeated_step import assert_repeated_identically, take_first_step
from simulation.small_cell import SCALES, SHEAR, block, case

from femna.simulation.checkpoint import CanonicalOrder
from femna.simulation.motion import MeshMotion
from femna.simulation.newton import Newton
from femna.simulation.setup import build_model
from femna.simulation.start import solve_from_rest
from femna.simulation.step import StepData


@dataclass
class Power:
    """rate = A s^n with a Maxwell time 1/(3 G A s^(n-1)) of one scale time at the traction."""

    n: float

    def rate(self, stress, temperature):
        unit = 1.0 / (3.0 * SHEAR * SCALES.time)
        return unit * stress * (stress / SCALES.traction) ** (self.n - 1.0)

    def log_slope(self, stress, temperature):
        return np.full_like(stress, self.n)


def hold(metal, dt):
    """One step of the metal at rest on a mesh at rest."""
    metal.begin_step(dt)
    metal.update(np.zeros(0), 300.0, contact_pressure=np.zeros(0))
    metal.accept_step(dt, np.zeros(len(metal.mesh.geometry.x)), 0.0)


def held_stress(n, time, steps, symmetry):
    """Equivalent stress over the initial one after a time at fixed strain."""
    metal = block(Power(n), symmetry=symmetry)
    state = metal.memory_state()
    start = np.diag([1.0, -1.0, 0.0]) / np.sqrt(3.0)
    state["stress"] = np.tile(start.reshape(-1), (len(state["stress"]), 1))
    metal.restore_memory(state)
    for _ in range(steps):
        hold(metal, time / steps)
    stress = metal.memory_state()["stress"].reshape(-1, 3, 3)
    equivalent = np.sqrt(1.5 * np.einsum("qij,qij->q", stress, stress))
    assert np.allclose(stress, equivalent[:, None, None] * start, rtol=0.0, atol=1e-12)
    assert np.ptp(equivalent) < 1e-12
    return float(equivalent.mean())


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
@pytest.mark.parametrize("n", [1.0, 5.0])
def test_stress_in_a_held_metal_relaxes_as_the_closed_form_at_order_one(n, symmetry):
    exact = np.exp(-1.5) if n == 1.0 else (1.0 + (n - 1.0) * 1.5) ** (-1.0 / (n - 1.0))
    error = [abs(held_stress(n, 1.5, steps, symmetry) / exact - 1.0) for steps in (4, 16, 64)]
    orders = np.log2(np.array(error[:-1]) / error[1:]) / 2.0
    assert np.all(np.abs(orders - 1.0) < 0.25), orders
    assert abs(orders[-1] - 1.0) < 0.1, orders


def test_a_long_step_of_the_metal_is_viscous_flow():
    flow = {}
    for elastic in (True, False):
        metal = block(Power(5.0), elastic=elastic)
        metal.fields.velocity.interpolate(
            lambda x: np.stack([-np.sin(x[0]) * (1.0 + x[1]), x[1] * np.cos(x[0]) - 0.2 * x[1]])
        )
        if elastic:
            state = metal.memory_state()
            state["stress"][:] = np.diag([1.0, -1.0, 0.0]).reshape(-1)
            metal.restore_memory(state)
        metal.begin_step(1e7)
        metal.update(np.zeros(0), 300.0, contact_pressure=np.zeros(0))
        flow[elastic] = metal.fields.theta.x.array.copy()
    assert np.allclose(flow[True], flow[False], rtol=1e-5)


def model_with_step(young="3 GPa", dt=0.004, symmetry="plane_strain"):
    model = build_model(case(symmetry, young=young), MPI.COMM_SELF)
    system = model.system
    count = len(system.z)
    system.step = StepData(
        dt=dt, old_gap=np.zeros(count), current=1.0, pressure=1.0, temperature=298.15,
        law=model.law(298.15),
    )  # fmt: skip
    return model, Newton(system)


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
@pytest.mark.parametrize("young", ["30 MPa", "3 GPa"])
def test_volume_balances_over_elastic_steps(young, symmetry):
    model, newton = model_with_step(young, symmetry=symmetry)
    system, metal = model.system, model.system.metal
    motion = MeshMotion(model.cell, metal.pressure_space, system.vertices.metal)
    dt, platen = system.step.dt, 0.0
    total = motion.volume()
    placed = motion.displacement(np.zeros(len(system.z)), 0.0)
    changes = []
    for k in range(3):
        metal.begin_step(dt)
        result = solve_from_rest(system, newton) if k == 0 else newton.solve()
        assert result.converged
        before = motion.volume()
        changes.append(metal.elastic_volume_change(dt))
        assert metal.flux().sum() * dt == pytest.approx(changes[-1], rel=1e-9, abs=1e-13)
        platen += dt * system.platen_velocity
        new = motion.displacement(system.gap, platen)
        metal.accept_step(dt, new - placed, system.platen_velocity)
        assert metal.elastic_volume_change(dt) == changes[-1]
        motion.place(new)
        metal.geometry_changed()
        placed = new
        system.step.old_gap = system.gap.copy()
        removed = dt * system.total_area
        balance = motion.volume() - before + removed - changes[-1]
        assert abs(balance) < 1e-12 * total
    assert max(abs(change) for change in changes) > 1e-8 * total


def test_restoring_repeats_a_step_identically():
    model, newton = model_with_step()
    motion = take_first_step(model.system, newton)
    assert_repeated_identically(model.system, newton, motion)


def test_a_metal_without_elasticity_remembers_nothing():
    metal = block(Power(1.0), elastic=False)
    hold(metal, 0.1)
    metal.restore_memory({})
    assert metal.memory_state() == {}
    assert metal.memory_points() == {}
    assert metal.elastic_volume_change(0.1) == 0.0
    assert metal.relaxed_modulus == np.inf


def carried(symmetry, comm):
    """State after three steps with prescribed fields, in an order that no partition changes."""
    metal = block(Power(3.0), symmetry=symmetry, comm=comm)
    gdim = metal.mesh.geometry.dim
    metal.fields.velocity.interpolate(
        lambda x: np.stack([x[0] * x[1] * (1.0 - x[0])] * (gdim - 1) + [x[1] ** 2 - x[0] * x[-1]])
    )
    points = metal.memory_points()
    orders = {name: CanonicalOrder(comm, xs) for name, xs in points.items()}
    x = metal.mesh.geometry.x
    change = 0.0
    for k in range(3):
        metal.fields.pressure.interpolate(lambda x, k=k: x[0] ** 2 + np.sin(3.0 * x[1] + k))
        dt = 0.05
        metal.begin_step(dt)
        metal.update(np.zeros(0), 300.0, contact_pressure=np.zeros(0))
        change += metal.elastic_volume_change(dt)
        move = dt * 0.2 * np.cos(x[:, 0]) * x[:, gdim - 1]
        metal.accept_step(dt, move, -0.9)
        x[:, gdim - 1] += move
    gathered = {name: orders[name].gather(xs) for name, xs in metal.memory_state().items()}
    return gathered, change


@pytest.mark.parallel(nprocs=2)
@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric", "square"])
def test_two_ranks_carry_the_memory_of_one(symmetry):
    alone, change_alone = carried(symmetry, MPI.COMM_SELF)
    together, change = carried(symmetry, MPI.COMM_WORLD)
    assert MPI.COMM_WORLD.size == 2
    assert change == pytest.approx(change_alone, rel=1e-11)
    if MPI.COMM_WORLD.rank == 0:
        for name, values in alone.items():
            assert np.ptp(values) > 0.1
            assert np.allclose(values, together[name], rtol=0.0, atol=1e-11 * np.ptp(values))
