"""A stressed body keeps its stress: through a moving mesh, and moving through a mesh at rest."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI

from femna.physics.convection import rotate
from femna.simulation.discretisation import Quadrature, QuadratureEvaluator
from femna.simulation.elastic_memory import ElasticModuli
from femna.simulation.memory import MetalMemory
from femna.simulation.scales import Scales

SCALES = Scales(length=1.0, velocity=1.0, traction=1.0, current=1.0, potential=1.0)
DEGREE = 4
E3 = np.eye(3)


class Carrier:
    """A memory on its own, with fields to prescribe; transport is the same in all symmetries."""

    def __init__(self, domain, velocity=None):
        self.mesh = domain
        self.d = domain.geometry.dim
        self.velocity = fem.Function(fem.functionspace(domain, ("Lagrange", 2, (self.d,))))
        self.pressure = fem.Function(fem.functionspace(domain, ("Lagrange", 1)))
        if velocity is not None:
            self.velocity.interpolate(velocity)
        quadrature = Quadrature.build(domain, DEGREE)
        self.memory = MetalMemory(
            self.velocity,
            self.pressure,
            quadrature,
            quadrature_degree=DEGREE,
            moduli=ElasticModuli(shear=1.0, bulk=1.0),
            scales=SCALES,
            symmetry="square" if self.d == 3 else "plane_strain",
        )
        self._points = QuadratureEvaluator(ufl.SpatialCoordinate(domain), quadrature, domain)
        tensor, scalar = quadrature.tensor_space.dofmap, quadrature.scalar_space.dofmap
        assert np.array_equal(tensor.list, scalar.list)

    @property
    def points(self):
        return self._points()

    @property
    def stress(self):
        return self.memory.state()["stress"].reshape(-1, 3, 3)

    def step(self, stress, dt, displacement, platen=0.0):
        self.memory.begin_step(dt)
        self.memory.accept_step(dt, stress.reshape(-1, 9), displacement, platen)


def unit_square(count):
    return mesh.create_rectangle(
        MPI.COMM_SELF, [[0.0, 0.0], [1.0, 1.0]], [count, count], diagonal=mesh.DiagonalType.crossed
    )


def bump(points, centre=(0.5, 0.5), width=0.15):
    """A smooth stress with every in-plane component, zero towards the sides."""
    size = np.exp(-np.sum((points[:, : len(centre)] - centre) ** 2, axis=1) / width**2)
    tensor = np.array([[1.0, 0.6, 0.0], [0.6, -0.7, 0.0], [0.0, 0.0, -0.3]])
    return size[:, None, None] * tensor


def error(found, expected):
    return float(np.sqrt(np.mean((found - expected) ** 2) / np.mean(expected**2)))


def moving_mesh_error(count, steps):
    """The metal rests, the mesh is stirred along the vertical; error at the end."""
    body = Carrier(unit_square(count))
    x = body.mesh.geometry.x
    shape = 0.12 * np.sin(np.pi * x[:, 1]) * np.cos(2.0 * np.pi * x[:, 0])
    stress = bump(body.points)
    for _ in range(steps):
        body.step(stress, 1.0 / steps, shape / steps)
        x[:, 1] += shape / steps
        stress = body.stress
    return error(stress, bump(body.points))


def turning_body_error(count, steps):
    """The mesh rests, the metal turns rigidly by a quarter, off the bump's centre."""
    spin = 0.5 * np.pi
    body = Carrier(
        unit_square(count), lambda x: np.stack([-spin * (x[1] - 0.5), spin * (x[0] - 0.5)])
    )
    stress = bump(body.points, (0.6, 0.5), 0.12)
    still = np.zeros((len(body.mesh.geometry.x), 2))
    for _ in range(steps):
        body.step(stress, 1.0 / steps, still)
        stress = body.stress
    quarter = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    return error(stress, quarter @ bump(body.points, (0.5, 0.6), 0.12) @ quarter.T)


def orders(errors):
    return np.log2(np.array(errors[:-1]) / np.array(errors[1:]))


