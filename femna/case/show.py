"""A case as a table of HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any


def table_of(document: Mapping[str, Any]) -> str:
    """Return the entries of a case, dotted path and value, under its title."""
    rows = "".join(
        f"<tr><td>{escape(path)}</td><td>{escape(str(value))}</td></tr>"
        for path, value in _flat("", document)
        if path not in ("title", "femna")
    )
    title = escape(str(document.get("title", "")))
    return f"<b>{title}</b><table><tr><th>entry</th><th>value</th></tr>{rows}</table>"


def _flat(prefix: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, Mapping):
        return [
            entry
            for key, item in value.items()
            for entry in _flat(f"{prefix}.{key}" if prefix else str(key), item)
        ]
    return [(prefix, value)]
