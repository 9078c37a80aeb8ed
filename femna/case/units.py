"""Text with a unit in, SI floats out, and back.

The number is kept as a decimal until the unit's factor is applied, so that ``"50 um"`` is the
float nearest to 5e-5 and a value written with a unit reads back as the same float.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import cache
from typing import Any, Final

import pint

_TEXT: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL)
_NOT_FINITE: Final = re.compile(r"[+-]?(nan|inf(inity)?)\b", re.IGNORECASE)
_ANGLES: Final = frozenset({"rad", "mrad", "radian", "radians", "deg", "degree", "degrees", "°"})
_OFFSET_UNITS: Final = {"degC": Decimal("273.15"), "°C": Decimal("273.15")}


class UnitError(ValueError):
    """A text is not a number with the unit that is asked for.

    Attributes
    ----------
    limit, remedy : str
        What is wrong, and what to write instead; half a sentence each.
    """

    def __init__(self, limit: str, remedy: str) -> None:
        super().__init__(f"{limit}; {remedy}")
        self.limit = limit
        self.remedy = remedy


@cache
def _registry() -> Any:
    """One pint registry that computes in decimals."""
    return pint.UnitRegistry(non_int_type=Decimal)


@cache
def factor(unit: str, si: str) -> Decimal:
    """Return how many `si` units one `unit` is.

    Parameters
    ----------
    unit, si : str
        Units as pint reads them, e.g. ``"mA/cm^2"`` and ``"A/m^2"``.

    Raises
    ------
    UnitError
        When `unit` is unknown, carries an offset or has another dimension than `si`.
    """
    registry = _registry()
    try:
        parsed = registry.parse_units(unit)
    except Exception as error:  # pint raises ten kinds of exception on malformed text
        raise UnitError(f"{unit!r} is not a known unit", f"use a unit such as {si!r}") from error
    angle = si == "rad"
    if angle and unit not in _ANGLES:
        raise UnitError(f"{unit!r} is not an angle", "use deg or rad")
    try:
        zero, one = (
            Decimal(registry.Quantity(Decimal(number), parsed).to(si).magnitude)
            for number in (0, 1)
        )
    except (pint.PintError, ArithmeticError) as error:
        raise UnitError(
            f"{unit!r} has the wrong dimension", f"use a unit that converts to {si!r}"
        ) from error
    if zero != 0:
        raise UnitError(f"{unit!r} has a zero of its own", "use K or degC")
    return one


def parse(text: str, si: str) -> float:
    """Read a number with its unit as an SI float.

    Parameters
    ----------
    text : str
        For example ``"50 um"``, ``"25 degC"``, ``"1.58 1/s/MPa^6.1"``.
    si : str
        The SI unit of the result; ``"K"`` also takes degC.

    Raises
    ------
    UnitError
        Without a number, without a unit, with a wrong unit, or when the value is not finite.
    """
    stripped = text.strip()
    match = _TEXT.fullmatch(stripped)
    if match is None:
        if _NOT_FINITE.match(stripped):
            raise UnitError("not a finite number", f"give a finite number in {si!r}")
        raise UnitError("not a number with a unit", f"write a number and a unit such as {si!r}")
    unit = match.group(2).strip()
    if not unit:
        raise UnitError("the unit is missing", f"add a unit such as {si!r}")
    try:
        number = Decimal(match.group(1))
        if si == "K" and unit in _OFFSET_UNITS:
            value = float(number + _OFFSET_UNITS[unit])
        else:
            value = float(number * factor(unit, si))
    except ArithmeticError as error:
        raise UnitError("not a finite number", f"give a finite number in {si!r}") from error
    if not math.isfinite(value):
        raise UnitError("not a finite number", f"give a finite number in {si!r}")
    return value


def parse_any(text: str) -> tuple[float, str]:
    """Read a number with any unit as an SI float.

    Parameters
    ----------
    text : str
        As for `parse`.

    Returns
    -------
    value : float
        In `unit`.
    unit : str
        The SI unit, in base units such as ``"kg/m/s**2"``.

    Raises
    ------
    UnitError
        As `parse`.
    """
    match = _TEXT.fullmatch(text.strip())
    unit = match.group(2).strip() if match is not None else ""
    if unit in _OFFSET_UNITS:
        return parse(text, "K"), "K"
    si = "1"
    if unit:
        try:
            si = f"{_registry().Quantity(Decimal(1), unit).to_base_units().units:~C}"
        except Exception as error:  # as in `factor`
            raise UnitError(f"{unit!r} is not a known unit", "write e.g. '4 MPa'") from error
    return parse(text, si or "dimensionless"), si or "1"


def render(value: float, units: tuple[str, ...], si: str) -> str:
    """Write an SI float with a unit so that `parse` returns the same float.

    Parameters
    ----------
    value : float
        In `si`.
    units : tuple of str
        Units to prefer, tried in this order; the first one that gives a short number wins.
    si : str
        The SI unit, always exact, used when nothing shorter is.
    """
    if value == 0.0:
        return f"0 {units[0] if units else si}"
    best = f"{value!r} {si}"
    best_length = len(repr(value)) if not units else 13
    for unit in units:
        magnitude = Decimal(value) / factor(unit, si)
        for digits in (12, 15, 17):
            number = f"{magnitude:.{digits}g}"
            number = number if "e" in number else _shorten(number)
            if parse(f"{number} {unit}", si) == value:
                if len(number) < best_length:
                    best, best_length = f"{number} {unit}", len(number)
                break
    return best


def _shorten(number: str) -> str:
    """Drop the zeros that a decimal carries behind its point."""
    return number.rstrip("0").rstrip(".") if "." in number else number
