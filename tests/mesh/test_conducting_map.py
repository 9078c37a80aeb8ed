"""The conducting map has the stated fraction, steps of the stated width and the right symmetry."""

import numpy as np
import pytest
from scipy.constants import value

from femna.errors import InputError
from femna.mesh import conducting_map
from femna.mesh.step import KERNEL_VARIANCE, smooth_step
from femna.mesh.step_map import StepMap

B = 25e-6
PATCH = {"kind": "patches", "blocked_fraction": 0.3, "transition": "1 um"}


def line_mean(chart, *, radial=False, points=200_001):
    x = np.linspace(0.0, B, points)
    c = chart(x[:, None])
    weight = x if radial else np.ones_like(x)
    return np.trapezoid(c * weight, x) / np.trapezoid(weight, x)


def square_mean(chart, cells=1500):
    x = (np.arange(cells) + 0.5) * (B / cells)
    return np.mean([chart(np.column_stack([np.full(cells, a), x])).mean() for a in x])


def test_step_has_compact_support_and_stated_kernel_variance():
    t = np.linspace(-0.5, 0.5, 100_001)
    assert smooth_step(np.array([-0.5, 0.0, 0.5, 9.0]), 1.0).tolist() == [0.0, 0.5, 1.0, 1.0]
    slope = np.gradient(smooth_step(t, 1.0), t)
    assert abs(slope[0]) < 1e-6
    assert abs(slope[-1]) < 1e-6
    assert np.trapezoid(slope * t**2, t) == pytest.approx(KERNEL_VARIANCE, rel=1e-6)


def test_uniform_map_is_one_everywhere(make_case):
    chart = conducting_map(make_case(chart={"kind": "uniform"}))
    assert np.all(chart(np.linspace(0, B, 11)[:, None]) == 1.0)
    assert chart.edges == ()
    assert np.all(chart.size(np.zeros((3, 1)), coarsest=2e-6) == 2e-6)


def test_stripe_is_blocked_at_the_centre_over_its_share_of_the_period(make_case):
    chart = conducting_map(make_case())
    edge = 0.3 * B
    places = np.array([0.0, edge - 0.5e-6, edge, edge + 0.5e-6, B])[:, None]
    assert chart(places) == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0], abs=1e-12)
    assert chart(np.array([[edge - 0.49e-6], [edge + 0.49e-6]])).tolist() != [0.0, 1.0]
    assert line_mean(chart) == pytest.approx(0.7, abs=1e-9)
    assert chart.mean == pytest.approx(0.7)


@pytest.mark.parametrize("inside", ["blocked", "conducting"])
def test_disc_patch_has_the_exact_fraction_in_spite_of_its_wide_edge(make_case, inside):
    spec = {**PATCH, "transition": "5 um", "inside": inside}
    chart = conducting_map(make_case(geometry={"symmetry": "axisymmetric"}, chart=spec))
    assert chart(np.array([[0.0]]))[0] == (0.0 if inside == "blocked" else 1.0)
    assert line_mean(chart, radial=True) == pytest.approx(0.7, abs=1e-9)


def test_square_patch_has_the_exact_fraction(make_case):
    chart = conducting_map(make_case(geometry={"symmetry": "square"}, chart=PATCH))
    assert square_mean(chart) == pytest.approx(0.7, abs=1e-6)
    assert chart(np.array([[0.0, 0.0], [B, B]])).tolist() == [0.0, 1.0]


HEXAGONAL = {"symmetry": "hexagonal"}


def hexagonal_mean(chart, cells=1500):
    x = (np.arange(cells) + 0.5) * (B / cells)
    y = np.sqrt(3.0) * x
    return np.mean([chart(np.column_stack([np.full(cells, a), y])).mean() for a in x])


