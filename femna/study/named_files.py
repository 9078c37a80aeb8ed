"""The files that a study names."""

from __future__ import annotations

from pathlib import Path

from femna.errors import InputError


def named_file(study: Path, key: str, name: Path) -> Path:
    """Return the path of a file that an entry of a study names, relative to the study's folder.

    Parameters
    ----------
    study : Path
        The study file.
    key : str
        The entry.
    name : Path
        Its value.

    Raises
    ------
    InputError
        There is no such file.
    """
    path = study.parent / name
    try:
        path.stat()
    except (OSError, ValueError) as error:  # the second for a name that no file can have
        limit = str(getattr(error, "strerror", None) or error)
        remedy = "check the path; it starts from the folder of the study"
        raise InputError(study, key, str(name), limit[:1].lower() + limit[1:], remedy) from None
    return path
