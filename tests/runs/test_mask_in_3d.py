"""Runs with a mask around an electrode that is not round, through the command line."""

import math

import numpy as np
import pytest
import pyvista
from mpi4py import MPI
from runs.conftest import differences, rows, stop_and_resume, summary
from scipy.special import ellipe
from verification.stacks import CASE

from femna.case import load_case
from femna.materials import load_set
from femna.simulation.setup import build_model

LENGTH, WIDTH, OUTER = 0.1e-3, 0.08e-3, 0.2e-3
"""Half axes of an elliptic electrode and radius of the mask's edge [m]."""
THICKNESS = 99.8e-6
"""Of the mask: the platen touches it once it has sunk by 0.2 um."""
MASK = """
[mask]
outer_radius = "0.2 mm"
thickness = "99.8 um"
"""
AREA = math.pi * LENGTH * WIDTH
SETTINGS = (
    "geometry.symmetry=mirror",
    "geometry.electrode_shape=elliptic",
    "geometry.electrode_diameter=0.2 mm",
    "geometry.electrode_width=0.16 mm",
    "geometry.electrode_offset=0.05 mm",
    "geometry.electrolyte_diameter=0.6 mm",
    "geometry.electrolyte_thickness=0.1 mm",
    "protocol.charge=0.03 mAh/cm^2",
    "numerics.step=0.015 mAh/cm^2",
)
CLOSELY = 1e-8


def stiffness(clearance=0.0):
    """E A / thickness of the mask that slips, around the ellipse and what lies around it."""
    around = 4.0 * LENGTH * ellipe(1.0 - (WIDTH / LENGTH) ** 2) * clearance
    window = AREA + around + math.pi * clearance**2
    modulus = load_set("polypropylene")["youngs_modulus"].value
    return modulus * (math.pi * OUTER**2 - window) / THICKNESS


def check_shares(folder, area):
    """Mask and metal bear the stack force of 4 MPa on the electrode's area; return the history."""
    history = rows(folder)
    assert max(summary(folder)["balances"].values()) < CLOSELY
    for row in history:
        share = float(row["mask_force_share"])
        assert share + float(row["metal_force_share"]) == pytest.approx(1.0, abs=CLOSELY)
        assert float(row["force_balance"]) < CLOSELY
        assert float(row["mask_force_N"]) == pytest.approx(share * 4e6 * area, rel=1e-6)
    return history


def test_a_mask_around_an_ellipse_takes_its_load_by_its_area(run):
    """The platen sinks by what is stripped; the mask's force is E A/thickness by its shortening."""
    folder = run(CASE + MASK, settings=SETTINGS)
    history = check_shares(folder, AREA)
    for row in history:
        shortening = max(1e6 * THICKNESS - float(row["layer_thickness_um"]), 0.0) * 1e-6
        closed = stiffness() * shortening
        assert float(row["mask_force_N"]) == pytest.approx(closed, rel=1e-6, abs=1e-9)
    assert float(history[0]["mask_force_share"]) == 0.0
    assert float(history[-1]["mask_force_share"]) > 0.05
    parts = pyvista.get_reader(folder / "fields.pvd")
    parts.set_active_time_value(parts.time_values[-1])
    metal, _, _, plate = pyvista.wrap(parts.read())
    # both around the electrode's centre, on the same side of the plane of symmetry
    assert metal.bounds[0] == pytest.approx(-metal.bounds[1], rel=1e-6)
    assert np.array(plate.bounds) == pytest.approx(
        (-200.0, 200.0, 0.0, 200.0, 0.0, 99.8), rel=0.01, abs=1e-6
    )
    modulus = load_set("polypropylene")["youngs_modulus"].value
    area = stiffness() * THICKNESS / modulus
    pressure = float(history[-1]["mask_force_N"]) / area
    assert plate["vertical_stress_MPa"] == pytest.approx(-1e-6 * pressure, rel=1e-6)


CERAMIC = (
    "geometry.electrolyte_diameter=0.5 mm",
    "electrolyte.elastic=true",
    "electrolyte.youngs_modulus=20 GPa",
)
"""The mask reaches to the edge of the disc; a tenth of the real modulus makes both alike soft."""


