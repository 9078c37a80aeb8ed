"""The mesh of a stack: named faces of the right areas, an interface that matches."""

from pathlib import Path

import numpy as np
import pytest
from verification.stacks import stack_case

from femna.case import load_case
from femna.mesh.cell import cell_arrays
from femna.mesh.quality import cell_quality

RADIUS, EDGE, COUNTER = 2.5, 5.0, 1.5  # mm


def area(body, name):
    """Area of the horizontal facets of a group over pi [mm^2]; coordinates in metal radii."""
    ends = body.points[body.group(name)]
    assert np.ptp(ends[:, :, 1], axis=1) == pytest.approx(0.0, abs=1e-12)
    return RADIUS**2 * float(np.abs(ends[:, 0, 0] ** 2 - ends[:, 1, 0] ** 2).sum())


@pytest.fixture
def arrays(tmp_path):
    changes = {"geometry.rim": "open", "geometry.counter_diameter": f"{2 * COUNTER} mm"}
    return cell_arrays(stack_case(tmp_path, changes))


def test_faces_have_their_areas(arrays):
    assert area(arrays.metal, "interface") == pytest.approx(RADIUS**2)
    assert area(arrays.metal, "platen") == pytest.approx(RADIUS**2)
    assert area(arrays.electrolyte, "interface") == pytest.approx(RADIUS**2)
    assert area(arrays.electrolyte, "far") == pytest.approx(COUNTER**2)
    bare = EDGE**2 - RADIUS**2 + EDGE**2 - COUNTER**2
    assert area(arrays.electrolyte, "bare") == pytest.approx(bare)


def test_rim_is_open_and_the_axis_is_not(arrays):
    rim = arrays.metal.points[arrays.metal.group("rim")]
    axis = arrays.metal.points[arrays.metal.group("side")]
    assert np.all(rim[:, :, 0] == 1.0)
    assert np.all(axis[:, :, 0] == 0.0)


def test_interface_vertices_match_bit_for_bit(arrays):
    radii = [
        np.unique(body.points[body.group("interface")][:, :, 0])
        for body in (arrays.metal, arrays.electrolyte)
    ]
    assert np.array_equal(*radii)


def test_cells_are_well_shaped_and_fine_at_the_rim(arrays):
    quality = cell_quality(arrays)
    assert min(quality.metal.worst_angle, quality.electrolyte.worst_angle) > 20.0
    last = np.sort(np.unique(arrays.metal.points[arrays.metal.group("interface")][:, :, 0]))[-2:]
    assert (last[1] - last[0]) * RADIUS * 1e3 < 1.1 * 100.0 / 20.0  # um


def test_the_described_cell_is_the_papers():
    case = load_case(Path(__file__).parents[2] / "meshes" / "paper_cell.toml")
    arrays = cell_arrays(case)
    assert area(arrays.metal, "interface") == pytest.approx(RADIUS**2)
    assert area(arrays.electrolyte, "far") == pytest.approx(RADIUS**2)
    depth = -arrays.electrolyte.points[:, 1].min() * RADIUS
    assert (arrays.metal.points[:, 1].max() * RADIUS, depth) == pytest.approx((0.1, 0.7))
    assert cell_quality(arrays).metal.worst_angle > 20.0
