"""What the machine does to a run is named, loses nothing and leaves nothing that looks finished."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from petsc4py import PETSc
from runs.conftest import case_text, contents, differences, rows, summary
from runs.test_restarts import PRESSED, results
from verification.stacks import CASE

from femna.case import load_case
from femna.cli.app import execute
from femna.errors import ComputationError
from femna.lock import sole_writer
from femna.output import run_case
from femna.output.step_files import StepFiles
from femna.simulation.newton import Newton
from femna.simulation.stage import Stage

TEXT = case_text(numerics='step = "0.005 mAh/cm^2"')
STEPS = 4


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder that holds the case and, in `whole`, its run without a fault."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "case.toml").write_text(TEXT)
    assert execute(["run", str(folder / "case.toml"), "-o", str(folder / "whole")]) == 0
    assert len(rows(folder / "whole")) == STEPS + 1
    return folder


def goes_on(whole, out):
    """Resume what a fault has stopped; the files must be those of the run without it."""
    assert summary(out)["status"] == "failed"
    assert execute(["run", str(whole / "case.toml"), "-o", str(out), "--resume"]) == 0
    assert results(out) == results(whole / "whole")


def test_a_fault_at_a_new_mesh_keeps_the_step_before_it(tmp_path, monkeypatch):
    (tmp_path / "case.toml").write_text(CASE)
    case, out = load_case(tmp_path / "case.toml", PRESSED), tmp_path / "out"
    write = StepFiles.write

    def full(self, accepted):
        if accepted.remesh is not None:
            raise ComputationError("the disk is full")
        write(self, accepted)

    with monkeypatch.context() as patched:
        patched.setattr(StepFiles, "write", full)
        assert run_case(case, out)["reason"] == "the disk is full"
    assert (out / "checkpoint" / "state.npz").is_file()
    assert run_case(case, out, resume=True)["status"] == "ok"
    run_case(case, tmp_path / "whole")
    assert differences(out, tmp_path / "whole", tolerance=1e-9) == []


def call(arguments, environment, **options):
    """Run a program of its own; return exit code and what it said."""
    done = subprocess.run(
        [str(argument) for argument in arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )
    return done.returncode, done.stdout + done.stderr


def femna(whole, out, *more):
    return [sys.executable, "-m", "femna", "run", whole / "case.toml", "-o", out, *more]


LIMITED = """
import resource, sys
import gmsh
import femna.backend, femna.output
from femna.cli.app import execute
kind, amount = sys.argv[1], int(sys.argv[2])
if kind == "RLIMIT_AS":  # on top of what the program has by now
    amount += int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(getattr(resource, kind), (amount, amount))
