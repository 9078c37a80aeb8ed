"""Transport along the interface, capillarity and adhesion, through the command line."""

import json

import pytest
from runs.conftest import case_text, differences, last, rows, summary

PRESSURE = "protocol.pressure=0.1 MPa"
DIFFUSION = 'diffusion = { coefficient = "1e-18 m^3/s" }'
EVERYTHING = (
    'diffusion = { coefficient = "1e-18 m^3/s", activation_energy = "40 kJ/mol", '
    'reference_temperature = "298.15 K" }\n'
    'surface_diffusion = { coefficient = "2e-18 m^3/s" }\n'
    'capillarity = true\nadhesion = { strength = "0.1 MPa" }'
)
VOID = 'initial_void = { radius = "5 um", contact_angle = "60 deg" }'
COARSE = 'step = "0.005 mAh/cm^2"'


def closes(folder):
    """Assert the balances of every row."""
    for row in rows(folder):
        for name in ("charge_balance", "volume_balance", "force_balance", "complementarity"):
            assert float(row[name]) < 1e-9, (row["step"], name)


def test_diffusion_along_the_interface_keeps_contact(run):
    found = [
        last(run(case_text(interface=lines), name, settings=[PRESSURE]))["contact_fraction"]
        for name, lines in (
            ("none", ""),
            ("little", DIFFUSION.replace("1e-18", "1e-25")),
            ("much", DIFFUSION),
        )
    ]
    assert found[1] == pytest.approx(found[0], abs=5e-3)
    assert found[2] > found[0] + 0.02


def test_a_contact_that_adheres_holds_tension_and_lasts_longer(run):
    bare = run(case_text(), "bare", settings=[PRESSURE])
    adhering = run(case_text(interface='adhesion = { strength = "0.1 MPa" }'), settings=[PRESSURE])
    least = min(float(row["contact_pressure_min_MPa"]) for row in rows(adhering))
    assert -0.1 - 1e-12 < least < -0.05
    assert last(adhering)["contact_fraction"] > last(bare)["contact_fraction"] + 0.1
    closes(adhering)


def test_no_adhesion_is_adhesion_of_no_strength(run):
    text = case_text(numerics=COARSE)
    none = run(text, "none")
    weak = run(case_text(interface='adhesion = { strength = "0 MPa" }', numerics=COARSE), "weak")
    assert differences(none, weak, tolerance=1e-9) == []


@pytest.mark.parametrize("energy", ["0.22 J/m^2", "2 J/m^2"])
def test_capillarity_draws_metal_into_an_open_void(run, energy):
    bare = run(case_text(geometry=VOID), "bare")
    drawn = run(
        case_text(
            geometry=VOID, interface="capillarity = true", metal=f'surface_energy = "{energy}"'
        )
    )
    assert last(drawn)["void_volume_um3"] < last(bare)["void_volume_um3"]
    closes(drawn)


def test_every_coefficient_is_named_with_its_source(run):
    folder = run(case_text(interface=EVERYTHING, geometry=VOID))
    closes(folder)
    assert summary(folder)["status"] == "ok"
    listed = {s["quantity"]: s for s in json.loads((folder / "run.json").read_text())["sources"]}
    expected = {
        "interface.diffusion.coefficient": 1e-18,
        "interface.diffusion.activation_energy": 40e3,
        "interface.diffusion.reference_temperature": 298.15,
        "interface.surface_diffusion.coefficient": 2e-18,
        "interface.adhesion.strength": 1e5,
        "metal.surface_energy": 0.22,
    }
    for quantity, value in expected.items():
        assert listed[quantity]["value"] == pytest.approx(value, rel=1e-12)
    assert listed["metal.surface_energy"]["label"] == "2"
    assert listed["interface.diffusion.coefficient"]["label"] == "user"


@pytest.mark.parametrize(
    "symmetry", ["plane_strain", pytest.param("square", marks=pytest.mark.slow)]
)
def test_ranks_agree_with_everything_on(launch, tmp_path, symmetry):
    chart = '{ kind = "stripes", blocked_fraction = 0.3, transition = "5 um" }'
    text = case_text(
        symmetry,
        chart,
        interface=EVERYTHING.replace("e-18", "e-20"),
        numerics='step = "0.01 mAh/cm^2"',
    )
    (tmp_path / "case.toml").write_text(text.replace("0.2 MPa", "0.02 MPa"))
    for ranks in (1, 2, 3):
        done = launch(["run", tmp_path / "case.toml", "-o", tmp_path / str(ranks)], ranks=ranks)
        assert done.returncode == 0, done.stderr
    assert last(tmp_path / "1")["contact_fraction"] < 0.99
    closes(tmp_path / "3")
    for ranks in (2, 3):
        assert differences(tmp_path / "1", tmp_path / str(ranks), tolerance=1e-8) == []
