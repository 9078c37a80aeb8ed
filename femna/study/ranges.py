"""The values of a swept entry: a list, or a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from femna.case.messages import to_input_error
from femna.case.quantities import problem
from femna.study.quantities import Quantity, is_quantity, parse_quantity

type Scalar = bool | int | float | str


class Table(BaseModel):
    """A TOML table: immutable, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Values(Table):
    """An explicit list of values, bare numbers with one common `unit`, or texts."""

    values: tuple[Scalar, ...] = Field(min_length=1)
    unit: str | None = None

    @model_validator(mode="after")
    def _one_dimension(self) -> Values:
        texts = [value for value in self.values if isinstance(value, str)]
        if len(texts) < len(self.values) or not all(is_quantity(text) for text in texts):
            return self
        unit = parse_quantity(texts[0]).unit
        for place, text in enumerate(texts):
            if not parse_quantity(text).fits(unit):
                limit = f"measures something else than the first value, in {unit}"
                raise problem(limit, "give all in one unit", key=f"values.{place}", value=text)
        return self

    @model_validator(mode="after")
    def _unit_needs_numbers(self) -> Values:
        if self.unit is None:
            return self
        for place, value in enumerate(self.values):
            if isinstance(value, str | bool):
                raise problem(
                    "with a unit, every value is a bare number",
                    "leave out `unit`, or write numbers",
                    key=f"values.{place}",
                    value=value,
                )
        _known(f"1 {self.unit}", "unit", self.unit, remedy="write e.g. 'MPa'")
        return self


class Range(Table):
    """Evenly spaced values between two ends, both included."""

    start: float | str = Field(alias="from")
    stop: float | str = Field(alias="to")
    count: int = Field(ge=2, le=10000)
    spacing: Literal["log", "linear"] = "linear"

    @model_validator(mode="after")
    def _ends_agree(self) -> Range:
        ends = {"from": self.start, "to": self.stop}
        units = {}
        for name, end in ends.items():
            units[name] = ""
            if isinstance(end, str):
                units[name] = _known(end, name, end, remedy="write e.g. '1 MPa'").unit
        for name, end in ends.items():
            if not units[name] and any(units.values()):
                unit = next(filter(None, units.values()))
                limit = "the unit is missing"
                text = end if isinstance(end, str) else f"{end:g}"
                raise problem(limit, f"write e.g. '{text} {unit}'", key=name, value=end)
        first, last = parse_quantity(str(self.start)), parse_quantity(str(self.stop))
        if not last.fits(first.unit):
            limit = f"`from` and `to` measure different things, {first.unit} and {last.unit}"
            raise problem(limit, "give both in one unit", key="to", value=self.stop)
        low, high = first.number, last.to(first.unit).number
        if low == high:
            raise problem("`from` and `to` are equal", "change one", key="to", value=self.stop)
        if self.spacing == "log" and min(low, high) <= 0:
            limit = "needs both ends above zero"
            raise problem(limit, 'change them, or write "linear"', key="spacing", value="log")
        return self


def _known(text: str, key: str, value: object, *, remedy: str) -> Quantity:
    """Return the quantity of a text; a validation error that names `key` where it is none."""
    try:
        return parse_quantity(text)
    except ValueError as error:
        raise problem(str(error), remedy, key=key, value=value) from None


_KEYS: Final = frozenset({"values", "unit", "from", "to", "count", "spacing"})
_EXPECTED: Final = (
    "write { values = [...], unit = ... } or { from = ..., to = ..., count = ..., spacing = ... }"
)


def swept_table(entry: object, place: str = "") -> object:
    """Parse one table of swept entries as the kinds that their keys name.

    Errors then speak of that kind; `place` is the table's in the list that holds it.
    """
    if not isinstance(entry, dict):
        return entry
    if not entry:
        raise problem("is empty", "name a path of the case", key=place, value=entry)
    parsed = {
        path: _swept_entry(path, content, ".".join(filter(None, (place, f'"{path}"'))))
        for path, content in entry.items()
    }
    lengths = {path: length(item) for path, item in parsed.items()}
    if len(set(lengths.values())) > 1:
        limit = "keys of one table vary together, but their lengths differ"
        remedy = "give equally many values, or a [[sweep]] to each"
        raise problem(limit, remedy, key=place, value=lengths)
    if all(isinstance(item, Values) for item in parsed.values()):
        rows = list(zip(*(map(str, item.values) for item in parsed.values()), strict=True))  # type: ignore[union-attr]
        for row in rows:
            if rows.count(row) > 1:
                value = row[0] if len(row) == 1 else list(row)
                raise problem("a value occurs twice", "leave one out", key=place, value=value)
    return parsed


def _swept_entry(path: str, content: object, key: str) -> Values | Range:
    """Parse the values of one path; errors name it by `key`."""
    if not isinstance(content, dict):
        raise problem("a table is expected", _EXPECTED, key=key, value=content)
    if (whole := _whole_path(path, content)) != path:
        limit = "is a table, not a path of the case: a path stands in quotes"
        raise problem(limit, f'write "{whole}" = {{ ... }}', key=key, value=content)
    kind = Values if "values" in content else Range
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        found = to_input_error(error, kind, content, file=None)
        inner = ".".join(filter(None, (key, found.key)))
        raise problem(found.limit, found.remedy, key=inner, value=found.value) from None


def _whole_path(path: str, content: Mapping[str, object]) -> str:
    """Return the path that was meant where TOML made tables of its parts; else the path itself."""
    if not content.keys() & _KEYS:
        for name, inner in content.items():
            if isinstance(inner, dict):
                return _whole_path(f"{path}.{name}", inner)
    return path


def length(item: Values | Range) -> int:
    """Return how many values a swept entry has."""
    return len(item.values) if isinstance(item, Values) else item.count
