"""Write a file that must not exist yet."""

from __future__ import annotations

from pathlib import Path

from femna.cli.ranks import rank
from femna.errors import InputError


def write_new(path: Path, text: str) -> None:
    """Write `text` to a new file, on rank 0.

    Raises
    ------
    InputError
        When the file exists or cannot be written.
    """
    if rank() != 0:
        return
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise InputError(None, "--output", str(path), "exists already", "name a new file") from None
    except OSError as error:
        limit = f"cannot be written: {error.strerror}"
        raise InputError(None, "--output", str(path), limit, "name another file") from None
