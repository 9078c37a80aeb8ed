"""The spectral slab against one dimension and against the lattice sums of point charges."""

import numpy as np
import pytest

from femna.mesh.step import smooth_step
from reference.spectral_conduction import Slab, resistance, spreading

MADELUNG = {"square": -1.100244, "hexagonal": -1.106103}
"""Energy of a charge in a lattice with a uniform background, e^2/(4 pi eps0 R0), pi R0^2 its area:
L. Bonsall, A. A. Maradudin, Phys. Rev. B 15 (1977) 1959, table I."""

CUBES = {"square": 9.033622, "hexagonal": 11.034176}
"""Sum of R^-3 over the lattice, in units of the distance of neighbours (same article)."""


def test_uniform_interface_is_one_dimensional():
    slab = Slab((1.0, 1.7), 0.8, (16, 24))
    found = resistance(slab, lambda x: np.full(len(x), 0.25), 0.3)
    assert found == pytest.approx(4.0 * 0.3 + 0.8, rel=1e-9)


def slab_and_distance(lattice):
    """A quarter of a cell with half period 1, thick, and the distance to the nearest centre."""
    aspect = 1.0 if lattice == "square" else np.sqrt(3.0)
    slab = Slab((1.0, aspect), 40.0, (400, round(400 * aspect)))
    points = slab.points()
    centres = [(0.0, 0.0)] if lattice == "square" else [(0.0, 0.0), (1.0, aspect)]
    return slab, np.min([np.hypot(*(points - c).T) for c in centres], axis=0)


def correction(lattice, radius):
    """Spreading per area of an array less that of the disc alone, times 2 pi R0.

    The disc alone is the same for both lattices at equal density, so it is left in.
    """
    area = 4.0 if lattice == "square" else 2.0 * np.sqrt(3.0)
    scale = np.sqrt(area / np.pi)  # R0
    slab, distance = slab_and_distance(lattice)
    profile = 1.0 - smooth_step(distance - radius * scale, 0.8 * radius * scale)
    flux = profile / profile.mean()
    square = float(np.mean(flux * distance**2)) / scale**2
    # resistance of one disc, R kappa = spreading/area
    return spreading(slab, flux) / area * 2.0 * np.pi * scale, square


def test_difference_of_the_arrays_is_that_of_their_lattice_sums():
    radius = 0.2
    hexagonal, square = correction("hexagonal", radius)[0], correction("square", radius)[0]
    mean_square = correction("square", radius)[1]
    # R^-3 in units of R0: the distance of neighbours is 2, R0 = sqrt(area/pi)
    cubes = {
        "square": CUBES["square"] * (np.sqrt(4.0 / np.pi) / 2.0) ** 3,
        "hexagonal": CUBES["hexagonal"] * (np.sqrt(2.0 * np.sqrt(3.0) / np.pi) / 2.0) ** 3,
    }
    first = 2.0 * (MADELUNG["hexagonal"] - MADELUNG["square"])
    # potential r^2/4 sum R^-3 between two discs: <|r1 - r2|^2> = 2 <r^2>
    second = 0.25 * 2.0 * mean_square * (cubes["hexagonal"] - cubes["square"])
    assert hexagonal - square == pytest.approx(first + second, rel=5e-3)
    assert abs(second) < 0.3 * abs(first)
