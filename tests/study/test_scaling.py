import numpy as np
import pytest
from study.fake_solver import contact_fraction, voltage_rise

from femna.study.critical import critical_pressure
from femna.study.curve import Point
from femna.study.scaling import collapse_error, scaling

CURRENTS = (0.5, 1.0, 1.5, 2.0, 2.5)


def test_exponent_ratio_and_line_of_a_power_law():
    found = scaling({j: 3.0 * j**0.2 for j in CURRENTS})
    assert found.exponent == pytest.approx(0.2, abs=1e-12)
    assert found.error == pytest.approx(0.0, abs=1e-12)
    assert found.currents == 5
    assert found.ratio == pytest.approx(5**0.2)
    # The hand calculation that shows why a straight line proves little.
    assert found.line_r2 == pytest.approx(0.966, abs=5e-4)


def test_ratio_needs_both_ends_and_exponent_two_currents():
    found = scaling({0.5: None, 1.0: 1.0, 2.5: 2.0})
    assert found.ratio is None
    assert found.exponent == pytest.approx(np.log(2) / np.log(2.5))
    assert scaling({0.5: None, 1.0: 1.0}).exponent is None
    assert scaling({}).currents == 0


@pytest.mark.parametrize("n", [1.0, 3.0, 5.0])
def test_curves_with_the_symmetry_collapse_on_aligned_grids(n):
    axis = np.geomspace(0.05, 0.8, 13)
    curves = {j: [point(x * j ** (1 / n), j, n) for x in axis] for j in CURRENTS}
    error, span = collapse_error(curves, n)
    assert error == pytest.approx(0.0, abs=1e-12)
    assert span[0] < span[1]


def point(p, j, n):
    return Point(p, contact_fraction(p, j, n), voltage_rise(p, j, n))


def test_curves_without_the_symmetry_do_not_collapse():
    pressures = np.geomspace(0.05, 0.8, 25)
    curves = {j: [point(p, j, 5.0) for p in pressures] for j in CURRENTS}
    assert collapse_error(curves, 5.0)[0] < 0.01
    assert collapse_error(curves, 1.0)[0] > 0.3


def test_collapse_is_empty_without_overlap_or_exponent():
    curves = {1.0: [point(p, 1.0, 5.0) for p in (0.1, 0.2)]}
    assert collapse_error(curves, 5.0) == (None, None)
    curves[2.0] = [point(p, 2.0, 5.0) for p in (10.0, 20.0)]
    assert collapse_error(curves, 5.0) == (None, None)
    assert collapse_error(curves, None) == (None, None)


def test_linear_material_gives_the_ratio_of_the_currents_by_both_criteria():
    critical = {}
    for j in (0.5, 2.5):
        pressures = np.geomspace(0.04, 4.0, 41)
        critical[j] = critical_pressure(
            [point(p, j, 1.0) for p in pressures if voltage_rise(p, j, 1.0) < 3],
            slope=-0.05,
            contact_fraction=0.95,
        )
    for name in ("by_slope", "by_contact"):
        ratio = getattr(critical[2.5], name).value / getattr(critical[0.5], name).value
        assert ratio == pytest.approx(5.0, rel=0.01)
