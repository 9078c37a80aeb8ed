"""Values between vertices of a face are linear, and beyond them the nearest vertex's."""

import numpy as np

from femna.simulation.in_plane import InPlane


def test_a_place_between_chord_and_rim_has_a_value():
    angle = np.linspace(0.0, np.pi, 9)
    rim = np.column_stack([np.cos(angle), np.sin(angle)])
    known = np.vstack([rim, [[0.0, 0.0], [0.5, 0.0], [-0.5, 0.0]]])
    middle = 0.5 * (angle[3] + angle[4])
    beyond = 0.99 * np.array([np.cos(middle + 0.01), np.sin(middle + 0.01)])
    assert np.hypot(*beyond) > np.cos(0.5 * (angle[1] - angle[0]))  # outside of the chord
    read = InPlane(known, np.array([[0.2, 0.3], beyond]))
    inside, outside = read(3.0 * known[:, 0] - 2.0 * known[:, 1])
    assert abs(inside - (3.0 * 0.2 - 2.0 * 0.3)) < 1e-14
    assert outside == 3.0 * rim[4, 0] - 2.0 * rim[4, 1]
