"""What a contestant prints; it imports nothing that an environment of its own might lack."""

from __future__ import annotations

import json
import resource
import sys
from typing import Any


def problem() -> dict[str, Any]:
    """Return what the contestant is to solve."""
    return dict(json.loads(sys.argv[1]))


def answer(**results: object) -> None:
    """Print results as the last line, with the peak resident memory of this process [MiB]."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(json.dumps({**results, "memory": memory}), flush=True)
