"""Stacks in three dimensions run: as the axisymmetric one, tilted, off the axis."""

import pytest
from runs.conftest import last, summary
from verification.stacks import CASE

SMALL = (
    "geometry.electrode_diameter=0.5 mm",
    "geometry.electrolyte_diameter=1 mm",
    "geometry.electrolyte_thickness=0.1 mm",
    "interface.map.transition=0.1 mm",
    "protocol.pressure=0.1 MPa",
)


def test_uniform_stripping_under_a_tilted_platen_opens_nothing(run):
    """Metal whose interface recedes evenly moves as a rigid body, however thick it is where."""
    settings = (
        "geometry.symmetry=mirror",
        "geometry.electrode_diameter=0.5 mm",
        "geometry.electrolyte_diameter=0.5 mm",
        "geometry.electrolyte_thickness=0.1 mm",
        "geometry.platen_tilt=87 mrad",
        "protocol.charge=0.02 mAh/cm^2",
        "numerics.step=0.02 mAh/cm^2",
    )
    folder = run(CASE, settings=settings)
    end = last(folder)
    assert end["contact_fraction"] == 1.0
    assert end["void_volume_um3"] == 0.0
    assert max(summary(folder)["balances"].values()) < 1e-8


@pytest.mark.slow  # two minutes
def test_a_centred_cell_is_the_axisymmetric_one(run):
    chart = '{ kind = "patches", blocked_fraction = 0.2, transition = "0.1 mm" }'
    text = CASE.replace('{ kind = "uniform" }', chart)
    flat, solid = (
        last(run(text, settings=(*SMALL, f"geometry.symmetry={kind}")))
        for kind in ("axisymmetric", "mirror")
    )
    assert flat["contact_fraction"] < 0.8  # enough is lost for the comparison to mean something
    for column in ("contact_fraction", "voltage_V"):
        assert solid[column] == pytest.approx(flat[column], rel=0.01)
