"""Every conducting map and every geometry, through the command line."""

import json
import math

import numpy as np
import pytest
from PIL import Image
from runs.conftest import STRIPES, UNIFORM, case_text, contents, differences, last, rows

from femna.cli.app import execute

SYMMETRIES = ["plane_strain", "axisymmetric", "square", "hexagonal"]
ONCE_IN_3D = [*SYMMETRIES[:3], pytest.param("hexagonal", marks=pytest.mark.slow)]
"""Where the square cell has already tried three dimensions."""
ONE_STEP = 'step = "0.02 mAh/cm^2"'
IN_CONTACT = ("protocol.pressure=20 MPa",)
# 20 um of electrolyte at 2 mS/cm are 1 ohm cm2, 10 um half of it
ELECTROLYTE = 'conductivity = "2 mS/cm"'
NO_CONSTRICTION = 'conductivity = "1e5 S/m"'


@pytest.mark.parametrize("symmetry", SYMMETRIES)
def test_a_uniform_interface_has_the_voltage_of_one_dimension_and_opens_nowhere(run, symmetry):
    text = case_text(
        symmetry,
        UNIFORM,
        electrolyte=ELECTROLYTE,
        numerics=ONE_STEP,
        metal='molar_volume = "23.7 cm^3/mol"',
    )
    found = last(run(text))
    below, above = (0.5, 10.0) if symmetry in ("square", "hexagonal") else (1.0, 30.0)
    assert found["voltage_V"] == pytest.approx(1.5e-3 * (8.0 + below), rel=1e-9)
    assert found["contact_fraction"] == pytest.approx(1.0, abs=1e-12)
    assert found["void_volume_um3"] == pytest.approx(0.0, abs=1e-9)
    # Vm Q / F = 23.7e-6 m3/mol * 720 C/m2 / 96485 C/mol = 0.17686 um of metal
    recession = 23.7e-6 * 720.0 / 96485.33212 * 1e6
    assert found["layer_thickness_um"] == pytest.approx(above - recession, rel=1e-9)


PATCHES = '{{ kind = "patches", blocked_fraction = 0.3, transition = "{}", inside = "{}" }}'
RANDOM = (
    '{{ kind = "random_field", blocked_fraction = 0.3, correlation_length = "{}", seed = 3, '
    'transition = "{}" }}'
)
ZONES = (
    '{ kind = "resistances", resistances = ["80 ohm*cm^2", "8 ohm*cm^2"], '
    'fractions = [0.3, 0.7], transition = "4 um" }'
)
BLOCKING = {
    "stripes": ("plane_strain", STRIPES),
    "stripes in three dimensions": ("square", STRIPES.replace("4 um", "3 um")),
    "blocked strip": ("plane_strain", PATCHES.format("4 um", "blocked")),
    "conducting strip": ("plane_strain", PATCHES.format("4 um", "conducting")),
    "blocked disc": ("axisymmetric", PATCHES.format("4 um", "blocked")),
    "conducting disc": ("axisymmetric", PATCHES.format("3 um", "conducting")),
    "blocked patch of a square array": ("square", PATCHES.format("4 um", "blocked")),
    "conducting patch of a square array": (
        "square",
        PATCHES.format("4 um", "conducting").replace("0.3", "0.6"),
    ),
    "blocked patch of a hexagonal array": ("hexagonal", PATCHES.format("4 um", "blocked")),
    "conducting patch of a hexagonal array": (
        "hexagonal",
        PATCHES.format("4 um", "conducting").replace("0.3", "0.6"),
    ),
    "random stripes": ("plane_strain", RANDOM.format("20 um", "4 um")),
    "random patches": ("square", RANDOM.format("10 um", "5 um")),
}


