"""Strain rates and volume weights of known velocity fields in the three symmetries."""

from __future__ import annotations

from itertools import pairwise

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI

from femna.physics.kinematics import divergence, strain_rate, volume_weight

RECTANGLE = ((1.0, 0.5), (3.0, 2.0))


def rectangle(count: int = 2) -> mesh.Mesh:
    return mesh.create_rectangle(MPI.COMM_SELF, RECTANGLE, (count, count))


def integral(form: object) -> float:
    return float(fem.assemble_scalar(fem.form(form)))


def difference(actual: object, expected: object, domain: mesh.Mesh) -> float:
    """Root of the mean square difference of two 3 x 3 tensors."""
    gap = actual - ufl.as_tensor(expected)
    dx = ufl.dx(domain=domain, metadata={"quadrature_degree": 6})
    return float(np.sqrt(integral(ufl.inner(gap, gap) * dx)))


def interpolated(domain: mesh.Mesh, expression: object) -> fem.Function:
    space = fem.functionspace(domain, ("Lagrange", 2, (domain.geometry.dim,)))
    v = fem.Function(space)
    v.interpolate(fem.Expression(expression, space.element.interpolation_points))
    return v


def test_plane_strain_of_a_quadratic_field() -> None:
    domain = rectangle()
    x = ufl.SpatialCoordinate(domain)
    v = interpolated(domain, ufl.as_vector([x[0] * x[1], x[0] ** 2]))
    expected = [[x[1], 1.5 * x[0], 0], [1.5 * x[0], 0, 0], [0, 0, 0]]
    assert difference(strain_rate(v, x, "plane_strain"), expected, domain) < 1e-12


def test_axisymmetric_of_a_quadratic_field_has_a_hoop_rate() -> None:
    domain = rectangle()
    x = ufl.SpatialCoordinate(domain)
    v = interpolated(domain, ufl.as_vector([x[0] * x[1], x[0] ** 2]))
    expected = [[x[1], 1.5 * x[0], 0], [1.5 * x[0], 0, 0], [0, 0, x[1]]]
    assert difference(strain_rate(v, x, "axisymmetric"), expected, domain) < 1e-12
    # v = (-r/2, z): uniaxial, without change of volume
    flow = interpolated(domain, ufl.as_vector([-0.5 * x[0], x[1]]))
    expected = [[-0.5, 0, 0], [0, 1, 0], [0, 0, -0.5]]
    assert difference(strain_rate(flow, x, "axisymmetric"), expected, domain) < 1e-12


def test_three_dimensions() -> None:
    domain = mesh.create_unit_cube(MPI.COMM_SELF, 1, 1, 1)
    x = ufl.SpatialCoordinate(domain)
    v = interpolated(domain, ufl.as_vector([x[1] * x[2], x[0] ** 2, x[0] * x[2]]))
    e01, e02, e12 = 0.5 * (x[2] + 2 * x[0]), 0.5 * (x[1] + x[2]), 0.0
    expected = [[0, e01, e02], [e01, 0, e12], [e02, e12, x[0]]]
    assert difference(strain_rate(v, x, "square"), expected, domain) < 1e-12


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_divergence_theorem(symmetry: str) -> None:
    domain = rectangle()
    x, n = ufl.SpatialCoordinate(domain), ufl.FacetNormal(domain)
    v = interpolated(domain, ufl.as_vector([x[0] * x[1], x[1] ** 2 - x[0]]))
    weight = volume_weight(x, symmetry)
    inside = integral(divergence(v, x, symmetry) * weight * ufl.dx(domain=domain))
    outside = integral(ufl.dot(v, n) * weight * ufl.ds(domain=domain))
    assert inside == pytest.approx(outside, rel=1e-13)


@pytest.mark.parametrize(
    ("symmetry", "volume"),
    [("plane_strain", 3.0), ("axisymmetric", np.pi * (9.0 - 1.0) * 1.5)],
)
def test_volume_weight_gives_the_volume(symmetry: str, volume: float) -> None:
    domain = rectangle()
    weight = volume_weight(ufl.SpatialCoordinate(domain), symmetry)
    assert integral(weight * ufl.dx(domain=domain)) == pytest.approx(volume, rel=1e-13)


def test_rigid_motion_has_no_rate() -> None:
    domain = rectangle()
    x = ufl.SpatialCoordinate(domain)
    turn = interpolated(domain, ufl.as_vector([2.0 - 3.0 * x[1], 1.0 + 3.0 * x[0]]))
    zero = ufl.zero((3, 3))
    assert difference(strain_rate(turn, x, "plane_strain"), zero, domain) < 1e-12
    still, up = fem.Constant(domain, 0.0), fem.Constant(domain, 4.0)
    lift = interpolated(domain, ufl.as_vector([still, up]))
    assert difference(strain_rate(lift, x, "axisymmetric"), zero, domain) < 1e-12


def test_rate_of_the_cylindrical_void_converges_with_the_order_of_p2() -> None:
    # u = -a/r in the plane: D_e = (2/sqrt3) a/r^2 with a = 1; the gradient of P2 is of order 2
    errors = []
    for count in (4, 8, 16):
        domain = rectangle(count)
        x = ufl.SpatialCoordinate(domain)
        r2 = x[0] ** 2 + x[1] ** 2
        v = interpolated(domain, ufl.as_vector([-x[0] / r2, -x[1] / r2]))
        d = strain_rate(v, x, "plane_strain")
        rate = ufl.sqrt(2.0 / 3.0 * ufl.inner(d, d))
        gap = rate - 2.0 / np.sqrt(3.0) / r2
        dx = ufl.dx(domain=domain, metadata={"quadrature_degree": 8})
        errors.append(np.sqrt(integral(gap**2 * dx)))
    orders = [np.log2(a / b) for a, b in pairwise(errors)]
    assert orders[-1] == pytest.approx(2.0, abs=0.15)
