"""What a step leaves of a void: against the differential equation that it solves."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from femna.physics.void_decay import TAIL, share_left, time_left
from femna.physics.void_shape import emptied, shape_factor

EMPTY = [0.0, 0.1, 0.5, 1.0]


@pytest.mark.parametrize("empty", EMPTY)
def test_a_void_loses_by_its_rate_down_to_the_tail(empty):
    bend = 1.0 - empty

    def lost(_x, v):
        return -(empty + bend * v)

    x = np.linspace(0.0, 3.0, 61)
    exact = solve_ivp(lost, (0.0, 3.0), [1.0], t_eval=x, rtol=1e-10, atol=1e-12).y[0]
    found = share_left(x, np.full_like(x, empty))[0]
    above = exact > TAIL
    assert np.count_nonzero(above) > 15
    assert found[above] == pytest.approx(exact[above], rel=1e-8)
    assert np.all(found > 0.0)


def test_a_void_whose_rate_goes_with_its_volume_decays_for_ever():
    x = np.linspace(0.0, 20.0, 41)
    left, slope = share_left(x, np.zeros_like(x))
    assert left == pytest.approx(np.exp(-x), rel=1e-9)
    assert slope == pytest.approx(np.exp(-x), rel=1e-9)
    assert np.all(np.isinf(time_left(np.array([0.01, 0.9]), np.zeros(2))))


@pytest.mark.parametrize("empty", EMPTY)
def test_the_slope_is_that_of_what_is_left_everywhere(empty):
    x, h = np.linspace(0.01, 3.0, 301), 1e-5
    q = np.full_like(x, empty)
    differences = (share_left(x - h, q)[0] - share_left(x + h, q)[0]) / (2.0 * h)
    # the curvature jumps where the tail begins: h over the tail's share
    assert share_left(x, q)[1] == pytest.approx(differences, rel=1e-6, abs=2.0 * h / TAIL)


@pytest.mark.parametrize("empty", EMPTY[1:])
def test_steps_of_any_length_end_a_void_at_one_time(empty):
    end = np.log(1.0 / empty) / (1.0 - empty) if empty < 1.0 else 1.0
    for x in (0.1, 0.5, 0.7):
        v = share_left(np.array([x]), np.array([empty]))[0]
        # x + what is left of it, in steps of x
        assert x + x * time_left(v, np.array([empty]))[0] == pytest.approx(end, rel=1e-9)
    assert time_left(np.array([1.0, 1.2]), np.array([empty, empty])).tolist() == [np.inf, np.inf]


@pytest.mark.parametrize("sphere", [True, False])
def test_an_emptied_void_closes_by_its_width(sphere):
    w = np.array([1e-3, 0.3, 1.0, 4.0])
    thin = 1e-5 * shape_factor(np.array([1e-5]), sphere=sphere)
    expected = thin / (w * shape_factor(w, sphere=sphere))  # volume at one width goes with w
    found = emptied(w, sphere=sphere)
    assert found == pytest.approx(expected, rel=1e-4)
    assert found[0] == pytest.approx(1.0, abs=5e-3)
    assert np.all((found > 0.0) & (found <= 1.0))
