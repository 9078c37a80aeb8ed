"""The values of a study's sweep tables, one entry for each value, and choosing among them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from femna.errors import InputError
from femna.study.quantities import (
    Quantity,
    column_name,
    is_quantity,
    override_text,
    parse_quantity,
    tidy,
)
from femna.study.ranges import Range, Scalar, Values, length

PRESSURE: Final = "protocol.pressure"
CURRENT: Final = "protocol.current_density"
VARIANT: Final = "variant"
"""How a case's variant is called among its swept inputs."""


@dataclass(frozen=True)
class Entry:
    """One value of one swept path.

    Attributes
    ----------
    path, text : str
        Where it goes in the case, and what `--set` would be given.
    column : str
        Its column in the tables; empty for pressure and current, which have fixed ones.
    value : float | str
        What that column shows.
    """

    path: str
    text: str
    column: str
    value: float | str


def table_entries(
    table: Mapping[str, Values | Range], *, like: Mapping[str, Values | Range] | None = None
) -> list[tuple[Entry, ...]]:
    """Return the rows of one table: its keys vary together.

    Parameters
    ----------
    table : mapping
    like : mapping, optional
        A table of the same keys, whose order and units the rows take.
    """
    columns = {path: _points(path, table[path], (like or {}).get(path)) for path in like or table}
    count = length(next(iter(table.values())))
    return [tuple(columns[path][row] for path in columns) for row in range(count)]


def _points(path: str, item: Values | Range, like: Values | Range | None) -> list[Entry]:
    fixed = path in (PRESSURE, CURRENT)
    quantities = _quantities(item)
    others = None if like is None else _quantities(like)
    if quantities and others and all(q.fits(others[0].unit) for q in quantities):
        quantities = [q.to(others[0].unit) for q in quantities]
    if quantities is None:
        assigned = item.values if isinstance(item, Values) else ()
        column = "" if fixed else column_name(path, "")
        return [Entry(path, override_text(v), column, _cell(v)) for v in assigned]
    column = "" if fixed else column_name(path, quantities[0].unit)
    return [
        Entry(path, q.text if q.unit else _bare(item, index, q), column, q.number)
        for index, q in enumerate(quantities)
    ]


def _bare(item: Values | Range, index: int, quantity: Quantity) -> str:
    """Text of a bare number; a whole number stays one (a seed is not 1.0)."""
    if isinstance(item, Values):
        return override_text(item.values[index])
    return f"{quantity.number:.12g}"


def _cell(value: Scalar) -> float | str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _quantities(item: Values | Range) -> list[Quantity] | None:
    """Return numbers with one common unit, or None for texts and switches."""
    if isinstance(item, Range):
        if isinstance(item.start, str) and isinstance(item.stop, str):
            first = parse_quantity(item.start)
            last = parse_quantity(item.stop).to(first.unit)
        else:
            first, last = Quantity(float(item.start), ""), Quantity(float(item.stop), "")
        return [
            Quantity(
                tidy(_between(first.number, last.number, row / (item.count - 1), item)), first.unit
            )
            for row in range(item.count)
        ]
    if item.unit is not None or not any(isinstance(v, str | bool) for v in item.values):
        return [Quantity(float(v), item.unit or "") for v in item.values]
    texts = [v for v in item.values if isinstance(v, str)]
    if len(texts) == len(item.values) and all(is_quantity(text) for text in texts):
        parsed = [parse_quantity(text) for text in texts]
        return [quantity.to(parsed[0].unit) for quantity in parsed]
    return None


def _between(first: float, last: float, part: float, item: Range) -> float:
    if item.spacing == "log":
        value = first * math.pow(last / first, part)
    else:
        value = first + (last - first) * part
    # Six digits are enough for a grid and keep names and files readable; the ends stay exact.
    return value if part in (0.0, 1.0) else float(f"{value:.6g}")


def nearest_case(
    file: Path, selector: Mapping[str, Scalar], picked: Sequence[tuple[Entry, ...]]
) -> int:
    """Return the index of the case nearest to a selector.

    Raises
    ------
    InputError
        It selects by what is not swept, or no case has a comparable value of all that it names.
    """
    known = {entry.path for entry in picked[0]} if picked else set()
    for path in selector:
        if path not in known:
            raise InputError(
                file,
                f"output.fields.{path}",
                selector[path],
                "not swept",
                "select by swept paths and variant",
            )

    def distance(entries: tuple[Entry, ...]) -> float:
        return sum(_distance(e, selector[e.path]) for e in entries if e.path in selector)

    totals = [distance(entries) for entries in picked]
    if not math.isfinite(min(totals)):
        every = [entry for entries in picked for entry in entries]
        met = {e.path for e in every if e.path in selector and distance((e,)) < math.inf}
        path = next((path for path in selector if path not in met), [*selector][-1])
        example = next(entry.text for entry in picked[0] if entry.path == path)
        raise InputError(
            file,
            f"output.fields.{path}",
            selector[path],
            f"no case has it with the other entries; a swept value is {example}",
            "select by values that are swept, numbers with their units",
        )
    return totals.index(min(totals))


def _distance(entry: Entry, wanted: Scalar) -> float:
    own, other = entry.text, override_text(wanted)
    try:
        mine = parse_quantity(own)
        theirs = parse_quantity(other).to(mine.unit)
    except ValueError:
        return 0.0 if own == other else math.inf
    if min(mine.number, theirs.number) <= 0:
        return abs(mine.number - theirs.number)
    return abs(math.log(mine.number / theirs.number))
