"""The doctor names what a run needs, and gives a reason where a run could not work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from femna.doctor import examine
report = examine()
print(*report.lines, sep="\\n")
print("REASON", report.reason)
"""


def examine_elsewhere(folder: Path, **environment: str) -> tuple[str, str]:
    """Lines and reason of the doctor in a process of its own, called in `folder`."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    lines, _, reason = answer.stdout.rpartition("REASON ")
    return lines, reason.strip()


def package(folder: Path, name: str, body: str) -> str:
    """A module that shadows the real one; returns the PYTHONPATH that finds it first."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(body, encoding="utf-8")
    return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])


def test_a_machine_that_works_has_no_reason_and_every_fact_is_named(tmp_path):
    lines, reason = examine_elsewhere(tmp_path)
    assert reason == "None"
    for fact in ("DOLFINx", "Basix", "UFL", "FFCx", "MPI", "PETSc", "gmsh", "pyvista", "numpy"):
        assert f"\n{fact} " in lines
    assert "MUMPS yes" in lines
    assert "GAMG yes" in lines
    assert "hypre" in lines
    assert "builds against Python.h" in lines
    assert f"{tmp_path} (writable)" in lines


def test_no_compiler_on_the_path_is_a_reason(tmp_path):
    _, reason = examine_elsewhere(tmp_path, PATH=str(tmp_path))
    assert reason.startswith("no C compiler: ")
    assert "apt-get install gcc" in reason


def test_a_compiler_that_fails_is_a_reason(tmp_path):
    broken = tmp_path / "broken-cc"
    broken.write_text("#!/bin/sh\necho 'broken-cc: error: no licence' >&2\nexit 1\n")
    broken.chmod(0o755)
    _, reason = examine_elsewhere(tmp_path, CC=str(broken))
    assert "cannot build an extension module (broken-cc: error: no licence" in reason


def test_a_form_cache_that_cannot_be_written_is_a_reason(tmp_path):
    # A file where the folder should be: not writable for anyone, not even for root.
    occupied = tmp_path / "occupied"
    occupied.write_text("")
    lines, reason = examine_elsewhere(tmp_path, XDG_CACHE_HOME=str(occupied))
    assert f"{occupied / 'fenics'} (not writable)" in lines
    assert reason.endswith("set XDG_CACHE_HOME to a folder that is")


def test_an_abandoned_compilation_is_pointed_out(tmp_path):
    cache = tmp_path / "fenics"
    cache.mkdir()
    left = cache / "libffcx_forms_0.c"
    left.write_text("")
    os.utime(left, (0, 0))
    finished = cache / "libffcx_forms_1.c"
    finished.write_text("")
    os.utime(finished, (0, 0))
    finished.with_suffix(".c.cached").write_text("")
    lines, reason = examine_elsewhere(tmp_path, XDG_CACHE_HOME=str(tmp_path))
    assert "1 abandoned compilation(s), first libffcx_forms_0.c: delete the file" in lines
    assert reason == "None"


def test_no_dolfinx_is_one_line_with_the_ways_to_get_it(tmp_path):
    path = package(tmp_path / "shadow", "dolfinx", "raise ImportError('nothing\\nhere')")
    lines, reason = examine_elsewhere(tmp_path, PYTHONPATH=path)
    assert "DOLFINx          not found" in lines
    assert "(nothing here)" in reason
    assert "conda-forge" in reason
    assert "image" in reason


@pytest.mark.parametrize(
    ("library", "debian"),
    [("libGLU.so.1", "libglu1-mesa"), ("libXft.so.2", "libxft2")],
)
def test_a_library_that_gmsh_misses_is_named_with_its_package(tmp_path, library, debian):
    said = f"{library}: cannot open shared object file: No such file or directory"
    path = package(tmp_path / "shadow", "gmsh", f"raise OSError({said!r})")
    _, reason = examine_elsewhere(tmp_path, PYTHONPATH=path)
    assert reason.startswith(f"gmsh needs {library} (Debian package {debian}); ")
    assert "apt-get install libgl1 libglu1-mesa" in reason


def test_pictures_are_optional(tmp_path):
    path = package(tmp_path / "shadow", "pyvista", "raise ModuleNotFoundError('pyvista')")
    lines, reason = examine_elsewhere(tmp_path, PYTHONPATH=path)
    assert "not installed (optional" in lines
    assert reason == "None"
