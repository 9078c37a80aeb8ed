"""The elastic disc below metal and mask against what equilibrium says of any disc."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from femna.physics.solid import Solid
from femna.simulation.bodies.foundation import DiscShape, sinking, transfer_compliance

CERAMIC = Solid(youngs_modulus=205e9, poisson_ratio=0.25)
CELL = DiscShape(electrode=2.5e-3, window=2.55e-3, outer=5e-3, edge=5e-3, thickness=0.7e-3)
COVERED = DiscShape(electrode=2.5e-3, window=2.5e-3, outer=5e-3, edge=5e-3, thickness=0.7e-3)


def test_one_pressure_over_the_whole_face_is_uniaxial() -> None:
    """P thickness / E below both areas."""
    by = sinking(MPI.COMM_WORLD, COVERED, CERAMIC)
    assert by.sum(axis=1) == pytest.approx(0.7e-3 / 205e9, rel=1e-9)


def test_work_is_reciprocal() -> None:
    """Maxwell and Betti: area_i by_ij = area_j by_ji."""
    by = sinking(MPI.COMM_WORLD, CELL, CERAMIC)
    areas = np.array([CELL.electrode**2, CELL.outer**2 - CELL.window**2])
    work = areas[:, None] * by
    assert work[0, 1] == pytest.approx(work[1, 0], rel=1e-9)


def test_force_passed_to_the_mask_meets_less_than_two_columns() -> None:
    """Columns apart would give thickness/E (1/A + 1/A_mask); joined at the rim they give less."""
    columns = 0.7e-3 / 205e9 / np.pi * (1.0 / 2.5e-3**2 + 1.0 / (5e-3**2 - 2.5e-3**2))
    found = transfer_compliance(MPI.COMM_WORLD, COVERED, CERAMIC)
    assert 0.7 * columns < found < columns
