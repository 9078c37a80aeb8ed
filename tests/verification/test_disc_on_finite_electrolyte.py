"""A disc electrode on a wider disc of electrolyte: its resistance, what a third electrode reads.

docs/verification.md, stack. A vanishing interface resistance makes the electrode an equipotential,
whose current density is singular at the rim: the error is of first order in the element there.
"""

from __future__ import annotations

from itertools import pairwise
from math import asin, pi
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.flux_tube import flux_tube_factor_exact

from femna.simulation.conduction import distribute_current
from femna.simulation.reference_electrode import reference_reading
from verification.cells import set_step
from verification.record import Case
from verification.stacks import stack_model

KAPPA = 0.2  # 2 mS/cm in S/m
RADIUS = 1e-3
TUBE = {
    "geometry.electrode_diameter": "2 mm",
    "geometry.metal_thickness": "400 um",  # a twentieth of it is the element at the rim
    "geometry.electrolyte_diameter": "8 mm",
    "geometry.counter_diameter": "8 mm",
    "geometry.electrolyte_thickness": "8 mm",
    "numerics.interface_size": "0.1 mm",
    "interface.kinetics.resistance": f"{1e-6 * RADIUS / KAPPA} ohm*m^2",
}
"""A grounded counter electrode over the whole far face, twice the radius of the disc away."""
DISC = Case(
    name="disc_on_wider_electrolyte",
    part="current",
    title="A disc electrode on a wider electrolyte",
    formula="R = psi(a/b)/(4 kappa a) + L/(kappa pi b^2); third: phi = (2/pi) V asin(a/r)",
    source="The dual series of a disc in a flux tube, and the disc on a half-space; the current is "
    "singular at the rim, of order one there.",
    mesh="the stack's own, its element at the rim a twentieth of the foil, refined twice",
    across="element over the default",
    measure="relative error",
)


def reading(folder: Path, changes: dict[str, str], *, refine: float) -> tuple[float, float | None]:
    """Voltage of the electrode and of the third one against it, over the current [ohm]."""
    cell = stack_model(folder, changes, refine=refine)
    set_step(cell, dt=1.0)
    cell.system.voltage = 1.0
    voltage = distribute_current(cell.system, np.ones_like(cell.system.z))
    unit = cell.scales.potential / (cell.scales.current * pi * cell.scales.length**2)
    third = reference_reading(cell)
    return voltage * unit, None if third is None else (voltage - third()) * unit


def test_resistance_is_that_of_a_disc_in_a_flux_tube(tmp_path, verified):
    ratio = 0.25
    tube = RADIUS / ratio
    exact = flux_tube_factor_exact(ratio) / (4.0 * KAPPA * RADIUS)
    exact += 2.0 * tube / (KAPPA * pi * tube**2)
    errors = [reading(tmp_path, TUBE, refine=r)[0] / exact - 1.0 for r in (0.5, 1.0, 2.0)]
    assert abs(errors[1]) < 0.01
    for coarse, fine in pairwise(errors):
        assert np.log2(coarse / fine) > 0.9  # second order away from the rim, first at it
    verified.convergence(DISC, "resistance", [2.0, 1.0, 0.5], errors, order=1.0)


def test_third_electrode_reads_the_potential_of_a_disc_on_a_half_space(tmp_path, verified):
    # phi(r) = (2/pi) V asin(a/r): of relative order (r/b)^3 in a body of the size b
    distance = 2.0 * RADIUS
    changes = TUBE | {
        "geometry.electrolyte_diameter": "24 mm",
        "geometry.counter_diameter": "24 mm",
        "geometry.electrolyte_thickness": "12 mm",
        "geometry.reference_electrode.distance": f"{distance} m",
        "geometry.reference_electrode.diameter": "0.02 mm",
    }
    exact = (1.0 - 2.0 / pi * asin(0.5)) / (4.0 * KAPPA * RADIUS)
    found = [reading(tmp_path, changes, refine=r)[1] for r in (1.0, 2.0)]
    errors = [abs(f / exact - 1.0) for f in found if f is not None]
    assert errors[1] < 0.01
    assert np.log2(errors[0] / errors[1]) > 0.9
    verified.convergence(DISC, "third electrode", [1.0, 0.5], errors, order=1.0)


def test_current_crosses_beyond_the_rim(tmp_path):
    """The fringe lowers the resistance of the paper's disc; without it the drop is uniform."""
    narrow = {"geometry.electrolyte_diameter": "5 mm"}
    uniform, _ = reading(tmp_path, narrow, refine=1.0)
    fringe, _ = reading(tmp_path, {}, refine=1.0)
    area = pi * (2.5e-3) ** 2
    assert uniform == pytest.approx((0.7e-3 / KAPPA + 8e-4) / area, rel=1e-10)
    fine, _ = reading(tmp_path, {}, refine=2.0)
    assert fringe < uniform
    assert fringe == pytest.approx(fine, rel=0.01)
