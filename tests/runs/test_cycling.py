"""Voids that plating encloses, through the command line."""

import csv
import math

import numpy as np
import pytest
from runs.conftest import (
    ROOT,
    UNIFORM,
    case_text,
    differences,
    last,
    rows,
    stop_and_resume,
    summary,
)

from femna.case import load_case
from femna.cli.app import execute

PRESSURE = 0.2e6
LINEAR = 'molar_volume = "23.7 cm^3/mol"\ncreep = { law = "norton", n = 1, A = "1e-9 1/s/Pa" }'
FILM = '[cycling]\nfilm_thickness = "0.1 um"\n'
POROUS = 'porous_creep = "duva_crow"\n'
COARSE = "contact_error = 0.02"


def text(symmetry="plane_strain", *, steps, cycling="", **tables):
    tables.setdefault("numerics", COARSE)
    if symmetry == "axisymmetric":
        chart = '{ kind = "patches", blocked_fraction = 0.3, transition = "4 um" }'
        tables.setdefault("chart", chart)
    return case_text(symmetry, protocol=steps, **tables) + FILM + cycling


def half_cycles(folder):
    with (folder / "cycles.csv").open() as stream:
        return list(csv.DictReader(stream))


def numbers(folder, name):
    return np.array([float(row[name] or "nan") for row in rows(folder)])


