"""Which numbers a run took, and from where."""

from __future__ import annotations

from dataclasses import dataclass

from femna.materials.library import MaterialSet

_USER = "the user's case"


@dataclass(frozen=True)
class SourceEntry:
    """One number that a run used.

    Attributes
    ----------
    quantity : str
        The case's key that sets it.
    value : float
        In `unit`.
    unit : str
        SI; ``"1"`` for a bare number.
    source : str
        Full citation, or ``the user's case``.
    label : str
        Evidence label.
    """

    quantity: str
    value: float
    unit: str
    source: str
    label: str


class Ledger:
    """Hands out numbers and keeps their sources."""

    def __init__(self) -> None:
        self.entries: list[SourceEntry] = []

    def take(
        self, quantity: str, given: float | None, material: MaterialSet, name: str, unit: str = ""
    ) -> float:
        """Return the case's number, or else the set's."""
        entry = material[name]
        if given is not None:
            self.entries.append(SourceEntry(quantity, given, unit or entry.unit, _USER, "user"))
            return given
        self.entries.append(
            SourceEntry(quantity, entry.value, entry.unit, entry.source, entry.label)
        )
        return entry.value

    def given(self, quantity: str, value: float, unit: str) -> float:
        """Return a number that only a case can give."""
        self.entries.append(SourceEntry(quantity, value, unit, _USER, "user"))
        return value