sys.exit(execute(sys.argv[3:]))
"""


def limited(whole, out, environment, kind, amount):
    """Run the case with a limit that the system enforces once the program has started."""
    program = [sys.executable, "-c", LIMITED, kind, amount]
    return call([*program, "run", whole / "case.toml", "-o", out], environment)


@pytest.mark.slow
def test_a_file_that_may_not_grow_stops_the_run_and_it_goes_on_later(whole, environment, tmp_path):
    largest = (whole / "whole" / "fields" / "metal_0000.vtu").stat().st_size - 1
    code, said = limited(whole, tmp_path / "out", environment, "RLIMIT_FSIZE", largest)
    assert code == 3
    assert "cannot be written: File too large" in said
    assert "Traceback" not in said
    assert summary(tmp_path / "out")["reason"] in said
    goes_on(whole, tmp_path / "out")


@pytest.mark.slow
def test_a_limit_of_memory_ends_a_run_that_goes_on_later(whole, environment, tmp_path):
    # libraries below Python end the process without a word; what was computed stays
    code, _ = limited(whole, tmp_path / "out", environment, "RLIMIT_AS", 60 * 2**20)
    assert code != 0
    assert not (tmp_path / "out" / "summary.json").exists()
    assert execute(["run", str(whole / "case.toml"), "-o", str(tmp_path / "out"), "--resume"]) == 0
    assert results(tmp_path / "out") == results(whole / "whole")


def test_a_full_disk_stops_the_run_and_it_goes_on_later(whole, environment, tmp_path):
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    command = " ".join(map(str, femna(whole, disk / "out")))
    script = (
        f"mount -t tmpfs -o size=48k none {disk} || exit 77\n"
        f"{command}; code=$?; cp -r {disk}/out {kept}; exit $code"
    )
    code, said = call(["unshare", "-rm", "sh", "-c", script], environment)
    if code == 77 or "unshare" in said:
        pytest.skip(f"no file system may be mounted here: {said}")
    assert code == 3
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert not (kept / "summary.json").exists() or summary(kept)["status"] == "failed"
    assert execute(["run", str(whole / "case.toml"), "-o", str(kept), "--resume"]) == 0
    assert results(kept) == results(whole / "whole")


def test_a_folder_that_is_read_only_is_refused(whole, environment, tmp_path):
    tmp_path.chmod(0o555)
    # the administrator may write everywhere: give up the right to
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    starter = plain if os.geteuid() == 0 else []
    code, said = call([*starter, *femna(whole, tmp_path / "out")], environment)
    assert code == 2
    assert f"output folder = '{tmp_path / 'out'}': cannot be used: Permission denied" in said
    assert len(said.splitlines()) == 1
    tmp_path.chmod(0o755)
    assert list(tmp_path.iterdir()) == []


def raising_in_step(monkeypatch, step, error):
    """Let Newton's method raise in a step."""
    solve = Newton.solve_by_stress
    calls = []

    def raising(self, **options):
        calls.append(1)
        if len(calls) > step:
            raise error
        return solve(self, **options)

    monkeypatch.setattr(Newton, "solve_by_stress", raising)


@pytest.mark.parametrize("error", [MemoryError(), PETSc.Error(55)], ids=["Python", "PETSc"])
def test_memory_that_runs_out_is_named(whole, tmp_path, monkeypatch, capsys, error):
    raising_in_step(monkeypatch, 3, error)
    out = tmp_path / "out"
    assert execute(["run", str(whole / "case.toml"), "-o", str(out)]) == 3
    assert "memory ran out (this process holds" in capsys.readouterr().out
    monkeypatch.undo()
    goes_on(whole, out)


