"""Cases as jobs of Slurm: with stand-ins for its programs; on a real one where there is one."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from femna.cli.app import execute
from femna.errors import EnvironmentProblem, InputError
from femna.study import load_study, run_sweep
from femna.study.slurm import run_command, starter
from femna.study.slurm_settings import load_profile
from femna.study.status import status_lines, sweep_status

ROOT = Path(__file__).parents[2]

# A stand-in that keeps its jobs as files: sbatch starts the program of the job, or holds it.
SBATCH = """#!{python}
import os, pathlib, re, subprocess, sys
queue = pathlib.Path("{queue}")
number = str(len(list(queue.glob("*.job"))) + 1)
script = pathlib.Path(sys.argv[-1]).read_text()
(queue / (number + ".job")).write_text(script)
if (queue / "refuse").exists():
    sys.exit("sbatch: error: invalid partition specified")
if not (queue / "hold").exists():
    command = re.search(r"^srun .*?({python} .*)$", script, re.M)[1]
    process = subprocess.Popen(
        command, shell=True, stdout=open(queue / (number + ".out"), "w"), stderr=subprocess.STDOUT,
        env=dict(os.environ, SUBMITIT_EXECUTOR="slurm", SLURM_JOB_ID=number,
                 SLURM_PROCID="0", SLURM_NTASKS="1", SLURM_LOCALID="0",
                 SLURM_NODEID="0", SLURM_JOB_NUM_NODES="1", SLURM_JOB_NODELIST="here"),
        start_new_session=True,
    )
    (queue / (number + ".pid")).write_text(str(process.pid))
print("Submitted batch job", number)
"""
SQUEUE = """#!{python}
import os, pathlib
queue = pathlib.Path("{queue}")
for job in queue.glob("*.job"):
    pid = job.with_suffix(".pid")
    if not pid.exists():
        if not (queue / "gone").exists():
            print(job.stem + "|PENDING|ReqNodeNotAvail, UnavailableNodes:here")
        continue
    try:
        state = open("/proc/" + pid.read_text() + "/stat").read().rpartition(")")[2].split()[0]
    except OSError:
        continue
    if state != "Z":
        print(job.stem + "|RUNNING|None")
"""
SCONTROL = "#!{python}\nprint('JobId=1 JobState=CANCELLED Reason=None')\n"


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """The folder of a stand-in's queue; its programs come first on PATH."""
    queue, programs = tmp_path / "queue", tmp_path / "programs"
    queue.mkdir()
    programs.mkdir()
    for name, text in (("sbatch", SBATCH), ("squeue", SQUEUE), ("scontrol", SCONTROL)):
        (programs / name).write_text(
            text.replace("{python}", sys.executable).replace("{queue}", str(queue))
        )
        (programs / name).chmod(0o755)
    (programs / "srun").symlink_to(programs / "sbatch")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("femna.study.slurm.run_tasks_on_slurm.__kwdefaults__", {"pause": 0.05})
    return queue


CASE = """
femna = 1
title = "small"
[geometry]
kind = "unit_cell"
symmetry = "plane_strain"
period = "40 um"
metal_thickness = "30 um"
electrolyte_thickness = "20 um"
[metal]
material = "sodium"
[electrolyte]
material = "beta_alumina"
[interface]
map = { kind = "stripes", blocked_fraction = 0.3, transition = "4 um" }
kinetics = { law = "linear", resistance = "8 ohm*cm^2" }
roughness = "0.1 um"
[protocol]
temperature = "298.15 K"
pressure = "0.2 MPa"
current_density = "1.5 mA/cm^2"
charge = "0.02 mAh/cm^2"
[limits]
voltage = "3 V"
contact_fraction = 0.002
[numerics]
interface_size = "2 um"
step = "0.01 mAh/cm^2"
"""
STUDY = """
femna = 1
title = "small"
case = "case.toml"
[[sweep]]
"protocol.pressure" = {{ values = [{}], unit = "MPa" }}
[slurm]
time = "10 min"
{}
"""


@pytest.fixture
def study(tmp_path):
    def write(pressures="0.2", more=""):
        (tmp_path / "case.toml").write_text(CASE)
        (tmp_path / "study.toml").write_text(STUDY.format(pressures, more))
        return tmp_path / "study.toml"

    return write


