"""The one place that knows where DOLFINx comes from.

DOLFINx arrives as a PyPI wheel, with conda-forge or in the project's official image. Only the
wheel asks for something: its bootstrap must be imported before dolfinx, petsc4py and mpi4py, or
its MPI library is not found. Importing this module does that where the wheel is installed and
changes nothing where it is not, so every room that needs DOLFINx begins with::

    from femna import backend as backend

in its ``__init__.py``, and everything after that line is the same on all three ways in.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from pathlib import Path

from femna.errors import EnvironmentProblem
from femna.form_cache import take_up_killed_compilations

BOOTSTRAP = "dolfinx_solver"
REMEDY = (
    "install it with `pip install '.[wheel]'` in the clone (Linux x86-64), from conda-forge "
    "(`conda install -c conda-forge fenics-dolfinx mpich`), or use the image"
)
COMPILE_TIMEOUT = 120
"""Seconds that a process waits for a form which another process is compiling."""


def _load() -> None:
    """Import DOLFINx, by way of the wheel's bootstrap where there is one.

    Raises
    ------
    EnvironmentProblem
        DOLFINx or one of the libraries under it cannot be imported.
    """
    # Shared memory within one machine; the transports that UCX would otherwise probe can hang
    # where there is no network device. A value that the user set wins.
    os.environ.setdefault("UCX_TLS", "self,sm,tcp")
    # UCX, inside MPI, takes SIGHUP as its switch to debug messages: a terminal that was closed
    # would not end a run. 0 leaves every signal to Python.
    os.environ.setdefault("UCX_DEBUG_SIGNO", "0")
    try:
        if importlib.util.find_spec(BOOTSTRAP) is not None:
            importlib.import_module(BOOTSTRAP)
        # Python keeps its own signals: PETSc's handler would end a whole sweep because the pipe
        # to one of its workers broke, and take SIGTERM before a checkpoint can be written.
        # Nor does it list at the end the options that a run which was refused had set for nothing.
        importlib.import_module("petsc4py").init(
            ["femna", "-no_signal_handler", "-options_left", "no"]
        )
        importlib.import_module("dolfinx")
        importlib.import_module("dolfinx.fem.petsc")
        _wait_longer_for_forms()
        take_up_killed_compilations(importlib.import_module("ffcx.codegeneration.jit"))
    except Exception as error:
        # A broken library announces itself in many ways (ImportError, OSError, RuntimeError).
        what = " ".join(str(error).split()) or type(error).__name__
        message = f"DOLFINx with PETSc cannot be imported ({what}); {REMEDY}"
        raise EnvironmentProblem(message) from error


def _wait_longer_for_forms() -> None:
    """Raise FFCx's default patience, unless the user's own options file says otherwise.

    Several cases that start at once want the same forms. One compiles, the others wait, by
    default for ten seconds, which few and busy cores do not keep.
    """
    jit = importlib.import_module("dolfinx.jit")
    said = "Timeout for JIT compilation"
    jit.DOLFINX_DEFAULT_JIT_OPTIONS["timeout"] = (COMPILE_TIMEOUT, said)


def form_cache_folder() -> Path:
    """Folder in which DOLFINx keeps the forms it has compiled, as DOLFINx itself resolves it.

    Returns
    -------
    Path
        The folder; it need not exist yet.
    """
    from dolfinx.jit import get_options

    return Path(get_options()["cache_dir"])


_load()
