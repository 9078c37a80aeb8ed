"""A state as voxels: shares, volumes and grey values against bodies whose volume is known."""

import numpy as np
import pytest

from femna.output.voids import buried_spheres
from femna.output.voxels import grey_stack, void_shares, void_volumes
from femna.tables import read_table

SHAPE = (10, 12, 16)


def corners(shape, voxel):
    x, y = shape[2] * voxel, shape[1] * voxel
    return np.array([(0, 0), (x, 0), (0, y), (x, y)], float)


def test_a_plane_gap_fills_whole_and_parts_of_voxels():
    places = corners(SHAPE, 2.0)
    share = void_shares(places, np.full(4, 5.0), [], shape=SHAPE, voxel=2.0)
    assert share[:, 3, 3] == pytest.approx([1, 1, 0.5, *[0] * 7])
    # a wedge from 0 to 16 along x: a linear gap is exact at the middles of the parts
    wedge = void_shares(places, places[:, 0] / 2.0, [], shape=SHAPE, voxel=2.0)
    assert wedge.sum(dtype=float) * 8 == pytest.approx(8.0 * 32.0 * 24.0, rel=1e-6)


def test_the_volume_of_a_sphere_converges_and_one_over_a_side_is_cut():
    whole = 4.0 / 3.0 * np.pi * 3.0**3
    places, gap = corners(SHAPE, 1.0), np.zeros(4)
    share = void_shares(places, gap, [(8.1, 6.2, 5.3, 3.0)], shape=SHAPE, voxel=1.0)
    # points a quarter of a voxel apart, twelve in the radius
    assert share.sum(dtype=float) == pytest.approx(whole, rel=0.01)
    half = void_shares(places, gap, [(0.0, 6.2, 5.3, 3.0)], shape=SHAPE, voxel=1.0)
    assert half.sum(dtype=float) == pytest.approx(0.5 * whole, rel=0.01)


def test_voids_that_touch_at_a_corner_are_one_and_small_ones_are_none():
    share = np.zeros(SHAPE, np.float32)
    share[0, 0, 0] = share[1, 1, 1] = share[5, 5, 5] = 1.0
    share[8, 8, 8] = 0.4  # less than half of a voxel
    assert sorted(void_volumes(share, 2.0, least=0.0)) == [8.0, 16.0]
    assert void_volumes(share, 2.0, least=9.0) == [16.0]


def test_grey_values_have_the_contrast_to_noise_that_was_asked_for():
    share = np.zeros(SHAPE, np.float32)
    share[2:] = 1.0
    greys = (8000.0, 14000.0, 32000.0)
    plain = grey_stack(share, below=3, greys=greys)
    assert [int(plain[k, 0, 0]) for k in (0, 3, 5)] == [32000, 14000, 8000]
    noisy = grey_stack(share, below=3, greys=greys, contrast_to_noise=3.0, seed=1)
    # 1536 values: the standard deviation is known to 1.8 %
    assert np.std(noisy[5:].astype(float)) == pytest.approx(2000.0, rel=0.07)
    assert np.array_equal(
        noisy, grey_stack(share, below=3, greys=greys, contrast_to_noise=3.0, seed=1)
    )
    blurred = grey_stack(share, below=3, greys=greys, blur=1.0)
    assert 8000 < blurred[5, 6, 6] < blurred[4, 6, 6]


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n5")
    assert read_table(tmp_path / "t.csv") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert read_table(tmp_path / "none.csv") == []


def test_only_buried_voids_are_spheres():
    row = {"x_um": 1.0, "y_um": 2.0, "z_um": 9.0, "depth_um": 12.0}
    rows = [row | {"state": state} for state in ("open", "buried", "met", "closed")]
    assert buried_spheres(rows) == [(1.0, 2.0, 9.0, 3.0)]
