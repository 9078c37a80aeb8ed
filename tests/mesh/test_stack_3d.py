"""The mesh of a stack in three dimensions: faces of the right areas, valid columns."""

import numpy as np
import pytest
from verification.stacks import stack_case

from femna.mesh.arrays import signed_volumes
from femna.mesh.cell import cell_arrays
from femna.mesh.quality import cell_quality

RADIUS, THICKNESS, DEPTH, EDGE = 0.5, 0.2, 0.4, 1.0  # mm
SMALL = {
    "geometry.symmetry": "mirror",
    "geometry.electrode_diameter": f"{2 * RADIUS} mm",
    "geometry.metal_thickness": f"{THICKNESS} mm",
    "geometry.electrolyte_diameter": f"{2 * EDGE} mm",
    "geometry.electrolyte_thickness": f"{DEPTH} mm",
}
SHAPES = {
    "round": {},
    "off the axis, another counter electrode": {
        "geometry.electrode_offset": "0.3 mm",
        "geometry.counter_diameter": "0.8 mm",
    },
    "an ellipse across": {
        "geometry.electrode_shape": "elliptic",
        "geometry.electrode_width": "1.6 mm",
    },
    "a stadium across": {
        "geometry.electrode_shape": "rectangular",
        "geometry.electrode_width": "1.6 mm",
        "geometry.corner_radius": "0.5 mm",
    },
    "a square whose corners make a disc": {
        "geometry.electrode_shape": "rectangular",
        "geometry.electrode_width": "1 mm",
        "geometry.corner_radius": "0.5 mm",
    },
    "a rectangle under a tilted platen": {
        "geometry.electrode_shape": "rectangular",
        "geometry.electrode_width": "1.2 mm",
        "geometry.corner_radius": "0.2 mm",
        "geometry.platen_tilt": "80 mrad",
    },
}


def horizontal_area(body, name):
    """Area of a group seen from above, both halves [mm^2]; coordinates in metal radii."""
    ends = body.points[body.group(name)][:, :, :2]
    cross = np.linalg.det(ends[:, 1:] - ends[:, :1])
    return RADIUS**2 * float(np.abs(cross).sum())


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def cell(request, tmp_path):
    case = stack_case(tmp_path, SMALL | request.param)
    return case.geometry, cell_arrays(case)


def test_faces_have_the_areas_of_the_outlines(cell):
    geometry, arrays = cell
    electrode = geometry.electrode.area * 1e6
    counter = geometry.counter.area * 1e6
    both = 2.0 * np.pi * EDGE**2
    # chords miss their arc by (h/r)^2/6 of the area: 50 um on 0.4 mm
    for body, name, expected in (
        (arrays.metal, "interface", electrode),
        (arrays.metal, "platen", electrode),
        (arrays.electrolyte, "interface", electrode),
        (arrays.electrolyte, "far", counter),
        (arrays.electrolyte, "bare", both - electrode - counter),
    ):
        assert horizontal_area(body, name) == pytest.approx(expected, rel=4e-3)


def test_cells_fill_both_bodies_and_none_is_flat(cell):
    geometry, arrays = cell
    for body, expected in (
        (arrays.metal, geometry.electrode.area * 1e6 * THICKNESS),
        (arrays.electrolyte, np.pi * EDGE**2 * DEPTH),
    ):
        volumes = signed_volumes(body.points, body.cells)
        assert volumes.min() > 0.0
        # a tilted platen takes on one side what it gives on the other
        assert 2.0 * RADIUS**3 * volumes.sum() == pytest.approx(expected, rel=4e-3)
    quality = cell_quality(arrays)
    assert min(quality.metal.worst_angle, quality.electrolyte.worst_angle) > 8.0


def test_both_bodies_have_the_same_interface_vertices(cell):
    _, arrays = cell
    places = [
        np.unique(body.points[np.unique(body.group("interface"))][:, :2], axis=0)
        for body in (arrays.metal, arrays.electrolyte)
    ]
    assert np.array_equal(*places)


def test_an_open_rim_is_all_that_does_not_lie_on_the_plane_of_symmetry(tmp_path):
    arrays = cell_arrays(stack_case(tmp_path, SMALL | {"geometry.rim": "open"}))
    rim = arrays.metal.points[arrays.metal.group("rim")]
    assert np.linalg.norm(rim[:, :, :2], axis=2) == pytest.approx(1.0)
    assert np.all(arrays.metal.points[arrays.metal.group("side")][:, :, 1] == 0.0)