PLATE_REST = 'steps = [{ do = "plate" }, { do = "rest", time = "40 min" }]'


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_voids_of_the_porous_law_close_by_formula_6(run, symmetry):
    # n = 1, far from all walls: |da/dt|/a = P/(4 eta) for a sphere and P/(2 eta) for a cylinder,
    # eta = 1/(3A), so that the volume falls with 9/4 A P or 3 A P
    folder = run(text(symmetry, steps=PLATE_REST, metal=LINEAR, cycling=POROUS))
    at, volume = numbers(folder, "time_s"), numbers(folder, "occluded_void_volume_um3")
    resting = (at > 48.0) & (volume > 0.0)
    assert volume[resting][0] > 0.1
    rate = 3e-9 * PRESSURE if symmetry == "plane_strain" else 2.25e-9 * PRESSURE
    late = np.flatnonzero(resting)[[len(np.flatnonzero(resting)) // 2, -1]]
    found = math.log(volume[late[0]] / volume[late[1]]) / (at[late[1]] - at[late[0]])
    assert found == pytest.approx(rate, rel=0.02)
    for balance in ("charge_balance", "volume_balance", "force_balance", "void_balance"):
        assert np.max(numbers(folder, balance)) < 1e-8


CYCLES = 'repeat = 2\nsteps = [{ do = "plate" }, { do = "strip" }]'


def two_cycles(tmp_path_factory, cycling=""):
    folder = tmp_path_factory.mktemp("cycled")
    file = folder / "case.toml"
    file.write_text(text(steps=CYCLES, cycling=cycling))
    assert execute(["run", str(file), "-o", str(folder / "out")]) == 0
    return folder / "out"


@pytest.fixture(scope="module")
def cycled(tmp_path_factory):
    return two_cycles(tmp_path_factory)


@pytest.fixture(scope="module")
def porous(tmp_path_factory):
    return two_cycles(tmp_path_factory, POROUS)


def test_plating_encloses_voids_that_stripping_meets_again(cycled):
    table = half_cycles(cycled)
    assert [row["phase"] for row in table] == ["plate", "strip"] * 2
    for plate in table[::2]:
        assert float(plate["occluded_void_volume_um3"]) > 0.1
        # the film carries the current: the voltage stays within 5 % of the healed one
        assert abs(float(plate["voltage_rise_end_V"])) < 0.05 * abs(float(plate["voltage_end_V"]))
        assert float(plate["plating_current_before_spreading_mA_cm2"]) > 1.5
    for plate, strip in zip(table[::2], table[1::2], strict=True):
        assert float(strip["occluded_void_volume_um3"]) < float(plate["occluded_void_volume_um3"])
    assert summary(cycled)["status"] == "ok"
    for balance in ("charge_balance", "volume_balance", "force_balance", "void_balance"):
        assert np.max(numbers(cycled, balance)) < 1e-8


def test_gap_enclosed_voids_and_metal_fill_the_cell(cycled):
    # height of the collector times the width of 40 um = metal + gap + enclosed voids
    metal = 30.0 * 40.0 - 40.0 * np.cumsum(
        numbers(cycled, "dt_s") * numbers(cycled, "current_mA_cm2") * 2.4640e-3
    )
    voids = numbers(cycled, "void_volume_um3") + numbers(cycled, "occluded_void_volume_um3")
    height = 40.0 * numbers(cycled, "layer_thickness_um")
    assert height == pytest.approx(metal + voids, rel=2e-5)  # the molar volume's digits


def test_the_page_on_outputs_names_every_column(cycled):
    page = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    columns = {*rows(cycled)[0], *half_cycles(cycled)[0]}
    named = [name for name in columns if not name.startswith("voids_um3_")]
    assert len(columns) > len(named)
    assert [name for name in named if f"`{name}`" not in page] == []


def test_platings_that_follow_each_other_are_one_half_cycle_for_the_film(run):
    # a twentieth of the charge gives the film less metal than a vertex takes
    sparse = 'film_share = 0.3\nporous_creep = "none"\n'
    once = run(text(steps='steps = [{ do = "plate" }]', cycling=sparse), "once")
    often = 'steps = [{ do = "plate", charge = "0.001 mAh/cm^2" }]\nrepeat = 20'
    parts = run(text(steps=often, cycling=sparse), "parts")
    at_once, in_parts = (last(folder)["occluded_void_volume_um3"] for folder in (once, parts))
    assert at_once > 0.01
    assert in_parts == pytest.approx(at_once, rel=0.1)


def largest_pressures(folder):
    stripping = [row for row in rows(folder) if row["phase"] == "strip"]
    assert float(stripping[0]["occluded_void_volume_um3"]) > 1.0
    return np.array([float(row["contact_pressure_max_MPa"]) for row in stripping])


def test_enclosed_voids_change_the_contact_pressure(run, cycled, porous):
    rigid = run(text(steps=CYCLES, cycling='porous_creep = "none"\n'), "rigid")
    # the metal above a void is soft: what it does not carry, the metal beside it does
    hard = largest_pressures(rigid)
    assert abs(largest_pressures(porous).max() / hard.max() - 1.0) > 0.05
    assert abs(largest_pressures(cycled)[0] / hard[0] - 1.0) > 0.1  # later its voids are gone
    volume = float(half_cycles(rigid)[0]["occluded_void_volume_um3"])
    for soft in (cycled, porous):
        enclosed = float(half_cycles(soft)[0]["occluded_void_volume_um3"])
        assert volume == pytest.approx(enclosed, rel=0.3)
    assert float(rows(rigid)[-1]["closed_void_volume_um3"]) == pytest.approx(0.0, abs=1e-3)


def test_nothing_accumulates_at_a_uniform_interface(run):
    folder = run(text(steps=CYCLES, chart=UNIFORM))
    assert np.max(numbers(folder, "void_volume_um3")) < 1e-9
    assert np.max(numbers(folder, "occluded_void_volume_um3")) == 0.0
    assert last(folder)["layer_thickness_um"] == pytest.approx(30.0, abs=1e-9)


@pytest.mark.parametrize("law", ["cycled", "porous"])
def test_a_run_stopped_amid_a_plating_goes_on_to_the_same_digits(request, tmp_path, law):
    whole = request.getfixturevalue(law)

    def when(row):
        return row["half_cycle"] == 3 and row["occluded_void_volume_um3"] > 0.1

    stop_and_resume(load_case(whole / "case.toml"), tmp_path / "stopped", when)
    assert differences(whole, tmp_path / "stopped", tolerance=0.0) == []
    assert (whole / "cycles.csv").read_text() == (tmp_path / "stopped" / "cycles.csv").read_text()
    assert float(rows(whole)[-1]["closed_void_volume_um3"]) > 0.1
    for balance in ("charge_balance", "volume_balance", "force_balance", "void_balance"):
        assert np.max(numbers(whole, balance)) < 1e-8


def test_a_void_that_is_nearly_gone_does_not_make_steps_short(cycled):
    stripping = [row["phase"] == "strip" for row in rows(cycled)]
    assert np.min(numbers(cycled, "dt_s")[stripping]) > 1.0


def test_a_void_of_its_own_is_gone_when_it_is_whatever_the_steps(run):
    # it closes by its width, not by its volume: steps of 6 s must not stretch its life
    once = CYCLES.replace("2", "1")
    usual = run(text(steps=once), "usual")
    short = f'{COARSE}\nstep = "0.0004 mAh/cm^2"'
    fine = run(text(steps=once, numerics=short), "fine")
    gone = []
    for folder in (usual, fine):
        at, volume = numbers(folder, "time_s"), numbers(folder, "occluded_void_volume_um3")
        assert volume[at > 48.0][0] > 1.0
        gone.append(at[(at > 48.0) & (volume == 0.0)][0])
    # a 32nd of the half cycle of 48 s, and what was enclosed at other moments
    assert gone[0] == pytest.approx(gone[1], abs=3.0)
    # metal that is dense again presses on the passive stripe: contact is lost beside it
    assert 0.9 < last(fine)["contact_fraction"] < 0.975
    assert last(usual)["contact_fraction"] == pytest.approx(
        last(fine)["contact_fraction"], abs=0.02
    )


@pytest.mark.slow
@pytest.mark.parametrize(("law", "ranks"), [("cycled", 2), ("cycled", 3), ("porous", 2)])
def test_ranks_agree_with_one(request, launch, tmp_path, law, ranks):
    one = request.getfixturevalue(law)
    done = launch(["run", one / "case.toml", "-o", tmp_path / "several"], ranks=ranks)
    assert done.returncode == 0, done.stderr
    assert differences(one, tmp_path / "several", tolerance=1e-6) == []


STACK = """
femna = 1
title = "a small stack, cycled"
[geometry]
kind = "stack"
electrode_diameter = "1 mm"
metal_thickness = "100 um"
electrolyte_diameter = "2 mm"
electrolyte_thickness = "0.7 mm"
[metal]
material = "sodium"
collector_wall = { law = "sticking" }
[interface]
map = { kind = "patches", blocked_fraction = 0.1, transition = "100 um", inside = "blocked" }
kinetics = { law = "linear", resistance = "8 ohm*cm^2" }
roughness = "0.1 um"
wall = { law = "sticking" }
[protocol]
temperature = "25 degC"
pressure = "0.3 MPa"
current_density = "1.5 mA/cm^2"
charge = "0.05 mAh/cm^2"
steps = [{ do = "plate" }, { do = "strip" }]
[numerics]
interface_size = "50 um"
contact_error = 0.03
strain_rate_floor = 10
[cycling]
film_thickness = "0.05 um"
"""


@pytest.mark.parametrize(("law", "least"), [("", 500.0), (POROUS, 1000.0)], ids=["", "porous"])
def test_a_whole_cell_encloses_voids_too(run, law, least):
    folder = run(STACK + law)
    plate, strip = half_cycles(folder)
    assert float(plate["occluded_void_volume_um3"]) > least
    assert float(strip["occluded_void_volume_um3"]) < float(plate["occluded_void_volume_um3"])
    for balance in ("charge_balance", "volume_balance", "force_balance", "void_balance"):
        assert np.max(numbers(folder, balance)) < 1e-8
