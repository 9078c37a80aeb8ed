"""The area on the interface: exact for a blurred parabola, and that of caps in whole stacks."""

import numpy as np
import pytest
from scipy.stats import norm
from verification.record import Case

from femna.tomography.foot import LAYERS, Edge, foot_area, section

FOOT = Case(
    name="contact_area_of_caps",
    part="images",
    title="Contact area of spherical caps in a stack without noise",
    formula="area on the interface = sum of pi (r^2 - z^2)",
    source="meshes/synthetic_tomogram.py: caps of one contact angle, blur of 0.6 voxel, no noise.",
    mesh="48 x 96 x 96 voxels, tilted by 0.7 degrees; 10 voids tried",
    across="contact angle",
)


def edge_levels(height, width, layers=5):
    """Means over layers of 32000 below and 14000 above a blurred edge, by a fine sum."""
    fine = np.arange(-layers * 200, layers * 200) / 200.0 + 1.0 / 400.0
    grey = 14000.0 + 18000.0 * norm.cdf((height - fine) / width)
    return grey.reshape(2 * layers, 200).mean(axis=1)


@pytest.mark.parametrize(("height", "width"), [(0.0, 0.7), (0.12, 0.6), (-0.2, 0.8)])
def test_the_edge_tells_its_height_and_its_blur(height, width):
    # over many columns that meet the layers at all heights, as those of a tilted interface do
    shifts = (np.arange(40) + 0.5) / 40.0 - 0.5
    levels = np.mean([edge_levels(height + u, width) for u in shifts], axis=0)
    edge = Edge.of(levels, 5)
    assert edge.height == pytest.approx(height, abs=1e-3)
    # the shifts themselves are a blur of variance 1/12; the tails beyond five layers are nothing
    assert edge.width == pytest.approx(np.sqrt(width**2 + 1.0 / 12.0), abs=5e-3)


@pytest.mark.parametrize("height", [-0.1, 0.0, 0.15])
def test_the_section_of_a_blurred_parabola_is_exact(height):
    coefficients, width = (40.0, -3.0, -0.5), 0.75
    z = (np.arange(0, 12000) + 0.5) / 1000.0
    area = np.polynomial.polynomial.polyval(z, coefficients)
    faces = np.arange(LAYERS[0], LAYERS[1] + 1) - height
    held = np.diff([(area * norm.cdf((face - z) / width)).sum() / 1000.0 for face in faces])
    edge = Edge(height, width, np.zeros(0), 0)
    assert section(edge, held) == pytest.approx(40.0, rel=1e-6)


@pytest.mark.parametrize("angle", [60.0, 90.0, 120.0])
def test_the_foot_of_caps_is_found_at_every_contact_angle(
    segmented, generator, tmp_path, verified, angle
):
    """The layer on the interface holds 10 % less than the foot at 60 degrees, and more at 120."""
    spec = generator.Tomogram(
        layers=48, rows=96, columns=96, voids=10, seed=5, buried=0.0, angle_low=angle,
        angle_high=angle, contrast_to_noise=1e6, rings=0.0,
    )  # fmt: skip
    path = tmp_path / "caps.tif"
    truth = generator.write(path, spec)
    found = segmented(path)
    area = sum(void.contact_area_um2 for void in found.voids)
    error = area / sum(void.contact_area_um2 for void in truth) - 1.0
    # the parabola takes 3 % too much where low caps end within its four layers (exact sections, 60
    # degrees); a tilted plane meets the layers at all heights, but not under so few voids: 3 %
    assert abs(error) < 0.06
    verified.bound(FOOT, {f"{angle:g} degrees": error}, 0.06)
    volume = sum(void.volume_um3 for void in found.voids)
    assert volume == pytest.approx(sum(void.volume_um3 for void in truth), rel=0.02)


def test_a_stack_too_shallow_for_an_edge_has_no_foot():
    grey = np.zeros((9, 40, 40))
    ids, others = np.zeros((5, 40, 40), dtype=int), np.zeros((40, 40), dtype=bool)
    ids[:, 10:20, 10:20] = 1
    assert foot_area(grey, ids, others, 4, contrast=1.0) is None
    assert foot_area(np.zeros((12, 40, 40)), 0 * ids, others, 6, contrast=1.0) is None
