"""Random maps have the statistics of their definition, far from the sides of the cell.

Every seed gives one spatial mean; the seeds are independent, so the standard error of their mean is
known without knowing how a mean correlates within a seed. The limit is four of them.
"""

import numpy as np
import pytest
from scipy.integrate import quad
from verification.record import Case

from femna.mesh import conducting_map
from femna.mesh.random_field import (
    cosine_field_line,
    field_and_slope,
    mode_amplitudes,
    random_square_map,
)

SIGMAS = 4.0
CORRELATION = Case(
    name="random_field",
    part="images",
    title="Correlation of a random map's Gaussian field",
    formula="<u(x) u(x + d)> = exp(-(d/l)^2)",
    source="Its definition; 400 seeds on a line, 40 in the plane.",
    mesh="cosine modes, far from the sides of the cell",
    across="distance over correlation length",
    measure="correlation",
)
TWO_POINT = Case(
    name="random_map_two_point",
    part="images",
    title="Two-point statistic of a random map, half of it blocked",
    formula="S2(d) = 1/4 + asin(exp(-(d/l)^2))/(2 pi)",
    source="The arcsine law of a cut Gaussian field; on a line less the fixed fraction's share.",
    mesh="36 seeds on a line, 40 in the plane",
    across="distance over correlation length",
    measure="probability that both are blocked",
)


def modes(x, length, count):
    """Cosine modes at places x, shape (N, count)."""
    return np.cos(np.outer(x, np.pi * np.arange(count) / length))


def judge(found, expected, *, bias):
    """Assert that the mean over seeds is the expected value within its standard error."""
    values = np.asarray(found)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert np.all(np.abs(values.mean(axis=0) - expected) < SIGMAS * error + bias)
    return error


def test_correlation_of_the_line_field_is_gaussian(verified):
    length, correlation = 400.0, 2.0
    distances = np.array([0.5, 1.0, 1.5, 2.0]) * correlation
    x = np.arange(20.0, 370.0, 0.5)
    count = len(mode_amplitudes(length, correlation, seed=0, dimensions=1))
    here, there = modes(x, length, count), [modes(x + d, length, count) for d in distances]
    found = []
    for seed in range(400):
        amplitudes = mode_amplitudes(length, correlation, seed=seed, dimensions=1)
        field = here @ amplitudes
        found.append([np.mean(field * (other @ amplitudes)) for other in there])
    # without the constant mode every correlation is less by its share, sqrt(pi) l/(2 b)
    bias = np.sqrt(np.pi) * correlation / (2.0 * length)
    expected = np.exp(-((distances / correlation) ** 2))
    error = judge(found, expected, bias=bias)
    assert error.max() < 0.01
    at = distances / correlation
    verified.curve(CORRELATION, "on a line", at, np.mean(found, axis=0), expected)


def test_correlation_of_the_plane_field_is_gaussian_in_every_direction(verified):
    length, correlation = 60.0, 2.0
    at = np.arange(10.0, 50.0, 1.25)
    grid = np.stack(np.meshgrid(at, at, indexing="ij"), axis=-1).reshape(-1, 2)
    angle = np.pi / 5.0
    pairs = [
        (d * correlation, direction)
        for d in (0.5, 1.0)
        for direction in ((1.0, 0.0), (0.0, 1.0), (np.cos(angle), np.sin(angle)))
    ]
    found = []
    for seed in range(40):
        amplitudes = mode_amplitudes(length, correlation, seed=seed, dimensions=2)
        field, _ = field_and_slope(amplitudes, length, grid)
        others = [field_and_slope(amplitudes, length, grid + d * np.array(u))[0] for d, u in pairs]
        found.append([np.mean(field * other) for other in others])
    expected = [np.exp(-((d / correlation) ** 2)) for d, _ in pairs]
    # the constant mode: the square of its share on a line
    bias = np.pi * correlation**2 / (4.0 * length**2)
    assert judge(found, expected, bias=bias).max() < 0.02
    at = [d / correlation for d, _ in pairs]
    verified.curve(CORRELATION, "in the plane", at, np.mean(found, axis=0), expected)


def arcsine(distance, correlation):
    """Two-point probability of one half cut from a Gaussian field: 1/4 + asin(rho)/(2 pi)."""
    rho = np.exp(-((distance / correlation) ** 2))
    return 0.25 + np.arcsin(rho) / (2.0 * np.pi)


def variance(share):
    """Variance that the fraction at a fixed threshold would have, on a line or (squared) a plane.

    The threshold is that of the realisation, so its fraction does not vary, and S2 is lower by
    this: the mean of asin(rho)/(2 pi) over the distances within the cell, `share` of them.
    """
    return share * quad(lambda u: np.arcsin(np.exp(-(u**2))) / (2.0 * np.pi), 0.0, 8.0)[0]


def test_two_point_statistic_of_a_cut_line_is_the_arcsine_law(verified):
    length, correlation = 200.0, 2.0
    distances = np.array([0.25, 0.5, 1.0, 1.5]) * correlation
    x = np.arange(10.0, 185.0, 0.25)
    found = []
    for seed in range(36):
        starts_blocked, edges = cosine_field_line(
            length, blocked_fraction=0.5, correlation_length=correlation, seed=seed
        )

        def blocked(at, edges=edges, even=starts_blocked):
            return (np.searchsorted(edges, at) % 2 == 0) == even

        here = blocked(x)
        found.append([np.mean(here & blocked(x + d)) for d in distances])
    lower = variance(2.0 * correlation / length)
    expected = arcsine(distances, correlation) - lower
    # grid of 0.25 and the next order in l/L: a third of that correction
    error = judge(found, expected, bias=lower / 3.0)
    assert error.max() < 0.012
    at = distances / correlation
    verified.curve(TWO_POINT, "on a line", at, np.mean(found, axis=0), expected)


def test_two_point_statistic_of_a_cut_plane_is_the_arcsine_law(verified):
    length, correlation = 40.0, 2.0
    at = np.arange(6.0, 31.0, 0.5)
    grid = np.stack(np.meshgrid(at, at, indexing="ij"), axis=-1).reshape(-1, 2)
    distances = np.array([0.5, 1.0, 1.5]) * correlation
    found = []
    for seed in range(40):
        chart = random_square_map(
            length, blocked_fraction=0.5, correlation_length=correlation, width=1.0, seed=seed
        )
        here = chart(grid) < 0.5
        shifted = [chart(grid + np.array([d, 0.0])) < 0.5 for d in distances]
        found.append([np.mean(here & other) for other in shifted])
    # as on the line, of order (l/L)^2
    bias = 2.0 * np.pi * (correlation / length) ** 2 * 0.25
    expected = arcsine(distances, correlation)
    assert judge(found, expected, bias=bias).max() < 0.01
    at = distances / correlation
    verified.curve(TWO_POINT, "in the plane", at, np.mean(found, axis=0), expected)


@pytest.mark.parametrize("seed", range(3))
def test_fraction_of_one_half_is_met_exactly_on_a_line(make_case, seed):
    spec = {
        "kind": "random_field",
        "blocked_fraction": 0.5,
        "correlation_length": "4 um",
        "seed": seed,
        "transition": "0.5 um",
    }
    chart = conducting_map(make_case(chart=spec))
    cuts = np.diff([0.0, *chart.edges, 25e-6])
    assert cuts[0 if chart.values[0] == 0.0 else 1 :: 2].sum() / 25e-6 == pytest.approx(
        0.5, abs=1e-9
    )
