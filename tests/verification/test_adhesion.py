"""A contact that holds tension survives until its least pressure is -p_adh: n = 1.

docs/verification.md, transport along the interface. The pressure of a closed interface over linear
metal is the stack pressure plus what the recession's wave asks for, so adhesion lowers the
critical stack pressure by exactly its strength.
"""

from __future__ import annotations

from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest

from femna.physics.contact import SHARPNESS, contact_pressure
from femna.simulation.setup import Model
from verification.transport import flat_cell, linear_metal, solve

STRENGTH = 0.04  # of the stack pressure


def stripped(folder: Path, pressure: float, changes: dict[str, str] | None = None) -> Model:
    """Strip a wave of half the recession at a stack pressure in units of the case's."""
    built = flat_cell(folder, linear_metal(2e8) | (changes or {}))
    solve(built, lambda x: 1.0 + 0.5 * np.cos(np.pi * x), dt=1e-3, pressure=pressure)
    return built


def least(built: Model) -> float:
    """Return the least contact pressure over the case's stack pressure."""
    return float(np.min(built.system.interface().pressure))


def test_adhesion_shifts_the_critical_pressure_by_its_strength(tmp_path: Path) -> None:
    far = stripped(tmp_path, 1.0)
    assert np.all(far.system.interface().gap == 0.0)
    critical = 1.0 - least(far)
    assert critical > 2.0 * STRENGTH
    adhering = {"interface.adhesion": f'{{ strength = "{STRENGTH * 0.3} MPa" }}'}
    held = stripped(tmp_path, critical - 0.98 * STRENGTH, adhering)
    assert np.all(held.system.interface().gap == 0.0)
    assert least(held) == pytest.approx(-0.98 * STRENGTH, rel=1e-8)
    lost = stripped(tmp_path, critical - 1.02 * STRENGTH, adhering)
    assert np.any(lost.system.interface().gap > 0.0)
    bare = [stripped(tmp_path, critical + shift * STRENGTH) for shift in (0.02, -0.02)]
    assert [bool(np.any(b.system.interface().gap > 0.0)) for b in bare] == [False, True]


def test_the_mean_tension_of_contact_is_counted_in_the_force(tmp_path: Path) -> None:
    built = stripped(tmp_path, 0.02, {"interface.adhesion": '{ strength = "0.15 MPa" }'})
    view = built.system.interface()
    assert least(built) < 0.0
    mean = float(built.system.area @ view.pressure) / built.system.total_area
    assert mean == pytest.approx(0.02, rel=1e-9)


def test_the_work_of_parting_is_strength_times_roughness() -> None:
    opened = np.linspace(0.0, 40.0, 40001)  # gap over roughness
    pressure, _ = contact_pressure(-SHARPNESS * opened, 0.7)
    assert -np.trapezoid(pressure, opened) == pytest.approx(0.7, rel=1e-6)
