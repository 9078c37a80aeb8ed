"""``--set table.key=value``: one entry of a document replaced before it is validated."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from femna.errors import InputError

_NAMED_BY_SHA256: Final = ("file", "material")
"""Entries whose file's hash is the entry `sha256` beside them."""

_NUMBERED, _NUMBERS = "labels", "void_ids"
"""Voids of an image, and their numbers, which the same program wrote into the same folder."""


def split_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """Split ``table.key=value`` texts into a mapping.

    Raises
    ------
    InputError
        For a text without ``=`` or with an empty key.
    """
    entries: dict[str, str] = {}
    for text in assignments:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise InputError(
                None, "--set", text, "not an assignment", "write --set table.key=value"
            )
        entries[key.strip()] = value.strip()
    return entries


def read_value(text: str) -> Any:
    """Return what `text` means in TOML, or `text` itself where it means nothing."""
    try:
        document = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):  # no TOML, a number without end, or too deep
        return text
    return document["value"] if set(document) == {"value"} else text


def apply_overrides(
    document: Mapping[str, Any],
    overrides: Mapping[str, Any] | None,
    *,
    file: Path | str | None = None,
) -> dict[str, Any]:
    """Return a copy of `document` with entries replaced.

    Parameters
    ----------
    document : mapping
        Tables as TOML gives them.
    overrides : mapping, optional
        Dotted key to value; a text is read as TOML if it is TOML. A number in the key is an
        index of a list. Missing tables are made.
    file : Path or str, optional
        Named in errors.

    Raises
    ------
    InputError
        When a key passes through something that is no table, or an index is out of range.
    """
    result: dict[str, Any] = copy.deepcopy(dict(document))
    for key, value in (overrides or {}).items():
        entry = read_value(value) if isinstance(value, str) else copy.deepcopy(value)
        _put(result, key, entry, file)
    for key in overrides or {}:
        for entry in _brought_along(document, key):
            if entry not in (overrides or {}):
                _remove(result, entry)
    return result


def _brought_along(document: Mapping[str, Any], key: str) -> list[str]:
    """Return the entries that a resolved case brings along of a file, where another is named."""
    table, _, name = key.rpartition(".")
    beside = [f"{name}_sha256", *(["sha256"] if name in _NAMED_BY_SHA256 else [])]
    old, numbers = (_find(document, f"{table}.{entry}") for entry in (name, _NUMBERS))
    named = isinstance(old, str) and isinstance(numbers, str)
    if name == _NUMBERED and named and Path(old).parent == Path(numbers).parent:
        beside += [_NUMBERS, f"{_NUMBERS}_sha256"]
    return [f"{table}.{entry}" if table else entry for entry in beside]


def _find(document: Mapping[str, Any], key: str) -> Any:
    place: Any = document
    for part in key.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    return place


def _remove(document: dict[str, Any], key: str) -> None:
    table, _, name = key.rpartition(".")
    place = _find(document, table) if table else document
    if isinstance(place, dict):
        place.pop(name, None)


def _put(document: dict[str, Any], key: str, entry: Any, file: Path | str | None) -> None:
    parts = key.split(".")
    place: Any = document
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        if isinstance(place, list):
            index = _index(place, part, key, entry, file)
            if last:
                place[index] = entry
            else:
                place = place[index]
        elif isinstance(place, dict) and part:
            if last:
                place[part] = entry
            else:
                place = place.setdefault(part, {})
        else:
            raise InputError(
                file,
                key,
                entry,
                f"{'.'.join(parts[:depth]) or 'the key'} is not a table",
                "give the path of one entry, e.g. protocol.pressure",
            )


def _index(place: list[Any], part: str, key: str, entry: Any, file: Path | str | None) -> int:
    if not part.isdigit() or int(part) >= len(place):
        raise InputError(
            file,
            key,
            entry,
            f"{part!r} is not an index of a list of {len(place)}",
            f"use 0 to {len(place) - 1}" if place else "replace the whole list",
        )
    return int(part)
