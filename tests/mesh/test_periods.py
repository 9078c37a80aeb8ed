"""Periods from 10 um to 4 mm on one foil mesh finely at the edges and in bounded numbers."""

import numpy as np
import pytest

from femna.case import parse_case
from femna.mesh import conducting_map
from femna.mesh.cell import cell_arrays
from femna.mesh.quality import cell_quality

KINDS = {"plane_strain": "stripes", "axisymmetric": "patches"}
SIZES = {10: 0.2, 50: 1.0, 300: 6.0, 1000: 10.0, 4000: 10.0}
"""The smaller of period/50 and a tenth of the foil of 100 um."""


@pytest.fixture
def without_size(make_case):
    """Return a case without an element size of its own."""

    def build(symmetry, period):
        spec = {"kind": KINDS[symmetry], "blocked_fraction": 0.3, "transition": "1 um"}
        document = make_case(
            geometry={
                "symmetry": symmetry,
                "period": f"{period} um",
                "electrolyte_thickness": "100 um",
            },
            chart=spec,
            interface_size="0.5 um",
        ).to_document()
        del document["numerics"]["interface_size"]
        return parse_case(document)

    return build


@pytest.mark.parametrize("symmetry", KINDS)
@pytest.mark.parametrize("period", SIZES)
def test_any_period_meshes_well_and_in_bounded_numbers(without_size, symmetry, period):
    case = without_size(symmetry, period)
    assert case.numerics.interface_size == pytest.approx(SIZES[period] * 1e-6, rel=1e-12)
    arrays = cell_arrays(case)
    quality = cell_quality(arrays)
    for body in (quality.metal, quality.electrolyte):
        assert body.worst_angle > 25.0
        assert body.worst_aspect_ratio < 2.2
    # 50 elements a period, some more at the edge; ten rows or so in a foil of any length
    assert quality.metal.cells < 4000
    assert quality.electrolyte.cells < 4000
    half = arrays.half_period
    x = np.unique(arrays.metal.points[arrays.metal.group("interface")][:, :, 0]) * half
    (edge,) = conducting_map(case).edges
    assert np.sum((x > edge - 0.5e-6) & (x < edge + 0.5e-6)) >= 7
    steps = np.diff(x)
    assert np.max(np.maximum(steps[1:] / steps[:-1], steps[:-1] / steps[1:])) < 1.3
    assert steps.max() <= SIZES[period] * 1e-6 * (1.0 + 1e-9)


def test_a_resolved_case_states_the_size_and_loads_back_the_same(without_size):
    case = without_size("plane_strain", 300)
    assert 'interface_size = "6 um"' in case.to_toml()
    assert parse_case(case.to_document()) == case


@pytest.mark.parametrize(("symmetry", "size"), [("square", 2.0), ("hexagonal", 2.0)])
def test_arrays_have_ten_elements_a_period(make_case, symmetry, size):
    geometry = {"symmetry": symmetry, "period": "20 um", "metal_thickness": "50 um"}
    spec = {"kind": "uniform"}
    document = make_case(geometry=geometry, chart=spec, interface_size="1 um").to_document()
    del document["numerics"]
    assert parse_case(document).numerics.interface_size == pytest.approx(size * 1e-6)
