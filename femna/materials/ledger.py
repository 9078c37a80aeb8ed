"""Which numbers a run took, and from where."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from femna.case import Table
from femna.errors import InputError
from femna.materials.given import given_numbers
from femna.materials.material_set import MaterialSet
from femna.materials.quantities import quantity, si_unit

_USER = "the user's case"
_DEFAULT = "a default of femna, which the case leaves as it is"


@dataclass(frozen=True)
class SourceEntry:
    """One number that a run used, or the name of a law's code.

    Attributes
    ----------
    quantity : str
        The case's key that sets it, or the set's name of what no key sets.
    value : float or str
        In `unit`.
    unit : str
        SI; ``"1"`` for a bare number.
    source : str
        Full citation, or ``the user's case``.
    label : str
        Evidence label.
    note : str
        Spread, conditions and use.
    """

    quantity: str
    value: float | str
    unit: str
    source: str
    label: str
    note: str = ""


class Ledger:
    """Hands out numbers and keeps their sources."""

    def __init__(self) -> None:
        self.entries: list[SourceEntry] = []

    def take(
        self, key: str, given: float | None, material: MaterialSet, name: str, unit: str = ""
    ) -> float:
        """Return the case's number, or else the set's.

        Parameters
        ----------
        key : str
            The case's key.
        given : float, optional
            What the case says.
        material : MaterialSet
            Where to look else.
        name : str
            Of the set's number.
        unit : str
            SI, of what the case says; needed where it is not that of the name.

        Raises
        ------
        InputError
            When neither has it.
        """
        entry = material.values.get(name)
        if given is not None:
            unit = unit or si_unit(quantity(material.role, name, exponent=None))
            self.state(key, given, unit)
            return given
        if entry is None:
            raise InputError(
                None,
                f"{material.role}.material",
                material.written,
                f"the set has no {name}, which this case needs ({key})",
                "give it in the case, or choose another material",
            )
        self.entries.append(
            SourceEntry(key, entry.value, entry.unit, entry.source, entry.label, entry.note)
        )
        return entry.value

    def state(
        self,
        key: str,
        value: float | str,
        unit: str,
        *,
        source: str = _USER,
        label: str = "user",
        note: str = "",
    ) -> None:
        """Enter what is in no set: the case's own, or a number computed from others."""
        self.entries.append(SourceEntry(key, value, unit, source, label, note))

    def state_given(self, key: str, table: Table, *, without: Collection[str] = ()) -> None:
        """Enter every number of a table of the case that is not entered yet.

        Parameters
        ----------
        key : str
            Of the table.
        table : Table
            A part of the validated case.
        without : collection of str
            Names of entries of the table to leave out.
        """
        entered = {entry.quantity for entry in self.entries}
        for number in given_numbers(key, table, without=without):
            if number.key in entered:
                continue
            source, label = (_DEFAULT, "U") if number.is_default else (_USER, "user")
            self.state(number.key, number.value, number.unit, source=source, label=label)