@pytest.mark.parametrize("name", BLOCKING)
def test_without_constriction_the_resistance_is_that_of_the_conducting_area(run, name):
    symmetry, chart = BLOCKING[name]
    text = case_text(symmetry, chart, electrolyte=NO_CONSTRICTION, numerics=ONE_STEP)
    found = last(run(text, settings=IN_CONTACT))
    assert found["contact_fraction"] == pytest.approx(1.0, abs=1e-6)
    share = 0.4 if "0.6" in chart else 0.7
    assert found["asr_ohm_cm2"] == pytest.approx(8.0 / share, rel=0.01)
    assert found["max_local_current_mA_cm2"] == pytest.approx(1.5 / share, rel=0.01)


@pytest.mark.parametrize("symmetry", ONCE_IN_3D)
def test_zones_of_different_resistance_conduct_side_by_side(run, symmetry):
    text = case_text(symmetry, ZONES, electrolyte=NO_CONSTRICTION, numerics=ONE_STEP)
    found = last(run(text, settings=IN_CONTACT))
    assert found["asr_ohm_cm2"] == pytest.approx(1.0 / (0.3 / 80.0 + 0.7 / 8.0), rel=0.01)


def test_one_zone_is_a_uniform_interface_of_its_resistance(run):
    chart = (
        '{ kind = "resistances", resistances = ["16 ohm*cm^2"], fractions = [1.0], '
        'transition = "4 um" }'
    )
    found = last(run(case_text(chart=chart, electrolyte=ELECTROLYTE, numerics=ONE_STEP)))
    assert found["asr_ohm_cm2"] == pytest.approx(17.0, rel=1e-9)


def test_a_strip_in_the_middle_is_a_stripe(run):
    strip = PATCHES.format("4 um", "blocked")
    folders = [run(case_text(chart=chart), str(k)) for k, chart in enumerate((STRIPES, strip))]
    assert differences(*folders, tolerance=1e-9) == []


def test_blocked_inside_and_conducting_inside_are_one_array_seen_from_two_centres(run):
    folders = [
        run(case_text(chart=PATCHES.format("4 um", inside)), inside)
        for inside in ("blocked", "conducting")
    ]
    one, other = (last(folder) for folder in folders)
    # not 0.7 conducting inside: the share that is blocked is the same
    for name in ("asr_ohm_cm2", "contact_fraction"):
        assert one[name] == pytest.approx(other[name], rel=2e-3)
    assert one["contact_fraction"] < 1.0


def test_two_seeds_are_two_fields_and_one_seed_is_one(run):
    chart = RANDOM.format("20 um", "4 um")
    texts = [case_text(chart=chart.replace("seed = 3", f"seed = {k}")) for k in (3, 3, 4)]
    first, same, other = (run(text, str(k)) for k, text in enumerate(texts))
    assert differences(first, same, tolerance=0.0) == []
    assert last(first)["voltage_V"] != pytest.approx(last(other)["voltage_V"], rel=1e-6)


@pytest.mark.parametrize("symmetry", ONCE_IN_3D)
def test_a_written_mesh_gives_the_numbers_of_the_cell_it_was_written_from(run, tmp_path, symmetry):
    text = case_text(symmetry, PATCHES.format("4 um", "blocked"), numerics=ONE_STEP)
    cell = run(text, "cell")
    mesh = tmp_path / "cell.msh"
    assert execute(["mesh", str(tmp_path / "cell.toml"), "-o", str(mesh)]) == 0
    head, _, rest = text.partition("[geometry]\n")
    tail = rest[rest.index("[metal]") :]
    geometry = f'kind = "mesh"\nfile = "{mesh.name}"\nsymmetry = "{symmetry}"\nlength_unit = "1 um"'
    again = run(f"{head}[geometry]\n{geometry}\n{tail}", "mesh")
    assert differences(cell, again, tolerance=1e-9) == []


