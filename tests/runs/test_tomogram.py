"""From labels to contact loss and back: one small run, its tables, its export."""

import csv
import json
import shutil
import tomllib

import numpy as np
import pytest
from reference.label_stacks import spheres, write_labels
from runs.conftest import rows, summary
from scipy.integrate import solve_ivp

from femna.case import parse_case
from femna.cli.app import execute
from femna.errors import InputError

EDGE = 2.0
SHAPE = (10, 10, 10)
CELL = """femna = 1
title = "labels"
[geometry]
kind = "image"
labels = "labels.tif"
electrolyte_thickness = "10 um"
elements_across = 2.5
[metal]
material = "sodium"
[electrolyte]
material = "beta_alumina"
[interface]
map = { kind = "uniform" }
kinetics = { law = "linear", resistance = "8 ohm*cm^2" }
roughness = "0.1 um"
[protocol]
temperature = "298.15 K"
pressure = "0.3 MPa"
current_density = "1.5 mA/cm^2"
charge = "0.002 mAh/cm^2"
steps = [{ do = "strip" }]
[numerics]
interface_size = "7 um"
step = "0.001 mAh/cm^2"
[output]
fields_at = ["0 mAh/cm^2", "end"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tomogram")
    # a cap on the interface and a sphere in the metal
    mask = spheres(SHAPE, EDGE, (12, 12, -1, 6), (5, 5, 13, 3.2))
    write_labels(folder / "labels.tif", mask, EDGE)
    (folder / "cell.toml").write_text(CELL)
    assert execute(["run", str(folder / "cell.toml"), "-o", str(folder / "out")]) == 0
    return folder / "out", mask


def table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def test_the_run_starts_with_the_labels_and_its_balances_close(run):
    out, mask = run
    assert summary(out)["status"] == "ok"
    assert max(summary(out)["balances"].values()) < 1e-8
    start = rows(out)[0]
    foot, total = mask[:4].sum() * EDGE**3, mask.sum() * EDGE**3
    # row 0 is of a first solution, at the end of a step of a hundredth of a first one
    assert float(start["void_volume_um3"]) == pytest.approx(foot, rel=2e-4)
    each = table(out / "voids.csv")
    assert float(each[0]["volume_um3"]) == pytest.approx(foot, rel=1e-9)
    assert float(start["buried_void_volume_um3"]) == pytest.approx(total - foot, rel=1e-9)
    # the foot carries no current: contact is what the labels leave, to half an element
    assert float(start["contact_fraction"]) == pytest.approx(1 - mask[0].mean(), abs=0.02)


def test_the_voids_one_by_one_add_up_to_the_history(run):
    out, _ = run
    each = table(out / "voids.csv")
    for row in rows(out)[1:]:
        mine = [one for one in each if one["step"] == row["step"]]
        assert [one["state"] for one in mine] == ["open", "buried"]
        held, enclosed = (float(one["volume_um3"]) for one in mine)
        assert held == pytest.approx(float(row["void_volume_um3"]), rel=1e-9)
        assert enclosed == pytest.approx(float(row["buried_void_volume_um3"]), rel=1e-9)


def test_what_the_mesh_makes_of_the_voids_is_printed_and_recorded(run, tmp_path, capsys):
    out, _ = run
    case = out.parent / "cell.toml"
    capsys.readouterr()
    assert execute(["mesh", str(case), "-o", str(tmp_path / "cell.msh")]) == 0
    printed = capsys.readouterr().out
    assert "smooth" in printed
    assert "buried" in printed
    assert "0 voids of 0 um3 dropped" in printed
    made = json.loads((out / "run.json").read_text())["voids"]
    assert [made[kind] for kind in ("smooth", "voxels", "buried", "dropped")] == [1, 0, 1, 0]
    assert made["overhang_volume_um3"] == 0.0


def test_a_sphere_of_voxels_closes_as_formula_6_says(run):
    # P = (2n/3) (2 |adot|/(A a))^(1/n) [1 - (a/b)^(3/n)], b the distance to the nearest side
    out, mask = run
    buried = [row for row in table(out / "voids.csv") if row["state"] == "buried"]
    volume = mask[4:].sum() * EDGE**3
    centre = (np.argwhere(mask)[np.argwhere(mask)[:, 0] >= 4].mean(axis=0) + 0.5) * EDGE
    start, n, factor, pressure = np.cbrt(volume * 3 / (4 * np.pi)), 5.0, 0.53, 0.3
    # half the way to the open void is nearer than the sides here
    middle = np.array([0.0, 12.0, 12.0])
    feet = np.argwhere(mask[0])
    middle[1:] = (feet.min(axis=0) + feet.max(axis=0) + 1) * 0.5 * EDGE
    room = [centre[0], 20 - centre[0], *centre[1:], *(20 - centre[1:])]
    b = max(min(*room, 0.5 * np.linalg.norm(centre - middle)), 1.25 * start)

    def slope(_, a):
        stress = pressure / (2 * n / 3 * (1 - (a / b) ** (3 / n)))
        return -0.5 * factor * stress**n * a

    end = float(buried[-1]["time_s"])
    closed = solve_ivp(slope, (0.0, end), [start], rtol=1e-9).y[0, -1]
    assert closed < 0.99 * start
    found = np.cbrt(float(buried[-1]["volume_um3"]) * 3 / (4 * np.pi))
    assert start - found == pytest.approx(start - closed, rel=0.03)


def test_bins_stand_beside_those_of_the_tomogram(run):
    out, mask = run
    bins = table(out / "void_bins.csv")
    assert [row["source"] for row in bins] == ["tomogram", "simulation", "simulation"]
    assert [row["voids"] for row in bins] == ["2", "2", "2"]
    assert float(bins[0]["void_volume_um3"]) == pytest.approx(mask.sum() * EDGE**3)
    # voxels again, of a surface with an element or two in a voxel
    assert float(bins[1]["void_volume_um3"]) == pytest.approx(mask.sum() * EDGE**3, rel=0.15)
    assert execute(["report", str(out)]) == 0
    assert (out / "voids.png").stat().st_size > 10_000


def test_the_state_goes_back_to_voxels(run, tmp_path, capsys):
    import tifffile

    out, mask = run
    stack = tmp_path / "labels.tif"
    assert execute(["voxels", str(out), "-o", str(stack), "--frame", "0", "--labels"]) == 0
    phases = tifffile.imread(stack)
    assert phases.shape == (26, 10, 10)
    again = phases[16:] == 3
    assert again.sum() == pytest.approx(mask.sum(), rel=0.15)
    assert (again & mask).sum() > 0.8 * mask.sum()
    grey = tmp_path / "grey.tif"
    assert execute(["voxels", str(out), "-o", str(grey), "--contrast-to-noise", "5"]) == 0
    assert tifffile.imread(grey).dtype == np.uint16
    capsys.readouterr()
    for wrong, reason in (
        (["voxels", str(out), "-o", str(grey)], "exists"),
        (["voxels", str(out), "-o", str(tmp_path / "x.tif"), "--frame", "2"], "2 times"),
        (["voxels", str(tmp_path), "-o", str(tmp_path / "x.tif")], "holds no run"),
        (["voxels", str(out), "-o", str(tmp_path / "x.tif"), "--blur=-1"], "0 to 20"),
        (["voxels", str(out), "-o", str(tmp_path / "x.tif"), "--labels", "--blur=2"], "grey"),
    ):
        assert execute(wrong) == 2
        assert reason in capsys.readouterr().err
    shutil.copytree(out, tmp_path / "copied")
    for file in (tmp_path / "copied" / "fields").glob("interface*.vtu"):
        file.unlink()
    assert execute(["voxels", str(tmp_path / "copied"), "-o", str(tmp_path / "x.tif")]) == 2
    said = capsys.readouterr().err
    assert "is missing" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("keys", "wall", "key", "limit"),
    [
        ({"side_pressure": "1 MPa"}, "free_slip", "geometry.side_pressure", "planes of symmetry"),
        ({"sides": "free"}, "free_slip", "geometry.sides", "nothing holds the metal"),
        ({"sides": "open"}, "sticking", "geometry.sides", "not accepted"),
        ({"sides": "free", "side_pressure": "-1 MPa"}, "sticking", "geometry.side_pressure", "0"),
    ],
)
def test_sides_that_cannot_be_are_refused(tmp_path, keys, wall, key, limit):
    write_labels(tmp_path / "labels.tif", spheres(SHAPE, EDGE, (10, 10, 0, 6)), EDGE)
    case = tomllib.loads(CELL)
    case["geometry"] |= keys
    case["metal"]["collector_wall"] = {"law": wall}
    with pytest.raises(InputError) as caught:
        parse_case(case, folder=tmp_path)
    assert caught.value.key == key
    assert limit in caught.value.limit
