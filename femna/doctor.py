"""What this machine offers to a run, and the first reason why a run could not work."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from femna.errors import EnvironmentProblem
from femna.system_libraries import advice
from femna.toolchain import examine_compiler

PACKAGES = ("femna", "numpy", "scipy", "pandas", "pydantic", "matplotlib", "meshio")
SOLVERS = (
    ("MUMPS", "mumps"),
    ("SuperLU_DIST", "superlu_dist"),
    ("hypre", "hypre"),
    ("PT-SCOTCH", "ptscotch"),
)
ABANDONED_AFTER = 1800.0
"""Age in seconds after which a form without its ready mark counts as abandoned."""


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes
    ----------
    lines : list of str
        One fact a line, for people.
    reason : str or None
        The first reason why a run could not work, in one line; None where none was found.
    """

    lines: list[str]
    reason: str | None


@dataclass(frozen=True)
class _Part:
    """Lines about one thing, and what is wrong with it."""

    lines: list[str]
    problem: str | None = None


def examine() -> Report:
    """Look at everything that a run needs.

    Returns
    -------
    Report
        Never raises for a fault of the machine: the fault is the report's reason.
    """
    parts = [_versions(), _dolfinx(), _gmsh(), _pyvista(), _compiler(), _cache(), _here()]
    lines = [line for part in parts for line in part.lines]
    problems = [part.problem for part in parts if part.problem is not None]
    return Report(lines, problems[0] if problems else None)


def _line(name: str, value: object) -> str:
    """One fact in two columns."""
    return f"{name:<16} {value}"


def _versions() -> _Part:
    lines = [
        _line("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        _line("Python", f"{platform.python_version()} ({sys.executable})"),
    ]
    for name in PACKAGES:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed as a package"
        lines.append(_line(name, version))
    return _Part(lines)


def _dolfinx() -> _Part:
    try:
        from femna import backend  # noqa: F401  (loads DOLFINx, wherever it comes from)
    except EnvironmentProblem as problem:
        return _Part([_line("DOLFINx", "not found")], str(problem))
    lines = []
    for name, module in (("DOLFINx", "dolfinx"), ("Basix", "basix"), ("UFL", "ufl")):
        lines.append(_line(name, _version_of(module)))
    lines.append(_line("FFCx", _version_of("ffcx")))

    import dolfinx
    from mpi4py import MPI
    from petsc4py import PETSc

    library = MPI.Get_library_version().strip("\0").strip().splitlines()[0]
    standard = ".".join(str(part) for part in MPI.Get_version())
    lines += [
        _line("MPI", f"{' '.join(library.split())} (standard {standard})"),
        _line("ranks", MPI.COMM_WORLD.size),
        _line("threads", f"OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'not set')}"),
    ]
    scalar = dolfinx.default_scalar_type.__name__
    petsc = ".".join(str(part) for part in PETSc.Sys.getVersion())
    lines.append(_line("PETSc", f"{petsc}, scalar {scalar}"))

    packages = {name: bool(PETSc.Sys.hasExternalPackage(key)) for name, key in SOLVERS}
    packages["GAMG"] = _has_gamg()
    said = ", ".join(f"{name} {'yes' if there else 'no'}" for name, there in packages.items())
    lines.append(_line("PETSc solvers", said))
    if not packages["MUMPS"]:
        return _Part(lines, "PETSc was built without MUMPS, the direct solver that femna uses")
    if dolfinx.default_scalar_type().dtype.kind == "c":
        return _Part(lines, "PETSc was built for complex numbers; femna needs the real build")
    return _Part(lines)


def _version_of(module: str) -> str:
    """Version that a module states of itself, else that of its installed package."""
    loaded = importlib.import_module(module)
    stated = getattr(loaded, "__version__", None)
    if stated is not None:
        return str(stated)
    try:
        return importlib.metadata.version(f"fenics-{module}")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _has_gamg() -> bool:
    """Whether PETSc knows its own algebraic multigrid."""
    from petsc4py import PETSc

    preconditioner = PETSc.PC().create(PETSc.COMM_SELF)
    try:
        preconditioner.setType("gamg")
    except PETSc.Error:
        return False
    finally:
        preconditioner.destroy()
    return True


def _gmsh() -> _Part:
    try:
        gmsh = importlib.import_module("gmsh")
    except (ImportError, OSError) as error:
        return _Part([_line("gmsh", "cannot be imported")], advice("gmsh", error))
    return _Part([_line("gmsh", gmsh.__version__)])


def _pyvista() -> _Part:
    # Pictures are an extra: their absence never stops a run.
    try:
        importlib.import_module("pyvista")
    except ModuleNotFoundError:
        return _Part([_line("pyvista", "not installed (optional extra: pictures)")])
    except (ImportError, OSError) as error:
        return _Part([_line("pyvista", f"optional; {advice('VTK', error)}")])
    return _Part([_line("pyvista", importlib.metadata.version("pyvista"))])


def _compiler() -> _Part:
    found = examine_compiler()
    version = found.version or "not found"
    works = "builds against Python.h" if found.problem is None else "does not work"
    return _Part([_line("compiler", f"{found.command}: {version}; {works}")], found.problem)


def _cache() -> _Part:
    try:
        from femna.backend import form_cache_folder
    except EnvironmentProblem:
        return _Part([_line("form cache", "not known without DOLFINx")])
    folder = form_cache_folder()
    if not _writable(folder):
        return _Part(
            [_line("form cache", f"{folder} (not writable)")],
            f"the form cache {folder} is not writable; set XDG_CACHE_HOME to a folder that is",
        )
    lines = [_line("form cache", f"{folder} (writable)")]
    abandoned = _abandoned_forms(folder)
    if abandoned:
        # FFCx takes the bare .c file for a compilation under way and waits for it in vain.
        first = abandoned[0].name
        lines.append(
            _line("", f"{len(abandoned)} abandoned compilation(s), first {first}: delete the file")
        )
    return _Part(lines)


def _here() -> _Part:
    here = Path.cwd()
    state = "writable" if _writable(here) else "not writable: give another folder with -o"
    return _Part([_line("current folder", f"{here} ({state})")])


def _writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, or in the nearest one above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _abandoned_forms(folder: Path) -> list[Path]:
    """Forms that were begun long ago and never got their ready mark."""
    if not folder.is_dir():
        return []
    oldest = time.time() - ABANDONED_AFTER
    return sorted(
        source
        for source in folder.glob("*.c")
        if not source.with_suffix(".c.cached").exists() and source.stat().st_mtime < oldest
    )
