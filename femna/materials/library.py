"""Cited material sets, read from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from types import MappingProxyType

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
    """Another published choice, which a case may take by its name.

    Attributes
    ----------
    name : str
    values : mapping of str to Entry
        In place of the set's own of the same names.
    """

    name: str
    values: Mapping[str, Entry]


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

    def with_alternative(self, name: str, *, key: str) -> MaterialSet:
        """Return the set with the numbers of one of its alternatives in place of its own.

        Parameters
        ----------
        name : str
            Of the alternative.
        key : str
            The case's key, named in the error.

        Raises
        ------
        InputError
            When the set has no such alternative.
        """
        known = {alternative.name: alternative.values for alternative in self.alternatives}
        if name not in known:
            limit = f"the set {self.name} has no such alternative"
            remedy = suggest(name, known) if known else "remove it: the set has none"
            raise InputError(None, key, name, limit, remedy)
        return replace(self, values=MappingProxyType({**self.values, **known[name]}))


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
    return MaterialSet(
        name=document["name"],
        title=document["title"],
        role=document["role"],
        values=_entries(document["values"], sources),
        alternatives=tuple(
            Alternative(name=row["name"], values=_entries(row["values"], sources))
            for row in document.get("alternatives", ())
        ),
    )


def _entries(
    rows: Mapping[str, Mapping[str, str]], sources: Mapping[str, str]
) -> Mapping[str, Entry]:
    return MappingProxyType({name: _entry(name, row, sources) for name, row in rows.items()})


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
