"""Files that are whole or not there, and numbers as text."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from mpi4py import MPI

from femna.errors import ComputationError
from femna.mesh.bodies import on_root


def on_root_disk(comm: MPI.Comm, path: Path, act: Callable[[], None]) -> None:
    """Let rank 0 write a file; if the disk refuses, raise on every rank (collective).

    Raises
    ------
    ComputationError
        On every rank, naming the file and the reason.
    """

    def guarded() -> None:
        try:
            act()
        except OSError as error:
            raise ComputationError(
                f"{path} cannot be written: {error.strerror or error}"
            ) from error

    on_root(comm, guarded)


def write_text(path: Path, text: str) -> None:
    """Replace a file as a whole, so that a reader never sees half of it."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def render_json(content: Mapping[str, Any]) -> str:
    """Render a mapping as JSON text; what is not finite becomes null."""
    return json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> dict[str, Any] | None:
    """Read a JSON object; None where the file is missing or is not one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def plain(value: object) -> Any:
    """Return a value made of JSON's types only; numbers that are not finite become None.

    Raises
    ------
    TypeError
        For a value that JSON has no form for.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"JSON has no form for {type(value).__name__}")


def cell_text(value: object) -> str:
    """Write a table's cell: 12 significant digits, empty where there is no finite value."""
    if value is None:
        return ""
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        number = float(value)
        return f"{number:.12g}" if math.isfinite(number) else ""
    return " ".join(str(value).split())
