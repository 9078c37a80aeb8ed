"""Whatever a file says, the answer is a case or one line."""

import copy
import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from femna.case import UnitError, parse, parse_case, template
from femna.errors import InputError

DOCUMENT = tomllib.loads(template("case"))

anything = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.sampled_from([10**400, -(10**400)]),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["1 um", "1e999 um", "1 MPa^2", "inf", "stack", "25 degC", "1 delta_degC"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=4,
)


def places(document, at=()):
    for key, value in document.items():
        yield (*at, key)
        if isinstance(value, dict):
            yield from places(value, (*at, key))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(places(DOCUMENT))), anything)
def test_any_value_anywhere_is_accepted_or_one_line(place, value):
    document = copy.deepcopy(DOCUMENT)
    table = document
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = value
    line = answer(document)
    assert line == "" or (len(line.splitlines()) == 1 and " = " in line)


def answer(document):
    try:
        parse_case(document)
    except InputError as error:
        return str(error)
    return ""


UNITS = st.sampled_from(["m", "um", "degC", "K", "MPa", "deg", "^", "*", "/", "(", ")", "e", "3"])


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=12),
        st.lists(UNITS, max_size=5).map("".join).map(lambda unit: f"1.5 {unit}"),
        st.sampled_from(["1e999999999999999999999 m", "1e99999999999 m", "1 m^99999", "1 m^1e99"]),
    ),
    st.sampled_from(["m", "K", "Pa", "rad", "1/s/Pa^6.1"]),
)
def test_any_text_is_a_quantity_or_an_error_of_units(text, si):
    try:
        value = parse(text, si)
    except UnitError:
        return
    assert isinstance(value, float)