def between_questions(monkeypatch, act):
    """Let `act` take the place of the pause between two questions to Slurm, and of no other."""
    clock = SimpleNamespace(sleep=act, monotonic=time.monotonic)
    monkeypatch.setattr("femna.study.slurm.time", clock)


def table(out):
    with (out / "sweep.csv").open() as stream:
        return list(csv.DictReader(stream))


def test_a_case_is_a_job_and_its_row_is_read_from_its_folder(slurm, study, tmp_path):
    file, out = study(), tmp_path / "out"
    arguments = ["sweep", str(file), "-o", str(out), "--engine", "slurm"]
    assert execute(arguments) == 0
    assert [row["status"] for row in table(out)] == ["ok"]
    asked = (slurm / "1.job").read_text()
    assert "#SBATCH --time=10" in asked
    assert json.loads((out / "slurm/jobs.json").read_text()) == {"P0.2": "1"}
    assert status_lines(sweep_status(out)) == ["1 done"]
    # finished cases are not handed over again
    assert execute([*arguments, "--resume"]) == 0
    assert len(list(slurm.glob("*.job"))) == 1


def test_what_waits_is_shown_and_taken_over_by_the_next_sweep(slurm, study, tmp_path, monkeypatch):
    file, out = study(), tmp_path / "out"
    (slurm / "hold").touch()  # a node that is drained
    asked = []

    def stop(seconds):
        asked.append(seconds)
        if len(asked) == 3:
            raise KeyboardInterrupt

    between_questions(monkeypatch, stop)
    assert run_sweep(file, out, engine="slurm").exit_code == 3
    lines = status_lines(sweep_status(out))
    assert lines == ["1 waits", "P0.2  waits   job 1: ReqNodeNotAvail, UnavailableNodes:here"]
    asked.clear()
    assert run_sweep(file, out, engine="slurm", resume=True).exit_code == 3
    assert len(list(slurm.glob("*.job"))) == 1  # it waits already: not handed over twice


def test_a_job_whose_turn_comes_late_is_not_handed_over_twice(slurm, study, tmp_path, monkeypatch):
    file, out = study("0.2, 0.3"), tmp_path / "out"
    (slurm / "hold").touch()
    asked = []

    def stop(seconds):
        asked.append(seconds)
        if len(asked) in (3, 6):
            raise KeyboardInterrupt
        if len(asked) == 4:  # the second sweep: its first job ends, the other one is at work
            (slurm / "1.pid").write_text("99999999")

    between_questions(monkeypatch, stop)
    assert run_sweep(file, out, engine="slurm", jobs=2).exit_code == 3
    assert len(list(slurm.glob("*.job"))) == 2
    assert run_sweep(file, out, engine="slurm", jobs=1, resume=True).exit_code == 3
    assert len(asked) == 6
    assert len(list(slurm.glob("*.job"))) == 2


def test_a_job_that_was_cancelled_is_a_failed_case_and_runs_again(slurm, study, tmp_path):
    file, out = study(), tmp_path / "out"
    (slurm / "hold").touch()
    (slurm / "gone").touch()
    assert run_sweep(file, out, engine="slurm").exit_code == 3
    (row,) = table(out)
    assert row["status"] == "failed"
    assert row["reason"].startswith("job 1 ended as CANCELLED; its words are in ")
    assert run_sweep(file, out, engine="slurm", resume=True).exit_code == 3
    assert len(list(slurm.glob("*.job"))) == 2


def test_a_failed_case_that_runs_again_keeps_the_folder_its_job_writes_to(
    slurm, study, tmp_path, monkeypatch
):
    file, out = study(), tmp_path / "out"
    (slurm / "hold").touch()
    (slurm / "gone").touch()
    assert run_sweep(file, out, engine="slurm").exit_code == 3
    assert table(out)[0]["status"] == "failed"
    (slurm / "gone").unlink()
    (slurm / "1.pid").write_text("99999999")  # it has ended, and the next one waits
    asked = []

    def stop(seconds):
        asked.append(seconds)
        if len(asked) in (2, 4):
            raise KeyboardInterrupt

    between_questions(monkeypatch, stop)
    assert run_sweep(file, out, engine="slurm", retry_failed=True).exit_code == 3
    folder = out / "P0.2"
    folder.mkdir(exist_ok=True)
    (folder / "history.csv").write_text("what the job at work has written")
    assert run_sweep(file, out, engine="slurm", retry_failed=True).exit_code == 3
    assert (folder / "history.csv").exists()
    assert len(list(slurm.glob("*.job"))) == 2


