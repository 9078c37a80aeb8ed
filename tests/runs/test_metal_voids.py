"""Voids inside the metal, through the command line: met, closed, resumed and on several ranks."""

import math

import pytest
from reference.closed_forms import cylinder_closure_pressure, sphere_closure_pressure
from runs.conftest import UNIFORM, case_text, differences, last, rows, summary
from scipy.integrate import solve_ivp

from femna.case import load_case
from femna.cli.app import execute
from femna.output import run_case

FARADAY, MOLAR_VOLUME = 96485.33212, 23.7e-6
PER_UM = 1e-6 * FARADAY / MOLAR_VOLUME / 3.6e4  # mAh/cm2 that strip 1 um
VOLUME = 'molar_volume = "23.7 cm^3/mol"'
# so stiff that it hardly flows, in a cell whose electrolyte spreads the current evenly
STIFF = f'{VOLUME}\ncreep = {{ law = "norton", n = 1, A = "3e-12 1/s/Pa" }}'
EVEN = 'conductivity = "1e6 mS/cm"'
HEIGHT, RADIUS = 6.0, 4.0  # um
SHAPES = ["plane_strain", "axisymmetric"]


def void(height=HEIGHT, radius=RADIUS, x=0.0):
    return f'{{ x = "{x} um", height = "{height} um", radius = "{radius} um" }}'


def text(symmetry="plane_strain", *, charge, voids=None, closure=False, metal=STIFF, **tables):
    geometry = f"metal_voids = [{voids or void()}]\nvoid_closure = {str(closure).lower()}"
    tables.setdefault("chart", UNIFORM)
    found = case_text(symmetry, metal=metal, electrolyte=EVEN, geometry=geometry, **tables)
    return found.replace('charge = "0.02 mAh/cm^2"', f'charge = "{charge!r} mAh/cm^2"')


def whole(symmetry, radius):
    """Volume of the cell's void, um^3; per um of depth in plane strain."""
    return math.pi * radius**2 if symmetry == "plane_strain" else 4.0 / 3.0 * math.pi * radius**3


@pytest.mark.parametrize("symmetry", SHAPES)
def test_recession_meets_a_void_where_it_begins(run, symmetry):
    charge = (HEIGHT - RADIUS) * PER_UM  # uniform: the metal drifts rigidly
    found = rows(run(text(symmetry, charge=1.02 * charge)))
    before = [row for row in found if row["voids_met"] == "0"]
    after = [row for row in found if row["voids_met"] == "1"]
    assert float(after[0]["charge_mAh_cm2"]) == pytest.approx(charge, rel=1e-9)
    for row in before:
        assert float(row["contact_fraction"]) == pytest.approx(1.0, abs=1e-12)
        assert float(row["void_volume_um3"]) == pytest.approx(0.0, abs=1e-9)
        buried = float(row["buried_void_volume_um3"])
        assert buried == pytest.approx(whole(symmetry, RADIUS), rel=1e-11)
    assert float(after[0]["contact_fraction"]) < 1.0
    # what has opened is no longer buried: the columns' sum is short of the void by less than 1 %
    opened = [float(after[0][name]) for name in ("void_volume_um3", "buried_void_volume_um3")]
    assert opened[0] > 0.0
    assert sum(opened) == pytest.approx(whole(symmetry, RADIUS), rel=1e-2)


@pytest.mark.parametrize("symmetry", SHAPES)
def test_half_a_void_takes_its_share_of_the_contact(run, symmetry):
    # when the surface has sunk to the centre, the upper half is open over the void's whole width;
    # metal gone: the layer's HEIGHT less the lower half, over the period of 40 um
    area = 40.0 if symmetry == "plane_strain" else math.pi * 20.0**2
    charge = (HEIGHT - 0.5 * whole(symmetry, RADIUS) / area) * PER_UM
    folder = run(text(symmetry, charge=charge))
    found = last(folder)
    share = RADIUS / 20.0
    expected = 1.0 - (share if symmetry == "plane_strain" else share**2)
    # half an element at the rim, radius/24 wide, and the gap's g_c = 0.1 um there
    assert found["contact_fraction"] == pytest.approx(expected, abs=0.01)
    assert found["void_volume_um3"] == pytest.approx(0.5 * whole(symmetry, RADIUS), rel=0.03)
    assert found["buried_void_volume_um3"] < 0.01 * whole(symmetry, RADIUS)
    assert found["layer_thickness_um"] == pytest.approx(30.0 - HEIGHT, abs=0.01 * RADIUS)
    for balance in ("charge_balance", "volume_balance", "force_balance"):
        assert max(float(row[balance]) for row in rows(folder)) < 1e-9


def closed_radius(symmetry, seconds, *, pressure, exponent, prefactor, start=RADIUS):
    """Radius [um] after a time: the closed form with b the height of the centre, integrated."""
    law = cylinder_closure_pressure if symmetry == "plane_strain" else sphere_closure_pressure

    def speed(_time, y):
        unit = law(y[0], HEIGHT * 1e-6, 1.0, exponent=exponent, prefactor=prefactor)
        return [-((pressure / unit) ** exponent)]

    found = solve_ivp(
        speed, (0.0, seconds), [start * 1e-6], method="DOP853", rtol=1e-11, atol=1e-18
    )
    return float(found.y[0, -1]) * 1e6


