"""A counter electrode: it passes the working electrode's current with the other sign.

Working and counter face each other across an electrolyte. In a unit cell that is thick against its
period the middle is an equipotential plane, the reference, and each interface sees the other by the
current alone, which both pass: potential that varies along an interface with wave number k has
decayed by exp(-k Z) in the middle, a depth Z away, and what the other interface would have made of
it by exp(-2 k Z). With one period on both that is some exp(-4 pi Z / period). In all other cells
both are solved across one electrolyte (`shared_electrolyte.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, Literal

from femna.simulation.schedule import Phase

Kind = Literal["strip", "plate", "hold", "rest"]

PREFIX: Final = "counter_"
"""Of the counter electrode's columns."""

OTHER: Final[Mapping[str, Kind]] = MappingProxyType({"strip": "plate", "plate": "strip"})
"""What the counter electrode does meanwhile."""

_SHARED: Final = frozenset(
    {
        "step",
        "time_s",
        "half_cycle",
        "charge_mAh_cm2",
        "pressure_MPa",
        "current_mA_cm2",
        "newton_iterations",
        "dt_s",
        "phase",
        "cycle",
    }
)


def opposite(phase: Phase, current: float) -> Phase:
    """Return what the counter electrode does while the working one passes a current [A/m^2]."""
    kind = OTHER.get(phase.kind, phase.kind)
    return replace(phase, kind=kind, current=-current, held=None, until=float("inf"))


def both_rows(working: dict[str, Any], counter: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the row of the cell: the working electrode's, and what the counter's adds."""
    if counter is None:
        return working
    cell = {"cell_voltage_V": working["voltage_V"] - counter["voltage_V"]}
    # the counter electrode is the one that works in its own row
    names = {name: name.removeprefix("working_") for name in counter if name not in _SHARED}
    own = {f"{PREFIX}{short}": counter[name] for name, short in names.items()}
    return working | cell | own


def counter_row[T](row: Mapping[str, T]) -> dict[str, T]:
    """Return a row of the history as the counter electrode's own; what is shared stays."""
    own = {n.removeprefix(PREFIX): v for n, v in row.items() if n.startswith(PREFIX)}
    return {**{name: row[name] for name in row if name in _SHARED}, **own}
