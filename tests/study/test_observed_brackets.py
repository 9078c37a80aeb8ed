"""A stated bracket against a computed one: what was tested exactly at a bound is decided."""

import pytest

from femna.study.curve import Crossing
from femna.study.observations import Bound, _judge


@pytest.mark.parametrize(
    ("stated", "computed", "verdict"),
    [
        ((None, 7.0), (7.0, 10.0), "not met"),  # it fails at 7, so it is above
        ((4.0, 7.0), (4.0, 7.0), "met"),  # it fails at 4 and holds at 7
        ((4.0, None), (4.0, None), "met"),
        ((4.0, 7.0), (3.0, 7.0), "not decided"),
        ((4.0, 7.0), (5.0, 8.0), "not decided"),
        ((4.0, None), (None, 3.0), "not met"),
    ],
)
def test_a_bracket_without_a_value_is_judged_by_its_ends(stated, computed, verdict):
    bound = Bound(1.0, *stated, "as stated")
    failing, holding = computed
    assert _judge(bound, Crossing(None, failing, holding)) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(7.0, "met"), (4.0, "not decided"), (5.0, "met")])
def test_a_value_at_a_bound_is_not_beyond_it(value, verdict):
    assert _judge(Bound(1.0, 4.0, 7.0, "as stated"), Crossing(value, 3.0, 8.0)) == verdict
