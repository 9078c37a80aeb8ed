"""The memory that this process keeps in use."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")  # pages: total, resident, ...
_MIB: Final = 2.0**20


def resident_memory() -> float:
    """Return the resident memory of this process [MiB]; its peak where Linux's /proc is missing."""
    if _STATM.exists():
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / _MIB
    return peak_memory()


def peak_memory() -> float:
    """Return the largest resident memory of this process so far [MiB]."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MIB if sys.platform == "darwin" else peak / 2.0**10
