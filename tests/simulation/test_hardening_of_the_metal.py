"""A hardening metal in the cell: a uniform strain, drift, restoring, several ranks."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from mpi4py import MPI
from reference.lithium import LITHIUM
from reference.lithium import TEMPERATURE as T
from simulation.repeated_step import assert_repeated_identically, take_first_step
from simulation.small_cell import SCALES, SHEAR, block, case

from femna.physics.hardening import HardeningStep, hardened_flow_stress
from femna.simulation.checkpoint import CanonicalOrder
from femna.simulation.newton import Newton
from femna.simulation.setup import build_model
from femna.simulation.step import StepData

FLOWS = {  # velocity over k, and equivalent rate over k = sqrt(2/3 D:D)
    "plane_strain": (lambda x: np.stack([x[0], -x[1]]), 2.0 / np.sqrt(3.0)),
    "axisymmetric": (lambda x: np.stack([x[0], -2.0 * x[1]]), 2.0),
    "square": (lambda x: np.stack([x[0], x[1], -2.0 * x[2]]), 2.0),
}


def resistance(metal):
    """Resistances that the metal remembers [Pa], shape (points,)."""
    return LITHIUM.initial_resistance * np.exp(metal.memory_state()["log_resistance"][:, 0])


@pytest.mark.parametrize("elastic", [False, True], ids=["viscous", "elastic"])
@pytest.mark.parametrize("symmetry", list(FLOWS))
def test_a_metal_in_uniform_compression_is_a_material_point(symmetry, elastic):
    metal = block(LITHIUM, symmetry=symmetry, elastic=elastic)
    flow, factor = FLOWS[symmetry]
    x, axis, dt = metal.mesh.geometry.x, metal.mesh.geometry.dim - 1, 0.01
    stress, old = 0.0, np.array([LITHIUM.initial_resistance])
    for k in (0.5, 0.5, 0.5, 5.0, 5.0, 0.1):  # rates of 2e-6 to 2e-4 1/s, 13 % of strain in all
        metal.fields.velocity.interpolate(lambda x, k=k: k * flow(x))
        metal.begin_step(dt)
        metal.update(np.zeros(0), T, contact_pressure=np.zeros(0))
        theta = metal.fields.theta.x.array.copy()
        move = -dt * k * (1.0 if symmetry == "plane_strain" else 2.0) * x[:, axis]
        metal.accept_step(dt, move, 0.0)
        x[:, axis] += move
        seconds = dt * SCALES.time
        relaxed = 3.0 * SHEAR * seconds if elastic else np.inf
        rate = k * factor * SCALES.rate + stress / relaxed
        point = hardened_flow_stress(
            LITHIUM,
            np.array([rate]),
            step=HardeningStep(resistance=old, dt=seconds),
            temperature=T,
            relaxed_modulus=relaxed,
        )
        stress, old = float(point.stress[0]), point.resistance
        expected = stress / rate * SCALES.rate / SCALES.traction
        assert np.allclose(theta, expected, rtol=1e-10)
        assert np.allclose(resistance(metal), old, rtol=1e-10)
    assert old[0] > 1.1 * LITHIUM.initial_resistance


def test_a_metal_that_only_drifts_keeps_its_resistance():
    metal = block(LITHIUM, elastic=False)
    metal.fields.velocity.interpolate(lambda x: np.stack([0.0 * x[0], -0.3 + 0.0 * x[0]]))
    state = metal.memory_state()
    state["log_resistance"][:] = np.random.default_rng(0).uniform(
        0.0, 0.5, (len(state["log_resistance"]), 1)
    )
    metal.restore_memory(state)
    drift = np.full(len(metal.mesh.geometry.x), -1.3 * 0.2)  # the platen's frame sinks at 1
    metal.begin_step(0.2)
    metal.update(np.zeros(0), T, contact_pressure=np.zeros(0))
    metal.accept_step(0.2, drift, -1.0)
    assert np.allclose(metal.memory_state()["log_resistance"], state["log_resistance"], atol=1e-13)


def model_with_step(elastic):
    chosen = case(creep={"law": "anand"}, elastic=elastic, young="7.8 GPa")
    model = build_model(chosen, MPI.COMM_SELF)
    system = model.system
    system.step = StepData(
        dt=0.004, old_gap=np.zeros(len(system.z)), current=1.0, pressure=1.0, temperature=T,
        law=model.law(T),
    )  # fmt: skip
    return system, Newton(system)


@pytest.mark.parametrize("elastic", [False, True], ids=["viscous", "elastic"])
def test_restoring_repeats_a_step_of_a_hardening_metal_identically(elastic):
    system, newton = model_with_step(elastic)
    motion = take_first_step(system, newton)
    assert np.ptp(resistance(system.metal)) > 1.0
    assert_repeated_identically(system, newton, motion)


def carried(symmetry, comm):
    """Memory after three steps with prescribed fields, in an order that no partition changes."""
    metal = block(LITHIUM, symmetry=symmetry, comm=comm)
    gdim = metal.mesh.geometry.dim
    metal.fields.velocity.interpolate(
        lambda x: np.stack([x[0] * x[1] * (1.0 - x[0])] * (gdim - 1) + [x[1] ** 2 - x[0] * x[-1]])
    )
    orders = {name: CanonicalOrder(comm, xs) for name, xs in metal.memory_points().items()}
    x = metal.mesh.geometry.x
    for _ in range(3):
        dt = 0.05
        metal.begin_step(dt)
        metal.update(np.zeros(0), T, contact_pressure=np.zeros(0))
        move = dt * 0.2 * np.cos(x[:, 0]) * x[:, gdim - 1]
        metal.accept_step(dt, move, -0.9)
        x[:, gdim - 1] += move
    return {name: orders[name].gather(xs) for name, xs in metal.memory_state().items()}


@pytest.mark.parallel(nprocs=2)
@pytest.mark.parametrize("symmetry", list(FLOWS))
def test_two_ranks_carry_the_resistance_of_one(symmetry):
    alone, together = carried(symmetry, MPI.COMM_SELF), carried(symmetry, MPI.COMM_WORLD)
    assert MPI.COMM_WORLD.size == 2
    if MPI.COMM_WORLD.rank == 0:
        assert set(alone) == {"stress", "log_resistance", "old_pressure"}
        assert np.ptp(alone["log_resistance"]) > 0.01
        for name in ("stress", "log_resistance"):
            scale = np.ptp(alone[name])
            assert np.allclose(alone[name], together[name], rtol=0.0, atol=1e-11 * scale)
