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
        _forget_hash(result, key, overrides or {})
    return result


def _forget_hash(document: dict[str, Any], key: str, overrides: Mapping[str, Any]) -> None:
    """Remove the hash that a resolved case brings along of a file, where another is named."""
    table, _, name = key.rpartition(".")
    hashes = [f"{name}_sha256", *(["sha256"] if name in _NAMED_BY_SHA256 else [])]
    place: Any = document
    for part in table.split(".") if table else []:
        place = place.get(part) if isinstance(place, dict) else None
    for entry in hashes:
        if isinstance(place, dict) and f"{table}.{entry}" not in overrides:
            place.pop(entry, None)


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
