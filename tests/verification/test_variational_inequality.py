"""One step's contact pressure and gap against PETSc's solvers of variational inequalities.

docs/verification.md, line 9. femna's one unknown z with semismooth Newton, against two unknowns
with SNESVI: the reduced-space active-set method and the Fischer-Burmeister one. Both walk down
from a high pressure, where everything is in contact. The active-set one finds its way above the
limit only: with the whole interface in contact its complementary function is zero everywhere.
"""

from __future__ import annotations

from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.closed_forms import limiting_pressure, recession_speed

from femna.constants import FARADAY
from femna.simulation.newton import Newton
from femna.simulation.setup import Model
from femna.simulation.start import solve_from_rest
from verification.cells import model, set_step
from verification.record import Case, Verified
from verification.variational_inequality import Inequality

PREFACTOR = 1e-9  # n = 1, 1/(s Pa)
LIMIT = limiting_pressure(1.0 / (3.0 * PREFACTOR), 0.5, 25e-6, recession_speed(5.0, 23.7e-6))
COARSE = {"interface.map.transition": "4 um", "numerics.interface_size": "4 um"}
PRESSURES = {
    ("below", 1): 0.5 * LIMIT,
    ("above", 1): 2.0 * LIMIT,
    ("below", 5): 1e5,
    ("above", 5): 3e5,
}
SOLVERS = {"below": ["vinewtonssls"], "above": ["vinewtonrsls", "vinewtonssls"]}
CASES = [(side, n, kind) for side, n in PRESSURES for kind in SOLVERS[side]]
REDUCED = [("below", 1, "vinewtonssls"), ("above", 1, "vinewtonrsls"), ("below", 5, "vinewtonssls")]
INEQUALITY = Case(
    name="variational_inequality",
    part="contact",
    title="One step against PETSc's solvers of variational inequalities",
    formula="g >= 0, p >= 0, g p = 0",
    source="SNESVI by its reduced-space active-set method and by Fischer-Burmeister's function.",
    mesh="stripes, elements of 4 um",
    across="pressure and exponent",
    measure="largest difference of pressure and gap, over P and g_c",
)
AGREEMENT = 1e-8
"""Residuals are solved to 1e-11; pressures and gaps answer to them by up to a thousandfold."""


def cell(folder: Path, side: str, exponent: int, changes: dict[str, str]) -> Model:
    """A cell one step of 0.4 % of its half period away from healed."""
    law = {"metal.creep.n": "1", "metal.creep.A": f"{PREFACTOR} 1/s/Pa"} if exponent == 1 else {}
    pressure = {"protocol.pressure": f"{PRESSURES[side, exponent]} Pa"}
    built = model(folder, pressure | law | changes)
    set_step(built, dt=0.004)
    return built


def compare(built: Model, kind: str, exponent: int) -> float:
    """Solve both ways and compare everything; return the largest difference of p and g."""
    system = built.system
    assert solve_from_rest(system, Newton(system)).converged
    view = system.interface()
    pressure, gap = view.pressure.copy(), view.gap / system.gap_scale
    voltage, platen = system.voltage, system.platen_velocity
    # the case is worth comparing: part of the interface is open, part closed
    assert 0 < np.count_nonzero(gap > 0.0) < len(gap)

    problem = Inequality(built)
    x = problem.start()
    blends = (0.0, 0.5, 0.75, 0.9) if exponent > 1 else ()
    # small steps: from too far away the reduced-space method stops at a wrong active set
    falling = (8.0, 5.0, 3.0, 2.0, 1.6, 1.3, 1.15, 1.0)
    for blend, factor in [(b, 8.0) for b in blends] + [(1.0, f) for f in falling]:
        system.metal.exponent_blend, problem.step.pressure = blend, factor
        solution, x = problem.solve(kind, x)
    assert np.min(solution.pressure) > -AGREEMENT
    assert np.min(solution.gap) > -AGREEMENT
    np.testing.assert_allclose(solution.pressure, pressure, rtol=0.0, atol=AGREEMENT)
    np.testing.assert_allclose(solution.gap, gap, rtol=0.0, atol=AGREEMENT)
    assert solution.voltage == pytest.approx(voltage, rel=AGREEMENT)
    assert solution.platen_velocity == pytest.approx(platen, abs=AGREEMENT)
    apart = (solution.pressure - pressure, solution.gap - gap)
    return max(float(np.max(np.abs(difference))) for difference in apart)


@pytest.mark.parametrize(("side", "exponent", "kind"), REDUCED)
def test_step_agrees_with_snesvi(
    tmp_path: Path, side: str, exponent: int, kind: str, verified: Verified
) -> None:
    apart = compare(cell(tmp_path, side, exponent, COARSE), kind, exponent)
    label = f"{side} the limit, n = {exponent}, {kind}"
    verified.bound(INEQUALITY, {label: apart}, AGREEMENT)


@pytest.mark.slow
@pytest.mark.parametrize(("side", "exponent", "kind"), CASES)
def test_step_agrees_with_snesvi_full(tmp_path: Path, side: str, exponent: int, kind: str) -> None:
    compare(cell(tmp_path, side, exponent, {}), kind, exponent)


def test_faradays_constant_is_the_same() -> None:
    assert recession_speed(FARADAY, 1.0) == pytest.approx(1.0, rel=1e-12)
