"""The file of a checkpoint: an npz that says what it belongs to and whether it is whole.

NumPy opens it as any other npz. Behind the archive stands a zip comment with the number of the
format and the SHA-256 of all that comes before, so that one wrong byte anywhere is found; inside,
a header names the version, the case and the step that the numbers belong to.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from femna.errors import ComputationError, InputError
from femna.files import whole_or_not

FORMAT: Final = 2
"""Of the file; 1 had neither header nor checksum."""

_COMMENT: Final = re.compile(rb"femna checkpoint (\d{1,9}) sha256 ([0-9a-f]{64})\Z")
_LONGEST: Final = 100
_HEADER: Final = "header"

type Arrays = Mapping[str, npt.NDArray[Any]]


def write_state_file(path: Path, arrays: Arrays, *, header: Mapping[str, object]) -> None:
    """Replace a file by a new one, once that is on the disk and reads back as it was meant.

    Parameters
    ----------
    path : Path
        The file; its folder is made where it is missing.
    arrays : mapping
        Arrays of numbers or texts by name.
    header : mapping
        What the numbers belong to, of JSON's types.

    Raises
    ------
    ComputationError
        The file cannot be written; the one that was there before is as it was.
    """
    content = _sealed({**arrays, _HEADER: np.array(json.dumps(header))})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_or_not(path) as partial:
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if partial.read_bytes() != content:
                raise OSError("it reads back as something else than was written")
        _to_disk(path.parent)
    except OSError as error:
        reason = error.strerror or error
        raise ComputationError(f"{path} cannot be written: {reason}") from error


def read_state_file(path: Path, *, belongs_to: Mapping[str, object]) -> Arrays:
    """Read a file that must be whole and belong to what is at hand.

    Parameters
    ----------
    path : Path
        The file; it is left as it is.
    belongs_to : mapping
        Entries of the header that must have these values.

    Returns
    -------
    mapping
        The arrays by name.

    Raises
    ------
    InputError
        It cannot be read, is damaged, has another format, or belongs to something else.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise refused(path, f"cannot be read: {error.strerror or error}") from error
    found = _COMMENT.search(raw[-_LONGEST:])
    if found is None:
        raise refused(path, "is damaged, or no checkpoint of this version of femna")
    if int(found[1]) != FORMAT:
        raise refused(path, f"has format {int(found[1])}, this femna reads {FORMAT}")
    length = len(found[0])
    archive = raw[: -length - 2] + b"\0\0"
    sealed = raw[-length - 2 : -length] == length.to_bytes(2, "little")
    if not sealed or hashlib.sha256(archive).hexdigest().encode("ascii") != found[2]:
        raise refused(path, "is damaged: its checksum is not that of its content")
    try:
        arrays = _unpacked(archive)
        header = json.loads(str(arrays.pop(_HEADER)))
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise refused(path, f"is no checkpoint of femna: {error}") from error
    for name, mine in belongs_to.items():
        its = header.get(name) if isinstance(header, dict) else None
        if its != mine:
            raise refused(path, f"belongs to another {name}: {_short(its)}, not {_short(mine)}")
    return arrays


def refused(path: Path, limit: str) -> InputError:
    """Return the error for a checkpoint that cannot be used."""
    remedy = "name another folder with -o, or move the file away to begin this case anew"
    return InputError(path, "checkpoint", path.name, limit, remedy)


def _sealed(arrays: Arrays) -> bytes:
    """Return an npz whose zip comment holds format and checksum."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    archive = buffer.getvalue()
    digest = hashlib.sha256(archive).hexdigest()
    comment = f"femna checkpoint {FORMAT} sha256 {digest}".encode("ascii")
    # the last two bytes of an archive without a comment are the comment's length
    return archive[:-2] + len(comment).to_bytes(2, "little") + comment


def _unpacked(archive: bytes) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an npz that is not compressed and holds no objects."""
    with zipfile.ZipFile(io.BytesIO(archive)) as listed:
        entries = listed.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("it holds compressed arrays")
    if sum(entry.file_size for entry in entries) > len(archive):
        raise ValueError("it states more content than it has")
    with np.load(io.BytesIO(archive), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _to_disk(directory: Path) -> None:
    """Let the folder's new entry survive a loss of power."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 16 else f"{text[:12]}..."
