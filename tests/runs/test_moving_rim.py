"""A rim that moves: current, force and volume over it, the mask that stops it, ranks."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from runs.conftest import differences, last, rows, summary
from verification.stacks import CASE

from femna.simulation import remesh
from femna.simulation.gap_carry import carry

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


STRIPPED = (
    *SMALL,
    SPOT[0],
    "protocol.pressure=3 MPa",
    "protocol.current_density=15 mA/cm^2",
    "protocol.charge=2.6 mAh/cm^2",
    "numerics.contact_error=0.05",
    "numerics.interface_size=10 um",
)


def test_a_new_mesh_under_open_gaps_keeps_the_course_and_tells_its_errors(run):
    """A foil stripped to less than half: the run without a new mesh differs by the mesh's error."""
    old = run(CASE, "old", settings=(*STRIPPED, "numerics.remesh_angle=0 deg"))
    new = run(CASE, "new", settings=(*STRIPPED, "numerics.remesh_angle=20 deg"))
    assert not (old / "remeshes.csv").exists()
    assert summary(old)["remeshes"]["count"] == 0
    told = summary(new)["remeshes"]
    assert told["count"] == 1
    with (new / "remeshes.csv").open() as stream:
        (made,) = csv.DictReader(stream)
    largest = told["largest_errors"]
    for name, value in largest.items():
        assert abs(float(made[f"{name}_error"])) == pytest.approx(value, rel=1e-11), name
    # kept by the state, and what interpolation did before
    assert max(largest["metal_volume"], largest["gap_volume"], largest["balance"]) < 1e-12
    assert 0.0 < largest["interpolated_gap_volume"] < 0.01
    # the change by the new mesh: of contact now, and of what the next step answers
    assert largest["contact_fraction"] < 2e-3
    assert largest["platen_velocity"] < 1e-3
    assert largest["largest_pressure"] < 5e-3
    counts = [int(row["remeshes"]) for row in rows(new)]
    assert counts.index(1) == int(made["step"])
    angle = float(made["worst_angle_before_deg"])
    assert angle < 20.0 < 25.0 < last(new)["worst_angle_deg"]
    ends = last(old), last(new)
    assert ends[0]["layer_thickness_um"] < 0.5 * 50.0
    for name, within in (("layer_thickness_um", 1e-4), ("contact_fraction", 5e-3)):
        assert ends[1][name] == pytest.approx(ends[0][name], rel=within), name
    assert max(summary(new)["balances"].values()) < 1e-8
    assert "made anew" in (new / "run.log").read_text()


def test_volume_that_a_new_mesh_loses_is_told(run, monkeypatch):
    """A carried gap that is a tenth too large: the run says what the balance cannot bear."""

    def wrong(*given, **options):
        right = carry(*given, **options)
        return replace(right, gap=1.1 * right.gap)

    monkeypatch.setattr(remesh, "carry", wrong)
    folder = run(CASE, settings=(*STRIPPED, "numerics.remesh_angle=20 deg"), code=3)
    found = summary(folder)
    assert found["status"] == "failed"
    assert "making mesh 1 anew changed the metal's volume by" in found["reason"]
    # a tenth of the gap of the metal, over what has passed
    largest = found["remeshes"]["largest_errors"]
    assert largest["gap_volume"] == pytest.approx(0.1, rel=1e-9)
    assert largest["balance"] > 1e-8
    assert found["balances"]["volume"] > 1e-8


@pytest.mark.slow
def test_two_ranks_make_the_same_new_mesh(launch, tmp_path):
    (tmp_path / "case.toml").write_text(CASE)
    settings = [part for setting in STRIPPED for part in ("--set", setting)]
    settings += ["--set", "numerics.remesh_angle=20 deg", "--set", "numerics.step=0.1 mAh/cm^2"]
    for ranks in (1, 2):
        command = ["run", tmp_path / "case.toml", "-o", tmp_path / str(ranks), *settings]
        done = launch(command, ranks=ranks)
        assert done.returncode == 0, done.stderr
    assert summary(tmp_path / "2")["remeshes"]["count"] == 1
    found = differences(tmp_path / "1", tmp_path / "2", tolerance=1e-6)
    assert [entry for entry in found if not entry[1].startswith("remap_")] == []


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
