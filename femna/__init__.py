"""femna: a continuum model of an alkali-metal electrode on a ceramic electrolyte under pressure."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__"]

try:
    __version__ = version("femna")
except PackageNotFoundError:  # a source tree on the path that was never installed
    __version__ = "0+unknown"
