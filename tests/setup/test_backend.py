"""DOLFINx arrives in the right order and leaves the process as Python wants it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from femna import backend


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("module", ["mpi4py.MPI", "petsc4py.PETSc", "dolfinx", "dolfinx.fem.petsc"])
def test_every_part_of_dolfinx_can_be_the_next_import(module):
    answer = run(f"import femna.backend, {module}; print('fine')")
    assert (answer.returncode, answer.stdout) == (0, "fine\n")


def test_a_broken_pipe_is_an_exception_and_not_the_end_of_the_process():
    # PETSc's own handler would call MPI_Abort here.
    program = """
import os
import femna.backend
read, write = os.pipe()
os.close(read)
try:
    os.write(write, b"x")
except BrokenPipeError:
    print("caught")
"""
    answer = run(program)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "caught\n", "")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("room", ["femna.backend", "femna.api", "femna.output"])
def test_an_ended_process_ends_by_the_signal(name, room):
    # UCX's own handler would take SIGHUP as a switch to debug messages, and go on.
    program = f"""
import os, signal
signal.signal(signal.{name}, signal.SIG_DFL)  # under nohup it is ignored
import {room}
from mpi4py import MPI
os.kill(os.getpid(), signal.{name})
"""
    answer = run(program)
    assert (answer.returncode, answer.stdout) == (-signal.Signals[name], "")
    assert answer.stderr == ""


def test_options_that_no_solver_read_are_no_news_to_the_user():
    # those of a run that was refused before its first step
    program = """
import femna.backend
from petsc4py import PETSc
PETSc.Options().setValue("femna_mat_mumps_icntl_6", 0)
"""
    answer = run(program)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


@pytest.mark.parametrize(("name", "value"), [("UCX_TLS", "self,tcp"), ("UCX_DEBUG_SIGNO", "12")])
def test_what_the_user_says_to_ucx_wins_over_the_default(name, value):
    program = f"import os, femna.backend; print(os.environ['{name}'])"
    assert run(program, **{name: value}).stdout == f"{value}\n"


def test_the_form_cache_is_the_folder_that_dolfinx_uses(tmp_path):
    program = "from femna import backend; print(backend.form_cache_folder())"
    answer = run(program, XDG_CACHE_HOME=str(tmp_path))
    assert Path(answer.stdout.strip()) == tmp_path / "fenics"


def test_processes_wait_longer_than_ten_seconds_for_a_form_that_another_compiles():
    from dolfinx.jit import get_options

    assert get_options()["timeout"] == backend.COMPILE_TIMEOUT > 10


COMPILES = """
import femna.backend
import dolfinx, ffcx.codegeneration.jit as jit, ufl
from mpi4py import MPI

compiled, original = [], jit._compile_objects
jit._compile_objects = lambda *args, **options: compiled.append(args[3]) or original(
    *args, **options
)
mesh = dolfinx.mesh.create_unit_interval(MPI.COMM_SELF, 2)
for power in range(1, 4):
    form = dolfinx.fem.form(ufl.SpatialCoordinate(mesh)[0] ** power * ufl.dx)
    print(f"{dolfinx.fem.assemble_scalar(form) * (power + 1):.6f}")
print(len(compiled))
"""


def test_of_two_processes_that_start_cold_each_form_is_compiled_by_one(tmp_path):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COMPILES],
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=300)[0].split() for process in processes]
    assert all(answer[:3] == ["1.000000"] * 3 for answer in answers)
    forms = len(list(tmp_path.rglob("*.c.cached")))
    assert sum(int(answer[3]) for answer in answers) == forms >= 3
