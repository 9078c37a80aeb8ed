"""How much faster flat voids close: limits of the closed forms."""

import numpy as np
import pytest

from femna.physics.void_shape import NEARLY_ROUND, shape_factor


@pytest.mark.parametrize("sphere", [True, False])
def test_a_round_void_closes_as_itself_and_every_other_faster(sphere):
    w = np.geomspace(1e-3, 1e3, 201)
    factor = shape_factor(w, sphere=sphere)
    assert shape_factor(np.array([1.0]), sphere=sphere)[0] == pytest.approx(1.0, abs=1e-12)
    assert np.all(factor >= 1.0 - 1e-12)
    assert np.all(np.diff(factor[:101]) < 0.0)
    assert np.all(np.diff(factor[100:]) > 0.0)


def test_a_thin_slot_and_a_penny_close_at_the_rate_of_their_width():
    # cracks: pi A^2 P / (2 eta) a depth, and (4/3) A^3 P / eta (I. N. Sneddon, incompressible)
    w = np.array([1e-4])
    assert shape_factor(w, sphere=False) * w == pytest.approx(0.5, rel=1e-6)
    assert shape_factor(w, sphere=True) * w == pytest.approx(4.0 / (3.0 * np.pi), rel=1e-4)


def test_a_needle_closes_as_a_cylinder():
    # over the volume a cylinder closes 4/3 times as fast as a sphere
    assert shape_factor(np.array([1e4]), sphere=True)[0] == pytest.approx(4.0 / 3.0, rel=1e-5)


def test_the_spheroid_s_factor_is_smooth_where_it_is_interpolated():
    for side in (1.0 - NEARLY_ROUND, 1.0 + NEARLY_ROUND):
        inner, outer = shape_factor(side + np.array([1e-6, -1e-6]), sphere=True)
        assert inner == pytest.approx(outer, abs=1e-7)
    near = shape_factor(np.array([1.0 - 0.5 * NEARLY_ROUND]), sphere=True)[0]
    ends = shape_factor(np.array([1.0 - NEARLY_ROUND]), sphere=True)[0]
    assert near - 1.0 == pytest.approx(0.25 * (ends - 1.0), rel=0.05)