@pytest.mark.parametrize("ranks", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_compiler_that_is_missing_is_named(whole, environment, tmp_path, ranks):
    away = {**environment, "XDG_CACHE_HOME": str(tmp_path / "cache"), "CC": "no-such-cc"}
    starter = [] if ranks == 1 else ["mpiexec", "-n", ranks]
    code, said = call([*starter, *femna(whole, tmp_path / "out")], away)
    assert code == 3
    assert "no C compiler: no-such-cc is not on PATH" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_compiler_that_fails_is_named(whole, environment, tmp_path):
    broken = tmp_path / "broken-cc"
    broken.write_text("#!/bin/sh\necho 'broken-cc: error: no licence' >&2\nexit 1\n")
    broken.chmod(0o755)
    away = {**environment, "XDG_CACHE_HOME": str(tmp_path / "cache"), "CC": str(broken)}
    code, said = call(femna(whole, tmp_path / "out"), away)
    assert code == 3
    assert "cannot build an extension module (broken-cc: error: no licence" in said
    assert "Traceback" not in said
    # with the compiler back, the folder can be used
    assert execute(["run", str(whole / "case.toml"), "-o", str(tmp_path / "out"), "--resume"]) == 0


def test_a_second_run_in_the_same_folder_is_refused(whole, tmp_path, capfd):
    out = tmp_path / "out"
    out.mkdir()
    with sole_writer(out):
        assert execute(["run", str(whole / "case.toml"), "-o", str(out)]) == 2
        line = capfd.readouterr().err
        assert "another femna is writing into it" in line
        assert len(line.splitlines()) == 1
        assert contents(out) == {}
    assert execute(["run", str(whole / "case.toml"), "-o", str(out)]) == 0
    assert results(out) == results(whole / "whole")


def test_a_clock_that_jumps_changes_nothing(whole, tmp_path, monkeypatch):
    calls = []

    class Jumping(datetime):
        @classmethod
        def now(cls, tz=None):
            calls.append(1)
            return datetime(2000, 1, 1, tzinfo=UTC) - timedelta(days=len(calls))

    monkeypatch.setattr("femna.output.run.datetime", Jumping)
    monkeypatch.setattr(time, "time", lambda: 1e9 * (-1) ** len(calls))
    run_case(load_case(whole / "case.toml"), tmp_path / "out")
    assert calls
    assert results(tmp_path / "out") == results(whole / "whole")
    found = (tmp_path / "out" / "run.json").read_text()
    assert '"started": "1999-12-31T' in found
    assert '"ended": "1999-12-31T' in found
    assert 0.0 < summary(tmp_path / "out")["wall_s"] < 60.0


@pytest.mark.parametrize("where", ["gap", "velocity"])
def test_a_number_that_is_none_in_the_state_is_named(whole, tmp_path, monkeypatch, where):
    follow = Stage.follow
    calls = []

    def planted(self, dt):
        met = follow(self, dt)
        calls.append(1)
        if len(calls) == 3:
            if where == "gap":
                self.gap[0] = float("nan")
            else:
                velocity, pressure = self.system.metal.get()
                velocity[0] = float("nan")
                self.system.metal.set(velocity, pressure)
        return met

    monkeypatch.setattr(Stage, "follow", planted)
    found = run_case(load_case(whole / "case.toml"), tmp_path / "out", checkpoint_seconds=0.0)
    assert found["status"] == "failed"
    assert f"not finite ({where}" in found["reason"]
    monkeypatch.undo()
    goes_on(whole, tmp_path / "out")


RAISING = """
import sys
from mpi4py import MPI
import femna.errors
from femna.simulation.newton import Newton
solve, calls = Newton.solve_by_stress, []

def raising(self, **options):
    calls.append(1)
    if len(calls) > 2 and MPI.COMM_WORLD.rank == 1:
        raise getattr(femna.errors, sys.argv[1])(sys.argv[1]) if sys.argv[1] else ValueError("bug")
    return solve(self, **options)

Newton.solve_by_stress = raising
sys.argv[1:] = sys.argv[2:]
from femna.cli import main
main()
"""


@pytest.mark.parametrize(
    "error", [pytest.param("", marks=pytest.mark.slow), "EnvironmentProblem"], ids=["bug", "named"]
)
def test_one_rank_that_raises_brings_the_others_down(whole, environment, tmp_path, error):
    began = time.monotonic()
    program = [sys.executable, "-c", "import femna.backend\n" + RAISING, error]
    arguments = ["run", whole / "case.toml", "-o", tmp_path / "out"]
    code, _ = call(["mpiexec", "-n", 2, *program, *arguments], environment)
    assert code != 0
    assert time.monotonic() - began < 60.0
    assert not (tmp_path / "out" / "summary.json").exists()


def test_an_orphan_of_a_killed_compilation_is_taken_up(whole, environment, tmp_path):
    cache = tmp_path / "cache" / "fenics"
    slow = tmp_path / "slow-cc"
    slow.write_text(
        f'#!/bin/sh\ntouch {tmp_path}/compiling\nsleep 60\nexec {shutil.which("gcc")} "$@"\n'
    )
    slow.chmod(0o755)
    away = {**environment, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [str(part) for part in femna(whole, tmp_path / "out")],
        env={**away, "CC": str(slow)},
        start_new_session=True,
    )
    while not (tmp_path / "compiling").exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    (left,) = [
        path.stem for path in cache.glob("*.c") if not path.with_suffix(".c.cached").exists()
    ]
    program = (
        "import femna.backend, sys; from pathlib import Path; "
        "import ffcx.codegeneration.jit as jit; "
        "print(jit.get_cached_module(sys.argv[1], [], Path(sys.argv[2]), 20))"
    )
    began = time.monotonic()
    code, said = call([sys.executable, "-c", program, left, cache], away)
    assert (code, said.strip()) == (0, "(None, None)")
    assert time.monotonic() - began < 18.0