@pytest.mark.parametrize("symmetry", SHAPES)
def test_a_void_closes_under_the_stack_pressure_and_the_collector_sinks(run, symmetry):
    exponent, prefactor = 3.0, 0.1 * 1e-18
    metal = f'{VOLUME}\ncreep = {{ law = "norton", n = 3, A = "0.1 1/s/MPa^3" }}'
    steps = 'steps = [{ do = "rest", time = "200 s" }]'
    folder = run(text(symmetry, charge=0.02, closure=True, metal=metal, protocol=steps))
    for row in rows(folder):
        radius = closed_radius(
            symmetry, float(row["time_s"]), pressure=0.2e6, exponent=exponent, prefactor=prefactor
        )
        left = whole(symmetry, radius)
        assert float(row["buried_void_volume_um3"]) == pytest.approx(left, rel=1e-6)
        area = 40.0 if symmetry == "plane_strain" else math.pi * 20.0**2
        sunk = (whole(symmetry, RADIUS) - left) / area
        assert float(row["layer_thickness_um"]) == pytest.approx(30.0 - sunk, rel=1e-9)
    assert left < 0.9 * whole(symmetry, RADIUS)
    assert summary(folder)["status"] == "ok"


def test_a_void_beside_a_mask_closes_under_what_the_metal_carries(run):
    # the collector sinks as the void closes, and a narrow mask takes more and more of the load
    metal = f'{VOLUME}\ncreep = {{ law = "norton", n = 3, A = "0.1 1/s/MPa^3" }}'
    steps = 'steps = [{ do = "rest", time = "200 s" }]'
    case = text(charge=0.02, closure=True, metal=metal, protocol=steps)
    mask = '\n[mask]\ninner_radius = "2.5 mm"\nouter_radius = "2.52 mm"\nthickness = "30 um"\n'
    found = rows(run(case + mask))
    radius = RADIUS
    for row in found[1:]:
        radius = closed_radius(
            "plane_strain",
            float(row["dt_s"]),
            pressure=0.2e6 * float(row["metal_force_share"]),
            exponent=3.0,
            prefactor=0.1e-18,
            start=radius,
        )
        left = float(row["buried_void_volume_um3"])
        assert left == pytest.approx(whole("plane_strain", radius), rel=1e-6)
    assert float(found[-1]["metal_force_share"]) < 0.8
    alone = closed_radius("plane_strain", 200.0, pressure=0.2e6, exponent=3.0, prefactor=0.1e-18)
    assert left > 1.01 * whole("plane_strain", alone)


def test_a_void_that_closes_first_is_not_met(run):
    metal = f'{VOLUME}\ncreep = {{ law = "norton", n = 1, A = "1e-7 1/s/Pa" }}'
    found = last(run(text(charge=6.5 * PER_UM, closure=True, metal=metal)))
    assert found["buried_void_volume_um3"] == pytest.approx(0.0, abs=1e-6)
    assert found["voids_met"] == 0
    assert found["volume_balance"] < 1e-9


def test_voids_above_each_other_and_beside_the_axis_are_met_in_turn(run):
    voids = ", ".join([void(1.0, 0.8, 10.0), void(2.9, 0.9, 10.0), void(1.7, 0.5, 20.0)])
    fixed = {"numerics": 'step = "0.02 mAh/cm^2"'}
    folder = run(text(charge=2.6 * PER_UM, voids=voids, **fixed))
    met = [int(float(row["voids_met"])) for row in rows(folder)]
    assert met == sorted(met)
    assert set(met) == {0, 1, 2, 3}
    # half a cylinder on the right line of symmetry makes one in the whole cell, the others two
    volume = 2.0 * math.pi * (0.8**2 + 0.9**2) + math.pi * 0.5**2
    assert float(rows(folder)[0]["buried_void_volume_um3"]) == pytest.approx(volume, rel=1e-11)
    assert max(float(row["volume_balance"]) for row in rows(folder)) < 1e-9


SMALL = void(1.0, 0.8, 10.0)
REAL = {"chart": '{ kind = "stripes", blocked_fraction = 0.3, transition = "4 um" }'}


class Stop(Exception):
    """Ends a run from its monitor."""


@pytest.mark.parametrize("metal", ["", pytest.param("elastic = true", marks=pytest.mark.slow)])
def test_a_run_stopped_amid_a_void_goes_on_to_the_same_digits(tmp_path, metal):
    file = tmp_path / "case.toml"
    file.write_text(
        text(charge=0.06, voids=void(1.0, 0.6), closure=True, metal=f"{VOLUME}\n{metal}")
    )
    case = load_case(file)
    opened = []

    def monitor(row):
        opened.extend([row] if row["voids_met"] else [])
        if len(opened) == 3:
            raise Stop

    with pytest.raises(Stop):
        run_case(case, tmp_path / "stopped", checkpoint_seconds=0.0, monitor=monitor)
    run_case(case, tmp_path / "whole")
    assert execute(["run", str(file), "-o", str(tmp_path / "stopped"), "--resume"]) == 0
    assert differences(tmp_path / "whole", tmp_path / "stopped", tolerance=0.0) == []
    assert opened[-1]["buried_void_volume_um3"] > last(tmp_path / "whole")["buried_void_volume_um3"]


def test_two_and_three_ranks_agree_with_one(launch, tmp_path):
    file = tmp_path / "case.toml"
    fixed = {"numerics": 'step = "0.03 mAh/cm^2"'}
    file.write_text(text(charge=0.06, voids=SMALL, closure=True, metal=VOLUME, **fixed, **REAL))
    for ranks in (1, 2, 3):
        done = launch(["run", file, "-o", tmp_path / str(ranks)], ranks=ranks)
        assert done.returncode == 0, done.stderr
    assert last(tmp_path / "1")["voids_met"] == 1
    for ranks in (2, 3):
        assert differences(tmp_path / "1", tmp_path / str(ranks), tolerance=1e-8) == []