def test_how_an_attempt_before_ended_is_not_how_a_job_ended(slurm, study, tmp_path):
    file, out = study(), tmp_path / "out"
    (slurm / "hold").touch()
    (slurm / "gone").touch()
    run_sweep(file, out, engine="slurm")
    (out / "P0.2").mkdir(exist_ok=True)
    old = {"status": "interrupted", "reason": "interrupted by SIGTERM"}
    (out / "P0.2" / "summary.json").write_text(json.dumps(old))
    run_sweep(file, out, engine="slurm", resume=True)
    assert table(out)[0]["reason"].startswith("job 2 ended as CANCELLED")


def test_a_case_that_ended_well_before_its_turn_keeps_its_summary(
    slurm, study, tmp_path, monkeypatch
):
    file, out = study("0.2, 0.3"), tmp_path / "out"
    (slurm / "hold").touch()
    asked = []

    def stop(seconds):
        asked.append(seconds)
        if len(asked) == 3:
            raise KeyboardInterrupt
        if len(asked) == 4:  # the second sweep: both jobs end, that of the waiting case well
            for job in ("1", "2"):
                (slurm / f"{job}.pid").write_text("99999999")
            (out / "P0.3").mkdir(exist_ok=True)
            (out / "P0.3" / "summary.json").write_text('{"status": "ok"}')
        if len(asked) == 6:
            raise KeyboardInterrupt

    between_questions(monkeypatch, stop)
    assert run_sweep(file, out, engine="slurm", jobs=2).exit_code == 3
    assert run_sweep(file, out, engine="slurm", jobs=1, resume=True).exit_code == 3
    assert (out / "P0.3" / "summary.json").exists()


def test_a_partition_that_does_not_exist_is_named(slurm, study, tmp_path, capfd):
    (slurm / "refuse").touch()
    arguments = ["sweep", str(study()), "-o", str(tmp_path / "out"), "--engine", "slurm"]
    assert execute(arguments) == 3
    line = capfd.readouterr().err
    assert "Slurm takes no job" in line
    assert "invalid partition specified" in line
    assert "Traceback" not in line


def test_no_slurm_is_named(study, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="no sbatch on PATH"):
        run_sweep(study(), tmp_path / "out", engine="slurm")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('time = "2 MPa"', "time"),
        ("time = 30", "a time with its unit"),
        ("time = 2.0", "a time with its unit"),
        ("ranks = 0", "ranks"),
        ('partition = "a b"', "partition"),
        ('queue = "short"', "queue"),
        ("time = ", "TOML"),
    ],
)
def test_a_wrong_profile_is_one_line(tmp_path, line, said):
    (tmp_path / "profile.toml").write_text(line)
    with pytest.raises(InputError) as caught:
        load_profile(tmp_path / "profile.toml")
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_profile_stands_in_place_of_the_table(study, tmp_path):
    (tmp_path / "profile.toml").write_text('time = "2 h"\nranks = 4\nmemory = "8GB"\nat_once = 7')
    found = load_profile(tmp_path / "profile.toml")
    assert (found.time, found.ranks, found.memory, found.at_once) == (120.0, 4, "8GB", 7)
    assert load_study(study(more="ranks = 2")).slurm.ranks == 2


