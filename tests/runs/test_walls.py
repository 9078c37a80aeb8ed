"""Every wall law on the electrolyte and on the collector, through the command line."""

import json

import numpy as np
import pytest
from runs.conftest import STRIPES, case_text, differences, last

from femna.case import load_case

# a thin layer, which flows along its walls: contact falls to some 0.15
THIN = (
    "geometry.metal_thickness=8 um",
    "numerics.interface_size=2 um",
    "protocol.pressure=0.1 MPa",
    "numerics.step=0.005 mAh/cm^2",
)
ONE_STEP = ("protocol.charge=0.004 mAh/cm^2", "numerics.step=0.004 mAh/cm^2")
ELECTROLYTE, COLLECTOR = "interface.wall", "metal.collector_wall"
WALLS = pytest.mark.parametrize("wall", [ELECTROLYTE, COLLECTOR])


@pytest.fixture
def contact(run):
    """Run a thin cell with walls, by their keys; return the contact fraction at its end."""

    def call(name, walls, settings=()):
        chosen = [f"{key}={{ {law} }}" for key, law in walls.items()]
        return last(run(case_text(), name, settings=[*THIN, *settings, *chosen]))[
            "contact_fraction"
        ]

    return call


@WALLS
def test_the_laws_lie_between_free_slip_and_sticking(contact, wall):
    free = contact("free", {wall: 'law = "free_slip"'})
    stuck = contact("stuck", {wall: 'law = "sticking"'})
    assert stuck < free - 0.01
    # both keep their distance from either end
    for name, law in {
        "viscous": 'law = "viscous", drag = "3e13 Pa*s/m"',
        "friction": 'law = "friction", coefficient = 0.3',
    }.items():
        assert stuck + 1e-3 < contact(name, {wall: law}) < free - 2e-4


@WALLS
def test_more_and_more_drag_is_sticking_and_less_and_less_is_slipping(contact, wall):
    def viscous(drag):
        return contact(f"{drag}", {wall: f'law = "viscous", drag = "{drag} Pa*s/m"'}, ONE_STEP)

    free = contact("free", {wall: 'law = "free_slip"'}, ONE_STEP)
    stuck = contact("stuck", {wall: 'law = "sticking"'}, ONE_STEP)
    span = abs(free - stuck)
    weak = [abs(viscous(drag) - free) for drag in ("1e10", "1e11")]
    assert weak[1] / weak[0] == pytest.approx(10.0, rel=0.05)  # of order one
    assert viscous("1e20") == pytest.approx(stuck, abs=1e-3 * span)


@WALLS
def test_friction_that_nothing_limits_is_sticking_on_the_collector(contact, wall):
    free = contact("free", {wall: 'law = "free_slip"'}, ONE_STEP)
    weak = contact("weak", {wall: 'law = "friction", coefficient = 1e-6'}, ONE_STEP)
    assert weak == pytest.approx(free, abs=1e-5)
    if wall == COLLECTOR:  # the electrolyte has no friction where it bears no load
        strong = 'law = "friction", coefficient = 1e3, shear_strength = "1e3 MPa"'
        stuck = contact("stuck", {wall: 'law = "sticking"'}, ONE_STEP)
        assert contact("strong", {wall: strong}, ONE_STEP) == pytest.approx(stuck, abs=1e-4)


@pytest.mark.parametrize(
    ("law", "key", "unit"),
    [
        ('law = "viscous", drag = {}', "3e13", "Pa*s/m"),
        ('law = "friction", coefficient = 0.5, shear_strength = {}', "0.02", "MPa"),
    ],
)
def test_half_the_pressure_and_half_the_traction_of_the_walls_is_the_same_flow(run, law, key, unit):
    # Norton: the rates are the same where A P^n is; a wall's where its traction over P is
    found = []
    for name, factor in (("one", 1.0), ("half", 0.5)):
        wall = law.format(f'"{factor * float(key):g} {unit}"')
        prefactor = 0.53 / factor**5
        settings = [
            *THIN,
            *ONE_STEP,
            f"protocol.pressure={0.1 * factor} MPa",
            f'metal.creep={{ n = 5.0, A = "{prefactor!r} 1/s/MPa^5" }}',
            *(f"{place}={{ {wall} }}" for place in (ELECTROLYTE, COLLECTOR)),
        ]
        found.append(last(run(case_text(), name, settings=settings)))
    assert found[0]["contact_fraction"] < 0.999
    for name in ("contact_fraction", "voltage_V", "void_volume_um3"):
        assert found[1][name] == pytest.approx(found[0][name], rel=1e-7)


