"""Initial voids in three dimensions: the volume of the caps, valid cells, one triangulation."""

import math

import numpy as np
import pytest

from femna.mesh.arrays import signed_volumes
from femna.mesh.cell import cell_arrays
from femna.mesh.quality import cell_quality
from femna.mesh.raised_void import raised_voids

CORNERS = {"square": 1, "hexagonal": 2}  # quarter caps in the meshed part
FACE = {"square": 1.0, "hexagonal": math.sqrt(3.0)}  # over the square of half the period


def cell(make_case, symmetry, angle):
    return make_case(
        geometry={
            "symmetry": symmetry,
            "metal_thickness": "30 um",
            "electrolyte_thickness": "30 um",
            "initial_void": {"radius": "8 um", "contact_angle": f"{angle} deg"},
        },
        chart={"kind": "uniform"},
        interface_size="4 um",
    )


def lost_volume(case, arrays):
    """The volume that the metal lacks, over that of its caps."""
    geometry = case.geometry
    half = 0.5 * geometry.period
    whole = FACE[geometry.symmetry] * geometry.metal_thickness / half
    caps = CORNERS[geometry.symmetry] * raised_voids(geometry).cap.cap_volume() / 4.0
    volumes = signed_volumes(arrays.metal.points, arrays.metal.cells)
    assert volumes.min() > 0.0
    return (whole - volumes.sum()) / caps


@pytest.mark.parametrize("symmetry", list(CORNERS))
def test_the_metal_lacks_the_volume_of_the_caps(make_case, symmetry):
    case = cell(make_case, symmetry, 30)
    errors = [1.0 - lost_volume(case, cell_arrays(case, refine=r)) for r in (1.0, 2.0)]
    assert 0.0 < errors[1] < errors[0] < 0.02
    # chords of a circle and of a sphere: order 2
    assert math.log2(errors[0] / errors[1]) > 1.6


@pytest.mark.parametrize("symmetry", list(CORNERS))
def test_the_steepest_void_leaves_usable_cells(make_case, symmetry):
    case = cell(make_case, symmetry, 40)
    assert cell_quality(cell_arrays(case)).metal.worst_angle > 3.0


def test_both_bodies_keep_the_same_triangles_under_a_void(make_case):
    arrays = cell_arrays(cell(make_case, "square", 40))
    horizontal = []
    for body in (arrays.metal, arrays.electrolyte):
        faces = body.facets[body.tags == body.names["interface"]]
        corners = np.round(body.points[faces][:, :, :2], 9)
        horizontal.append({tuple(sorted(map(tuple, triangle))) for triangle in corners})
    assert horizontal[0] == horizontal[1]
