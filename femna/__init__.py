"""femna: a continuum model of an alkali-metal electrode on a ceramic electrolyte under pressure.

The names below are the public Python interface; they keep their meaning within a minor version.
Each is imported when it is first used, so that `import femna` costs nothing and loads no MPI.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from femna.api import (
        Fields,
        Mesh,
        Run,
        Simulation,
        Step,
        Sweep,
        build_case,
        make_mesh,
        open_results,
        run,
        sweep,
    )
    from femna.case import Case, load_case
    from femna.errors import ComputationError, FemnaError, InputError
    from femna.report import write_report

__all__ = [
    "Case",
    "ComputationError",
    "FemnaError",
    "Fields",
    "InputError",
    "Mesh",
    "Run",
    "Simulation",
    "Step",
    "Sweep",
    "__version__",
    "build_case",
    "load_case",
    "make_mesh",
    "open_results",
    "run",
    "sweep",
    "write_report",
]

try:
    __version__ = version("femna")
except PackageNotFoundError:  # a source tree on the path that was never installed
    __version__ = "0+unknown"

_PLACES: Final = MappingProxyType(
    {
        "Case": "case",
        "ComputationError": "errors",
        "FemnaError": "errors",
        "Fields": "api",
        "InputError": "errors",
        "Mesh": "api",
        "Run": "api",
        "Simulation": "api",
        "Step": "api",
        "Sweep": "api",
        "build_case": "api",
        "load_case": "case",
        "make_mesh": "api",
        "open_results": "api",
        "run": "api",
        "sweep": "api",
        "write_report": "report",
    }
)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'femna' has no attribute {name!r}")
    return getattr(import_module(f"femna.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
