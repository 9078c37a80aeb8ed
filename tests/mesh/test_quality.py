"""Quality of cells of known shape."""

import numpy as np
import pytest

from femna.mesh.arrays import BodyArrays, external_facets
from femna.mesh.quality import body_quality


def body(points, cells):
    points, cells = np.array(points, dtype=float), np.array(cells)
    facets = external_facets(cells)
    return BodyArrays(points, cells, facets, np.ones(len(facets), dtype=int), {"side": 1})


def test_right_triangle_with_sides_3_4_5():
    quality = body_quality(body([(0, 0), (3, 0), (0, 4)], [(0, 1, 2)]), 1e-6)
    assert quality.smallest_edge == pytest.approx(3e-6)
    assert quality.largest_edge == pytest.approx(5e-6)
    assert quality.worst_angle == pytest.approx(np.degrees(np.arcsin(0.6)))
    assert quality.worst_aspect_ratio == pytest.approx(2.5 / 1.0 / 2.0)
    assert (quality.cells, quality.vertices) == (1, 3)


def test_regular_tetrahedron_is_best():
    points = [(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]
    quality = body_quality(body(points, [(0, 1, 2, 3)]))
    assert quality.worst_angle == pytest.approx(np.degrees(np.arccos(1 / 3)))
    assert quality.worst_aspect_ratio == pytest.approx(1.0)
    assert quality.smallest_edge == pytest.approx(np.sqrt(8))
