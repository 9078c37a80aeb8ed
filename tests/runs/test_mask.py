"""Runs with a mask: who carries the load, through the command line."""

import math

import numpy as np
import pytest
import pyvista
from mpi4py import MPI
from runs.conftest import UNIFORM, case_text, differences, rows, stop_and_resume, summary
from verification.record import Case
from verification.stacks import CASE as CELL

from femna.api import Simulation
from femna.case import load_case
from femna.constants import FARADAY
from femna.materials import load_set
from femna.physics.solid import Solid
from femna.simulation.bodies.foundation import DiscShape, transfer_compliance

RING = 'inner_radius = "2.5 mm"\nouter_radius = "5 mm"\nthickness = "30 um"'
"""As thick as the small cell's metal."""
CERAMIC = Solid(youngs_modulus=205e9, poisson_ratio=0.25)
LOAD = Case(
    name="mask_load",
    part="contact",
    title="A mask as thick as the foil takes the load",
    formula="share = E (A_mask/A) (Vm Q/F)/(thickness P), until it carries all",
    source="Uniaxial shortening by what is stripped; polypropylene's modulus, 2 MPa.",
    mesh="a small cell with a mask ring of 2.5 to 5 mm, foil of 30 um",
    across="charge [mAh/cm^2]",
    measure="share of the stack force on the mask",
)
RIM_AREA = math.pi * (1e-3**2 - 0.6e-3**2)
SHORT = ("protocol.charge=0.003 mAh/cm^2",)


def with_mask(lines, **tables):
    """A small cell with a mask; `lines` are added to its table."""
    text = case_text(**tables)
    return text.replace('pressure = "0.2 MPa"', 'pressure = "2 MPa"') + f"\n[mask]\n{lines}\n"


def load_of(charge, modulus):
    """Load of a mask as thick as the foil, closed form, as a share of 2 MPa on the electrode [-].

    E (A_mask / A) (Vm Q / F) / thickness, with A_mask / A = (5^2 - 2.5^2) / 2.5^2 = 3.
    """
    molar_volume = load_set("sodium")["molar_volume"].value
    descent = molar_volume * charge * 36e3 / FARADAY
    return 3.0 * modulus * descent / 30e-6 / 2e6


def test_a_mask_as_thick_as_the_foil_takes_its_load_by_the_closed_form(run, verified):
    modulus = load_set("polypropylene")["youngs_modulus"].value
    folder = run(
        with_mask(RING, chart=UNIFORM, numerics='step = "0.0002 mAh/cm^2"'), settings=SHORT
    )
    compared = 0
    charges, shares, exact = [], [], []
    for row in rows(folder):
        closed = load_of(float(row["charge_mAh_cm2"]), modulus)
        share = float(row["mask_force_share"])
        assert share + float(row["metal_force_share"]) == pytest.approx(1.0, abs=1e-8)
        assert float(row["force_balance"]) < 1e-8
        if closed < 1.0:  # until the mask carries all
            assert share == pytest.approx(closed, rel=0.01, abs=1e-9)
            assert float(row["mask_force_N"]) == pytest.approx(
                share * 2e6 * math.pi * 2.5e-3**2, rel=1e-6
            )
            compared += 1
        else:
            assert share == pytest.approx(1.0, abs=1e-8)
        charges.append(float(row["charge_mAh_cm2"]))
        shares.append(share)
        exact.append(min(closed, 1.0))
    assert compared > 5
    assert float(rows(folder)[-1]["contact_fraction"]) < 0.95
    verified.curve(LOAD, "bonded between rigid faces", charges, shares, exact)


def test_a_mask_with_room_above_it_takes_nothing(run):
    thin = RING.replace("30 um", "20 um")
    alone, beside = run(with_mask(thin)), run(case_text().replace('"0.2 MPa"', '"2 MPa"'), "alone")
    assert {float(row["mask_force_share"]) for row in rows(alone)} == {0.0}
    last = [rows(folder)[-1]["voltage_V"] for folder in (alone, beside)]
    assert float(last[0]) == pytest.approx(float(last[1]), rel=1e-9)


def test_a_yielding_mask_leaves_the_rest_to_the_metal(run):
    """A weak mask (1 MPa) bears 3 x 1 MPa of 4 MPa; the metal keeps a quarter and its contact."""
    lines = f'{RING}\nyields = true\nyield_stress = "1 MPa"'
    text = with_mask(lines, chart=UNIFORM).replace('pressure = "2 MPa"', 'pressure = "4 MPa"')
    row = rows(run(text))[-1]
    assert float(row["mask_force_share"]) == pytest.approx(0.75, rel=1e-6)
    assert float(row["contact_fraction"]) == pytest.approx(1.0, abs=1e-9)


