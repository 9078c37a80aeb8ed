"""Closing cylinder and hemisphere in a concentric body under outer pressure, n = 1, 3, 5.

docs/verification.md, line 4. Straight facets stand for the circles: the area of a polygon is
short of its circle's by (h/a)^2/6, so that geometry sets the order, 2, for every exponent.
"""

from __future__ import annotations

from itertools import pairwise

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
import ufl
from dolfinx import fem
from reference.closed_forms import cylinder_closure_pressure, sphere_closure_pressure
from reference.creep_profiles import void_profile

from femna.physics.kinematics import volume_weight
from verification.flow import Flow, continuation
from verification.meshes import metal_cell, sector
from verification.record import Case, Verified

FLOOR = 1e-6  # over |adot|/a; the slowest metal, at b = 20 a, flows at 2.5e-4 of it
BODIES = [
    ("plane_strain", 5.0),
    ("plane_strain", 20.0),
    ("axisymmetric", 5.0),
    ("axisymmetric", 20.0),
]
EXPONENTS = [1.0, 3.0, 5.0]
SHAPES = {"plane_strain": "cylinder", "axisymmetric": "hemisphere"}
FORMULA = {
    "cylinder": "P = (n/sqrt 3) (2 |adot|/(sqrt 3 A a))^(1/n) [1 - (a/b)^(2/n)]",
    "hemisphere": "P = (2 n/3) (2 |adot|/(A a))^(1/n) [1 - (a/b)^(3/n)]",
}


def outer_pressure(symmetry: str, ratio: float, exponent: float) -> float:
    """Pressure that closes a void of radius 1 at speed 1, the bracket included (A = 1)."""
    law = sphere_closure_pressure if symmetry == "axisymmetric" else cylinder_closure_pressure
    return law(1.0, ratio, 1.0, exponent=exponent, prefactor=1.0)


def close(symmetry: str, ratio: float, exponent: float, around: int) -> Flow:
    """Solve with the exact pressure, by continuation in n."""
    through = round(around * np.log(ratio) / (0.5 * np.pi))
    cell = metal_cell(sector(around, through, inner=1.0, outer=ratio), symmetry=symmetry)
    flow = Flow(cell, floor=FLOOR)
    for n in continuation(exponent):
        flow.load(outer_pressure(symmetry, ratio, n), n)
    return flow


def closure_speed(flow: Flow, symmetry: str) -> float:
    """Speed of the wall, from the volume that enters through the outer boundary."""
    area = 2.0 * np.pi if symmetry == "axisymmetric" else 0.5 * np.pi  # of the void's wall
    return -float(flow.metal.flux().sum()) / area


def field_errors(flow: Flow, symmetry: str, exponent: float) -> tuple[float, float]:
    """Relative L2 errors of velocity and pressure against the exact fields."""
    shape = "sphere" if symmetry == "axisymmetric" else "cylinder"

    def profile(x: np.ndarray) -> tuple[np.ndarray, object]:
        r = np.maximum(np.linalg.norm(x[:2], axis=0), 0.9)
        return r, void_profile(r, 1.0, -1.0, shape=shape, exponent=exponent, prefactor=1.0)

    def velocity(x: np.ndarray) -> np.ndarray:
        r, fields = profile(x)
        return x[:2] / r * fields.velocity

    def pressure(x: np.ndarray) -> np.ndarray:
        _, f = profile(x)
        return -(f.radial_stress + f.hoop_stress + f.axial_stress) / 3.0

    domain = flow.cell.metal.mesh
    v = fem.Function(fem.functionspace(domain, ("Lagrange", 4, (2,))))
    p = fem.Function(fem.functionspace(domain, ("Lagrange", 4)))
    v.interpolate(velocity)
    p.interpolate(pressure)
    weight = volume_weight(ufl.SpatialCoordinate(domain), symmetry)
    dx = ufl.dx(domain=domain, metadata={"quadrature_degree": 8})
    actual = flow.metal.fields

    def norm(u: object) -> float:
        return float(np.sqrt(fem.assemble_scalar(fem.form(ufl.inner(u, u) * weight * dx))))

    return norm(actual.velocity - v) / norm(v), norm(actual.pressure - p) / norm(p)


def orders(errors: list[float]) -> list[float]:
    return [float(np.log2(a / b)) for a, b in pairwise(errors)]


def book(symmetry: str) -> Case:
    shape = SHAPES[symmetry]
    return Case(
        name=f"closing_{shape}",
        part="voids",
        title=f"A closing {shape} in power-law metal",
        formula=FORMULA[shape],
        source="Closed form of a thick-walled body under outer pressure, checked against its "
        "integral in tests/reference.",
        mesh="a sector with 4, 8 and 16 elements over a quarter of the circle, straight facets",
        across="element over void radius",
        measure="relative error of the closure rate",
    )


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize(("symmetry", "ratio"), BODIES)
def test_closure_rate(symmetry: str, ratio: float, exponent: float, verified: Verified) -> None:
    flows = [close(symmetry, ratio, exponent, around) for around in (4, 8, 16)]
    errors = [abs(closure_speed(flow, symmetry) - 1.0) for flow in flows]
    assert orders(errors)[-1] == pytest.approx(2.0, abs=0.15)
    assert errors[-1] < 3e-3  # required: 1e-2; (pi/32)^2/6 = 1.6e-3 and half as much again in 3D
    label = f"n = {exponent:g}, b/a = {ratio:g}"
    sizes = [np.pi / 2 / around for around in (4, 8, 16)]
    verified.convergence(book(symmetry), label, sizes, errors, order=2.0)


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_velocity_and_pressure_around_the_void(symmetry: str, exponent: float) -> None:
    found = [
        field_errors(close(symmetry, 5.0, exponent, around), symmetry, exponent)
        for around in (4, 8, 16)
    ]
    velocity, pressure = zip(*found, strict=True)
    assert orders(list(velocity))[-1] == pytest.approx(2.0, abs=0.2)
    assert orders(list(pressure))[-1] == pytest.approx(2.0, abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize(("symmetry", "ratio"), BODIES)
def test_closure_rate_full(symmetry: str, ratio: float, exponent: float) -> None:
    flows = [close(symmetry, ratio, exponent, around) for around in (16, 32, 64)]
    errors = [abs(closure_speed(flow, symmetry) - 1.0) for flow in flows]
    assert orders(errors)[-1] == pytest.approx(2.0, abs=0.05)
    assert errors[-1] < 2e-4
