"""Whether computed cells agree with those that were cycled.

A life and a voltage agree within a factor of two; a plating voltage is flat when its end varies by
less than a quarter from cycle to cycle; a void volume rises when it does so in every cycle; voids
are larger when a range of sizes above the first has more of them at the end than at first. Between
cycles that were left out a voltage is taken from the line through those beside them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from femna.study.cycled_cells import Cell
from femna.study.entries import VARIANT
from femna.study.quantities import column_name
from femna.study.rows import FAILED, Row, Table
from femna.tables import read_table

type Inputs = tuple[tuple[str, Any], ...]

FACTOR: Final = 2.0
FLAT: Final = 0.25
HEADER: Final = ["variant", "cell", "statement", "computed", "verdict"]

_OF_CELL: Final = ("protocol.charge", "protocol.repeat")
"""Swept inputs that belong to a cell always, as pressure and current do."""

_ENDS: Final = ("contact_lost", "voltage_limit", "shorted")


@dataclass(frozen=True)
class Judged:
    """One statement of one cell, held against one computed cell.

    Of the inputs `others` are those in which computed cells differ that are one measured cell.
    """

    variant: str
    others: Inputs
    cell: str
    statement: str
    computed: str
    verdict: str


def judge_cells(
    directory: Path, rows: Sequence[Row], cells: Sequence[Cell], of_cell: Iterable[str] = ()
) -> list[Judged]:
    """Hold the computed cells of a sweep against those that were measured.

    Parameters
    ----------
    directory : Path
        Of the sweep, with a folder for every case.
    rows : sequence of Row
    cells : sequence of Cell
    of_cell : iterable of str
        Swept paths that belong to a cell as its pressure and its current do.

    Returns
    -------
    list of Judged
        None for a cell of which no case with more than one half cycle was computed.
    """
    found: list[Judged] = []
    columns = tuple(column_name(path, "") for path in (*_OF_CELL, *of_cell))
    groups: dict[tuple[str, Inputs], list[Row]] = {}
    for row in rows:
        groups.setdefault((_variant(row), _others(row, columns)), []).append(row)
    for (variant, others), own in groups.items():
        lives: dict[tuple[float, float], float] = {}
        for cell in cells:
            for row in own:
                table = read_table(directory / row.case / "cycles.csv")
                if len(table) < 2 or not _same(cell, row, table):
                    continue
                found += [
                    Judged(variant, others, cell.text, *texts)
                    for texts in _statements(cell, row, table)
                ]
                if not cell.voids and row.status != FAILED:
                    ended = row.status in _ENDS
                    life = float(table[-1]["cycle"])
                    lives[row.pressure, row.current] = life if ended else math.inf
                break
        found += [Judged(variant, others, "all", *texts) for texts in _trends(lives)]
    return found


def judged_table(found: Sequence[Judged]) -> Table:
    """Return header and cells of ``cycling.csv``; the other inputs stand after the variant."""
    inputs = list(dict.fromkeys(name for item in found for name, _ in item.others))
    variant, *rest = HEADER
    cells = [
        [item.variant, *(dict(item.others).get(name) for name in inputs)]
        + [getattr(item, name) for name in rest]
        for item in found
    ]
    return [variant, *inputs, *rest], cells


def judged_lines(found: Sequence[Judged]) -> list[str]:
    """Return how many statements are met, a line for each variant and its other inputs."""
    lines = []
    for variant, others in dict.fromkeys((item.variant, item.others) for item in found):
        own = [item.verdict for item in found if (item.variant, item.others) == (variant, others)]
        met, missed = own.count("met"), own.count("not met")
        named = ", ".join([*filter(None, [variant]), *(f"{n} = {v}" for n, v in others)])
        name = f"{named}: " if named else ""
        lines.append(
            f"Cycled cells: {name}{met} of {len(own)} statements met, {missed} not met, "
            f"{len(own) - met - missed} not decided."
        )
    return lines


def _variant(row: Row) -> str:
    return str(dict(row.others).get(VARIANT, ""))


def _others(row: Row, of_cell: Sequence[str]) -> Inputs:
    """Return the inputs besides the variant, and besides those that tell cells apart."""
    own = (VARIANT, *of_cell)
    return tuple(
        (name, value)
        for name, value in row.others
        if not any(name == column or name.startswith(f"{column}_") for column in own)
    )


def _same(cell: Cell, row: Row, table: Sequence[Mapping[str, str]]) -> bool:
    same = math.isclose(cell.pressure, row.pressure) and math.isclose(cell.current, row.current)
    charge = max(float(entry["charge_mAh_cm2"]) for entry in table)
    given = dict(row.others).get("protocol_charge_mAh_cm2", charge)
    return same and (cell.charge is None or math.isclose(cell.charge, float(given)))


def _statements(
    cell: Cell, row: Row, table: Sequence[Mapping[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield statement, what was computed, and the verdict."""
    if row.status == FAILED:
        yield "is computed", f"failed in cycle {table[-1]['cycle']}", "not decided"
    yield from _life_of(cell, row, table)
    yield from _voltages(cell, table)
    plates = [abs(float(e["voltage_end_V"])) for e in table if e["phase"] == "plate"]
    if cell.flat_plating and plates:
        spread = (max(plates) - min(plates)) / min(plates)
        verdict = _met(spread < FLAT)
        yield "plating voltage the same in all cycles", f"varies by {spread:.1%}", verdict
    if cell.voids:
        yield from _voids(table)


