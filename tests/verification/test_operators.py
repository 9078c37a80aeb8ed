"""Areas, volumes and currents of the discrete operators: identities to round-off."""

from __future__ import annotations

from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
import ufl
from dolfinx import fem

from femna.mesh.step import KERNEL_VARIANCE
from femna.physics.kinematics import divergence, volume_weight
from femna.simulation.conduction import distribute_current
from femna.simulation.dual_basis import dual_average
from femna.simulation.setup import Model
from verification.cells import model, set_step
from verification.record import Case, Verified

COARSE = {
    "interface.map.transition": "8 um",
    "numerics.interface_size": "12 um",
    "geometry.metal_thickness": "40 um",
    "geometry.electrolyte_thickness": "40 um",
}
PATCH = COARSE | {"interface.map.kind": "patches"}
VOID = {"geometry.initial_void": '{ radius = "5 um", contact_angle = "60 deg" }'}
CELLS = {
    "plane_strain": COARSE,
    "plane_strain_void": COARSE | VOID,
    "axisymmetric": PATCH | {"geometry.symmetry": "axisymmetric"},
    "axisymmetric_void": PATCH | {"geometry.symmetry": "axisymmetric"} | VOID,
    "square": PATCH | {"geometry.symmetry": "square"},
    "hexagonal": PATCH | {"geometry.symmetry": "hexagonal"},
}
AREA = {"plane_strain": 1.0, "axisymmetric": np.pi, "square": 1.0, "hexagonal": np.sqrt(3.0)}
SQUARES = {"plane_strain": 1 / 3, "axisymmetric": np.pi / 2, "square": 1 / 3, "hexagonal": 3**-0.5}
"""Integral of x^2 over the interface."""
EDGE = Case(
    name="edge_width",
    part="images",
    title="Width of a map's edge as the metal sees it",
    formula="variance of dc/dx = that of the step's kernel",
    source="The map enters by its mean over the dual functions of the interface.",
    mesh="8, 16 and 32 elements over the edge",
    across="element over the width",
    measure="relative error of the variance",
)
EPS = 1e-12  # some thousand additions


@pytest.fixture(params=list(CELLS))
def cell(request: pytest.FixtureRequest, tmp_path: Path) -> Model:
    built = model(tmp_path, CELLS[request.param])
    set_step(built, dt=0.01)
    return built


def test_vertex_areas_sum_to_the_nominal_area(cell: Model) -> None:
    # projected on the electrolyte, so that a void's cap counts with its base
    assert cell.system.area.sum() == pytest.approx(AREA[cell.cell.symmetry], rel=EPS)
    assert np.all(cell.system.area > 0.0)


def test_flux_through_the_interface_is_the_change_of_volume(cell: Model) -> None:
    metal = cell.system.metal
    rng = np.random.default_rng(3)
    velocity = rng.standard_normal(metal.sizes[0])
    velocity[np.unique(np.concatenate([c.dof_indices()[0] for c in metal.conditions]))] = 0.0
    metal.set(velocity, metal.get()[1])
    v, mesh = metal.fields.velocity, cell.cell.metal.mesh
    x = ufl.SpatialCoordinate(mesh)
    symmetry = cell.cell.symmetry
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": 4})
    rate = divergence(v, x, symmetry) * volume_weight(x, symmetry) * dx
    change = fem.assemble_scalar(fem.form(rate))
    # sides and platen let nothing through: only the interface does
    assert metal.flux().sum() == pytest.approx(change, rel=1e-10)


def test_uniform_pressure_balances_itself(cell: Model) -> None:
    system = cell.system
    metal = system.metal
    metal.set(np.zeros(metal.sizes[0]), np.ones(metal.sizes[1]))
    closed = np.zeros_like(system.z)
    metal.update(closed, cell.case.protocol.temperature, contact_pressure=closed)
    momentum, continuity = metal.residual(np.ones_like(system.z))
    assert np.max(np.abs(momentum)) < EPS
    assert np.max(np.abs(continuity)) < EPS


def test_dual_average_is_exact_for_planes_and_keeps_the_integral(cell: Model) -> None:
    system = cell.system
    where = (cell.cell, system.metal.pressure_space, system.vertices.metal)
    plane = dual_average(*where, lambda h: 1.0 + h @ np.arange(1.0, 1.0 + h.shape[1]))
    at = system.vertices.horizontal
    assert plane == pytest.approx(1.0 + at @ np.arange(1.0, 1.0 + at.shape[1]), rel=EPS)
    square = dual_average(*where, lambda h: h[:, 0] ** 2)
    assert system.area @ square == pytest.approx(SQUARES[cell.cell.symmetry], rel=EPS)


def test_width_of_an_edge_is_right_to_fourth_order(tmp_path: Path, verified: Verified) -> None:
    # the metal sees the map as linear between the vertices; its slope's variance is the width's
    edge, width = 0.5, 1.0 / 25.0
    errors = []
    for refine in (1.0, 2.0, 4.0):
        built = model(tmp_path, refine=refine)
        x = built.system.vertices.horizontal[:, 0]
        order = np.argsort(x)
        x, c = x[order], built.conducting[order]
        mean_square = np.diff(x**3) / np.diff(x) / 3.0
        variance = np.diff(c) @ mean_square - edge**2
        errors.append(abs(variance / (KERNEL_VARIANCE * width**2) - 1.0))
        assert np.diff(c) @ (0.5 * (x[1:] + x[:-1])) == pytest.approx(edge, rel=1e-9)
    # eight elements across: the value at the vertex would give 28/(6 64) = 7 %
    assert errors[0] < 0.02  # 0.011
    assert np.all(np.diff(np.log2(errors)) < -3.5)
    verified.convergence(EDGE, "stripes", [1 / 8, 1 / 16, 1 / 32], errors, order=4.0)


def test_current_in_is_current_out_is_applied(cell: Model) -> None:
    system = cell.system
    system.voltage = 1.0
    distribute_current(system, np.ones_like(system.z))
    out = system.electrolyte.current_out()
    system.z[:] = 1.0
    supplied = system.area @ system.interface().current.value
    assert supplied == pytest.approx(system.total_area, rel=1e-10)
    assert out == pytest.approx(system.total_area, rel=1e-10)


def test_uniform_map_has_the_ohmic_voltage(tmp_path: Path) -> None:
    built = model(tmp_path, COARSE | {"interface.map": '{ kind = "uniform" }'})
    set_step(built, dt=0.01)
    built.system.voltage = 1.0
    voltage = distribute_current(built.system, np.ones_like(built.system.z))
    # 8 ohm cm^2 and 40 um at 2 mS/cm: 2 ohm cm^2
    assert voltage == pytest.approx(1.25, rel=1e-10)
