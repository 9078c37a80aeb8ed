"""What a step changed, by which it is judged."""

import math

import pytest

from femna.simulation.control import Change, Reading
from femna.simulation.state import Clock

LATER = {"phase": 1, "phase_time": 5.0, "contact_rate": -0.01}


def change(before, after, *, current=(15.0, 15.0), held=False, driven=True, dt=2.0, **clock):
    return Change.between(
        Reading(*before, *current[:1]),
        Reading(*after, *current[1:]),
        clock=Clock(**(LATER | clock)),
        dt=dt,
        driven=driven,
        held=held,
        gaps=(0.25, 0.5),
        squeezed=0.125,
    )


def test_the_local_error_is_half_the_departure_from_the_last_rate():
    # predicted 0.9 - 0.01 * 2 = 0.88, found 0.84
    found = change((0.9, 1.0), (0.84, 1.0))
    assert found.local_error == pytest.approx(0.02, rel=1e-12)
    assert found.contact == pytest.approx(0.06, rel=1e-12)
    assert (found.gap, found.void, found.squeezed) == (0.25, 0.5, 0.125)


def test_a_later_phase_begins_with_nothing_to_predict_from():
    begins = change((0.9, 1.0), (0.84, 1.0), phase_time=0.0)
    assert begins.local_error == pytest.approx(0.03, rel=1e-12)
    # the very first phase has the rate of its trial step
    first = change((0.9, 1.0), (0.84, 1.0), phase=0, phase_time=0.0)
    assert first.local_error == pytest.approx(0.02, rel=1e-12)


def test_the_voltage_counts_by_its_logarithm_while_current_drives_it():
    for before, after in ((0.1, 0.2), (0.2, 0.1), (-0.1, -0.2)):
        found = change((1.0, before), (1.0, after)).log_voltage
        assert found == pytest.approx(math.log(2.0), rel=1e-12)


@pytest.mark.parametrize(
    "given",
    [{"driven": False}, {"phase_time": 0.0}, {"after": -0.2}, {"after": 0.0}],
    ids=["rest", "a jump", "a change of sign", "no voltage"],
)
def test_a_voltage_without_a_course_is_not_judged(given):
    given = dict(given)
    after = given.pop("after", 0.2)
    assert change((1.0, 0.1), (1.0, after), **given).log_voltage == 0.0


def test_an_accepted_step_counts_charge_by_sign_and_ends_the_phase_exactly():
    clock = Clock()
    clock.advance(0.1, current=10.0, duration=0.3)
    clock.advance(0.2, current=10.0, duration=0.3)
    assert clock.phase_time == 0.3  # 0.1 + 0.2 is not
    clock.advance(0.1, current=-10.0, duration=1.0)
    assert clock.step == 3
    assert clock.removed == pytest.approx(2.0, rel=1e-12)
    assert clock.throughput == pytest.approx(4.0, rel=1e-12)


def test_where_the_voltage_is_held_the_current_counts_in_its_place():
    found = change((1.0, 0.1), (1.0, 0.1), current=(15.0, 5.0), held=True).log_voltage
    assert found == pytest.approx(math.log(3.0), rel=1e-12)