def test_friction_stiffens_a_mask_alike_in_every_step(run):
    """Load and slip grow in proportion, so that steps make what one step would have made."""
    modulus = load_set("polypropylene")["youngs_modulus"].value
    faces = '\nfaces = { law = "friction", coefficient = 0.002 }'
    folder = run(
        with_mask(RING + faces, chart=UNIFORM, numerics='step = "0.0003 mAh/cm^2"'),
        settings=("protocol.charge=0.002 mAh/cm^2",),
    )
    loaded = [row for row in rows(folder) if 0.0 < float(row["mask_force_share"]) < 0.99]
    ratios = [
        float(row["mask_force_share"]) / load_of(float(row["charge_mAh_cm2"]), modulus)
        for row in loaded
    ]
    assert len(ratios) > 2
    assert 1.1 < ratios[0] < 2.5
    assert ratios == pytest.approx([ratios[0]] * len(ratios), rel=1e-6)
    assert max(summary(folder)["balances"].values()) < 1e-8


def test_in_a_whole_cell_an_open_rim_lets_the_platen_sink_onto_the_mask(run):
    """The foil thins over its rim at ten times the recession; the mask stops that and takes all.

    F = shortening / (1/k + C), k = E A_mask / thickness and C what the elastic disc gives way.
    """
    settings = (
        "geometry.electrode_diameter=1 mm",
        "geometry.electrolyte_diameter=2 mm",
        "geometry.metal_thickness=50 um",
        "geometry.rim=open",
        "electrolyte.elastic=true",
        "geometry.clearance=100 um",
        "numerics.interface_size=25 um",
        "numerics.contact_error=0.02",
        "protocol.pressure=3 MPa",
        "protocol.charge=0.008 mAh/cm^2",
    )
    text = CELL + '[mask]\nouter_radius = "1 mm"\nthickness = "48 um"\n'
    folder = run(text, settings=settings)
    history = rows(folder)
    assert max(summary(folder)["balances"].values()) < 1e-8
    stiffness = load_set("polypropylene")["youngs_modulus"].value * RIM_AREA / 48e-6
    disc = DiscShape(electrode=0.5e-3, window=0.6e-3, outer=1e-3, edge=1e-3, thickness=0.7e-3)
    soft = transfer_compliance(MPI.COMM_WORLD, disc, CERAMIC)
    assert 0.05 < soft * stiffness < 0.5
    for row in history:
        shortening = max(48.0 - float(row["layer_thickness_um"]), 0.0) * 1e-6
        closed = shortening / (1.0 / stiffness + soft) / (3e6 * math.pi * 0.5e-3**2)
        assert float(row["mask_force_share"]) == pytest.approx(closed, rel=1e-6, abs=1e-9)
    assert float(history[0]["platen_velocity_nm_s"]) < -50.0
    assert float(history[-1]["mask_force_share"]) > 0.8


def test_the_mask_is_a_part_of_the_fields(run):
    lines = f'{RING}\nyields = true\nyield_stress = "0.5 MPa"'
    folder = run(with_mask(lines, chart=UNIFORM))
    parts = pyvista.get_reader(folder / "fields.pvd")
    parts.set_active_time_value(parts.time_values[-1])
    ring = pyvista.wrap(parts.read())[3]
    assert ring["vertical_stress_MPa"] == pytest.approx(-0.5, rel=1e-6)
    assert ring["von_mises_MPa"] == pytest.approx(0.5, rel=1e-6)
    low, high = ring.bounds[:2]
    assert (low, high) == pytest.approx((2500.0, 5000.0), rel=1e-6)
    assert ring.points[:, 1].max() == pytest.approx(30.0, rel=1e-6)


def test_looking_at_the_electrolyte_leaves_the_mask_as_it_is(tmp_path):
    text = CELL + '[mask]\nouter_radius = "1 mm"\nthickness = "50 um"\nviscoelastic = true\n'
    (tmp_path / "case.toml").write_text(text + 'relaxation = [{ share = 0.5, time = "20 s" }]\n')
    settings = {
        "geometry.electrode_diameter": "1 mm",
        "geometry.electrolyte_diameter": "2 mm",
        "geometry.metal_thickness": "50 um",
        "electrolyte.elastic": "true",
        "numerics.interface_size": "25 um",
        "numerics.step": "0.01 mAh/cm^2",
    }
    simulation = Simulation(load_case(tmp_path / "case.toml", settings))
    step = [next(simulation) for _ in range(4)][-1]
    mask = simulation.model.system.mask
    assert step["mask_force_N"] > 0.0
    for _ in range(2):
        found = mask.mean_pressure * mask.body.area
        assert found == pytest.approx(step["mask_force_N"], rel=1e-9)
        before = {name: values.copy() for name, values in mask.body.state().items()}
        simulation.fields("electrolyte")
        after = mask.body.state()
        assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_resumed_run_with_a_viscoelastic_mask_is_the_uninterrupted_one(run, tmp_path):
    lines = (
        f"{RING}\nviscoelastic = true\nyields = true\n"
        'relaxation = [{ share = 0.5, time = "5 s" }, { share = 0.3, time = "1 min" }]\n'
        'yield_stress = "1 MPa"'
    )
    text = with_mask(lines, numerics="contact_error = 0.02")
    text = text.replace('charge = "0.02', 'charge = "0.003')
    whole = run(text, "whole")
    case = load_case(tmp_path / "whole.toml")
    half = tmp_path / "half"
    assert stop_and_resume(case, half, lambda row: row["step"] == 4)["status"] == "ok"
    assert differences(whole, half, tolerance=1e-9) == []
