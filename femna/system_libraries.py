"""Which shared library a failed import misses, and the package that brings it."""

from __future__ import annotations

import re

PACKAGES = {
    "libGL.so.1": "libgl1",
    "libGLU.so.1": "libglu1-mesa",
    "libXrender.so.1": "libxrender1",
    "libXcursor.so.1": "libxcursor1",
    "libXft.so.2": "libxft2",
    "libXinerama.so.1": "libxinerama1",
    "libgomp.so.1": "libgomp1",
}
"""Library to Debian and Ubuntu package, for everything that gmsh and VTK load from the system."""

_PATTERN = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")


def missing_library(error: BaseException) -> str | None:
    """Name the shared library that an import could not load.

    Parameters
    ----------
    error : BaseException
        What the import raised (ImportError from an extension module, OSError from ctypes).

    Returns
    -------
    str or None
        For example ``libGLU.so.1``; None where the error is about something else.
    """
    found = _PATTERN.search(str(error))
    return found.group(1) if found else None


def advice(module: str, error: BaseException) -> str:
    """Say in one line what a module misses and how to get it.

    Parameters
    ----------
    module : str
        The Python module whose import failed.
    error : BaseException
        What the import raised.

    Returns
    -------
    str
        One line. The command in it installs every library that gmsh and VTK need, because the
        loader names only the first that it misses.
    """
    library = missing_library(error)
    if library is None:
        what = " ".join(str(error).split()) or type(error).__name__
        return f"{module} cannot be imported ({what}); install the environment anew"
    packages = dict.fromkeys([*PACKAGES.values(), PACKAGES.get(library, "")])
    command = "apt-get install " + " ".join(name for name in packages if name)
    owner = PACKAGES.get(library)
    place = f" (Debian package {owner})" if owner else ""
    return f"{module} needs {library}{place}; on Debian or Ubuntu: {command}"