@pytest.mark.parametrize(
    ("symmetry", "volume", "open_share"),
    [
        ("plane_strain", 0.5 * math.pi * 4.0**2, 4.0 / 20.0),
        ("axisymmetric", 2.0 / 3.0 * math.pi * 4.0**3, (4.0 / 20.0) ** 2),
    ],
)
def test_an_initial_void_has_its_volume_and_shrinks_under_a_uniform_interface(
    run, symmetry, volume, open_share
):
    void = 'initial_void = { radius = "4 um", contact_angle = "90 deg" }'
    text = case_text(symmetry, UNIFORM, geometry=void, limits="", numerics="contact_error = 0.05")
    found = [float(row["void_volume_um3"]) for row in rows(run(text))]
    assert found[0] == pytest.approx(volume, rel=0.03)
    assert np.all(np.diff(found) < 0.0)
    first = rows(run(text, "again"))[0]
    assert 1.0 - float(first["contact_fraction"]) == pytest.approx(open_share, abs=0.05)


IMAGE = '{ kind = "image", file = "map.png", blocked_below = 0.5, transition = "4 um" }'


@pytest.mark.parametrize("symmetry", ["plane_strain", "square", "hexagonal"])
def test_an_image_conducts_by_its_bright_pixels(run, tmp_path, symmetry):
    rows = {"plane_strain": 1, "square": 40, "hexagonal": 69}[symmetry]
    values = np.full((rows, 40), 255, dtype=np.uint8)
    values[:, :12] = 0
    Image.fromarray(values).save(tmp_path / "map.png")
    chart = IMAGE.replace("4 um", "6 um")
    text = case_text(symmetry, chart, electrolyte=NO_CONSTRICTION, numerics=ONE_STEP)
    folder = run(text, settings=IN_CONTACT)
    assert last(folder)["asr_ohm_cm2"] == pytest.approx(8.0 / 0.7, rel=0.01)
    stated = json.loads((folder / "run.json").read_text())["conducting_fraction"]
    assert stated == pytest.approx(0.7, rel=1e-12)


def test_a_grey_image_conducts_by_its_grey_values(run, tmp_path):
    values = np.full((1, 40), 255, dtype=np.uint8)
    values[:, :12] = 51
    Image.fromarray(values).save(tmp_path / "map.png")
    chart = IMAGE.replace("blocked_below = 0.5", "grey = true")
    text = case_text(chart=chart, electrolyte=NO_CONSTRICTION, numerics=ONE_STEP)
    found = last(run(text, settings=IN_CONTACT))
    assert found["asr_ohm_cm2"] == pytest.approx(8.0 / (0.7 + 0.3 * 0.2), rel=0.01)


def test_a_changed_image_is_another_case(run, tmp_path, capfd):
    values = np.full((1, 40), 255, dtype=np.uint8)
    values[:, :12] = 0
    Image.fromarray(values).save(tmp_path / "map.png")
    folder = run(case_text(chart=IMAGE, numerics=ONE_STEP), settings=IN_CONTACT)
    arguments = ["run", str(tmp_path / "run.toml"), "-o", str(folder), "--resume"]
    arguments += ["--set", IN_CONTACT[0]]
    assert execute(arguments) == 0
    # the resolved case runs as it is, from anywhere
    assert execute(["validate", str(folder / "case.toml")]) == 0
    values[:, :16] = 0
    Image.fromarray(values).save(tmp_path / "map.png")
    before = contents(folder)
    capfd.readouterr()
    assert execute(arguments) == 2
    assert "holds another case" in capfd.readouterr().err
    assert execute(["validate", str(folder / "case.toml")]) == 2
    assert "has changed since" in capfd.readouterr().err
    assert contents(folder) == before


def test_a_case_without_an_element_size_runs_on_its_own(run):
    text = case_text(numerics=ONE_STEP).replace('interface_size = "2 um"\n', "")
    folder = run(text, settings=IN_CONTACT)
    # period/50
    assert 'interface_size = "0.8 um"' in (folder / "case.toml").read_text()
    assert last(folder)["contact_fraction"] == pytest.approx(1.0, abs=1e-6)
