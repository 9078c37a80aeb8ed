"""Random maps meet their fraction, their correlation length and their seed."""

import numpy as np
import pytest

from femna.mesh import conducting_map
from femna.mesh.random_field import field_and_slope, mode_amplitudes

B = 25e-6


def spec(seed, *, length="4 um", transition="0.5 um"):
    return {
        "kind": "random_field",
        "blocked_fraction": 0.35,
        "correlation_length": length,
        "seed": seed,
        "transition": transition,
    }


@pytest.mark.parametrize("seed", range(8))
def test_line_map_meets_its_fraction_and_both_values(make_case, seed):
    chart = conducting_map(make_case(chart=spec(seed)))
    x = np.linspace(0.0, B, 400_001)
    c = chart(x[:, None])
    assert np.trapezoid(c, x) / B == pytest.approx(0.65, abs=1e-6)
    assert chart.mean == pytest.approx(0.65)
    assert c.min() >= 0.0
    assert c.max() <= 1.0
    assert np.mean((c > 0.0) & (c < 1.0)) <= len(chart.edges) * 0.5e-6 / B * (1 + 1e-3)


def test_square_map_meets_its_fraction_on_a_shifted_grid(make_case):
    chart = conducting_map(
        make_case(geometry={"symmetry": "square"}, chart=spec(1, length="8 um", transition="2 um"))
    )
    n = 701
    x = (np.arange(n) + 0.5) * (B / n)
    points = np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1).reshape(-1, 2)
    assert chart(points).mean() == pytest.approx(0.65, abs=2e-4)


def test_same_seed_gives_the_same_map_and_another_seed_another(make_case):
    x = np.linspace(0.0, B, 1001)[:, None]
    first, again, other = (conducting_map(make_case(chart=spec(s)))(x) for s in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_map_has_no_slope_at_the_sides_of_the_cell(make_case):
    chart = conducting_map(
        make_case(geometry={"symmetry": "square"}, chart=spec(2, length="8 um", transition="2 um"))
    )
    y = np.linspace(0.0, B, 50)
    for side in (0.0, B):
        inward = 1e-9 if side == 0.0 else -1e-9
        rise = chart(np.column_stack([np.full(50, side + inward), y])) - chart(
            np.column_stack([np.full(50, side), y])
        )
        assert np.abs(rise).max() < 1e-5


@pytest.mark.parametrize("dimensions", [1, 2])
def test_correlation_falls_to_one_over_e_at_the_correlation_length(dimensions):
    length, correlation = 60.0, 2.0
    # inner points, in pairs one correlation length apart
    at = np.arange(15.0, 45.0, 3 * correlation)
    first, second = [], []
    for seed in range(400 if dimensions == 1 else 60):
        amplitudes = mode_amplitudes(length, correlation, seed=seed, dimensions=dimensions)
        if dimensions == 1:
            wave = np.pi * np.arange(len(amplitudes)) / length
            first.append(np.cos(np.outer(at, wave)) @ amplitudes)
            second.append(np.cos(np.outer(at + correlation, wave)) @ amplitudes)
        else:
            grid = np.stack(np.meshgrid(at, at, indexing="ij"), axis=-1).reshape(-1, 2)
            slanted = grid + correlation * np.sqrt(0.5)
            first.append(field_and_slope(amplitudes, length, grid)[0])
            second.append(field_and_slope(amplitudes, length, slanted)[0])
    a, b = np.concatenate(first), np.concatenate(second)
    error = 1.0 / np.sqrt(len(a))  # the points are nearly independent
    excluded = np.sqrt(np.pi) * correlation / length if dimensions == 1 else 0.0  # constant mode
    assert np.mean(a**2) == pytest.approx(1.0, abs=5 * np.sqrt(2) * error)
    expected = np.exp(-1.0)
    assert np.mean(a * b) / np.mean(a**2) == pytest.approx(expected, abs=5 * error + excluded)


def test_step_across_the_threshold_has_the_stated_width(make_case):
    case = make_case(
        geometry={"symmetry": "square"}, chart=spec(3, length="12 um", transition="0.5 um")
    )
    chart = conducting_map(case)
    y = np.linspace(0.0, B, 40)
    widths = []
    for row in y:
        x = np.linspace(0.0, B, 20_001)
        points = np.column_stack([x, np.full_like(x, row)])
        c = chart(points)
        inside = (c > 0.0) & (c < 1.0)
        starts = np.flatnonzero(np.diff(inside.astype(int)) == 1)
        stops = np.flatnonzero(np.diff(inside.astype(int)) == -1)
        if len(starts) != len(stops) or len(starts) == 0 or stops[0] < starts[0]:
            continue
        for start, stop in zip(starts, stops, strict=True):
            here = points[[(start + stop) // 2]]
            step = 1e-10
            rise = [
                field_and_slope(chart.amplitudes, B, here + np.eye(2)[k] * step)[0]
                - field_and_slope(chart.amplitudes, B, here)[0]
                for k in range(2)
            ]
            across = abs(rise[0][0]) / np.hypot(rise[0][0], rise[1][0])
            if across > 0.7:
                widths.append((x[stop] - x[start]) * across)
    assert len(widths) >= 10
    assert np.median(widths) == pytest.approx(0.5e-6, rel=0.03)
