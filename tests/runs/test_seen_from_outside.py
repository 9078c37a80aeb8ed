"""What others read from a run: ParaView's integrals, VTK's fields, probes; all say the same."""

import csv
import os
import shutil
import subprocess

import numpy as np
import pytest
import pyvista
from output.test_vtkhdf import assert_same, frames
from runs.conftest import ROOT, case_text, rows

PVBATCH = shutil.which("pvbatch")
XVFB = shutil.which("xvfb-run")

PROBES = """
[[output.probe]]
name = "above the patch"
body = "metal"
at = ["15 um", "10 um"]
[[output.probe]]
name = "along the interface"
body = "interface"
start = ["0 um"]
end = ["20 um"]
points = 5
[[output.probe]]
name = "outside"
body = "electrolyte"
at = ["5 um", "5 um"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from femna.cli.app import execute

    here = tmp_path_factory.mktemp("outside")
    output = 'fields_at = ["0 mAh/cm^2", "0.01 mAh/cm^2", "end"]\nformat = "vtkhdf"\n'
    text = case_text(output=output)
    text = text.replace('fields_at = ["end"]\n', "") + PROBES
    (here / "case.toml").write_text(text)
    assert execute(["run", str(here / "case.toml"), "-o", str(here / "run")]) == 0
    return here / "run"


def table(file):
    with file.open() as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow  # a virtual screen per call; two at a time may not start
@pytest.mark.skipif(not (PVBATCH and XVFB), reason="there is no ParaView with xvfb-run here")
def test_paraview_reads_back_force_voids_and_current(folder, tmp_path):
    script = ROOT / "studies" / "paraview" / "views.py"
    command = [XVFB, "-a", PVBATCH, "--force-offscreen-rendering", script, folder, tmp_path]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), env=clean, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    history = {f"{float(row['time_s']):.6g}": row for row in rows(folder)}
    found = table(tmp_path / "integrals.csv")
    assert len(found) == 3
    for row in found:
        said = history[f"{float(row['time_s']):.6g}"]
        # exact up to what the history writes, 12 digits
        for ours, theirs in (
            ("contact_pressure_mean_MPa", "pressure_MPa"),
            ("void_volume_um3", "void_volume_um3"),
            ("current_mean_mA_cm2", "current_mA_cm2"),
            ("charge_mAh_cm2", "charge_mAh_cm2"),
        ):
            assert float(row[ours]) == pytest.approx(float(said[theirs]), rel=1e-9, abs=1e-12)
    for name in ("section", "gap", "flow", "current"):
        image = pyvista.read(tmp_path / f"{name}.png")
        assert len(np.unique(image["PNGImage"].astype(int) @ [65536, 256, 1])) > 50


def test_the_charge_is_a_field_of_every_part(folder):
    reader = pyvista.get_reader(folder / "fields.pvd")
    charges = []
    for time in reader.time_values:
        reader.set_active_time_value(time)
        values = {float(block.field_data["charge_mAh_cm2"][0]) for block in reader.read()}
        assert len(values) == 1
        charges += values
    assert charges == pytest.approx([0.0, 0.01, 0.02])


def test_one_file_of_a_part_has_the_times_of_the_list(folder):
    listed = pyvista.get_reader(folder / "fields.pvd")
    for part, name in enumerate(["metal", "electrolyte", "interface"]):
        found = list(frames(folder / "fields" / f"{name}.vtkhdf"))
        assert [time for time, _ in found] == listed.time_values
        listed.set_active_time_value(listed.time_values[1])
        assert_same(found[1][1], listed.read()[part])


def test_probes_are_what_the_fields_are_there(folder):
    lines = table(folder / "probes.csv")
    assert {line["step"] for line in lines} == {row["step"] for row in rows(folder)}
    last = [line for line in lines if line["step"] == rows(folder)[-1]["step"]]
    reader = pyvista.get_reader(folder / "fields.pvd")
    reader.set_active_time_value(reader.time_values[-1])
    metal, _, interface = reader.read()
    value = {(r["probe"], r["point"], r["field"]): r["value"] for r in last}
    # VTK's own interpolation at the same place
    there = pyvista.PolyData([[15.0, 10.0, 0.0]]).sample(metal)
    found = float(value["above the patch", "0", "pressure_MPa"])
    assert found == pytest.approx(float(there["pressure_MPa"][0]), rel=1e-9)
    speed = float(value["above the patch", "0", "velocity_nm_s_y"])
    assert speed == pytest.approx(float(there["velocity_nm_s"][0][1]), rel=1e-9)
    # at both ends of the line stand vertices
    for point, x in (("0", 0.0), ("4", 20.0)):
        vertex = abs(interface.points[:, 0] - x).argmin()
        pressure = float(value["along the interface", point, "contact_pressure_MPa"])
        assert pressure == pytest.approx(interface["contact_pressure_MPa"][vertex], rel=1e-9)
    assert value["outside", "0", "potential_V"] == ""


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        ('name = "a"\nbody = "metal"\nat = ["1 um"]', "output.probe.0.at"),
        ('name = "a"\nbody = "interface"\nat = ["1 um", "2 um"]', "has 1 coordinates"),
        ('name = "a"\nbody = "metal"', "give either at, or start and end"),
        (
            'name = "a"\nbody = "metal"\nat = ["1 um", "1 um"]\nstart = ["0 um", "1 um"]',
            "either at",
        ),
        ('name = "a"\nbody = "rim"\nat = ["1 um", "1 um"]', "output.probe.0.body"),
    ],
)
def test_a_probe_that_cannot_be_is_refused_in_one_line(tmp_path, capsys, probe, said):
    from femna.cli.app import execute

    (tmp_path / "case.toml").write_text(f"{case_text()}[[output.probe]]\n{probe}\n")
    assert execute(["validate", str(tmp_path / "case.toml")]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert said in told


def test_a_resumed_run_has_each_step_of_its_probes_once(folder, tmp_path):
    from mpi4py import MPI

    from femna.case import load_case
    from femna.output.probes import ProbeWriter

    shutil.copy(folder / "probes.csv", tmp_path)
    case = load_case(folder / "case.toml")
    ProbeWriter(tmp_path, case, MPI.COMM_SELF, conductivity=0.2, keep_through=2)
    steps = {int(line["step"]) for line in table(tmp_path / "probes.csv")}
    assert steps == {0, 1, 2}


@pytest.mark.parametrize("name", ["view.png", "view.gif", "view.mp4"])
def test_a_view_is_saved_without_a_screen(folder, tmp_path, name, monkeypatch):
    from femna.cli.app import execute

    monkeypatch.delenv("DISPLAY", raising=False)
    if name.endswith("mp4"):
        pytest.importorskip("imageio_ffmpeg")
    field = [] if name.endswith("png") else ["--field", "gap_um"]
    assert execute(["view", str(folder), "--save", str(tmp_path / name), *field]) == 0
    content = (tmp_path / name).read_bytes()
    start = {"png": b"\x89PNG", "gif": b"GIF8", "mp4": b"\x00\x00\x00"}[name[-3:]]
    assert content.startswith(start)
    if name.endswith("png"):
        image = pyvista.read(tmp_path / name)["PNGImage"].reshape(960, 1280, -1)
        panels = [image[:480, :640], image[:480, 640:], image[480:, :640], image[480:, 640:]]
        for panel in panels:  # none of the four is empty
            assert (
                len(
                    np.unique(
                        panel.reshape(-1, panel.shape[-1])[:, :3].astype(int) @ [65536, 256, 1]
                    )
                )
                > 30
            )
    if name.endswith("gif"):
        from PIL import Image

        with Image.open(tmp_path / name) as film:
            assert film.n_frames == 3


def test_a_view_without_a_screen_says_what_to_do(folder, capsys, monkeypatch):
    from femna.cli.app import execute

    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    assert execute(["view", str(folder)]) == 2
    assert "add --save FILE.png" in " ".join(capsys.readouterr().err.split())
    assert execute(["view", str(folder), "--save", "x.png", "--field", "gap"]) == 2
    assert "gap_um" in capsys.readouterr().err
    assert execute(["view", str(folder), "--save", "x.mp4", "--time", "5"]) == 2
    assert "a film shows all times" in capsys.readouterr().err
    (folder.parent / "sweep.csv").touch()
    assert execute(["view", str(folder.parent), "--save", "x.png"]) == 2
    assert "give one of its cases with fields: run" in " ".join(capsys.readouterr().err.split())
    (folder.parent / "sweep.csv").unlink()


def cut(file):
    file.write_bytes(file.read_bytes()[:600])


def scribble(file):
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 200] = b"A" * 200
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("fields/metal_0002.vtu", cut),
        ("fields/metal_0002.vtu", scribble),
        ("fields/metal_0002.vtu", os.unlink),
        ("fields.pvd", cut),
        ("fields.pvd", os.unlink),
    ],
)
def test_a_view_of_damaged_fields_is_one_line(folder, tmp_path, capfd, harm, name):
    from femna.cli.app import execute

    shutil.copytree(folder, tmp_path / "run")
    harm(tmp_path / "run" / name)
    assert execute(["view", str(tmp_path / "run"), "--save", str(tmp_path / "x.png")]) == 2
    said = capfd.readouterr().err
    assert len(said.splitlines()) == 1
    assert name in said
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("name", ["nowhere/x.png", "nowhere/x.gif", "taken.png"])
def test_a_view_that_cannot_be_saved_is_one_line(folder, tmp_path, capfd, name):
    from femna.cli.app import execute

    (tmp_path / "taken.png").mkdir()
    assert execute(["view", str(folder), "--save", str(tmp_path / name), "--field", "gap_um"]) == 2
    said = capfd.readouterr().err
    assert len(said.splitlines()) == 1
    assert name in said


@pytest.mark.slow
def test_probes_are_the_same_on_two_ranks(folder, launch, tmp_path):
    case = folder.parent / "case.toml"
    done = launch(["run", case, "-o", tmp_path / "two"], ranks=2)
    assert done.returncode == 0, done.stderr
    ours, theirs = table(folder / "probes.csv"), table(tmp_path / "two" / "probes.csv")
    assert len(ours) == len(theirs)
    for one, two in zip(ours, theirs, strict=True):
        assert [one[k] for k in ("step", "probe", "point", "field")] == [
            two[k] for k in ("step", "probe", "point", "field")
        ]
        if one["value"]:
            assert float(two["value"]) == pytest.approx(float(one["value"]), rel=1e-6, abs=1e-9)
        else:
            assert two["value"] == ""