def test_stress_at_rest_in_a_moving_mesh_has_order_two_in_h_with_dt_as_h_squared():
    found = orders([moving_mesh_error(n, (n // 4) ** 2) for n in (8, 16, 32)])
    assert found[0] > 1.7, found
    assert found[1] > 1.85, found


def test_stress_at_rest_in_a_moving_mesh_has_order_one_in_dt():
    fine = moving_mesh_error(32, 64)
    found = orders([moving_mesh_error(32, n) - fine for n in (2, 4, 8)])
    assert np.all(found > 0.8), found


def test_stress_turned_with_the_metal_has_order_two_in_h():
    found = orders([turning_body_error(n, (n // 4) ** 2 // 2) for n in (8, 16, 32)])
    assert found[-1] > 1.8, found


def test_a_cube_carries_stress_at_order_two():
    def state(points, centre):
        size = np.cos(np.pi * np.clip((points[:, 2] - centre) / 0.9, -0.5, 0.5)) ** 2
        size *= 1.0 + 0.5 * np.cos(np.pi * points[:, 0])
        return size[:, None, None] * np.array([[1.0, 0.3, 0.2], [0.3, -0.4, 0.1], [0.2, 0.1, -0.6]])

    def carried(count):
        domain = mesh.create_unit_cube(MPI.COMM_SELF, count, count, count)
        body = Carrier(domain, lambda x: np.stack([0.0 * x[0], 0.0 * x[0], -0.2 + 0.0 * x[0]]))
        still = np.zeros(len(domain.geometry.x))
        body.step(state(body.points, 0.55), 1.0, still)
        return error(body.stress, state(body.points, 0.35))

    found = orders([carried(count) for count in (6, 12)])
    assert found[0] > 1.8, found


def test_nothing_changes_where_the_mesh_follows_the_metal():
    rng = np.random.default_rng(1)
    body = Carrier(unit_square(6), lambda x: np.stack([0.0 * x[0], 0.4 + 0.0 * x[0]]))
    stress = rng.normal(size=(len(body.points), 3, 3))
    body.pressure.interpolate(lambda x: x[0] ** 2 - x[1])
    body.step(stress, 0.3, np.full(len(body.mesh.geometry.x), -0.6 * 0.3), platen=-1.0)
    assert np.allclose(body.stress, stress, rtol=0.0, atol=1e-13)
    body.step(stress, 0.3, np.zeros(len(body.mesh.geometry.x)), platen=-0.4)
    assert np.allclose(body.stress, stress, rtol=0.0, atol=1e-13)
    history = body.memory.elastic.old_pressure
    expected = fem.Function(history.function_space)
    expected.interpolate(body.pressure)
    assert np.allclose(history.x.array, expected.x.array, rtol=0.0, atol=1e-13)


def test_a_function_and_node_arrays_describe_the_same_mesh_motion():
    results = []
    for kind in ("function", "nodes", "vertical"):
        body = Carrier(unit_square(6))
        x = body.mesh.geometry.x
        vertical = 0.1 * x[:, 1] * (1.0 + x[:, 0])
        displacement = {"nodes": np.stack([0.0 * vertical, vertical], axis=1)}.get(kind, vertical)
        if kind == "function":
            displacement = fem.Function(fem.functionspace(body.mesh, ("Lagrange", 1, (2,))))
            displacement.interpolate(lambda x: np.stack([0.0 * x[0], 0.1 * x[1] * (1.0 + x[0])]))
        body.step(bump(body.points), 0.5, displacement)
        results.append(body.stress)
    assert np.allclose(results[0], results[1], rtol=0.0, atol=1e-13)
    assert np.array_equal(results[1], results[2])


@pytest.mark.parametrize("direction", [-1.0, 1.0], ids=["stripping", "plating"])
def test_a_constant_state_stays_what_it_is(direction):
    body = Carrier(
        unit_square(6),
        lambda x: np.stack([0.3 * np.sin(3.0 * x[1]), direction * (1.0 - x[1] ** 2)]),
    )
    body.pressure.x.array[:] = 2.5
    stress = np.tile(np.diag([1.0, 2.0, -3.0]), (len(body.points), 1, 1))
    body.velocity.x.array[::2] = 0.0  # no spin would leave it as it is but for the shear of v_y
    body.step(stress, 0.8, 0.05 * body.mesh.geometry.x[:, 1])
    assert np.allclose(body.stress, stress, rtol=0.0, atol=1e-12)
    assert np.allclose(body.memory.state()["old_pressure"], 2.5, rtol=0.0, atol=1e-12)


def test_what_enters_a_plated_body_is_bounded_by_what_was_there():
    body = Carrier(unit_square(12), lambda x: np.stack([0.0 * x[0], 1.0 + 0.0 * x[0]]))
    size = 1.0 + np.cos(2.0 * np.pi * body.points[:, 0]) * body.points[:, 1]
    stress = size[:, None, None] * np.diag([1.0, -1.0, 0.0])
    body.step(stress, 3.0, np.zeros(len(body.mesh.geometry.x)))
    assert np.allclose(body.stress[:, 0, 0], 1.0, atol=0.02)


def test_new_extrema_are_small_where_the_stress_is_smooth_and_bounded_at_a_jump():
    rise = {}
    for kind in ("smooth", "jump"):
        body = Carrier(unit_square(24), lambda x: np.stack([0.0 * x[0], 0.4 + 0.0 * x[0]]))
        size = np.exp(-np.sum((body.points - (0.5, 0.35)) ** 2, axis=1) / 0.15**2)
        if kind == "jump":
            size = 1.0 * np.all(np.abs(body.points - (0.5, 0.35)) < 0.2, axis=1)
        stress = size[:, None, None] * np.diag([1.0, -1.0, 0.0])
        for _ in range(5):
            body.step(stress, 0.1, np.zeros(len(body.mesh.geometry.x)))
            stress = body.stress
        rise[kind] = max(stress[:, 0, 0].max() - 1.0, -stress[:, 0, 0].min())
    assert rise["smooth"] < 0.02
    assert rise["jump"] < 0.3


def test_rotation_is_exact_for_any_angle():
    rng = np.random.default_rng(2)
    axis = np.array([0.36, 0.48, 0.8])
    cross = np.cross(E3, axis)
    stress = rng.normal(size=(5, 3, 3))
    angles = np.array([0.0, 1e-9, 0.1, 3.0, 20.0])
    turned = rotate(stress, angles[:, None, None] * cross)
    for found, old, angle in zip(turned, stress, angles, strict=True):
        matrix = (
            np.cos(angle) * E3 + np.sin(angle) * cross + (1 - np.cos(angle)) * np.outer(axis, axis)
        )
        assert np.allclose(found, matrix @ old @ matrix.T, atol=1e-13)
