"""Cited material sets, read from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from femna.case import parse, suggest
from femna.errors import InputError
from femna.materials.evidence import EVIDENCE


@dataclass(frozen=True)
class Entry:
    """One number of a set.

    Attributes
    ----------
    name : str
        Of the quantity.
    value : float
        In `unit`.
    unit : str
        SI; ``"1"`` for a bare number.
    text : str
        As the set's file states it, in the source's unit.
    source : str
        Full citation.
    label : str
        Evidence label, a key of `EVIDENCE`.
    note : str
        Spread, conditions and use.
    """

    name: str
    value: float
    unit: str
    text: str
    source: str
    label: str
    note: str


@dataclass(frozen=True)
class Alternative:
    """Another published choice for the creep law, which a case may state.

    Attributes
    ----------
    name : str
    creep : mapping
        What to write as ``metal.creep``.
    source, label, note : str
        As for `Entry`.
    """

    name: str
    creep: Mapping[str, Any]
    source: str
    label: str
    note: str


@dataclass(frozen=True)
class MaterialSet:
    """The numbers of one material.

    Attributes
    ----------
    name, title : str
    role : str
        ``metal`` or ``electrolyte``.
    values : mapping of str to Entry
    alternatives : tuple of Alternative
    """

    name: str
    title: str
    role: str
    values: Mapping[str, Entry]
    alternatives: tuple[Alternative, ...]

    def __getitem__(self, name: str) -> Entry:
        """Return one entry; KeyError when the set does not have it."""
        return self.values[name]


@cache
def available_sets() -> tuple[str, ...]:
    """Return the names of the sets, sorted."""
    folder = resources.files("femna.materials") / "sets"
    files = (item.name for item in folder.iterdir())
    return tuple(sorted(name[:-5] for name in files if name.endswith(".toml")))


def load_set(name: str, *, key: str = "material") -> MaterialSet:
    """Return a set by name.

    Parameters
    ----------
    name : str
        One of `available_sets`.
    key : str
        The case's key, named in the error.

    Raises
    ------
    InputError
        When there is no such set.
    """
    if name not in available_sets():
        raise InputError(None, key, name, "no such material set", suggest(name, available_sets()))
    return _read(name)


@cache
def _read(name: str) -> MaterialSet:
    path = resources.files("femna.materials") / "sets" / f"{name}.toml"
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    sources = document["sources"]
    entries = {
        quantity: _entry(quantity, row, sources) for quantity, row in document["values"].items()
    }
    return MaterialSet(
        name=document["name"],
        title=document["title"],
        role=document["role"],
        values=MappingProxyType(entries),
        alternatives=tuple(
            Alternative(
                name=row["name"],
                creep=MappingProxyType(row["creep"]),
                source=sources[row["source"]],
                label=_label(row["label"]),
                note=row["note"],
            )
            for row in document.get("alternatives", ())
        ),
    )


def _entry(name: str, row: Mapping[str, str], sources: Mapping[str, str]) -> Entry:
    unit, text = row["unit"], row["value"]
    return Entry(
        name=name,
        value=float(text) if unit == "1" else parse(text, unit),
        unit=unit,
        text=text,
        source=sources[row["source"]],
        label=_label(row["label"]),
        note=row["note"],
    )


def _label(label: str) -> str:
    if label not in EVIDENCE:
        raise ValueError(f"unknown evidence label {label!r}")
    return label
