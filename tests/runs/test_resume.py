"""A run that was killed and resumed leaves the files of one that was not."""

import signal
import subprocess
import sys
import time

import pytest
import pyvista
from runs.conftest import case_text, contents, differences, rows, summary

from femna.case import load_case
from femna.cli.app import execute
from femna.output import run_case

PROTOCOL = (
    'steps = [{ do = "strip" }, { do = "rest", time = "10 min", pressure = "0.5 MPa" }, '
    '{ do = "plate", charge = "0.01 mAh/cm^2" }, { do = "strip", charge = "0.005 mAh/cm^2" }]'
)
ANAND = 'creep = { law = "anand" }'
METALS = {"creep": "", "elastic": "elastic = true", "hardening": f"{ANAND}\nelastic = true"}
TRANSPORT = (
    'diffusion = { coefficient = "1e-18 m^3/s" }\ncapillarity = true\n'
    'adhesion = { strength = "0.05 MPa" }'
)
COARSE_STEPS = "contact_error = 0.02"
CASES = {
    "creep": case_text(protocol=PROTOCOL, numerics=COARSE_STEPS),
    "elastic": case_text(protocol=PROTOCOL, numerics=COARSE_STEPS, metal="elastic = true"),
    "hardening": case_text(protocol=PROTOCOL, numerics=COARSE_STEPS, metal=ANAND).replace(
        '"sodium"', '"lithium"'
    ),
    "diffusion": case_text(protocol=PROTOCOL, numerics=COARSE_STEPS, interface=TRANSPORT),
}


def kill(command, environment, when):
    """Start a process and kill it as soon as `when` says so."""
    process = subprocess.Popen(command, env=environment)
    while process.poll() is None and not when():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """The folder of a whole run, and its case, by name."""
    made = {}

    def find(name):
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            (folder / "case.toml").write_text(CASES[name])
            assert execute(["run", str(folder / "case.toml"), "-o", str(folder / "whole")]) == 0
            made[name] = folder
        return made[name]

    return find


@pytest.mark.parametrize(
    "name", ["creep", "elastic", pytest.param("hardening", marks=pytest.mark.slow)]
)
def test_a_killed_run_goes_on_to_the_same_digits(name, uninterrupted, environment, tmp_path):
    folder = uninterrupted(name)
    case, out = folder / "case.toml", tmp_path / "killed"
    script = (
        "import sys; from pathlib import Path; from femna.case import load_case; "
        "from femna.output import run_case; "
        "run_case(load_case(sys.argv[1]), Path(sys.argv[2]), checkpoint_seconds=0.0)"
    )
    half = len(rows(folder / "whole")) // 2

    def far_enough():
        return (out / "history.csv").exists() and len(rows(out)) > half

    kill([sys.executable, "-c", script, str(case), str(out)], environment, far_enough)
    assert half < len(rows(out)) < len(rows(folder / "whole"))
    assert execute(["run", str(case), "-o", str(out)]) == 2
    assert execute(["run", str(case), "-o", str(out), "--resume"]) == 0
    assert differences(folder / "whole", out, tolerance=0.0) == []
    assert "resumed after step" in (out / "run.log").read_text()
    listed = [pyvista.get_reader(f / "fields.pvd") for f in (folder / "whole", out)]
    assert listed[0].time_values == listed[1].time_values
    assert len(listed[0].time_values) == 4
    for reader in listed[1].time_values:
        listed[1].set_active_time_value(reader)
        assert len(listed[1].read()) == 3
    for entry in ("final", "balances", "steps", "status", "newton_iterations"):
        assert summary(out)[entry] == summary(folder / "whole")[entry]


def test_a_finished_run_has_nothing_left_to_do(uninterrupted, capsys):
    folder = uninterrupted("creep")
    before = contents(folder)
    assert execute(["run", str(folder / "case.toml"), "-o", str(folder / "whole"), "--resume"]) == 0
    assert "ok: charge_mAh_cm2 0.005" in capsys.readouterr().out
    assert contents(folder) == before


class Stop(Exception):
    """Ends a run from its monitor."""


@pytest.mark.parametrize("name", CASES)
def test_a_run_begun_on_one_rank_goes_on_with_two(name, launch, tmp_path):
    # one strip and fixed steps: the digits of other ranks are not to change the steps
    text = case_text(
        numerics='step = "0.0025 mAh/cm^2"',
        metal=METALS.get(name, ""),
        interface=TRANSPORT if name == "diffusion" else "",
    )
    if name == "hardening":
        text = text.replace('"sodium"', '"lithium"')
    (tmp_path / "case.toml").write_text(text)
    case = load_case(tmp_path / "case.toml")

    def monitor(row):
        if row["step"] == 4:
            raise Stop

    with pytest.raises(Stop):
        run_case(case, tmp_path / "two", checkpoint_seconds=0.0, monitor=monitor)
    run_case(case, tmp_path / "one")
    arguments = ["run", tmp_path / "case.toml", "-o", tmp_path / "two", "--resume"]
    done = launch(arguments, ranks=2)
    assert done.returncode == 0, done.stderr
    assert "resumed after step 3" in (tmp_path / "two" / "run.log").read_text()
    assert differences(tmp_path / "one", tmp_path / "two", tolerance=1e-8) == []