def test_ranks_are_started_within_the_step_that_the_job_is_in(tmp_path, monkeypatch):
    """MPICH's mpiexec would otherwise wait for a step of its own beside it."""
    monkeypatch.delenv("HYDRA_LAUNCHER", raising=False)
    text = "import os, sys; open(sys.argv[1], 'w').write(os.environ['HYDRA_LAUNCHER'])"
    assert run_command([sys.executable, "-c", text, str(tmp_path / "said")]) == 0
    assert (tmp_path / "said").read_text() == "fork"
    monkeypatch.setenv("PATH", "")
    assert starter("python") == str(Path(sys.executable).with_name("python"))
    assert starter("no_such_mpi") == "no_such_mpi"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("slurmctld") is None, reason="needs Slurm: tools/slurm_here.sh")
def test_on_a_real_slurm_a_case_takes_two_ranks(study, tmp_path, monkeypatch):
    file, out = study("0.2", "ranks = 2"), tmp_path / "out"
    here = ["bash", str(ROOT / "tools" / "slurm_here.sh")]
    started = subprocess.run([*here, "start", str(tmp_path / "slurm")], check=False, timeout=60)
    if started.returncode:
        pytest.skip("Slurm's daemons do not start here")
    try:
        monkeypatch.setenv("SLURM_CONF", str(tmp_path / "slurm" / "slurm.conf"))
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        nodes = subprocess.run(
            ["sinfo", "-h", "-o", "%c"], capture_output=True, text=True, check=True
        )
        if int(nodes.stdout.split()[0].rstrip("+")) < 2:
            pytest.skip("the node has one processor")
        assert run_sweep(file, out, engine="slurm").exit_code == 0
        assert json.loads((out / "P0.2" / "run.json").read_text())["ranks"] == 2
    finally:
        subprocess.run([*here, "stop", str(tmp_path / "slurm")], check=False, timeout=60)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("slurmctld") is None, reason="needs Slurm: tools/slurm_here.sh")
def test_on_a_real_slurm_jobs_are_cancelled_and_a_node_drained(study, tmp_path):
    file, out = study("0.2, 0.25, 0.3, 0.35", 'partition = "short"'), tmp_path / "out"
    text = (tmp_path / "case.toml").read_text()
    (tmp_path / "case.toml").write_text(text.replace('"0.01 mAh', '"0.0005 mAh'))
    here = ["bash", str(ROOT / "tools" / "slurm_here.sh")]
    started = subprocess.run([*here, "start", str(tmp_path / "slurm")], check=False, timeout=60)
    if started.returncode:
        pytest.skip("Slurm's daemons do not start here")
    environment = {
        **os.environ,
        "SLURM_CONF": str(tmp_path / "slurm" / "slurm.conf"),
        "PYTHONPATH": str(ROOT),
    }

    def call(*command):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    def sweep(*more):
        command = [sys.executable, "-m", "femna", "sweep", str(file), "-o", str(out)]
        return subprocess.Popen(
            [*command, "--engine", "slurm", *more],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def until(condition):
        end = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.5)

    def jobs():
        return json.loads((out / "slurm/jobs.json").read_text())

    node = call("sinfo", "-h", "-o", "%n").strip()
    try:
        first = sweep()
        until(lambda: (out / "slurm/jobs.json").exists() and len(jobs()) == 4)
        until((out / "P0.2" / "history.csv").exists)
        call("scontrol", "update", f"nodename={node}", "state=drain", "reason=test")
        call("scancel", jobs()["P0.2"])  # at work
        call("scancel", jobs()["P0.35"])  # waits
        # whoever waits for them is killed; the second job goes on by itself
        first.send_signal(signal.SIGKILL)
        first.communicate()
        until(lambda: "2 done" not in call(sys.executable, "-m", "femna", "status", str(out)))
        second = sweep("--resume")
        until(
            lambda: "drain" in call("squeue", "-h", "-o", "%r").lower() or not call("squeue", "-h")
        )
        call("scontrol", "update", f"nodename={node}", "state=resume")
        said, _ = second.communicate(timeout=900)
        code = second.returncode
        if code == 3:
            third = sweep("--resume")
            said, _ = third.communicate(timeout=900)
            code = third.returncode
        assert code == 0, said
        assert [row["status"] for row in table(out)] == ["ok"] * 4
        assert call(sys.executable, "-m", "femna", "status", str(out)).strip() == "4 done"
    finally:
        subprocess.run([*here, "stop", str(tmp_path / "slurm")], check=False, timeout=60)
