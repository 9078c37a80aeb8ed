"""The electrolyte that bends under the interface's pressure, against exact fields of elasticity.

The wave on a layer without friction below: its surface sinks by 2 (1 - nu^2) p / (E k) L(kh),
L(x) = sinh^2 x / (sinh x cosh x + x) (I. I. Vorovich, V. M. Aleksandrov, V. A. Babeshko,
Non-classical mixed problems of elasticity, Nauka 1974; L -> 1 is the half space).
"""

from __future__ import annotations

from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from femna.output.parts import vectors_at_nodes
from femna.simulation.bodies.foundation import DiscShape, sinking
from femna.simulation.setup import Model
from verification.cells import model
from verification.record import Case, Verified
from verification.stacks import stack_model

ELASTIC = {"electrolyte.elastic": "true"}
PATCHES = {
    "interface.map": "{ kind = 'patches', blocked_fraction = 0.3, transition = '6 um' }",
    "numerics.interface_size": "6 um",
}
CELLS = {
    "plane_strain": {},
    "axisymmetric": PATCHES,
    "square": PATCHES,
    "hexagonal": PATCHES,
}
KRYLOV = 1e-7
"""Of stresses in three dimensions, where displacements are solved to 1e-10 of the load."""

WAVE = Case(
    name="elastic_layer_under_a_wave",
    part="contact",
    title="Elastic electrolyte under a wave of pressure",
    formula="u = 2 (1 - nu^2) p sinh^2 kh / (E k (sinh kh cosh kh + kh))",
    source="Vorovich, Aleksandrov, Babeshko, Non-classical mixed problems of elasticity, 1974.",
    mesh="plane-strain cell, layer as deep as the half wave, elements of 4 um and finer",
)


def elastic(built: Model):
    body = built.system.elastic_electrolyte
    assert body is not None
    return body


def depth(built: Model) -> float:
    return built.electrolyte_thickness / built.cell.length_scale


@pytest.mark.parametrize("symmetry", CELLS)
def test_a_cell_under_one_pressure_is_strained_uniaxially(tmp_path: Path, symmetry: str) -> None:
    built = model(tmp_path, ELASTIC | CELLS[symmetry] | {"geometry.symmetry": symmetry})
    body, mesh = elastic(built), built.cell.electrolyte.mesh
    body.solve(np.ones(built.system.electrolyte.size))
    bound = 1e-10 if mesh.geometry.dim == 2 else KRYLOV
    up, nu = mesh.geometry.dim - 1, body.solid.poisson_ratio
    moved = vectors_at_nodes(body.displacement)
    above = mesh.geometry.x[:, up] + depth(built)
    softness = (1.0 + nu) * (1.0 - 2.0 * nu) / (1.0 - nu)
    np.testing.assert_allclose(moved[:, up], -above * softness, rtol=0.0, atol=bound)
    assert np.abs(np.delete(moved, up, axis=1)).max() < bound
    stress = body.stress_of_cells()
    exact = np.full(3, -nu / (1.0 - nu))
    exact[up] = -1.0
    np.testing.assert_allclose(stress, np.broadcast_to(np.diag(exact), stress.shape), atol=bound)


def test_a_wave_of_pressure_sinks_into_a_layer_with_second_order(
    tmp_path: Path, verified: Verified
) -> None:
    cell = ELASTIC | {"geometry.electrolyte_thickness": "25 um"}
    cell |= {"numerics.interface_size": "4 um", "interface.map.transition": "8 um"}
    refinements, errors = (1.0, 2.0, 4.0), []
    for refine in refinements:
        built = model(tmp_path, cell, refine=refine)
        body, vertices = elastic(built), built.system.vertices
        wave = np.cos(np.pi * vertices.horizontal[:, 0])
        body.solve(built.system.electrolyte.spread(wave))
        nu, kh = body.solid.poisson_ratio, np.pi * depth(built)
        exact = 2.0 * (1.0 - nu**2) / np.pi
        exact *= np.sinh(kh) ** 2 / (np.sinh(kh) * np.cosh(kh) + kh)
        points = built.cell.electrolyte.mesh.geometry.x
        corner = np.argmin(np.hypot(points[:, 0], points[:, 1]))
        errors.append(-vectors_at_nodes(body.displacement)[corner, 1] / exact - 1.0)
    # the pressure is linear between vertices
    orders = np.log2(np.abs(errors[:-1]) / np.abs(errors[1:]))
    np.testing.assert_allclose(orders, 2.0, atol=0.2)
    verified.convergence(WAVE, "sinking", [4.0 / r for r in refinements], errors, order=2.0)


def mean_sinking(built: Model, inner: float, outer: float) -> float:
    """Mean sinking of the upper face between two radii, in lengths of the mesh."""
    mesh = built.cell.electrolyte.mesh
    x, up = ufl.SpatialCoordinate(mesh), mesh.geometry.dim - 1
    away = x[0] if up == 1 else ufl.sqrt(x[0] ** 2 + x[1] ** 2)
    within = ufl.And(ufl.gt(away, inner), ufl.And(ufl.lt(away, outer), ufl.gt(x[up], -1e-9)))
    weight = ufl.conditional(within, 1.0, 0.0) * (x[0] if up == 1 else 1.0)
    ds = ufl.ds(domain=mesh, metadata={"quadrature_degree": 8})
    displacement = elastic(built).displacement[up]
    sunk, area = (
        fem.assemble_scalar(fem.form(part * ds)) for part in (displacement * weight, weight)
    )
    return float(-sunk / area)


SMALL = {
    "geometry.electrode_diameter": "1 mm",
    "geometry.electrolyte_diameter": "2.4 mm",
    "geometry.electrolyte_thickness": "0.3 mm",
    "mask": "{ thickness = '99 um', outer_radius = '1.1 mm' }",
}
WHOLE = {"mask": "{ thickness = '99 um', outer_radius = '5 mm' }"}


@pytest.mark.parametrize(
    ("changes", "shape", "tolerance"),
    [
        (WHOLE, DiscShape(electrode=2.5, window=2.55, outer=5.0, edge=5.0, thickness=0.7), 0.01),
        # coarse elements of the half disc in three dimensions: the rims are a tenth of a radius off
        pytest.param(
            SMALL | {"geometry.symmetry": "mirror", "numerics.interface_size": "100 um"},
            DiscShape(electrode=0.5, window=0.55, outer=1.1, edge=1.2, thickness=0.3),
            0.03,
            marks=pytest.mark.slow,
        ),
    ],
    ids=["axisymmetric", "mirror"],
)
def test_a_disc_sinks_below_electrode_and_mask_as_on_a_mesh_that_follows_them(
    tmp_path: Path, changes: dict[str, str], shape: DiscShape, tolerance: float
) -> None:
    open_rim = {"geometry.rim": "open", "geometry.clearance": "50 um"}
    built = stack_model(tmp_path, ELASTIC | open_rim | changes)
    body, unit = elastic(built), 1e-3 / built.cell.length_scale
    exact = sinking(MPI.COMM_SELF, shape, body.solid) * body.solid.youngs_modulus * unit
    found = np.empty((2, 2))
    for column, (electrode, ring) in enumerate(((1.0, 0.0), (0.0, 1.0))):
        body.solve(np.full(built.system.electrolyte.size, electrode), mask_pressure=ring)
        found[0, column] = mean_sinking(built, 0.0, shape.electrode * unit)
        found[1, column] = mean_sinking(built, shape.window * unit, shape.outer * unit)
    np.testing.assert_allclose(found, exact, rtol=tolerance)
