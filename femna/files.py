"""Text and JSON files that are whole or not there; below all rooms, without MPI."""

from __future__ import annotations

import errno
import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Final

_REFUSALS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO})


def write_text(path: Path, text: str) -> None:
    """Replace a file as a whole, so that a reader never sees half of it."""
    with whole_or_not(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def whole_or_not(path: Path) -> Iterator[Path]:
    """Give the name of a file that takes the place of `path` when the block ends well.

    One that was not finished is removed: on a full disk it would be in the way.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def held_names(directory: Path) -> list[str]:
    """Return what a folder holds, sorted by name, without files that were never finished.

    Parameters
    ----------
    directory : Path
        Need not exist; then it holds nothing.
    """
    if not directory.exists():
        return []
    return sorted(item.name for item in directory.iterdir() if not _unfinished(item.name))


def _unfinished(name: str) -> bool:
    return name.startswith(".") and name.endswith(".part")


def render_json(content: Mapping[str, Any]) -> str:
    """Render a mapping as JSON text; what is not finite becomes null."""
    return json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> dict[str, Any] | None:
    """Read a JSON object; None where the file is missing or is not one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
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


def disk_refusal(error: OSError) -> str | None:
    """Say in one line that a disk is full or refuses; None for any other error."""
    if error.errno not in _REFUSALS:
        return None
    return f"{error.filename or 'a file'} cannot be written: {os.strerror(error.errno)}"
