"""A material as a set of numbers, each with its unit, its source and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from femna.case import suggest
from femna.errors import InputError


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
        ``metal``, ``electrolyte``, ``interface`` or ``mask``.
    values : mapping of str to Entry
    alternatives : tuple of Alternative
    file : Path, optional
        Of a set of the user's own.
    sha256 : str, optional
        Hash of that file's content.
    """

    name: str
    title: str
    role: str
    values: Mapping[str, Entry]
    alternatives: tuple[Alternative, ...]
    file: Path | None = None
    sha256: str | None = None

    def __getitem__(self, name: str) -> Entry:
        """Return one entry; KeyError when the set does not have it."""
        return self.values[name]

    @property
    def written(self) -> str:
        """What a case writes to name the set."""
        return self.name if self.file is None else str(self.file)

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
