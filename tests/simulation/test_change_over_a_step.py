"""What a step changed, by which it is judged."""

import math

import numpy as np
import pytest
from mpi4py import MPI

from femna.simulation.control import Change, Reading, StepControl, change_of_gap, reached
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


def test_the_few_fastest_vertices_do_not_count():
    area = np.array([1.0, 2.0, 3.0, 4.0])
    values = np.array([8.0, 4.0, 2.0, 1.0])
    for ignored, left in ((0.0, 8.0), (0.05, 8.0), (0.11, 4.0), (0.31, 2.0), (0.61, 1.0)):
        for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
            assert reached(values[order], area[order], ignored=ignored) == left
    assert reached(np.zeros(0), np.zeros(0), ignored=0.1) == 0.0


def test_equal_vertices_that_make_up_the_share_are_ignored_whatever_the_digits():
    third = 1.0 / 3.0
    for scale in np.geomspace(1e-9, 1e9, 41) * third:
        area = np.full(30, scale)
        assert reached(np.arange(30.0), area, ignored=0.1) == 26.0


def test_a_gap_counts_by_the_roughness_where_current_answers_and_by_its_size_elsewhere():
    old, new = np.array([0.0, 1.0, 30.0, 30.0]), np.array([0.2, 0.4, 33.0, 0.5])
    given = {"area": np.ones(4), "roughness": 1.0, "ignored": 0.0}
    one = {"conducting": np.array([1.0, 1.0, 1.0, 0.0])}
    close, far = change_of_gap(MPI.COMM_SELF, old, new, **one, **given)
    assert close == pytest.approx(0.6, rel=1e-12)  # the last does not conduct
    assert far == pytest.approx(29.5 / 40.0, rel=1e-12)
    # a quarter left out: for each of the two the vertex that is fastest by it
    given["ignored"] = 0.25
    close, far = change_of_gap(MPI.COMM_SELF, old, new, **one, **given)
    assert close == pytest.approx(0.2, rel=1e-12)
    assert far == pytest.approx(3.0 / 43.0, rel=1e-12)


def test_what_is_left_out_follows_the_error_that_is_asked_for():
    coarse, fine = (StepControl(error, fixed=False).ignored for error in (0.01, 0.001))
    assert coarse == pytest.approx(10.0 * fine, rel=1e-12)
    assert coarse == pytest.approx(0.02, rel=1e-12)
