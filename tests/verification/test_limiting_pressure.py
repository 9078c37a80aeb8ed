"""Below P_lim the metal supplies only P/P_lim of the recession, whatever the rest: n = 1.

docs/verification.md, line 6 (in part). Once the conducting area carries no pressure, the platen
sinks at P/P_lim of the recession speed and the mean gap grows at the remainder. One backward Euler
step from healed shows both. Contact reaches across the edge of the map as far as c can carry the
supply, so the load-bearing stripe is too wide by half the transition: an error of order one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.closed_forms import limiting_pressure, recession_speed

from femna.simulation.newton import Newton
from femna.simulation.start import solve_from_rest
from verification.cells import model, set_step
from verification.record import Case, Verified

B = 25e-6
PREFACTOR = 1e-9  # 1/(s Pa)
RECESSION = 0.01  # of the step, over b
LIMITING = Case(
    name="limiting_pressure",
    part="contact",
    title="Pressure below which the metal's supply limits the current",
    formula="(Vm/F) j_lim = (P b/(pi eta)) ln[1/sin(pi f/2)], n = 1",
    source="Closed form of load-bearing stripes on a half-space, in tests/reference; the map's "
    "edge of the width w makes the stripe too wide by w/2.",
    mesh="stripes, six elements over the edge of the map",
    across="width of the map's edge over half a period",
    measure="relative error of P_lim",
)
NEWTON = Case(
    name="newton_quadratic",
    part="contact",
    title="Newton's method where contact is low",
    formula="r_(k+1) <= c r_k^2",
    source="Quadratic convergence of Newton's method with an exact Jacobian.",
    mesh="stripes, contact fraction below 0.3",
    across="residual of an iteration",
    measure="residual of the next",
)


@dataclass(frozen=True)
class Step:
    """Outcome of one step: P_lim over its closed form, by two measures, and Newton's path."""

    from_platen: float
    from_gap: float
    contact: float
    norms: tuple[float, ...]


def step(
    folder: Path,
    *,
    blocked: float = 0.5,
    share: float = 0.5,
    transition: float = 0.01,
    roughness: float = 0.0025,
    refine: float = 1.0,
    extra: dict[str, str] | None = None,
) -> Step:
    """One step of n = 1 at `share` of the limiting pressure; lengths in units of b."""
    speed = recession_speed(5.0, 23.7e-6)
    limit = limiting_pressure(1.0 / (3.0 * PREFACTOR), blocked, B, speed)
    changes = {
        "protocol.pressure": f"{share * limit} Pa",
        "metal.creep.n": "1",
        "metal.creep.A": f"{PREFACTOR} 1/s/Pa",
        "interface.map.blocked_fraction": f"{blocked}",
        "interface.map.transition": f"{transition * B} m",
        "interface.roughness": f"{roughness * B} m",
    }
    built = model(folder, changes | (extra or {}), refine=refine)
    system, c = built.system, built.conducting
    newton = Newton(system)
    # one step, reached by continuation in its length: each is from healed
    set_step(built, dt=RECESSION / 8.0)
    result = solve_from_rest(system, newton)
    for part in (0.25, 0.5, 1.0):
        set_step(built, dt=part * RECESSION)
        result = newton.solve()
    assert result.converged
    view = system.interface()
    weight = system.area * c
    mean_gap = float(system.area @ view.gap) / system.total_area
    return Step(
        from_platen=-share / system.platen_velocity,
        from_gap=share / (1.0 - mean_gap / RECESSION),
        contact=float(weight @ view.openness / weight.sum()),
        norms=result.norms,
    )


@pytest.mark.parametrize("blocked", [0.3, 0.5])
def test_limit_as_the_transition_goes_to_zero(
    tmp_path: Path, blocked: float, verified: Verified
) -> None:
    found = [
        step(tmp_path, blocked=blocked, transition=w).from_platen for w in (0.01, 0.005, 0.0025)
    ]
    changes = [b - a for a, b in pairwise(found)]
    assert np.log2(changes[0] / changes[1]) == pytest.approx(1.0, abs=0.1)
    assert found[-1] == pytest.approx(1.0, abs=1e-2)
    # extrapolated: what is left is of order two, (the last change)^2 and the layer's depth
    assert 2.0 * found[-1] - found[-2] == pytest.approx(1.0, abs=1e-3)
    errors = [value - 1.0 for value in found]
    verified.convergence(LIMITING, f"f = {blocked}", [0.01, 0.005, 0.0025], errors, order=1.0)


def test_limit_as_the_roughness_goes_to_zero(tmp_path: Path) -> None:
    found = [
        step(tmp_path, roughness=g, transition=0.005) for g in (0.04, 0.02, 0.01, 0.005, 0.0025)
    ]
    values = [s.from_platen for s in found]
    assert all(b <= a + 1e-9 for a, b in pairwise(values))
    # with the whole conducting area open nothing depends on g_c any more
    assert found[-1].contact < 0.05
    assert values[-1] == pytest.approx(values[-2], abs=1e-8)
    assert abs(values[0] - values[-1]) < 5e-3


def test_limit_does_not_depend_on_the_pressure(tmp_path: Path) -> None:
    low, high = (step(tmp_path, share=s, transition=0.005) for s in (0.3, 0.9))
    # at 0.9 the last vertices of the transition stay closed: a fraction of its width
    assert low.from_platen == pytest.approx(high.from_platen, abs=2e-3)


def test_mean_gap_grows_at_what_the_platen_does_not_supply(tmp_path: Path) -> None:
    found = step(tmp_path)
    assert found.from_gap == pytest.approx(found.from_platen, rel=1e-9)


def convergence_orders(norms: tuple[float, ...]) -> list[float]:
    """Order ln(r2/r1) / ln(r1/r0) of the last three norms clear of round-off, if there are three.

    The first norm is left out: it is the new step's load, most of it linear, and says nothing of
    the order.
    """
    clear = [r for r in norms[1:] if r > 1e-13][-3:]
    if len(clear) < 3:
        return []
    first, second = np.diff(np.log(clear))
    return [float(second / first)]


@pytest.mark.parametrize("exponent", [1, 5])
def test_newton_converges_quadratically_at_low_contact(
    tmp_path: Path, exponent: int, verified: Verified
) -> None:
    changes = {"protocol.pressure": "0.07 MPa"}
    if exponent == 1:
        changes |= {"metal.creep.n": "1", "metal.creep.A": f"{PREFACTOR} 1/s/Pa"}
    built = model(tmp_path, changes)
    system = built.system
    data = set_step(built, dt=0.001)
    newton = Newton(system)
    solve_from_rest(system, newton)
    weight = system.area * built.conducting
    orders, contact, best = [], 1.0, ()
    for _ in range(30):
        data.old_gap, closed = system.gap.copy(), system.z >= 0.0
        result = newton.solve()
        assert result.converged
        # quadratic with one constant at every step, down to round-off
        assert result.norms[-1] < 10.0 * result.norms[-2] ** 2 + 1e-12
        settled = np.array_equal(closed, system.z >= 0.0)
        contact = float(weight @ system.interface().openness / weight.sum())
        if contact < 0.3 and settled:  # a change of the active set is a jump, not a rate
            orders += convergence_orders(result.norms)
            clear = [r for r in result.norms[1:] if r > 1e-13]
            best = max(best, tuple(clear), key=len)
        if contact < 0.05:
            break
    assert contact < 0.05
    assert len(orders) >= 3
    assert min(orders) > 1.7
    verified.convergence(NEWTON, f"n = {exponent}", best[:-1], best[1:], order=2.0)
