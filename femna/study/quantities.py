"""Numbers with units as texts: splitting, converting, and naming a column after a unit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pint

_PATTERN = re.compile(r"^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$")


@cache
def _registry() -> pint.UnitRegistry[float]:
    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


@dataclass(frozen=True)
class Quantity:
    """A number and its unit, as written.

    Attributes
    ----------
    number : float
        The number, in `unit`.
    unit : str
        The unit's text, empty for a bare number.
    """

    number: float
    unit: str

    def to(self, unit: str) -> Quantity:
        """Return the same quantity in another unit; ValueError for another dimension."""
        if unit == self.unit:
            return self
        try:
            number = _registry().Quantity(self.number, self.unit).to(unit).magnitude
        except (pint.PintError, AttributeError, TypeError) as error:
            raise ValueError(f"{self.text!r} is not a quantity in {unit}: {error}") from None
        return Quantity(tidy(float(number)), unit)

    def fits(self, unit: str) -> bool:
        """Tell whether it can be given in another unit."""
        try:
            self.to(unit)
        except ValueError:
            return False
        return True

    @property
    def text(self) -> str:
        """The quantity as a case file has it, '0.05 MPa'."""
        return f"{self.number:.12g} {self.unit}".strip()


def tidy(number: float) -> float:
    """Round to 12 significant digits, so that equal inputs compare equal."""
    return float(f"{number:.12g}")


def parse_quantity(text: str) -> Quantity:
    """Split '0.05 MPa' into number and unit.

    Raises
    ------
    ValueError
        When there is no number or the unit is not known.
    """
    match = _PATTERN.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a number with a unit")
    unit = match.group(2)
    try:
        _registry().parse_units(unit)
    except Exception:  # noqa: BLE001 - pint raises ten kinds of exception on malformed text
        raise ValueError(f"{unit!r} is not a known unit") from None
    return Quantity(float(match.group(1)), unit)


def is_quantity(text: str) -> bool:
    """Tell whether a text is a number with a known unit."""
    try:
        return bool(parse_quantity(text).unit)
    except ValueError:
        return False


def column_name(path: str, unit: str) -> str:
    """Name a column after a path and a unit: ('geometry.period', 'um') -> geometry_period_um."""
    suffix = re.sub(r"[^A-Za-z0-9]+", "_", unit.replace("^", "").replace("**", "")).strip("_")
    return "_".join(part for part in (re.sub(r"[^A-Za-z0-9]+", "_", path), suffix) if part)


def override_text(value: object) -> str:
    """Write a value the way `--set path=value` expects it: texts bare, the rest as TOML."""
    return value if isinstance(value, str) else toml_literal(value)


def toml_literal(value: object) -> str:
    """Write a value as TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {toml_literal(item)}" for key, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_literal(item) for item in value) + "]"
    raise TypeError(f"{value!r} cannot be written as TOML")
