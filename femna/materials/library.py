"""Cited material sets: those that femna brings along, and files of the user's own."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from femna.case import suggest
from femna.errors import InputError
from femna.materials.material_set import MaterialSet
from femna.materials.set_file import own_set, read_set


@cache
def available_sets() -> tuple[str, ...]:
    """Return the names of the sets that femna brings along, sorted."""
    folder = resources.files("femna.materials") / "sets"
    files = (item.name for item in folder.iterdir())
    return tuple(sorted(name[:-5] for name in files if name.endswith(".toml")))


def load_set(name: str | Path, *, key: str = "material") -> MaterialSet:
    """Return a set by name, or from a file of the user's own.

    Parameters
    ----------
    name : str or Path
        One of `available_sets`, or the file.
    key : str
        The case's key, named in the error.

    Raises
    ------
    InputError
        When there is no such set, or its file is wrong.
    """
    if isinstance(name, Path):
        return own_set(name)
    if name not in available_sets():
        remedy = f"{suggest(name, available_sets())}, or a file of your own, './NAME.toml'"
        raise InputError(None, key, name, "no such material set", remedy)
    return _shipped(name)


@cache
def _shipped(name: str) -> MaterialSet:
    folder = resources.files("femna.materials") / "sets"
    with resources.as_file(folder / f"{name}.toml") as path:
        return read_set(path)
