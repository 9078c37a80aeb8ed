"""One unknown holds the contact pressure and the gap: the identities that follow."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from femna.physics.contact import (
    SHARPNESS,
    in_contact,
    openness,
    relative_gap,
    relative_pressure,
)

Z = np.array([-500.0, -100.0, -1.0, -1e-12, 0.0, 1e-12, 0.5, 1.0, 40.0])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_signorini_holds_identically(values: list[float]) -> None:
    z = np.array(values)
    p, g = relative_pressure(z), relative_gap(z)
    assert np.all(p >= 0.0)
    assert np.all(g >= 0.0)
    assert np.all(p * g == 0.0)


@given(st.floats(0.0, 1e3), st.floats(0.0, 1e3))
def test_the_unknown_is_recovered_from_pressure_and_gap(pressure: float, gap: float) -> None:
    closed, opened = np.array([pressure]), np.array([-SHARPNESS * gap])
    assert relative_pressure(closed)[0] == pressure
    # one multiplication and one division: two roundings
    assert abs(relative_gap(opened)[0] - gap) <= 2.0 * np.finfo(float).eps * gap


def test_a_vertex_at_zero_counts_as_closed() -> None:
    assert in_contact(np.array([0.0]))[0]
    assert np.array_equal(in_contact(Z), relative_gap(Z) == 0.0)


def test_openness_is_the_exponential_of_the_gap() -> None:
    h, _ = openness(Z)
    assert np.all(h[Z >= 0.0] == 1.0)
    np.testing.assert_allclose(h[:2], np.exp([-500.0 / SHARPNESS, -100.0 / SHARPNESS]), rtol=1e-15)
    assert np.all((h > 0.0) & (h <= 1.0))


def test_openness_has_the_slope_it_states() -> None:
    z = np.array([-350.0, -100.0, -3.0, 0.5, 7.0])
    _, slope = openness(z)
    errors = []
    for step in (1.0, 0.5):  # central differences, away from the kink: error ~ step^2
        difference = (openness(z + step / 4)[0] - openness(z - step / 4)[0]) / (step / 2)
        errors.append(np.max(np.abs(difference - slope)))
    assert errors[1] < 1e-7
    assert np.log2(errors[0] / errors[1]) > 1.95
