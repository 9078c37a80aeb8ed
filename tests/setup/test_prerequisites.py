"""What is missing is said in one line, before anything is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "prerequisites.sh"
SHELL = shutil.which("sh") or "/bin/sh"
USED = ("as", "gcc", "head", "ld", "mktemp", "rm", "uname")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH of one folder that holds only what the script calls; no Python, a compiler."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in USED:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def say(folder: Path, name: str, script: str) -> Path:
    """Put a shell script under that name into the folder."""
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!{SHELL}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def real_python(folder: Path, name: str = "python3", before: str = "") -> Path:
    """A Python that works, under that name; `before` may answer some calls in its place."""
    return say(folder, name, f'{before}\nexec {sys.executable} "$@"')


def call(folder: Path, **environment: str) -> tuple[int, str, list[str]]:
    """Exit code, what goes to standard output, and the lines of complaint."""
    kept = {key: os.environ[key] for key in ("HOME", "TMPDIR") if key in os.environ}
    answer = subprocess.run(
        [SHELL, str(SCRIPT)],
        env={**kept, "PATH": f"{folder}:/nowhere", "CC": "gcc", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return answer.returncode, answer.stdout.strip(), answer.stderr.splitlines()


def refuses(folder: Path, **environment: str) -> str:
    """The one line of complaint; nothing else may be said."""
    code, found, lines = call(folder, **environment)
    assert code == 1
    assert found == ""
    assert len(lines) == 1
    assert lines[0].startswith("femna: ")
    return lines[0]


def test_the_python_that_is_found_is_printed(tools):
    real_python(tools)
    code, found, lines = call(tools)
    assert (code, lines) == (0, [])
    assert Path(found).samefile(sys.executable)


def test_another_machine_is_sent_to_conda_forge(tools):
    say(tools, "uname", 'case "$1" in -s) echo Darwin;; *) echo arm64;; esac')
    line = refuses(tools)
    assert "this is Darwin arm64" in line
    assert "conda-forge" in line


def test_no_python_is_said(tools):
    assert "Python 3.12 or newer is needed, found no python3" in refuses(tools)


def test_an_old_python_is_said_with_its_version(tools):
    say(tools, "python3", 'test "$1" = --version && echo "Python 3.9.2" && exit 0; exit 1')
    assert "found Python 3.9.2" in refuses(tools)


def test_a_newer_python_under_another_name_is_found_behind_an_old_one_and_a_dead_shim(tools):
    say(tools, "python3", 'test "$1" = --version && echo "Python 3.9.2" && exit 0; exit 1')
    say(tools, "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    real_python(tools, "python3.12")
    code, found, lines = call(tools)
    assert (code, lines) == (0, [])
    assert Path(found).samefile(sys.executable)


def test_a_python_that_is_named_wins_and_is_not_replaced(tools):
    real_python(tools)
    named = say(tools, "mine", 'test "$1" = --version && echo "Python 3.11.2" && exit 0; exit 1')
    assert f"PYTHON={named} is not Python 3.12 or newer (Python 3.11.2)" in refuses(
        tools, PYTHON=str(named)
    )


def test_a_python_without_venv_is_said(tools):
    real_python(tools, before='case "$2" in *ensurepip*) exit 1;; esac')
    line = refuses(tools)
    assert "has no venv module" in line
    assert f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in line


def test_missing_headers_are_said(tools):
    real_python(tools, before='case "$2" in *\'"include"\'*) echo /nowhere; exit 0;; esac')
    line = refuses(tools)
    assert "has no headers (/nowhere/Python.h)" in line
    assert "-dev" in line


def test_an_old_c_library_is_said(tools):
    real_python(tools, before='case "$2" in *LIBC*) exit 1;; esac')
    assert "GNU C library 2.34 or newer" in refuses(tools)


def test_no_compiler_is_said(tools):
    real_python(tools)
    line = refuses(tools, CC="no-such-compiler -O2")
    assert "no C compiler (no-such-compiler is not on PATH)" in line
    assert "apt-get install gcc" in line


def test_a_compiler_that_cannot_build_is_said_with_its_own_words(tools):
    real_python(tools)
    say(tools, "lame", "echo 'stdio.h: No such file' >&2; echo more >&2; exit 1")
    line = refuses(tools, CC="lame")
    assert "the C compiler lame cannot build against Python.h (stdio.h: No such file)" in line


def test_a_library_that_is_missing_after_the_installation_is_one_line(tmp_path):
    shadow = tmp_path / "gmsh"
    shadow.mkdir()
    said = "libGLU.so.1: cannot open shared object file: No such file or directory"
    (shadow / "__init__.py").write_text(f"raise OSError({said!r})", encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "check_libraries.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("femna: gmsh needs libGLU.so.1 (Debian package libglu1-mesa); ")
    assert len(answer.stderr.splitlines()) == 1
