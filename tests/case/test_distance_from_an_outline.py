"""How far a place lies from an electrode's outline and from the window around it."""

import numpy as np
import pytest

from femna.case.electrode_shape import ElectrodeShape
from femna.case.mask_window import Window

OUTLINES = {
    "round": ElectrodeShape("round", 2.0, 2.0),
    "elliptic": ElectrodeShape("elliptic", 5.0, 3.0),
    "a needle along y": ElectrodeShape("elliptic", 0.1, 3.0),
    "rectangular": ElectrodeShape("rectangular", 6.0, 3.0, 0.5),
    "a stadium": ElectrodeShape("rectangular", 6.0, 3.0, 3.0),
}
QUADRANTS = [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)]


@pytest.fixture(params=OUTLINES.values(), ids=OUTLINES.keys())
def outline(request):
    return request.param


@pytest.mark.parametrize("quadrant", QUADRANTS)
@pytest.mark.parametrize("away", [1e-6, 0.05, 2.0, 400.0])
def test_a_place_along_the_normal_lies_as_far_as_it_was_moved(outline, away, quadrant):
    """Of a convex outline the foot of the normal is the nearest place."""
    places, normals = outline.quarter()
    found = outline.distance((places + away * normals) * quadrant)
    np.testing.assert_allclose(found, away, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.4])
@pytest.mark.parametrize("angle", [0.0, 0.7, 1.6, 3.1])
def test_along_a_ray_a_place_is_clear_from_where_the_gap_is_left(outline, share, angle):
    offset = share * outline.half_length  # the ray begins within
    ray = np.array([np.cos(angle), np.sin(angle)])
    for gap in (0.3, 2.0):
        found = outline.clear_of(offset, angle, gap=gap, within=40.0)
        place = (found * ray - (offset, 0.0))[None]
        assert outline.distance(place)[0] == pytest.approx(gap, rel=1e-9)
        beyond = np.linspace(found, 40.0, 50)[1:, None] * ray - (offset, 0.0)
        assert np.all(outline.distance(beyond) > gap)
    edge = outline.clear_of(offset, angle, gap=0.0, within=40.0)
    sides = [
        (edge * ray - (offset, 0.0))[None] for edge in (edge * (1.0 - 1e-6), edge * (1.0 + 1e-6))
    ]
    assert [bool(outline.holds(side)[0]) for side in sides] == [True, False]


@pytest.mark.parametrize("radius", [7.0, 10.0])
def test_an_outline_has_play_until_it_touches_the_circle(outline, radius):
    play = outline.play(radius)
    half = outline.upper_half()
    reach = np.linalg.norm(half + np.array([play, 0.0]), axis=1).max()
    assert reach == pytest.approx(radius, rel=1e-9)
    assert outline.room(0.5) == pytest.approx(
        np.linalg.norm(half - np.array([0.5, 0.0]), axis=1).min()
        * (1.0 if outline.half_length > 0.5 else -1.0),
        rel=1e-6,
    )


def test_what_is_within_lies_at_no_distance(outline):
    places, _ = outline.quarter()
    within = np.concatenate([0.999 * places, 0.3 * places, np.zeros((1, 2))])
    assert np.all(outline.distance(within) == 0.0)


def test_the_area_of_a_window_is_that_of_the_places_that_lie_in_it(outline):
    """Steiner's formula against a count on a grid, which misses half a grid step at the edge."""
    window = Window(outline, 0.4)
    steps = 1000
    extent = 1.05 * window.radius
    line = (np.arange(steps) + 0.5) * extent / steps
    x, y = np.meshgrid(line, line)
    places = np.column_stack([x.ravel(), y.ravel()])
    counted = 4.0 * np.mean(window.beyond(places) < 0.0) * extent**2
    assert counted == pytest.approx(window.area, rel=2e-3)
