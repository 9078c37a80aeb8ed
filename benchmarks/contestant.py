"""Run a contestant as a program of its own, in an environment of its own.

A contestant is a script in ``benchmarks/contestants/`` that takes its problem as one JSON argument
and prints its results as one JSON object on its last line of output, with its own peak `memory`
(MiB, from getrusage) among them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
ENVIRONMENTS: Final = HERE.parent / ".bench"
ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def environment(name: str, requirements: Sequence[str]) -> Path:
    """Return the Python of a contestant's own environment, made at its first use."""
    place = ENVIRONMENTS / name
    python = place / "bin" / "python"
    stamp = place / "requirements.txt"
    wanted = "\n".join(requirements)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        venv.create(place, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *requirements]
        subprocess.run(command, check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def run_contestant(
    script: str,
    problem: Mapping[str, Any],
    *,
    python: Path | None = None,
    ranks: int = 1,
    timeout: float = 3600.0,
    memory_limit: float | None = None,
) -> dict[str, Any]:
    """Run one contestant and return its results.

    Parameters
    ----------
    script : str
        Name in ``benchmarks/contestants/``, without its suffix.
    problem : Mapping
        What it is to solve.
    python : Path, optional
        Of its environment; by default this one.
    ranks : int
        MPI ranks.
    timeout : float
        Seconds after which it is given up.
    memory_limit : float, optional
        Address space it may use [MiB].

    Returns
    -------
    dict
        What it printed, with `wall` [s] of the whole program; or `failed` with the reason.
    """
    program = [str(python or sys.executable), str(HERE / "contestants" / f"{script}.py")]
    if ranks > 1:
        program = [str(Path(sys.executable).with_name("mpiexec")), "-n", str(ranks), *program]
    if memory_limit is not None:
        program = ["prlimit", f"--as={int(memory_limit * 2**20)}", *program]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*program, json.dumps(dict(problem))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=HERE.parent,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(HERE.parent)},
    )
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return {"failed": f"not finished within {timeout:.0f} s"}
    wall = time.perf_counter() - begun
    if process.returncode != 0:
        words = [line for line in err.splitlines() if line.strip()]
        reason = words[-1] if words else f"code {process.returncode}"
        return {"failed": reason[:200], "wall": wall}
    return {**json.loads(out.splitlines()[-1]), "wall": wall}