def test_the_strength_of_a_wall_is_that_of_the_metal_at_the_temperature_of_the_step(run):
    wall = 'law = "friction", coefficient = 0.5'
    settings = [*THIN, *ONE_STEP, f"{COLLECTOR}={{ {wall} }}"]
    steps = 'steps = [{ do = "strip", temperature = "318.15 K" }]'
    of_step = run(case_text(protocol=steps), "step", settings=settings)
    of_all = run(case_text(), "all", settings=[*settings, "protocol.temperature=318.15 K"])
    assert differences(of_step, of_all, tolerance=1e-9) == []
    document = json.loads((of_step / "run.json").read_text())
    found = [e for e in document["sources"] if e["quantity"] == f"{COLLECTOR}.shear_strength"]
    assert len(found) == 1
    # v = Vm j/F = 23.78e-6 * 15 / 96485 = 3.697 nm/s; metal 8 um thick is fed along 20 um, 20/8
    # faster, and shears over its thickness: v 20/8^2; A exp(-(Q/R)(1/T - 1/T0))
    rate = 23.78e-6 * 15.0 / 96485.33212 * 20e-6 / 8e-6**2
    prefactor = 0.53 * np.exp(-44e3 / 8.314462618 * (1.0 / 318.15 - 1.0 / 298.15))
    strength = (rate / prefactor) ** 0.2 / np.sqrt(3.0) * 1e6
    assert found[0]["value"] == pytest.approx(strength, rel=1e-6)
    assert "318.15 K" in found[0]["source"]
    assert found[0]["label"] == "C"


def test_the_numbers_of_a_wall_are_in_the_resolved_case_and_among_the_sources(run):
    walls = (
        f'{ELECTROLYTE}={{ law = "viscous", drag = "1e12 Pa*s/m" }}',
        f'{COLLECTOR}={{ law = "friction", coefficient = 0.2, shear_strength = "0.1 MPa" }}',
    )
    folder = run(case_text(), settings=[*THIN, *ONE_STEP, *walls])
    resolved = load_case(folder / "case.toml")
    assert resolved.interface.wall.drag == 1e12
    assert "slip_velocity = 0.01" in (folder / "case.toml").read_text()
    entries = json.loads((folder / "run.json").read_text())["sources"]
    values = {e["quantity"]: (e["value"], e["unit"], e["label"]) for e in entries}
    assert values[f"{ELECTROLYTE}.drag"] == (1e12, "Pa*s/m", "user")
    assert values[f"{COLLECTOR}.coefficient"] == (0.2, "1", "user")
    assert values[f"{COLLECTOR}.shear_strength"] == (1e5, "Pa", "user")
    assert values[f"{COLLECTOR}.slip_velocity"] == (0.01, "1", "user")


BOTH = (
    f'{ELECTROLYTE}={{ law = "friction", coefficient = 0.3 }}',
    f'{COLLECTOR}={{ law = "friction", coefficient = 0.3 }}',
)
CHARTS = {
    "plane_strain": STRIPES,
    "axisymmetric": '{ kind = "patches", blocked_fraction = 0.3, transition = "4 um" }',
    "square": STRIPES.replace("4 um", "5 um"),
}


@pytest.mark.parametrize("elastic", ["false", "true"])
@pytest.mark.parametrize(
    "symmetry",
    ["plane_strain", "axisymmetric", pytest.param("square", marks=pytest.mark.slow)],
)
def test_rough_walls_close_every_balance_in_every_symmetry(run, symmetry, elastic):
    text = case_text(symmetry, CHARTS[symmetry], metal=f"elastic = {elastic}")
    found = last(run(text, settings=[*ONE_STEP, *BOTH]))
    for name in ("charge_balance", "volume_balance", "force_balance"):
        assert found[name] < 1e-8
    assert 0.1 < found["contact_fraction"] <= 1.0


def test_rough_walls_give_the_same_numbers_on_two_ranks(launch, tmp_path):
    (tmp_path / "case.toml").write_text(case_text())
    settings = [part for s in (*THIN, *ONE_STEP, *BOTH) for part in ("--set", s)]
    for ranks in (1, 2):
        done = launch(
            ["run", tmp_path / "case.toml", "-o", tmp_path / f"{ranks}", *settings], ranks=ranks
        )
        assert done.returncode == 0, done.stderr
    assert differences(tmp_path / "1", tmp_path / "2", tolerance=1e-8) == []
