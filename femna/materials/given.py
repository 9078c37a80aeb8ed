"""The physical numbers that a table of the case holds, each with its key and unit."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic.fields import FieldInfo

from femna.case import Table
from femna.case.quantities import Physical


@dataclass(frozen=True)
class GivenNumber:
    """One number of a case.

    Attributes
    ----------
    key : str
        Dotted, an entry of a list by its index.
    value : float
        In `unit`.
    unit : str
        SI; ``"1"`` for a bare number.
    is_default : bool
        Whether the case leaves it out.
    """

    key: str
    value: float
    unit: str
    is_default: bool


def given_numbers(
    key: str, table: Table, *, without: Collection[str] = ()
) -> Iterator[GivenNumber]:
    """Walk over a table and those in it; whole numbers choose, they measure nothing.

    Parameters
    ----------
    key : str
        Of the table.
    table : Table
        A part of the validated case.
    without : collection of str
        Names of entries of the table to leave out.
    """
    for name, field in type(table).model_fields.items():
        if name not in without:
            is_default = name not in table.model_fields_set
            yield from _numbers(f"{key}.{name}", getattr(table, name), field, is_default)


def _numbers(key: str, value: object, field: FieldInfo, is_default: bool) -> Iterator[GivenNumber]:
    if isinstance(value, Table):
        yield from given_numbers(key, value)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _numbers(f"{key}.{index}", item, field, is_default)
    elif isinstance(value, float):
        units = [mark.si for mark in marks(field) if isinstance(mark, Physical)]
        yield GivenNumber(key, value, units[0] if units else "1", is_default)


def marks(field: FieldInfo) -> Iterator[Any]:
    """Return what annotates an entry, the members of its union and the items of its tuple."""
    yield from field.metadata
    yield from _inner_marks(field.annotation)


def _inner_marks(annotation: Any) -> Iterator[Any]:
    for part in get_args(annotation):
        yield from getattr(part, "__metadata__", ())
        yield from _inner_marks(part)
