"""The metal's lower surface is the void's cap; its volume converges to the formula."""

import numpy as np
import pytest

from femna.mesh.arrays import signed_volumes
from femna.mesh.cell import cell_arrays
from femna.mesh.void_cap import VoidCap

R = 5e-6
HALF = 25e-6
HEIGHT = 100e-6


def void(angle):
    return {"initial_void": {"radius": "5 um", "contact_angle": f"{angle} deg"}}


def meshed_void(arrays):
    """Volume of the void of the whole cell [m^2 or m^3] from the metal's mesh."""
    body, scale = arrays.metal, arrays.length_scale
    volumes = signed_volumes(body.points, body.cells)
    if arrays.symmetry == "plane_strain":
        return 2.0 * (HALF * HEIGHT - volumes.sum() * scale**2)
    radii = body.points[body.cells][:, :, 0].mean(axis=1)  # Pappus: exact for a triangle
    return np.pi * HALF**2 * HEIGHT - 2.0 * np.pi * np.sum(volumes * radii) * scale**3


def test_hemisphere_and_half_cylinder_formulas():
    cap = VoidCap(R, np.pi / 2)
    assert cap.height == pytest.approx(R)
    assert cap.segment_area() == pytest.approx(np.pi * R**2 / 2)
    assert cap.cap_volume() == pytest.approx(2 * np.pi * R**3 / 3)


@pytest.mark.parametrize("angle", [20, 60, 90])
def test_cap_meets_the_electrolyte_at_its_contact_angle(angle):
    cap = VoidCap(R, np.radians(angle))
    x = np.array([0.0, R * (1 - 1e-7), R, 2 * R])
    heights = cap.heights(x)
    assert heights[0] == pytest.approx(cap.height)
    assert heights[2:].tolist() == [0.0, 0.0]
    if angle < 90:
        assert heights[1] / (R * 1e-7) == pytest.approx(np.tan(np.radians(angle)), rel=1e-4)


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
@pytest.mark.parametrize(("angle", "order"), [(45, 1.9), (90, 1.4)])
def test_void_volume_converges_to_the_formula(make_case, symmetry, angle, order):
    case = make_case(geometry={"symmetry": symmetry, **void(angle)}, chart={"kind": "uniform"})
    cap = VoidCap(R, np.radians(angle))
    exact = cap.segment_area() if symmetry == "plane_strain" else cap.cap_volume()
    errors = [abs(meshed_void(cell_arrays(case, refine=r)) / exact - 1.0) for r in (1, 2)]
    assert errors[0] < 0.01
    assert np.log2(errors[0] / errors[1]) > order


def test_cap_nodes_lie_on_the_circle_and_the_triple_line_is_a_node(make_case):
    arrays = cell_arrays(make_case(geometry=void(60), chart={"kind": "uniform"}))
    surface = arrays.metal.points[np.unique(arrays.metal.group("interface"))] * HALF
    cap = VoidCap(R, np.radians(60))
    inside = surface[surface[:, 0] < R * (1 - 1e-9)]
    assert len(inside) >= 24
    centre = np.array([0.0, -cap.curvature_radius * np.cos(cap.contact_angle)])
    radii = np.linalg.norm(inside - centre, axis=1)
    assert radii == pytest.approx(np.full(len(inside), cap.curvature_radius), rel=1e-9)
    assert np.any(np.isclose(surface[:, 0], R, rtol=0, atol=1e-15) & (surface[:, 1] == 0.0))
    assert np.all(surface[surface[:, 0] >= R * (1 - 1e-9), 1] == 0.0)
    electrolyte = arrays.electrolyte
    assert np.all(electrolyte.points[electrolyte.group("interface")][:, :, 1] == 0.0)
