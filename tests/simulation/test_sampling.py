"""Fields read off one mesh of triangles at the points of another."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from dolfinx import fem, mesh
from mpi4py import MPI

from femna.simulation.sampling import Sampler


def flat_rectangle(comm, count=9):
    """Triangles of [0, 2] x [0, 0.1], eight times as wide as high, and not in rows."""
    domain = mesh.create_rectangle(comm, [(0.0, 0.0), (2.0, 0.1)], [4 * count, count])
    x = domain.geometry.x
    x[:, 0] += 0.02 * np.sin(np.pi * x[:, 0]) * np.sin(10.0 * np.pi * x[:, 1])
    return domain


def owned(function, sampler):
    space = function.function_space
    values = function.x.array.reshape(-1, space.dofmap.index_map_bs)
    return values[space.dofmap.list[: sampler.owned]]


def quadratic(x):
    return np.stack([1.0 + x[0] ** 2 - 3.0 * x[0] * x[1], x[1] ** 2 - 2.0 * x[0]])


@pytest.mark.parallel(2)
def test_a_polynomial_of_the_element_is_read_exactly_whoever_owns_the_cell():
    domain = flat_rectangle(MPI.COMM_WORLD)
    sampler = Sampler(domain)
    rng = np.random.default_rng(MPI.COMM_WORLD.rank)
    points = rng.uniform((0.0, 0.0), (2.0, 0.1), size=(300, 2))
    places = sampler.find(points)
    assert places.shares.min() > -1e-9
    square = fem.Function(fem.functionspace(domain, ("Lagrange", 2, (2,))))
    square.interpolate(quadratic)
    read = sampler.at(places, owned(square, sampler))
    assert np.allclose(read, quadratic(points.T).T, rtol=0.0, atol=1e-12)
    line = fem.Function(fem.functionspace(domain, ("Lagrange", 1)))
    line.interpolate(lambda x: 2.0 - x[0] + 5.0 * x[1])
    read = sampler.at(places, owned(line, sampler))[:, 0]
    assert np.allclose(read, 2.0 - points[:, 0] + 5.0 * points[:, 1], rtol=0.0, atol=1e-12)


def test_a_point_outside_belongs_to_the_cell_that_it_misses_least():
    sampler = Sampler(flat_rectangle(MPI.COMM_SELF))
    line = fem.Function(fem.functionspace(flat_rectangle(MPI.COMM_SELF), ("Lagrange", 1)))
    line.interpolate(lambda x: x[1])
    # a tenth of a cell below, where a linear function is followed; a whole cell, where it is not
    found = sampler.at(sampler.find(np.array([[1.0, -0.001], [1.0, -0.01]])), owned(line, sampler))
    assert found[0, 0] == pytest.approx(-0.001, abs=1e-12)
    assert -0.004 < found[1, 0] < 0.0


@pytest.mark.parallel(2)
def test_integrals_of_linear_functions_over_a_revolution_are_exact():
    domain = mesh.create_rectangle(MPI.COMM_WORLD, [(0.0, 0.0), (2.0, 0.1)], [7, 3])
    sampler = Sampler(domain)
    space = fem.functionspace(domain, ("Discontinuous Lagrange", 1))
    line = fem.Function(space)
    line.interpolate(lambda x: 3.0 * x[0] - x[1])
    # 2 pi h (3 R^3/3 - R^2 h/4)
    exact = 2.0 * np.pi * 0.1 * (8.0 - 0.1)
    assert sampler.integral(owned(line, sampler))[0] == pytest.approx(exact, rel=1e-13)