@pytest.mark.parametrize("inside", ["blocked", "conducting"])
def test_hexagonal_patches_sit_at_opposite_corners_with_the_exact_fraction(make_case, inside):
    spec = {**PATCH, "transition": "3 um", "inside": inside}
    chart = conducting_map(make_case(geometry=HEXAGONAL, chart=spec))
    assert hexagonal_mean(chart) == pytest.approx(0.7, abs=1e-6)
    top = np.sqrt(3.0) * B
    corners = np.array([[0.0, 0.0], [B, top], [B, 0.0], [0.0, top]])
    within = 0.0 if inside == "blocked" else 1.0
    assert chart(corners).tolist() == [within, within, 1.0 - within, 1.0 - within]
    # the six neighbours are alike: half way to each of them c is the same
    between = np.array([[B, 0.0], [0.5 * B, 0.5 * top]])
    assert np.ptp(chart(between)) < 1e-12


def test_zones_of_resistance_surround_every_centre_of_a_hexagonal_array(make_case):
    spec = {
        "kind": "resistances",
        "resistances": ["32 ohm*cm^2", "8 ohm*cm^2", "16 ohm*cm^2"],
        "fractions": [0.2, 0.4, 0.4],
        "transition": "1 um",
    }
    chart = conducting_map(make_case(geometry=HEXAGONAL, chart=spec))
    assert hexagonal_mean(chart) == pytest.approx(0.2 * 0.25 + 0.4 + 0.4 * 0.5, abs=1e-6)
    assert chart.mean == pytest.approx(0.65)


def test_resistances_give_zones_from_the_centre_outward(make_case):
    spec = {
        "kind": "resistances",
        "resistances": ["32 ohm*cm^2", "8 ohm*cm^2", "16 ohm*cm^2"],
        "fractions": [0.2, 0.5, 0.3],
        "transition": "1 um",
    }
    for symmetry, radial in (("plane_strain", False), ("axisymmetric", True)):
        chart = conducting_map(make_case(geometry={"symmetry": symmetry}, chart=spec))
        ends = np.array([0.0, 0.6 * B, B])[:, None]
        assert chart(ends) == pytest.approx([0.25, 1.0, 0.5], abs=1e-12)
        assert line_mean(chart, radial=radial) == pytest.approx(0.7, abs=1e-9)


def test_resistances_refer_to_the_exchange_current_of_butler_volmer(make_case):
    exchange = 50.0
    reference = value("molar gas constant") * 298.15 / (value("Faraday constant") * exchange)
    spec = {
        "kind": "resistances",
        "resistances": [f"{2 * reference * 1e4} ohm*cm^2", f"{4 * reference * 1e4} ohm*cm^2"],
        "fractions": [0.5, 0.5],
        "transition": "1 um",
    }
    kinetics = {"law": "butler_volmer", "exchange_current_density": "5 mA/cm^2"}
    chart = conducting_map(make_case(chart=spec, kinetics=kinetics))
    assert chart(np.array([[0.0], [B]])) == pytest.approx([0.5, 0.25], rel=1e-9)


def test_zone_that_does_not_fit_is_refused_with_a_remedy(make_case):
    case = make_case(chart={"kind": "stripes", "blocked_fraction": 0.1, "transition": "4 um"})
    with pytest.raises(InputError, match="no room"):
        conducting_map(case, half_period=5e-6)


def test_edge_at_the_side_is_mirrored_so_that_the_mean_stays_exact():
    chart = StepMap((0.0, 1.0, 0.0), (0.2e-6, B - 0.1e-6), 1e-6, B, (), 0.0)
    exact = (B - 0.3e-6) / B
    assert line_mean(chart) == pytest.approx(exact, abs=1e-9)
    x = np.array([[0.0], [1e-9]])
    assert np.diff(chart(x))[0] / 1e-9 * 1e-6 < 0.01


def test_size_is_an_eighth_of_the_transition_at_the_edge_and_grows_away_from_it(make_case):
    chart = conducting_map(make_case())
    edge = 0.3 * B
    size = chart.size(np.array([[edge], [edge + 1.5e-6], [B]]), coarsest=0.5e-6)
    assert size == pytest.approx([0.125e-6, 0.125e-6 + 0.14e-6, 0.5e-6])
