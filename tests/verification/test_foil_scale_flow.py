"""Flow along a foil between sticking walls against lubrication, n = 1, 3, 5.

docs/verification.md, foil-scale flow. Lubrication leaves out what happens within a height of the
ends, so its relative error is of order h/L, and of (h/L)^2 where the ends are planes of symmetry.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.closed_forms import recession_speed
from reference.lubrication import (
    disc_supply_pressure,
    strip_supply_pressure,
    stripes_limiting_pressure,
    stripes_onset_pressure,
)

from femna.simulation.newton import Newton
from femna.simulation.start import solve_from_rest
from verification.cells import model, set_step
from verification.film import drawn_film, limiting_pressure, onset_pressure
from verification.record import Case, Verified

EXPONENTS = [1.0, 3.0, 5.0]
SUPPLY = {"plane_strain": strip_supply_pressure, "axisymmetric": disc_supply_pressure}


FEED = Case(
    name="foil_scale_supply",
    part="flow",
    title="Pressure that feeds a stripped foil from its rim",
    formula="P = n/(n + 1) L |dp/dx| at the end, where q = v L (disc: v R/2); |dp/dx| ~ q^(1/n)",
    source="Lubrication between walls that stick, derived in tests/reference/lubrication.py; it "
    "leaves out what happens within a height of the end, of order h/L.",
    mesh="8 elements over the height",
    across="height over length",
    measure="pressure over that of lubrication",
)


def supply_ratio(symmetry: str, length: float, n: float) -> float:
    """Pressure needed to feed an evenly stripped layer from its free end, over lubrication."""
    flow = drawn_film(length, n, symmetry=symmetry)
    exact = SUPPLY[symmetry](length, 1.0, 1.0, exponent=n, prefactor=1.0)
    return -float(flow.contact.min()) / exact


@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("symmetry", list(SUPPLY))
def test_pressure_to_feed_a_stripped_layer_from_its_end(
    symmetry: str, n: float, verified: Verified
) -> None:
    found = [supply_ratio(symmetry, length, n) for length in (10.0, 20.0, 40.0)]
    assert max(abs(r - 1.0) for r in found) < 0.03
    assert abs(found[2] - 1.0) < abs(found[1] - 1.0)
    # the order h/L extrapolated, (h/L)^2 at 20 is left
    assert 2.0 * found[2] - found[1] == pytest.approx(1.0, abs=1.0 / 20.0**2)
    label = f"{'disc' if symmetry == 'axisymmetric' else 'strip'}, n = {n:g}"
    verified.curve(FEED, label, [1 / 10, 1 / 20, 1 / 40], found, [1.0, 1.0, 1.0])


@pytest.mark.slow
@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("symmetry", list(SUPPLY))
def test_pressure_to_feed_a_stripped_layer_full(symmetry: str, n: float) -> None:
    found = [supply_ratio(symmetry, length, n) for length in (20.0, 40.0, 80.0)]
    assert 2.0 * found[2] - found[1] == pytest.approx(1.0, abs=1.0 / 40.0**2)


def onset_ratio(b: float, f: float, n: float) -> float:
    exact = stripes_onset_pressure(f, b, 1.0, 1.0, exponent=n, prefactor=1.0)
    return onset_pressure(b, f, n) / exact


def limit_ratio(b: float, f: float, n: float) -> float:
    exact = stripes_limiting_pressure(f, b, 1.0, 1.0, exponent=n, prefactor=1.0)
    return limiting_pressure(b, f, n) / exact


@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("blocked", [0.3, 0.5])
def test_contact_is_first_lost_at_the_pressure_of_lubrication(blocked: float, n: float) -> None:
    errors = [abs(onset_ratio(b, blocked, n) - 1.0) for b in (10.0, 20.0, 40.0)]
    assert max(errors) < 0.03
    assert all(fine < coarse or fine < 1e-3 for coarse, fine in pairwise(errors))


@pytest.mark.parametrize("n", EXPONENTS)
def test_limiting_pressure_tends_to_that_of_lubrication(n: float) -> None:
    # blocked stripe 10 and 20 heights wide: metal leaves it through an end that costs a fixed
    # number of heights, k(n) = 0.4 to 1
    wide, wider = (limit_ratio(b, 0.5, n) - 1.0 for b in (20.0, 40.0))
    assert wide > wider > 0.0
    assert np.log2(wide / wider) == pytest.approx(1.0, abs=0.15)
    assert 2.0 * wider - wide == pytest.approx(0.0, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("n", EXPONENTS)
def test_limiting_pressure_of_lubrication_full(n: float) -> None:
    errors = [limit_ratio(b, 0.5, n) - 1.0 for b in (40.0, 80.0, 160.0)]
    assert errors[-1] < 0.03
    assert 2.0 * errors[2] - errors[1] == pytest.approx(0.0, abs=5e-3)


HEIGHT = 100e-6
PREFACTOR = {1: "1e-9 1/s/Pa", 5: "0.53 1/s/MPa^5"}
SPEED = recession_speed(5.0, 23.7e-6)


def cell(n: int) -> dict[str, str]:
    """A period of 4 mm on 100 um between sticking walls, the current even on what conducts."""
    return {
        "geometry.period": "4 mm",
        "metal.creep.n": str(n),
        "metal.creep.A": PREFACTOR[n],
        "metal.collector_wall.law": "sticking",
        "interface.wall.law": "sticking",
        "interface.map.blocked_fraction": "0.3",
        "interface.map.transition": "40 um",
        "interface.kinetics.resistance": "8e3 ohm*cm^2",
        "numerics.interface_size": "40 um",
    }


@pytest.mark.parametrize("n", [1, 5])
def test_unit_cell_of_four_millimetres_loses_contact_where_lubrication_says(
    tmp_path: Path, n: int
) -> None:
    prefactor = 1e-9 if n == 1 else 0.53e-30
    exact = stripes_onset_pressure(0.3, 2e-3, HEIGHT, SPEED, exponent=n, prefactor=prefactor)
    pressure = 1.5 * exact
    built = model(tmp_path, cell(n) | {"protocol.pressure": f"{pressure} Pa"})
    system = built.system
    set_step(built, dt=1e-6)
    assert solve_from_rest(system, Newton(system)).converged
    view = system.interface()
    assert view.gap.max() == 0.0
    # even stripping: what the pressure exceeds the onset by is left in the middle of the stripe
    assert pressure * (1.0 - float(view.pressure.min())) == pytest.approx(exact, rel=0.03)
    # both walls hold. The drag lets 1e-4 of the recession speed slip, times the wall's stress over
    # the one that defines it, (2 (n + 2) f/3^((n + 1)/2))^(1/n) < 2; mean over a facet (Simpson)
    metal = system.metal
    places = metal.velocity_space.tabulate_dof_coordinates()
    along = metal.fields.velocity.x.array.reshape(-1, 2)[:, 0]
    on_wall = np.flatnonzero(places[:, 1] < 1e-12)
    u = along[on_wall[np.argsort(places[on_wall, 0])]]
    slip = (u[:-2:2] + 4.0 * u[1::2] + u[2::2]) / 6.0
    assert np.abs(along).max() > 3.0  # of the recession: length over thickness
    assert np.abs(slip).max() < 2e-4
