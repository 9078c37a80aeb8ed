"""The hash of a file that a case names, by which a case whose file has changed is another one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo

from femna.case.quantities import problem


def content_of(name: str) -> Callable[[Any, ValidationInfo], Any]:
    """Return what reads the SHA-256 of a file's content: of an entry above it in the same table.

    Left out, it is filled in when the case is loaded. One that a resolved case brings along must
    be that of the file.

    Parameters
    ----------
    name : str
        Entry that names the file, a Path; where it may name something else, that is a str.
    """

    def identify(raw: Any, info: ValidationInfo) -> Any:
        file = info.data.get(name)
        if isinstance(file, str) and raw is not None:
            raise problem(f"{name} = {file!r} is no file", "remove it")
        if not isinstance(file, Path) or not file.is_file():
            return raw
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if raw is not None and raw != found:
            raise problem(f"{file} has changed since", "bring it back, or remove the key")
        return found

    return identify
