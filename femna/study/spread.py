"""Mean and spread of the critical pressure over swept inputs, such as the seed of a random map."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from femna.errors import InputError
from femna.study.critical import CRITERIA
from femna.study.definition import Study
from femna.study.entries import CURRENT, PRESSURE, Entry
from femna.study.evaluation import Group
from femna.study.rows import Others

_MEASURES: Final = ("count", "mean_MPa", "std_MPa", "min_MPa", "max_MPa")


@dataclass(frozen=True)
class Spread:
    """The critical pressures of one current and one combination of the inputs that are kept.

    Attributes
    ----------
    current : float
        [mA/cm^2].
    others : tuple
        The combination, without the inputs gone over.
    realisations : int
        How many combinations of those there are.
    by_slope, by_contact : tuple of float
        Critical pressures [MPa] of the realisations that have one.
    """

    current: float
    others: Others
    realisations: int
    by_slope: tuple[float, ...]
    by_contact: tuple[float, ...]


def averaged_columns(
    file: Path, study: Study, picked: Iterable[Sequence[Entry]]
) -> tuple[str, ...]:
    """Return the columns of the inputs that the study averages over.

    Raises
    ------
    InputError
        If one of them is not swept, or is the pressure or the current.
    """
    columns = {entry.path: entry.column for entries in picked for entry in entries}
    for path in study.critical.over:
        if path in (PRESSURE, CURRENT):
            limit = "the critical pressure is a function of it"
            raise InputError(file, "critical.over", path, limit, "name other inputs")
        if path not in columns:
            raise InputError(file, "critical.over", path, "is not swept", "add it to a [[sweep]]")
    return tuple(columns[path] for path in study.critical.over)


def spreads(groups: Iterable[Group], over: Sequence[str]) -> tuple[Spread, ...]:
    """Gather the critical pressures over the columns `over`, in the order of the groups.

    A realisation whose critical pressure is not bracketed counts as one, without a value.
    """
    gathered: dict[tuple[Others, float], list[Group]] = {}
    for group in groups:
        kept = tuple((name, value) for name, value in group.others if name not in over)
        for current in group.critical:
            gathered.setdefault((kept, current), []).append(group)
    result = []
    for (others, current), members in gathered.items():
        found = [member.critical[current] for member in members]
        values = [
            tuple(item.value for item in items if item.value is not None)
            for items in ([p.by_slope for p in found], [p.by_contact for p in found])
        ]
        result.append(Spread(current, others, len(members), values[0], values[1]))
    return tuple(result)


def spread_table(found: Sequence[Spread]) -> tuple[list[str], list[list[object]]]:
    """Return header and cells of critical_spread.csv, pressures in MPa.

    The standard deviation is that of a sample (n - 1), empty for fewer than two values.
    """
    columns = list(dict.fromkeys(name for item in found for name, _ in item.others))
    header = ["current_mA_cm2", "realisations"]
    header += [f"p_crit_{criterion}_{name}" for criterion in CRITERIA for name in _MEASURES]
    cells: list[list[object]] = []
    for item in found:
        given = dict(item.others)
        row: list[object] = [item.current, item.realisations]
        for values in (item.by_slope, item.by_contact):
            row += [len(values), *_measures(values)]
        cells.append([*row, *(given.get(name) for name in columns)])
    return header + columns, cells


def spread_lines(found: Sequence[Spread]) -> list[str]:
    """Return the lines that a sweep prints of its spreads."""
    lines = ["", "P_crit (MPa) over the realisations: mean ± standard deviation (bracketed of all)"]
    for item in found:
        name = ", ".join(f"{key} = {value}" for key, value in item.others)
        shown = [_shown(values, item.realisations) for values in (item.by_slope, item.by_contact)]
        lines.append(f"{item.current:>10.3g}  {shown[0]:>26}{shown[1]:>26}  {name}".rstrip())
    return lines


def _measures(values: Sequence[float]) -> tuple[float | None, float | None, object, object]:
    if not values:
        return None, None, None, None
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return statistics.fmean(values), deviation, min(values), max(values)


def _shown(values: Sequence[float], realisations: int) -> str:
    mean, deviation, _, _ = _measures(values)
    count = f"({len(values)} of {realisations})"
    if mean is None:
        return f"not bracketed {count}"
    return f"{mean:.4g} ± {'–' if deviation is None else format(deviation, '.2g')} {count}"
