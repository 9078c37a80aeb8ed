"""The quarter of a plate: its faces, its volume, and how well it follows window and edge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.special import ellipe

from femna.case.electrode_shape import ElectrodeShape
from femna.case.mask_window import Window
from femna.mesh.arrays import signed_volumes
from femna.mesh.plate import FACES, plate_arrays

OUTER = 20.0
ELLIPSE = ElectrodeShape("elliptic", 10.0, 4.0)
RECTANGLE = ElectrodeShape("rectangular", 12.0, 5.0, 1.0)
WINDOWS = {
    "ellipse": Window(ELLIPSE, 0.0),
    "ellipse with clearance": Window(ELLIPSE, 1.5),
    "along y": Window(ElectrodeShape("elliptic", 4.0, 10.0), 1.5),
    "rectangle": Window(RECTANGLE, 0.0),
    "rectangle with clearance": Window(RECTANGLE, 0.5),
    "round": Window.around(10.0, 1.0),
}
EVERY = pytest.mark.parametrize("name", list(WINDOWS))


def exact_area(window: Window) -> float:
    shape, c = window.electrode, window.clearance
    a, b, r = shape.half_length, shape.half_width, shape.corner
    if shape.name == "rectangular":
        return (
            4 * (a * b + (a + b) * c)
            - (4 - np.pi) * r**2
            - 2 * (4 - np.pi) * r * c
            + (np.pi * c**2)
        )
    long, short = max(a, b), min(a, b)
    return np.pi * a * b + 4 * long * ellipe(1 - (short / long) ** 2) * c + np.pi * c**2


def area_of(corners: np.ndarray) -> float:
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return 0.5 * float(np.linalg.norm(across, axis=1).sum())


@EVERY
@pytest.mark.parametrize(("share", "even"), [(1.0, False), (0.5, False), (1.0, True)])
def test_a_quarter_of_a_plate_has_the_true_volume_and_named_faces(name, share, even):
    window = WINDOWS[name]
    body = plate_arrays(window, outer=OUTER, rows=2, share=share, even=even)
    area = 0.25 * (np.pi * OUTER**2 - exact_area(window))
    volumes = signed_volumes(body.points, body.cells)
    assert volumes.min() > 0.0
    assert volumes.sum() == pytest.approx(share * area, rel=1e-6)
    assert sum(len(body.group(face)) for face in FACES) == len(body.facets)
    for face, height in (("electrolyte", 1.0 - share), ("platen", 1.0)):
        corners = body.points[body.group(face)]
        assert area_of(corners) == pytest.approx(area, rel=1e-6)
        assert corners[..., 2] == pytest.approx(height, abs=1e-15)
    for k in (0, 1):
        corners = body.points[body.group(f"plane_{'xy'[k]}")]
        assert len(corners) > 0
        assert np.all(corners[..., k] == 0.0)


@EVERY
def test_window_and_edge_are_followed_with_second_order(name):
    """Chords keep away by the square of their length; corners whose radius is small are turned."""
    window = WINDOWS[name]
    places, normals = window.electrode.quarter()
    line, count = places + window.clearance * normals, np.arange(len(places))
    dense = np.linspace(0.0, count[-1], 100_000)
    outline = cKDTree(np.column_stack([np.interp(dense, count, line[:, k]) for k in (0, 1)]))
    worst = []
    for refine in (1.0, 2.0, 4.0):
        body = plate_arrays(window, outer=OUTER, rows=1, refine=refine)
        inner, outer = (body.points[np.unique(body.group(f))][:, :2] for f in ("inner", "outer"))
        away = outline.query(inner)[0].max()
        worst.append(max(away, np.abs(np.linalg.norm(outer, axis=1) - OUTER).max()))
    assert worst[0] < 0.05
    assert worst[1] < 0.35 * worst[0]
    assert worst[2] < 0.35 * worst[1]


def test_a_plate_whose_stress_is_even_is_one_element_wide():
    body = plate_arrays(WINDOWS["ellipse"], outer=OUTER, rows=1, even=True)
    assert len(body.cells) < 100
