"""A rim that moves: current, force and volume over it, the mask that stops it, ranks."""

from __future__ import annotations

import pytest
from runs.conftest import differences, last, rows, summary
from verification.stacks import CASE

RECESSION = 1.5 * 2.465
"""nm/s at 1.5 mA/cm^2."""

SMALL = (
    "geometry.electrode_diameter=1 mm",
    "geometry.electrolyte_diameter=2 mm",
    "geometry.metal_thickness=50 um",
    "geometry.rim=moving",
    "numerics.contact_error=0.02",
    "protocol.pressure=1.5 MPa",
)
SPOT = (
    'interface.map={ kind = "patches", blocked_fraction = 0.3, transition = "0.1 mm" }',
    "protocol.pressure=1 MPa",
)


def test_metal_that_a_mask_holds_balances_and_sinks_by_what_is_stripped(run):
    width, radius = 5.0, 500.0
    folder = run(CASE, settings=(*SMALL, f"geometry.clearance={width} um"))
    end = last(folder)
    assert end["rim_radius_um"] == pytest.approx(radius + width, rel=1e-6)
    assert max(float(row["rim_radius_um"]) for row in rows(folder)) < radius + 1.0001 * width
    assert max(summary(folder)["balances"].values()) < 1e-8
    # the mask presses on the rim no more than the walls on the metal there
    assert 0.0 < end["rim_pressure_MPa"] < end["contact_pressure_max_MPa"]
    # the same current strips a wider disc more slowly
    wider = (1.0 + width / radius) ** 2
    assert end["platen_velocity_nm_s"] == pytest.approx(-RECESSION / wider, rel=1e-3)
    # all that was squeezed out, and all that was stripped: R^2 h
    stripped = 0.887  # um at 0.1 mAh/cm2
    height = (50.0 - stripped) / wider
    assert end["layer_thickness_um"] == pytest.approx(height, abs=2e-3)


def test_gaps_are_carried_and_their_errors_told(run):
    folder = run(CASE, settings=(*SMALL, *SPOT))
    end, history = last(folder), rows(folder)
    assert end["contact_fraction"] < 0.98  # gaps are open
    assert end["rim_radius_um"] > 500.2
    assert max(summary(folder)["balances"].values()) < 1e-8
    assert any(float(row["remap_gap_error_um"]) > 0.0 for row in history)
    # of a gap of some micrometres
    assert max(float(row["remap_gap_error_um"]) for row in history) < 0.01
    opened = end["void_volume_um3"]
    wrong = sum(abs(float(row["remap_volume_error_um3"])) for row in history)
    assert wrong < 0.01 * opened


def test_a_rim_that_leaves_the_electrolyte_says_so(run):
    settings = (*SMALL, "geometry.electrolyte_diameter=1.01 mm", "protocol.pressure=2 MPa")
    folder = run(CASE, settings=settings, code=3)
    assert "geometry.clearance" in summary(folder)["reason"]
    assert last(folder)["rim_radius_um"] < 504.5


@pytest.mark.slow
def test_two_ranks_agree_with_one(launch, tmp_path):
    (tmp_path / "case.toml").write_text(CASE)
    settings = [part for setting in (*SMALL, *SPOT) for part in ("--set", setting)]
    settings += ["--set", "numerics.step=0.02 mAh/cm^2", "--set", "geometry.clearance=0.2 um"]
    for ranks in (1, 2):
        command = ["run", tmp_path / "case.toml", "-o", tmp_path / str(ranks), *settings]
        done = launch(command, ranks=ranks)
        assert done.returncode == 0, done.stderr
    found = differences(tmp_path / "1", tmp_path / "2", tolerance=1e-8)
    # errors of the re-map are round-off where the rim is held, as balances are
    assert [entry for entry in found if not entry[1].startswith("remap_")] == []
