"""Contact from a table: its share, its slope, its ends."""

import numpy as np
import pytest

from femna.materials.contact_table import WHOLE, ShareCurve
from femna.physics.kinetics import Linear
from femna.physics.tabulated_contact import TabulatedContact

KNOTS = np.array([0.5, 0.7, 1.0, 1.6, 3.0])
SHARES = np.array([0.01, 0.4, 0.9, 0.98, 1.0])
FRESH = ShareCurve(KNOTS, np.ones_like(SHARES))
LAW = TabulatedContact(curve=ShareCurve(KNOTS, SHARES), fresh=FRESH)
PRESSURES = np.array([0.0, 0.2, 0.55, 0.8, 1.3, 2.0, 5.0])


def test_share_meets_the_table_and_rises_between():
    assert LAW.share(KNOTS) == pytest.approx(SHARES, abs=1.1 * WHOLE)
    found = LAW.share(np.linspace(0.0, 4.0, 400))
    assert np.all(np.diff(found) >= -1e-15)
    assert found[0] == 0.0
    assert found[-1] == pytest.approx(1.0, abs=2.0 * WHOLE)


@pytest.mark.parametrize("law", [LAW, LAW.eased(0.05)])
def test_current_has_its_own_derivatives(law):
    kinetics = Linear(8e-4)
    eta = np.full_like(PRESSURES, 0.02)
    at = law.current(kinetics, PRESSURES, eta)
    h = 1e-6
    ends = (law.current(kinetics, PRESSURES + s * h, eta).value for s in (1.0, -1.0))
    by_pressure = (next(ends) - next(ends)) / (2.0 * h)
    inner = PRESSURES > 0.0  # below zero nothing is left to lose
    assert at.by_pressure[inner] == pytest.approx(by_pressure[inner], rel=1e-7, abs=1e-6)
    assert at.by_eta == pytest.approx(at.value / eta, rel=1e-13)


def test_a_residual_is_the_least_share():
    assert LAW.eased(0.05).share(np.array([0.0]))[0] == pytest.approx(0.05)
    assert LAW.eased(0.05).share(np.array([9.0]))[0] == pytest.approx(1.0, abs=2.0 * WHOLE)


def test_healed_it_is_as_before_any_charge():
    healed = LAW.eased(0.05).healed()
    assert healed.share(KNOTS) == pytest.approx(np.ones_like(KNOTS), abs=1.1 * WHOLE)
    assert healed.share(np.array([0.0]))[0] == pytest.approx(0.05)
