"""The end of a hold by its charge, whichever way the current goes."""

import math
from dataclasses import replace

import pytest

from femna.simulation.hold import share_to_end, time_to_charge
from femna.simulation.schedule import Phase
from femna.simulation.state import Clock

HOLD = Phase(
    index=0,
    kind="hold",
    half_cycle=1,
    cycle=1,
    current=0.0,
    pressure=1e6,
    temperature=298.15,
    duration=math.inf,
    held=0.1,
    most_charge=100.0,
)
PASSED = Clock(phase_charge=40.0, phase_time=10.0, current=2.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_step_beyond_the_charge_ends_at_it(sign):
    clock = replace(PASSED, phase_charge=sign * 40.0)
    share = share_to_end(HOLD, clock, before=sign * 2.0, after=sign * 2.0, dt=60.0)
    assert share == pytest.approx(0.5)
    assert time_to_charge(HOLD, replace(clock, current=sign * 2.0)) == pytest.approx(30.0)


def test_a_current_that_turned_takes_back_what_has_passed():
    turned = {"before": 2.0, "after": -2.0}
    assert share_to_end(HOLD, PASSED, **turned, dt=60.0) is None
    assert share_to_end(HOLD, PASSED, **turned, dt=140.0) == pytest.approx(0.5)
    assert time_to_charge(HOLD, replace(PASSED, current=-2.0)) == pytest.approx(70.0)
