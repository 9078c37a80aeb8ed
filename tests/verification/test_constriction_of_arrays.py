"""Voltage of square and hexagonal arrays of conducting discs against an independent slab.

The reference evaluates the same map and solves for the current by cosine modes
(`reference/spectral_conduction.py`), so what is left is the mesh of the 3D cell.
"""

from __future__ import annotations

from math import log
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.spectral_conduction import Slab, resistance

from femna.case.symmetry import SHAPES
from femna.mesh import conducting_map
from femna.simulation.conduction import distribute_current
from verification.cells import model, set_step
from verification.record import Case, Verified

B = 25e-6
KAPPA = 0.2  # 2 mS/cm in S/m
KINETIC = 0.1  # interface resistance, in units of B/KAPPA
DEPTH = 1.6  # of the electrolyte, in units of B
ARRAYS = Case(
    name="arrays_of_discs",
    part="current",
    title="Square and hexagonal arrays of conducting discs",
    formula="voltage of a slab under c(x) eta/Z, by cosine modes",
    source="An independent spectral solution of the same map (tests/reference).",
    mesh="3D cells at the default size over 1 and 1.5",
    across="element over the default",
    measure="relative error of the voltage",
)


def voltages(folder: Path, symmetry: str, refine: float) -> tuple[float, float]:
    """Voltage over current, in units of B/KAPPA: by the mesh, and by the reference."""
    chart = "{ kind = 'patches', inside = 'conducting', blocked_fraction = 0.7, "
    changes = {
        "geometry.symmetry": symmetry,
        "interface.map": chart + "transition = '8 um' }",
        "numerics.interface_size": "8 um",
        "geometry.metal_thickness": "10 um",
        "geometry.electrolyte_thickness": f"{DEPTH * B} m",
        "interface.kinetics.resistance": f"{KINETIC * B / KAPPA} ohm*m^2",
    }
    cell = model(folder, changes, refine=refine)
    set_step(cell, dt=1.0)
    cell.system.voltage = 1.0
    voltage = distribute_current(cell.system, np.ones_like(cell.system.z))
    found = voltage * cell.scales.potential / cell.scales.current / (B / KAPPA)
    aspect = SHAPES[symmetry].aspect
    slab = Slab((1.0, aspect), DEPTH, (300, round(300 * aspect)))
    conducting = conducting_map(cell.case)
    return found, resistance(slab, lambda x: conducting(x * B), KINETIC)


def check(folder: Path, symmetry: str, sizes: tuple[float, float], limit: float) -> list[float]:
    errors = []
    for refine in sizes:
        found, exact = voltages(folder, symmetry, refine)
        errors.append(abs(found / exact - 1.0))
    assert errors[-1] < limit
    # linear elements: at least order one, two where the mesh resolves the edge
    assert log(errors[0] / errors[1]) / log(sizes[1] / sizes[0]) > 1.0
    return errors


@pytest.mark.parametrize("symmetry", ["square", "hexagonal"])
def test_voltage_of_an_array_tends_to_the_spectral_one(
    tmp_path: Path, symmetry: str, verified: Verified
) -> None:
    errors = check(tmp_path, symmetry, (1.0, 1.5), 6e-3)
    verified.convergence(ARRAYS, symmetry, [1.0, 1 / 1.5], errors, order=1.0)


@pytest.mark.slow
@pytest.mark.parametrize("symmetry", ["square", "hexagonal"])
def test_voltage_of_an_array_tends_to_the_spectral_one_full(tmp_path: Path, symmetry: str) -> None:
    check(tmp_path, symmetry, (1.0, 2.0), 3.5e-3)
