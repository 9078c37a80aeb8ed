"""The C compiler that turns forms into machine code, tried on a trivial file."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOURCE = "#include <Python.h>\n#include <complex.h>\nint femna_trial(void) { return 0; }\n"
TIME_LIMIT = 60.0


@dataclass(frozen=True)
class Compiler:
    """What is known of the compiler.

    Attributes
    ----------
    command : str
        The program and its leading options, from ``CC`` or else as Python was built with.
    version : str or None
        First line of what it says about itself; None where it is not found.
    problem : str or None
        One line on why it cannot build an extension module; None where it can.
    """

    command: str
    version: str | None
    problem: str | None


def compiler_command() -> list[str]:
    """Give the compiler that setuptools, and so FFCx, would call.

    Returns
    -------
    list of str
        Program and leading options.
    """
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    return shlex.split(str(command))


def examine_compiler() -> Compiler:
    """Find the compiler and build a trivial shared object that includes ``Python.h``.

    Returns
    -------
    Compiler
        Never raises: what went wrong is in ``problem``.
    """
    command = compiler_command()
    shown = shlex.join(command)
    if shutil.which(command[0]) is None:
        problem = (
            f"no C compiler: {command[0]} is not on PATH; DOLFINx compiles its forms when it runs "
            "(Debian or Ubuntu: apt-get install gcc libc6-dev)"
        )
        return Compiler(shown, None, problem)
    try:
        answer = _call([command[0], "--version"])
        version = answer.stdout.strip().splitlines()[0] if answer.stdout.strip() else "unknown"
        return Compiler(shown, version, _trial_build(command))
    except (OSError, subprocess.SubprocessError) as error:
        return Compiler(shown, None, f"the C compiler {shown} does not run ({error})")


def _trial_build(command: list[str]) -> str | None:
    """Compile and link the trivial file; None where it works, else one line."""
    include = Path(sysconfig.get_paths()["include"])
    if not (include / "Python.h").is_file():
        return (
            f"no Python headers: {include / 'Python.h'} is missing "
            "(Debian or Ubuntu: apt-get install python3-dev)"
        )
    with tempfile.TemporaryDirectory(prefix="femna-") as folder:
        source = Path(folder) / "trial.c"
        source.write_text(SOURCE, encoding="utf-8")
        target = Path(folder) / "trial.so"
        arguments = ["-shared", "-fPIC", f"-I{include}", str(source), "-o", str(target)]
        answer = _call([*command, *arguments])
    if answer.returncode == 0:
        return None
    lines = [line for line in answer.stderr.splitlines() if "error" in line.lower()]
    said = lines[0] if lines else f"exit code {answer.returncode}"
    return (
        f"the C compiler {shlex.join(command)} cannot build an extension module ({said.strip()}; "
        "Debian or Ubuntu: apt-get install gcc libc6-dev python3-dev)"
    )


def _call(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it says."""
    return subprocess.run(
        arguments, capture_output=True, text=True, check=False, timeout=TIME_LIMIT
    )
