"""The values of a swept entry: a list, or a range."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from femna.study.quantities import parse_quantity

type Scalar = bool | int | float | str


class Table(BaseModel):
    """A TOML table: immutable, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Values(Table):
    """An explicit list of values, bare numbers with one common `unit`, or texts."""

    values: tuple[Scalar, ...] = Field(min_length=1)
    unit: str | None = None

    @model_validator(mode="after")
    def _unit_needs_numbers(self) -> Values:
        if self.unit is not None:
            if any(isinstance(v, str | bool) for v in self.values):
                raise ValueError("with a unit, every value is a bare number")
            parse_quantity(f"1 {self.unit}")
        return self


class Range(Table):
    """Evenly spaced values between two ends, both included."""

    start: float | str = Field(alias="from")
    stop: float | str = Field(alias="to")
    count: int = Field(ge=2, le=10000)
    spacing: Literal["log", "linear"] = "linear"

    @model_validator(mode="after")
    def _ends_agree(self) -> Range:
        texts = [isinstance(end, str) for end in (self.start, self.stop)]
        if any(texts) != all(texts):
            raise ValueError("`from` and `to` are both quantities with units or both bare numbers")
        ends: list[float] = []
        if isinstance(self.start, str) and isinstance(self.stop, str):
            first = parse_quantity(self.start)
            ends = [first.number, parse_quantity(self.stop).to(first.unit).number]
        else:
            ends = [float(self.start), float(self.stop)]
        if ends[0] == ends[1]:
            raise ValueError("`from` and `to` are equal")
        if self.spacing == "log" and min(ends) <= 0:
            raise ValueError("log spacing needs both ends above zero")
        return self


def swept_table(entry: object, place: str) -> object:
    """Parse one table of swept entries as the kinds that their keys name.

    Errors then speak of that kind; `place` names the table in them.
    """
    if not isinstance(entry, dict):
        return entry
    if not entry:
        raise ValueError(f"{place} is empty; name a path of the case")
    parsed: dict[str, Values | Range] = {}
    for path, content in entry.items():
        if not isinstance(content, dict):
            raise ValueError(
                f"{path!r}: a table is expected, {{ values = [...], unit = ... }} or "
                "{ from = ..., to = ..., count = ..., spacing = ... }"
            )
        kind = Values if "values" in content else Range
        try:
            parsed[path] = kind.model_validate(content)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise ValueError(f"{path!r} {key}: {plain(first['msg'])}".replace(" :", ":")) from None
    lengths = {path: length(item) for path, item in parsed.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"keys of one table vary together, but their lengths differ: {lengths}")
    if all(isinstance(item, Values) for item in parsed.values()):
        rows = list(zip(*(map(str, item.values) for item in parsed.values()), strict=True))  # type: ignore[union-attr]
        if len(set(rows)) != len(rows):
            what = repr(next(iter(parsed))) if len(parsed) == 1 else place
            raise ValueError(f"{what}: a value occurs twice")
    return parsed


def length(item: Values | Range) -> int:
    """Return how many values a swept entry has."""
    return len(item.values) if isinstance(item, Values) else item.count


def plain(message: str) -> str:
    """Return a message of pydantic without its ornaments."""
    return message.removeprefix("Value error, ").rstrip(".")
