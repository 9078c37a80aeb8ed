"""The TOML file of a material set: what it has to say of every number, and its checks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from femna.case import Missing, Table, prefactor_unit, read_document, suggest
from femna.case.base import AS_TUPLE
from femna.case.messages import to_input_error
from femna.case.quantities import Bare
from femna.errors import InputError
from femna.materials.evidence import EVIDENCE
from femna.materials.material_set import Alternative, Entry, MaterialSet
from femna.materials.quantities import (
    EXPONENT,
    POWER_LAW,
    PREFACTOR,
    REQUIRED,
    Quantity,
    known_names,
    quantity,
    si_unit,
)

type Rows = dict[str, dict[str, Any]]


class _Number(Table):
    value: str
    unit: str
    source: str
    label: str
    note: str = ""


class _Alternative(Table):
    name: str
    values: Rows


class _Set(Table):
    name: str
    title: str
    role: Literal["metal", "electrolyte", "interface", "mask"]
    sources: dict[str, str]
    values: Rows
    alternatives: Annotated[tuple[dict[str, Any], ...], AS_TUPLE] = ()


def own_set(file: Path) -> MaterialSet:
    """Return the set of a file of the user's own, with the hash of its content.

    Raises
    ------
    InputError
        As `read_set`.
    """
    found = read_set(file)
    return replace(found, file=file, sha256=hashlib.sha256(file.read_bytes()).hexdigest())


def read_set(file: Path) -> MaterialSet:
    """Return the set that a file describes.

    Raises
    ------
    InputError
        One line with file and key: the file cannot be read, or a number has no unit, no source or
        no label, a name that femna does not know, or a value outside its bounds.
    """
    document = read_document(file)
    top = _checked(_Set, document, "", file)
    reader = _Reader(file, top.role, top.sources)
    values = reader.entries(top.values, "values", known=known_names(top.role), base={})
    for name in REQUIRED[top.role]:
        if name not in values:
            raise InputError(file, f"values.{name}", Missing(), "this key is required", "add it")
    alternatives: list[Alternative] = []
    for index, raw in enumerate(top.alternatives):
        place = f"alternatives.{index}"
        row = _checked(_Alternative, raw, f"{place}.", file)
        if row.name in [other.name for other in alternatives]:
            remedy = "give each alternative a name of its own"
            raise InputError(file, f"{place}.name", row.name, "is named twice", remedy)
        entries = reader.entries(row.values, f"{place}.values", known=POWER_LAW, base=values)
        alternatives.append(Alternative(row.name, entries))
    return MaterialSet(top.name, top.title, top.role, values, tuple(alternatives))


def _checked[T: Table](table: type[T], raw: Mapping[str, Any], before: str, file: Path) -> T:
    try:
        return table.model_validate(raw)
    except ValidationError as error:
        found = to_input_error(error, table, raw, file=file)
        found.key = f"{before}{found.key}"
        raise found from None


@dataclass(frozen=True)
class _Reader:
    """Reads the numbers of one file."""

    file: Path
    role: str
    sources: Mapping[str, str]

    def entries(
        self, rows: Rows, place: str, *, known: Sequence[str], base: Mapping[str, Entry]
    ) -> Mapping[str, Entry]:
        """Return the entries below a table of the file.

        Parameters
        ----------
        rows : dict
            The table.
        place : str
            Its key, for messages.
        known : sequence of str
            Names that it may have.
        base : mapping of str to Entry
            What holds where the table has no number of a name.
        """
        found: dict[str, Entry] = {}
        # the exponent first: it sets the unit of the prefactor
        for name in sorted(rows, key=lambda name: name != EXPONENT):
            if name not in known:
                limit = f"is not a number that a set for the {self.role} has here"
                raise self._refused(f"{place}.{name}", rows[name], limit, suggest(name, known))
            given = {**base, **found}
            exponent = given[EXPONENT].value if EXPONENT in given else None
            row = _checked(_Number, rows[name], f"{place}.{name}.", self.file)
            found[name] = self._entry(name, row, f"{place}.{name}", exponent)
        self._check_pair({**base, **found}, place)
        return MappingProxyType({name: found[name] for name in rows})

    def _entry(self, name: str, row: _Number, key: str, exponent: float | None) -> Entry:
        if name == PREFACTOR and exponent is None:
            limit = f"is given without {EXPONENT}, which sets its unit"
            raise self._refused(key, row.value, limit, f"add {EXPONENT}")
        asked = quantity(self.role, name, exponent=exponent)
        unit = si_unit(asked)
        if row.unit != unit:
            limit = "not the SI unit of this number"
            raise self._refused(f"{key}.unit", row.unit, limit, f"write unit = '{unit}'")
        if not self.sources.get(row.source, "").strip():
            limit = "[sources] has no text for it"
            remedy = suggest(row.source, self.sources)
            raise self._refused(f"{key}.source", row.source, limit, remedy)
        if row.label not in EVIDENCE:
            remedy = suggest(row.label, EVIDENCE)
            raise self._refused(f"{key}.label", row.label, "not an evidence label", remedy)
        try:
            value = _number(asked, row.value)
        except PydanticCustomError as error:
            context = error.context or {}
            key = f"{key}.value"
            raise self._refused(key, row.value, context["limit"], context["remedy"]) from None
        source = self.sources[row.source]
        return Entry(name, value, unit, row.value, source, row.label, row.note)

    def _check_pair(self, given: Mapping[str, Entry], place: str) -> None:
        """Refuse an exponent that leaves a prefactor of another one in force."""
        if {EXPONENT, PREFACTOR} <= given.keys():
            unit = prefactor_unit(given[EXPONENT].value)
            if given[PREFACTOR].unit != unit:
                limit = f"must come along with {EXPONENT}, which sets its unit"
                raise self._refused(f"{place}.{PREFACTOR}", Missing(), limit, f"add it in {unit}")

    def _refused(self, key: str, value: object, limit: str, remedy: str) -> InputError:
        return InputError(self.file, key, value, limit, remedy)


def _number(asked: Quantity, text: str) -> float:
    """Return the value of a text [SI].

    Raises
    ------
    PydanticCustomError
        With limit and remedy.
    """
    if not isinstance(asked, Bare):
        return float(asked.read(text))
    try:
        bare: Any = float(text)
    except ValueError:
        bare = text
    return float(asked.read(bare))
