"""Killed at any moment, restarted again and again: the files are those of one run."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from reference.label_stacks import spheres, write_labels
from runs.conftest import case_text, contents, differences, rows, summary
from runs.test_tomogram import CELL, EDGE, SHAPE
from verification.stacks import CASE

from femna.case import load_case
from femna.cli.app import execute
from femna.output import run_case

PHASES = (
    'steps = [{ do = "strip", charge = "0.01 mAh/cm^2" }, '
    '{ do = "plate", charge = "0.005 mAh/cm^2" }]'
)
COARSE = "contact_error = 0.02"
STEPS = 'step = "0.0025 mAh/cm^2"'
VOID = 'metal_voids = [{ x = "0 um", height = "2 um", radius = "1.2 um" }]\nvoid_closure = true'
RANDOM = (
    '{ kind = "random_field", blocked_fraction = 0.3, correlation_length = "10 um", seed = 3, '
    'transition = "4 um" }'
)
CASES = {
    "memory and voids": case_text(
        protocol=PHASES, numerics=STEPS, metal="elastic = true", geometry=VOID
    ),
    "random map": case_text(chart=RANDOM, protocol=PHASES, numerics=COARSE),
    "iterative solver": case_text(
        "square",
        '{ kind = "stripes", blocked_fraction = 0.3, transition = "5 um" }',
        numerics='step = "0.004 mAh/cm^2"\nlinear_solver = "iterative"',
    ),
    "hardening": case_text(
        protocol=PHASES, numerics=COARSE, metal='creep = { law = "anand" }\nelastic = true'
    ).replace('"sodium"', '"lithium"'),
    "tilted stack": CASE,
    "moving rim": CASE,
    "new mesh": CASE,
    "new mesh, open gaps": CASE,
    "image": CELL,
    "mask on an elastic disc": CASE
    + 'contact_fraction = 0.01\n[mask]\nouter_radius = "1 mm"\nthickness = "50 um"\n'
    'viscoelastic = true\nrelaxation = [{ share = 0.5, time = "20 s" }]\n'
    'faces = { law = "friction", coefficient = 0.3 }\n',
}
TILTED = {
    "geometry.symmetry": "mirror",
    "geometry.electrode_diameter": "0.5 mm",
    "geometry.electrolyte_diameter": "0.5 mm",
    "geometry.electrolyte_thickness": "0.1 mm",
    "geometry.platen_tilt": "87 mrad",
    "interface.map": '{ kind = "patches", blocked_fraction = 0.2, transition = "0.1 mm" }',
    "protocol.charge": "0.02 mAh/cm^2",
    "numerics.step": "0.004 mAh/cm^2",
}
# the mask is met on the way, and gaps have opened before
MOVING = {
    "geometry.electrode_diameter": "1 mm",
    "geometry.electrolyte_diameter": "2 mm",
    "geometry.metal_thickness": "50 um",
    "geometry.rim": "moving",
    "geometry.clearance": "0.2 um",
    "interface.map": '{ kind = "patches", blocked_fraction = 0.3, transition = "0.1 mm" }',
    "protocol.pressure": "1 MPa",
    "numerics.step": "0.02 mAh/cm^2",
}
# soft metal is pressed to a third of its height
PRESSED = {
    "geometry.electrode_diameter": "1 mm",
    "geometry.electrolyte_diameter": "4 mm",
    "geometry.rim": "moving",
    "interface.wall": '{ law = "free_slip" }',
    "metal.collector_wall": '{ law = "free_slip" }',
    "metal.creep": '{ law = "norton", n = 1, A = "1 1/s/MPa^1" }',
    "metal.elastic": "true",
    "protocol.pressure": "0.1 MPa",
    "protocol.steps": '[{ do = "rest", time = "20 s" }]',
    "numerics.contact_error": "0.05",
    "numerics.min_step_ratio": "1e-11",
    "numerics.interface_size": "20 um",
}
# the foil is stripped by two thirds with gaps open
STRIPPED = MOVING | {
    "geometry.clearance": "0.3 mm",
    "limits.contact_fraction": "0.3",
    "protocol.pressure": "3 MPa",
    "protocol.current_density": "15 mA/cm^2",
    "protocol.charge": "3.6 mAh/cm^2",
    "numerics.step": "0.1 mAh/cm^2",
    "numerics.interface_size": "10 um",
    "numerics.remesh_angle": "20 deg",
}
SETTINGS = {
    "new mesh": PRESSED,
    "new mesh, open gaps": STRIPPED,
    "tilted stack": TILTED,
    "moving rim": MOVING,
    "image": {"numerics.step": "0.0004 mAh/cm^2"},
    "mask on an elastic disc": {
        "geometry.electrode_diameter": "1 mm",
        "geometry.electrolyte_diameter": "2 mm",
        "geometry.metal_thickness": "50 um",
        "electrolyte.elastic": "true",
        "protocol.pressure": "3 MPa",
        "protocol.charge": "0.012 mAh/cm^2",
        "numerics.step": "0.002 mAh/cm^2",
        "numerics.interface_size": "25 um",
        # to look at them must not change what follows
        "output.fields_at": '["0.004 mAh/cm^2", "0.008 mAh/cm^2", "end"]',
    },
}
SCRIPT = (
    "import sys; from pathlib import Path; from femna.case import load_case; "
    "from femna.output import run_case; "
    "run_case(load_case(sys.argv[1]), Path(sys.argv[2]), resume=True, checkpoint_seconds=0.0)"
)
CLOCKED = ("summary.json", "run.json", "run.log", "checkpoint/state.npz")


class Stop(Exception):
    """Ends a run from its monitor."""


def results(folder):
    """Return the files of a run but for those that hold times or depend on them."""
    found = {str(name): content for name, content in contents(folder).items()}
    return {name: content for name, content in found.items() if name not in CLOCKED}


@pytest.mark.parametrize(
    "name",
    [
        "memory and voids",
        pytest.param("random map", marks=pytest.mark.slow),
        pytest.param("iterative solver", marks=pytest.mark.slow),
        pytest.param("hardening", marks=pytest.mark.slow),
        pytest.param("tilted stack", marks=pytest.mark.slow),
        "moving rim",
        "new mesh",
        pytest.param("new mesh, open gaps", marks=pytest.mark.slow),
        pytest.param("image", marks=pytest.mark.slow),
        "mask on an elastic disc",
    ],
)
def test_a_chain_of_three_restarts_is_one_run(tmp_path, name):
    (tmp_path / "case.toml").write_text(CASES[name])
    if name == "image":  # a cap on the interface and a sphere in the metal
        write_labels(
            tmp_path / "labels.tif", spheres(SHAPE, EDGE, (12, 12, -1, 6), (5, 5, 13, 3.2)), EDGE
        )
    case = load_case(tmp_path / "case.toml", SETTINGS.get(name, {}))
    out = tmp_path / "chain"
    run_case(case, tmp_path / "whole", checkpoint_seconds=0.0)
    steps = len(rows(tmp_path / "whole")) - 1
    assert steps >= 5
    for part in (1, 2, 3):

        def stop(row, last=part * steps // 4):
            if row["step"] > last:
                raise Stop

        with pytest.raises(Stop):
            run_case(case, out, resume=True, checkpoint_seconds=0.0, monitor=stop)
        assert len(rows(out)) < steps + 1
    run_case(case, out, resume=True, checkpoint_seconds=0.0)
    assert (out / "run.log").read_text().count("resumed after step") == 3
    assert results(out) == results(tmp_path / "whole")
    if name.startswith("new mesh"):
        assert summary(out)["remeshes"]["count"] > 0
    for entry in ("final", "balances", "steps", "newton_iterations", "status"):
        assert summary(out)[entry] == summary(tmp_path / "whole")[entry]


def killed_and_resumed(text, folder, environment, *, moments, ranks=1, seed=0):
    """Kill runs at random moments and finish them; return the folders, the whole run first."""
    (folder / "case.toml").write_text(text)
    starter = [sys.executable] if ranks == 1 else ["mpiexec", "-n", str(ranks), sys.executable]

    def command(out):
        return [*starter, "-c", SCRIPT, str(folder / "case.toml"), str(folder / out)]

    began = time.monotonic()
    subprocess.run(command("whole"), env=environment, check=True, timeout=300)
    duration = time.monotonic() - began
    draw = random.Random(seed)
    outs = []
    for number in range(moments):
        process = subprocess.Popen(
            command(f"{number}"),
            env=environment,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        # the moments are spread over the whole run: starting, meshing, marching, writing
        time.sleep(duration * (number + draw.random()) / moments)
        if process.poll() is None:
            kill_group(process)
        done = subprocess.run(
            command(f"{number}"),
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        outs.append(folder / f"{number}")
    return [folder / "whole", *outs]


def kill_group(process):
    """Kill a process and all that it started, at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("moments", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_killed_at_random_moments_a_run_ends_with_the_same_bits(tmp_path, environment, moments):
    text = case_text(numerics=STEPS, metal="elastic = true")
    whole, *others = killed_and_resumed(text, tmp_path, environment, moments=moments)
    for folder in others:
        assert results(folder) == results(whole), folder


@pytest.mark.slow
@pytest.mark.parametrize("moments", [50])
def test_killed_on_two_ranks_a_run_ends_with_the_same_numbers(tmp_path, environment, moments):
    text = case_text(numerics='step = "0.01 mAh/cm^2"')
    folders = killed_and_resumed(text, tmp_path, environment, moments=moments, ranks=2, seed=1)
    for folder in folders[1:]:
        assert differences(folders[0], folder, tolerance=1e-12) == []


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A case, and the folder of its run with a checkpoint."""
    folder = tmp_path_factory.mktemp("stopped")
    (folder / "case.toml").write_text(case_text(numerics="max_steps = 2"))
    assert execute(["run", str(folder / "case.toml"), "-o", str(folder / "out")]) == 3
    return folder


def refused(folder, capfd, *changes):
    """Go on in a folder that must be refused; return the one line. Nothing may change."""
    before = contents(folder)
    capfd.readouterr()
    arguments = ["run", str(folder / "case.toml"), "-o", str(folder / "out"), "--resume"]
    assert execute([*arguments, *changes]) == 2
    assert contents(folder) == before
    line = capfd.readouterr().err
    assert len(line.splitlines()) == 1
    return line


@pytest.fixture
def copy(stopped, tmp_path):
    shutil.copytree(stopped, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_the_checkpoint_of_another_case_is_refused(copy, capfd):
    text = (copy / "case.toml").read_text().replace('"0.2 MPa"', '"0.3 MPa"')
    (copy / "other.toml").write_text(text)
    assert execute(["run", str(copy / "other.toml"), "-o", str(copy / "other")]) == 3
    state = copy / "out" / "checkpoint" / "state.npz"
    state.write_bytes((copy / "other" / "checkpoint" / "state.npz").read_bytes())
    assert "belongs to another case" in refused(copy, capfd)


def test_the_checkpoint_of_another_version_is_refused(copy, capfd, monkeypatch):
    monkeypatch.setattr("femna.simulation.checkpoint.__version__", "9.9.9")
    assert "another version of femna: 0.1.0, not 9.9.9" in refused(copy, capfd)


def test_the_checkpoint_of_another_mesh_is_refused(copy, capfd, monkeypatch):
    from femna.simulation.stage import Stage

    points = Stage.points

    def shifted(self):
        found = points(self)
        return {**found, "potential": found["potential"] + 1e-3}

    monkeypatch.setattr(Stage, "points", shifted)
    assert "belongs to another mesh (potential)" in refused(copy, capfd)


def test_a_history_that_lacks_steps_before_the_checkpoint_is_refused(copy, capfd):
    history = copy / "out" / "history.csv"
    lines = history.read_text().splitlines(keepends=True)
    for left in (lines[:1], lines[:-1], [lines[0], *lines[2:]], []):
        history.write_text("".join(left))
        assert "lacks some of the steps 0 to 2" in refused(copy, capfd)
    history.unlink()
    assert "lacks some of the steps 0 to 2" in refused(copy, capfd)


@pytest.mark.parametrize("damage", ["half", "empty", "foreign", "flipped"])
def test_a_damaged_checkpoint_is_refused(copy, capfd, damage):
    state = copy / "out" / "checkpoint" / "state.npz"
    whole = state.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 4
    content = {"half": whole[: len(whole) // 2], "empty": b"", "foreign": b"no state"}
    state.write_bytes(content.get(damage, bytes(flipped)))
    assert "state.npz: checkpoint = " in refused(copy, capfd)
