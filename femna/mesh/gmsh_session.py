"""Gmsh as a guest: quiet, repeatable, and gone afterwards."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from femna.errors import ComputationError, EnvironmentProblem
from femna.mesh.arrays import IntArray
from femna.mesh.step import FloatArray
from femna.signals import held_back

_MODEL: Final[str] = "femna"
_OPTIONS: Final[dict[str, float]] = {
    "General.Terminal": 0,
    "General.NumThreads": 1,
    "Mesh.RandomSeed": 1,
    "Mesh.ElementOrder": 1,
    "Mesh.Algorithm": 6,  # frontal-Delaunay
    "Mesh.Algorithm3D": 1,
    "Mesh.MeshSizeExtendFromBoundary": 0,
    "Mesh.MeshSizeFromPoints": 0,
    "Mesh.MeshSizeFromCurvature": 0,
    "Mesh.MeshSizeMin": 0,
    "Mesh.MeshSizeMax": 1e22,
    "Mesh.Optimize": 1,
    "Mesh.SaveAll": 0,
    "Mesh.MshFileVersion": 4.1,
    "Mesh.Binary": 0,
}


def _import_gmsh() -> Any:
    """Import Gmsh, which loads system libraries (libGLU and others) that may be missing."""
    try:
        import gmsh
    except (ImportError, OSError) as error:
        message = f"Gmsh cannot be loaded ({error}); `femna doctor` says what to install"
        raise EnvironmentProblem(message) from error
    return gmsh


@contextmanager
def gmsh_model() -> Iterator[Any]:
    """Open a model of its own in Gmsh and leave no trace of it.

    A Gmsh that the caller started keeps its models and options; one that was not running is
    finalised.

    Yields
    ------
    module
        gmsh, with an empty current model.

    Raises
    ------
    ComputationError
        If Gmsh fails; its message is kept.
    EnvironmentProblem
        If Gmsh or a system library that it needs is missing.
    """
    gmsh = _import_gmsh()
    guest = bool(gmsh.isInitialized())
    previous, options = "", {}
    if guest:
        previous = gmsh.model.getCurrent()
        options = {name: gmsh.option.getNumber(name) for name in _OPTIONS}
    else:
        # no signal handlers (they fail outside of the main thread), no user's settings
        with _own_signals():
            gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        for name, value in _OPTIONS.items():
            gmsh.option.setNumber(name, value)
        gmsh.model.add(_MODEL)
        yield gmsh
    except Exception as error:
        if type(error) is Exception:  # Gmsh raises the bare class
            raise ComputationError(f"Gmsh: {error}") from error
        raise
    finally:
        if guest:
            if gmsh.model.getCurrent() == _MODEL:
                gmsh.model.mesh.removeSizeCallback()
                gmsh.model.remove()
            for name, value in options.items():
                gmsh.option.setNumber(name, value)
            if previous in gmsh.model.list():
                gmsh.model.setCurrent(previous)
        else:
            gmsh.finalize()


@contextmanager
def _own_signals() -> Iterator[None]:
    """Undo that Gmsh lets SIGPIPE, SIGTERM and SIGHUP end the process, as is their default.

    A broken pipe would end a whole sweep, and a run told to end in its set-up would not say so.
    Until the block ends they wait. Handlers can be set in the main thread only; elsewhere Gmsh's
    setting stays.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {n: signal.getsignal(n) for n in (signal.SIGPIPE, signal.SIGTERM, signal.SIGHUP)}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, handlers)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if handler is not None:  # None: not set by Python
                signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def generate(
    module: Any, dimension: int, size: Callable[[float, float, float], float]
) -> tuple[FloatArray, IntArray]:
    """Mesh the current model with a size given as a function of place.

    Parameters
    ----------
    module : module
        What `gmsh_model` yields.
    dimension : int
        2 or 3.
    size : callable
        Element size at (x, y, z).

    Returns
    -------
    points : ndarray, shape (N, 3)
        All nodes, sorted by Gmsh's tag.
    cells : ndarray, shape (M, dimension + 1)
        Rows of `points`.
    """

    def callback(dim: int, tag: int, x: float, y: float, z: float, lc: float) -> float:
        return size(x, y, z)

    module.model.mesh.setSizeCallback(callback)
    with held_back():  # raised in the callback, it would be lost, and the mesh a wrong one
        module.model.mesh.generate(dimension)
    tags, coordinates, _ = module.model.mesh.getNodes()
    order = np.argsort(tags)
    points = np.asarray(coordinates, dtype=np.float64).reshape(-1, 3)[order]
    kind = 2 if dimension == 2 else 4
    _, connectivity = module.model.mesh.getElementsByType(kind)
    cells = np.searchsorted(tags[order], connectivity).reshape(-1, dimension + 1)
    return points, np.asarray(cells, dtype=np.int64)
