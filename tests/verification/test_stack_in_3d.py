"""Current in a stack in three dimensions: the exact resistance, what a third electrode reads.

docs/verification.md, stack.
"""

from __future__ import annotations

from math import pi

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.flux_tube import flux_tube_factor_exact

from verification.test_disc_on_finite_electrolyte import DISC, KAPPA, RADIUS, TUBE, reading

MIRROR = {"geometry.symmetry": "mirror"}


def test_resistance_of_a_disc_in_a_flux_tube_converges(tmp_path, verified):
    ratio = 0.25
    tube = RADIUS / ratio
    exact = flux_tube_factor_exact(ratio) / (4.0 * KAPPA * RADIUS)
    exact += 2.0 * tube / (KAPPA * pi * tube**2)
    errors = [reading(tmp_path, TUBE | MIRROR, refine=r)[0] / exact - 1.0 for r in (0.5, 1.0)]
    assert abs(errors[1]) < 0.033  # a third of the elements of two dimensions, where it is < 0.01
    assert np.log2(errors[0] / errors[1]) > 0.8  # first order at the rim
    verified.convergence(DISC, "resistance in 3D", [2.0, 1.0], errors, order=1.0)


def test_third_electrode_reads_the_same_all_around_and_as_on_an_axisymmetric_disc(tmp_path):
    third = {
        "geometry.electrode_diameter": "1 mm",
        "geometry.electrolyte_diameter": "2 mm",
        "geometry.electrolyte_thickness": "0.4 mm",
        "geometry.metal_thickness": "0.2 mm",
        "geometry.reference_electrode.distance": "0.75 mm",
        "geometry.reference_electrode.diameter": "0.2 mm",
    }
    around = [
        reading(tmp_path, third | MIRROR | {"geometry.reference_electrode.angle": a}, refine=1.0)[1]
        for a in ("0 deg", "100 deg")
    ]
    _, fine = reading(tmp_path, third, refine=2.0)
    assert around[0] == pytest.approx(around[1], rel=2e-3)
    assert around[0] == pytest.approx(fine, rel=0.01)


def test_a_third_electrode_nearer_to_the_rim_reads_less(tmp_path):
    """Off the axis: towards the electrode the potential is nearer to the electrode's own."""
    shifted = {
        "geometry.electrode_diameter": "1 mm",
        "geometry.electrolyte_diameter": "2.6 mm",
        "geometry.electrolyte_thickness": "0.4 mm",
        "geometry.metal_thickness": "0.2 mm",
        "geometry.electrode_offset": "0.2 mm",
        "geometry.reference_electrode.distance": "0.9 mm",
        "geometry.reference_electrode.diameter": "0.2 mm",
    }
    near, far = (
        reading(tmp_path, shifted | MIRROR | {"geometry.reference_electrode.angle": a}, refine=0.7)
        for a in ("0 deg", "180 deg")
    )
    assert near[0] == pytest.approx(far[0], rel=1e-9)
    assert near[1] < 0.95 * far[1]
