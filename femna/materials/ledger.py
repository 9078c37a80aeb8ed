"""Which numbers a run took, and from where."""

from __future__ import annotations

from dataclasses import dataclass

from femna.case import Missing
from femna.errors import InputError
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
        """Return the case's number, or else the set's.

        Raises
        ------
        InputError
            Neither has it.
        """
        if given is not None:
            unit = unit or material[name].unit
            self.entries.append(SourceEntry(quantity, given, unit, _USER, "user"))
            return given
        if name not in material.values:
            raise InputError(
                None,
                quantity,
                Missing(),
                f"the set {material.name} has no {name}",
                "give it in the case, or choose a set that has it",
            )
        entry = material[name]
        self.entries.append(
            SourceEntry(quantity, entry.value, entry.unit, entry.source, entry.label)
        )
        return entry.value