def test_a_mask_around_an_ellipse_on_an_elastic_disc_is_in_series_with_it(run, tmp_path):
    """F = shortening / (1/k + C), and the disc's stress bears the stack force.

    Over the disc the principal stresses add up to minus half the stack force by the thickness: by
    the divergence theorem, since nothing presses horizontally. Chords of the metal's rim miss 0.7 %
    of its share.
    """
    settings = (*SETTINGS[:-1], "numerics.step=0.03 mAh/cm^2", *CERAMIC)
    folder = run(CASE + MASK, settings=settings)
    case = load_case(tmp_path / "run.toml", dict(s.split("=", 1) for s in settings))
    soft = build_model(case, MPI.COMM_SELF).system.mask.body.foundation
    assert 0.1 < soft * stiffness() < 1.0
    history = check_shares(folder, AREA)
    for row in history:
        shortening = max(1e6 * THICKNESS - float(row["layer_thickness_um"]), 0.0) * 1e-6
        closed = shortening / (1.0 / stiffness() + soft)
        assert float(row["mask_force_N"]) == pytest.approx(closed, rel=1e-6, abs=1e-9)
    assert float(history[-1]["mask_force_share"]) > 0.05
    parts = pyvista.get_reader(folder / "fields.pvd")
    for time in parts.time_values:
        parts.set_active_time_value(time)
        disc = pyvista.wrap(parts.read())[1]
        whole = disc.compute_cell_sizes()["Volume"] @ disc["principal_stress_MPa"].sum(axis=1)
        assert whole == pytest.approx(-0.5 * 4.0 * (1e12 * AREA) * 100.0, rel=5e-3)


RECTANGLE = (
    *SETTINGS[:1],
    "geometry.electrode_shape=rectangular",
    "geometry.corner_radius=30 um",
    *SETTINGS[2:],
    "geometry.rim=open",
    "geometry.clearance=20 um",
    "numerics.step=0.01 mAh/cm^2",
)
FACES = """
faces = { law = "friction", coefficient = 0.2 }
viscoelastic = true
relaxation = [{ share = 0.5, time = "5 s" }]
"""


@pytest.mark.slow  # five minutes
def test_a_relaxing_mask_with_friction_around_a_rectangle_resumed_and_on_two_ranks(
    run, launch, tmp_path
):
    """What leaves over the open rim sinks the platen; friction and relaxation act in 3D."""
    whole = run(CASE + MASK + FACES, "whole", settings=RECTANGLE)
    area = 4.0 * LENGTH * WIDTH - (4.0 - math.pi) * 30e-6**2
    history = check_shares(whole, area)
    assert float(history[-1]["mask_force_share"]) > 0.05
    case = load_case(tmp_path / "whole.toml", dict(s.split("=", 1) for s in RECTANGLE))
    half = tmp_path / "half"
    assert stop_and_resume(case, half, lambda row: row["step"] == 2)["status"] == "ok"
    assert differences(whole, half, tolerance=1e-9) == []
    settings = [part for setting in RECTANGLE for part in ("--set", setting)]
    command = ["run", tmp_path / "whole.toml", "-o", tmp_path / "two", *settings]
    ended = launch(command, ranks=2)
    assert ended.returncode == 0, ended.stderr
    assert differences(whole, tmp_path / "two", tolerance=1e-7) == []


@pytest.mark.slow  # half a minute
def test_a_mask_on_an_elastic_disc_on_two_ranks(run, launch, tmp_path):
    settings = (*SETTINGS, *CERAMIC)
    alone = run(CASE + MASK, "alone", settings=settings)
    assert float(rows(alone)[-1]["mask_force_share"]) > 0.05
    given = [part for setting in settings for part in ("--set", setting)]
    ended = launch(["run", tmp_path / "alone.toml", "-o", tmp_path / "two", *given], ranks=2)
    assert ended.returncode == 0, ended.stderr
    assert differences(alone, tmp_path / "two", tolerance=1e-7) == []
