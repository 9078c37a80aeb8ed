"""What happens to a step that no way of solving it has solved."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import pytest
from verification.cells import model

from femna.errors import ComputationError
from femna.simulation import electrode as electrodes
from femna.simulation.driver import Driver
from femna.simulation.electrode import NOT_TRIED


def test_a_fallback_that_finds_no_current_shortens_the_step(tmp_path, monkeypatch):
    """The last way begins with the current alone; where that fails a shorter step may do."""
    cell = model(tmp_path, {"numerics.step": "0.01 mAh/cm^2"})
    driver = Driver(cell)
    march = driver.march()
    next(march)
    longest = driver.working.longest(driver.phases[0])
    failures = []

    def lost(system, newton):
        failures.append(system.required_step().dt)
        raise ComputationError("the current distribution at fixed contact did not converge")

    def only_short(solve):
        def tried(*arguments, **options):
            dt = cell.system.required_step().dt * cell.scales.time
            return NOT_TRIED if dt > 0.9 * longest else solve(*arguments, **options)

        return tried

    for name in ("solve", "solve_by_stress"):
        monkeypatch.setattr(driver.newton, name, only_short(getattr(driver.newton, name)))
    monkeypatch.setattr(electrodes, "solve_from_rest", lost)
    monkeypatch.setattr(electrodes, "solve_with_falling_floor", lambda *_: NOT_TRIED)
    accepted = next(march)
    assert len(failures) == 1
    assert accepted.row["dt_s"] < 0.9 * longest
    assert accepted.row["charge_balance"] == pytest.approx(0.0, abs=1e-8)