def _life_of(
    cell: Cell, row: Row, table: Sequence[Mapping[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield whether it lived as long, and how it ended."""
    cycle, phase = int(table[-1]["cycle"]), table[-1]["phase"]
    ended = row.status in _ENDS
    how = f"{row.status} in cycle {cycle}, on {phase}" if ended else f"{cycle} cycles"
    if cell.cycles is not None:
        verdict = "not met" if ended else "met" if cycle >= cell.cycles else "not decided"
        yield f"stable for {cell.cycles} cycles", how, verdict
    if cell.fails_in_cycle is not None:
        first, last = cell.fails_in_cycle / FACTOR, cell.fails_in_cycle * FACTOR
        verdict = _met(first <= cycle <= last) if ended else "not decided"
        if not ended and row.status != FAILED and cycle >= last:
            verdict = "not met"
        yield f"fails in cycle {cell.fails_in_cycle}, within a factor 2", how, verdict
        if cell.fails_on_plating:
            yield "fails on plating", how, _met(ended and phase == "plate")


def _voltages(cell: Cell, table: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield whether strippings end at the stated voltages."""
    strips = {int(e["cycle"]): float(e["voltage_end_V"]) for e in table if e["phase"] == "strip"}
    for place, stated in cell.voltages.items():
        text = f"{stated:g} V at the end of stripping {place}, within a factor 2"
        if not min(strips, default=place + 1) <= place <= max(strips, default=0):
            yield text, f"no cycle {place} was computed", "not decided"
            continue
        value = float(np.interp(place, list(strips), list(strips.values())))
        yield text, f"{value:.3g} V", _met(stated / FACTOR <= value <= stated * FACTOR)


def _voids(table: Sequence[Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """Return what the tomography states: volume after stripping and plating, and sizes."""

    def volume(entry: Mapping[str, str]) -> float:
        return float(entry["void_volume_um3"]) + float(entry.get("occluded_void_volume_um3") or 0.0)

    strips = [volume(e) for e in table if e["phase"] == "strip"]
    rising = all(b > a for a, b in itertools.pairwise(strips))
    verdict = _met(rising) if len(strips) > 1 else "not decided"
    listed = ", ".join(f"{v:.3g}" for v in strips)
    found = [
        ("void volume after stripping rises in every cycle", f"{listed} um3", verdict),
    ]
    driven = [e for e in table if e["phase"] in ("strip", "plate")]
    after = [
        (volume(one), volume(next_one))
        for one, next_one in itertools.pairwise(driven)
        if (one["phase"], next_one["phase"]) == ("strip", "plate")
    ]
    partly = bool(after) and all(0.0 < p < s for s, p in after)
    listed = ", ".join(f"{s:.3g} to {p:.3g}" for s, p in after)
    text = f"{listed} um3" if after else "no plating after a stripping"
    verdict = _met(partly) if after else "not decided"
    found.append(("plating fills part of it", text, verdict))
    bins = [name for name in table[0] if name.startswith("voids_um3_")]
    if bins:
        last = [e for e in table if e["phase"] == "strip"]
        counts = [[int(float(e[name] or 0)) for name in bins] for e in last]
        coarser = bool(counts) and any(
            after > before for before, after in zip(counts[0][1:], counts[-1][1:], strict=True)
        )
        text = "; ".join("/".join(map(str, c)) for c in counts)
        verdict = _met(coarser) if any(map(sum, counts)) else "not decided"
        found.append(("larger voids appear with cycle number", f"counts by size {text}", verdict))
    return found


def _trends(lives: Mapping[tuple[float, float], float]) -> list[tuple[str, str, str]]:
    """Return whether life rises with pressure and falls with current, where cells tell."""
    found = []
    for (one, other), axis in itertools.product(itertools.combinations(sorted(lives), 2), (0, 1)):
        if one[1 - axis] != other[1 - axis] or one[axis] == other[axis]:
            continue
        low, high = sorted((one, other), key=lambda key: key[axis])
        name, sign = (("pressure", 1), ("current", -1))[axis]
        a, b = lives[low], lives[high]
        text = (
            f"life at {low[0]:g} MPa, {low[1]:g} mA/cm2: {_life(a)}; at {high[0]:g}, {high[1]:g}: "
        )
        verdict = "not decided" if a == b else _met((b > a) == (sign > 0))
        word = "rises" if sign > 0 else "falls"
        found.append((f"life {word} with {name}", text + _life(b), verdict))
    return found


def _life(cycles: float) -> str:
    return "to the end" if math.isinf(cycles) else f"{cycles:g}"


def _met(holds: bool) -> str:
    return "met" if holds else "not met"
