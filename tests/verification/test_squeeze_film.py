"""Squeezed discs: sticking films against their thin-film law, slipping ones exactly, n = 1, 3, 5.

docs/verification.md, squeeze film.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from reference.closed_forms import squeeze_film_force

from verification.film import drawn_film
from verification.record import Case, Verified

EXPONENTS = [1.0, 3.0, 5.0]
FULL = {1.0: 0.996, 3.0: 1.009, 5.0: 1.019}
"""Of the thin-film law at R/h = 25, by independent full solutions."""
FILM = Case(
    name="squeeze_film",
    part="flow",
    title="Squeeze film that sticks",
    formula="F/(pi K) = (V (2 m + 1)/(4 m))^m (2/h)^(2 m + 1) R^(m + 3)/(m + 3), m = 1/n, h/R -> 0",
    source="Lubrication of a power-law film, derived in tests/reference; it leaves out the rim, of "
    "order h/R.",
    mesh="8 elements over the height",
    across="height over radius",
    measure="distance from the thin-film law",
)


def force(
    radius: float,
    n: float,
    *,
    sticks: tuple[bool, bool] = (True, True),
    across: int = 8,
) -> float:
    """Force on a disc of height 1 that is squeezed at speed 1 (A = 1)."""
    flow = drawn_film(radius, n, speed=-1.0, symmetry="axisymmetric", sticks=sticks, across=across)
    return float(flow.contact @ flow.area)


def thin(radius: float, n: float) -> float:
    return squeeze_film_force(radius, 1.0, 1.0, exponent=n, prefactor=1.0)


@pytest.mark.parametrize("n", EXPONENTS)
def test_sticking_film(n: float, verified: Verified) -> None:
    ratio = [force(radius, n) / thin(radius, n) for radius in (12.5, 25.0, 50.0)]
    errors = [abs(r - 1.0) for r in ratio]
    assert ratio[1] == pytest.approx(FULL[n], abs=1e-3)
    assert all(fine < coarse for coarse, fine in pairwise(errors[1:]))
    # the order h/R extrapolated, (h/R)^2 is left
    assert 2.0 * ratio[2] - ratio[1] == pytest.approx(1.0, abs=4.0 / 25.0**2)
    verified.curve(FILM, f"n = {n:g}", [1 / 12.5, 1 / 25, 1 / 50], ratio, [1.0, 1.0, 1.0])


@pytest.mark.slow
@pytest.mark.parametrize("n", EXPONENTS)
def test_sticking_film_full(n: float) -> None:
    ratio = [force(radius, n, across=12) / thin(radius, n) for radius in (25.0, 50.0, 100.0)]
    errors = [abs(r - 1.0) for r in ratio]
    assert ratio[0] == pytest.approx(FULL[n], abs=1e-3)
    assert errors[2] < errors[1] < errors[0]
    # the order h/R extrapolated: what is left falls faster than h/R
    left = [abs(2.0 * fine - coarse - 1.0) for coarse, fine in pairwise(ratio)]
    assert left[1] < 0.5 * left[0]
    if n == 5.0:
        assert ratio[1:] == pytest.approx([1.007, 1.003], abs=1e-3)


@pytest.mark.parametrize("n", EXPONENTS)
def test_slipping_disc_is_in_uniform_compression(n: float) -> None:
    # rate V/h = 1 everywhere, s_e = the axial stress = 1; the floor adds its square to the rate's
    radius = 10.0
    floor = 1e-3 * radius
    expected = np.pi * radius**2 * (1.0 + floor**2) ** (0.5 * (1.0 / n - 1.0))
    assert force(radius, n, sticks=(False, False)) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("n", [1.0, 5.0])
def test_film_that_sticks_to_one_face_is_half_of_a_thicker_one(n: float) -> None:
    on_electrolyte = force(25.0, n, sticks=(True, False))
    on_collector = force(25.0, n, sticks=(False, True))
    # the drag lets 3e-5 of the mobility slip, the mesh is not symmetric
    assert on_electrolyte == pytest.approx(on_collector, rel=1e-3)
    # the plane of slip is the middle of a film twice as high, closed twice as fast: in units of its
    # height the disc of R/h = 12.5, and four times the area; the mesh's error is below 3e-3
    assert on_collector == pytest.approx(4.0 * force(12.5, n), rel=5e-3)
