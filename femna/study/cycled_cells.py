"""What a measurement states of cells that were cycled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from femna.errors import InputError

_STATED: Final = ("pressure", "current", "charge", "outcome", "cycles", "fails_in_cycle", "note")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell that was cycled.

    Attributes
    ----------
    pressure, current : float
        [MPa], [mA/cm^2].
    charge : float or None
        Of a half cycle, where it is stated [mAh/cm^2].
    cycles : int or None
        Stable for so many.
    fails_in_cycle : int or None
        The cycle in which it failed.
    fails_on_plating : bool
    voltages : mapping
        Cycle to the voltage at the end of its stripping [V].
    flat_plating : bool
        Whether its plating voltage is stated.
    voids : bool
        Whether its voids were measured by tomography.
    outcome : str or None
        In a word, as a map shows it.
    note : str or None
    """

    pressure: float
    current: float
    charge: float | None = None
    cycles: int | None = None
    fails_in_cycle: int | None = None
    fails_on_plating: bool = False
    voltages: Mapping[int, float]
    flat_plating: bool = False
    voids: bool = False
    outcome: str | None = None
    note: str | None = None

    @property
    def text(self) -> str:
        """Return the cell in words."""
        return f"{self.pressure:g} MPa, {self.current:g} mA/cm2"

    @property
    def stated(self) -> dict[str, object]:
        """Return what is stated of it, by the names of the file."""
        values = {name: getattr(self, name) for name in _STATED}
        return {name: value for name, value in values.items() if value is not None}


def cycled_cells(
    path: Path, cycling: Sequence[Mapping[str, Any]], tomography: Mapping[str, Any] | None = None
) -> tuple[Cell, ...]:
    """Read the cells of an observations file from ``[[cycling]]`` and ``[tomography]``.

    Raises
    ------
    InputError
        An entry is not in order.
    """
    entries = [(f"cycling.{index}", entry) for index, entry in enumerate(cycling)]
    if tomography is not None:
        entries.append(("tomography", tomography))
    found = []
    for key, entry in entries:
        try:
            found.append(_cell(entry, voids=key == "tomography"))
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            raise InputError(path, key, "...", f"is not in order: {error}", "correct it") from None
    return tuple(found)


def _cell(entry: Mapping[str, Any], *, voids: bool) -> Cell:
    ends = entry.get("strip_end_voltage_V", {})
    return Cell(
        pressure=_positive(entry["pressure"]),
        current=_positive(entry["current"]),
        charge=None if "charge" not in entry else _positive(entry["charge"]),
        cycles=_count(entry, "cycles"),
        fails_in_cycle=_count(entry, "fails_in_cycle"),
        fails_on_plating=entry.get("fails_on") == "plating",
        voltages={int(n): _positive(v) for n, v in ends.items()},
        flat_plating="plating_voltage_V" in entry,
        voids=voids,
        outcome=_text(entry, "outcome"),
        note=_text(entry, "note"),
    )


def _positive(value: Any) -> float:
    number = float(value)
    if not 0.0 < number < math.inf:
        raise ValueError(f"{number:g} must be finite and above 0")
    return number


def _count(entry: Mapping[str, Any], key: str) -> int | None:
    value = entry.get(key)
    if value is not None and (not isinstance(value, int) or value < 1):
        raise ValueError(f"{key} = {value!r} must be a whole number above 0")
    return value


def _text(entry: Mapping[str, Any], key: str) -> str | None:
    return str(entry[key]) if key in entry else None
