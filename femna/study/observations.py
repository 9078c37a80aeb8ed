"""What a measurement states, and whether the computed critical pressures agree with it."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from femna.case import read_document
from femna.errors import InputError
from femna.study.critical import Criterion
from femna.study.curve import Crossing
from femna.study.cycled_cells import Cell, cycled_cells
from femna.study.definition import Compare
from femna.study.evaluation import Group
from femna.study.measured import Measured, load_measured
from femna.study.named_files import named_file
from femna.study.rows import number

type Verdict = Literal["met", "not met", "not decided"]

LINE_R2: Final = 0.99
"""A straight line counts as met from this R^2 on; j^0.2 at five currents reaches 0.966."""

_BOUNDS: Final = ("above", "at_least", "below", "at_most")


@dataclass(frozen=True)
class Bound:
    """A stated bracket of the critical pressure at one current.

    Attributes
    ----------
    current : float
        [mA/cm^2].
    low, high : float | None
        [MPa].
    text : str
        As it is stated, '4 < P_crit <= 7 MPa'.
    """

    current: float
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True)
class Observations:
    """The statements that a sweep can be held against.

    Attributes
    ----------
    source : str
        Full reference.
    bounds : tuple[Bound, ...]
        Brackets of the critical pressure.
    linear : bool
        Whether the critical pressure is stated to be linear in the current.
    measured : tuple of mapping
        Measured points, see `measured.py`.
    cells : tuple[Cell, ...]
        Cells that were cycled.
    slope : float | None
        Slope of the voltage [V/MPa] that defines the stated critical pressures; None if not stated.
    """

    source: str | None
    bounds: tuple[Bound, ...]
    linear: bool
    measured: Measured = ()
    cells: tuple[Cell, ...] = ()
    slope: float | None = None


@dataclass(frozen=True)
class Comparison:
    """One statement, one criterion, and the verdict."""

    statement: str
    criterion: str
    computed: str
    verdict: Verdict


def load_comparison(study: Path, settings: Compare) -> Observations:
    """Read what a study's `[compare]` names; InputError where a file is missing or not in order."""
    found = Observations(None, (), linear=False)
    if settings.observations is not None:
        file = named_file(study, "compare.observations", settings.observations)
        found = load_observations(file)
    if settings.measured is not None:
        file = named_file(study, "compare.measured", settings.measured)
        found = replace(found, measured=load_measured(file))
    return found


def load_observations(path: Path) -> Observations:
    """Read an observations file; InputError where it is missing or not in order."""
    content = read_document(path)
    protocol = content.get("critical_pressure_protocol", {})
    if not isinstance(protocol, Mapping):
        protocol = {}
    relation = str(protocol.get("relation", ""))
    return Observations(
        source=str(content.get("source", path.name)),
        bounds=tuple(
            _bound(path, index, entry)
            for index, entry in enumerate(_tables(path, content, "critical_pressure"))
        ),
        linear=relation.startswith("linear"),
        cells=cycled_cells(path, _tables(path, content, "cycling"), content.get("tomography")),
        slope=number(protocol.get("criterion_dV_dP_V_per_MPa")),
    )


def _tables(path: Path, content: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return a list of tables; InputError where it is anything else."""
    entries = content.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise InputError(path, key, "...", "a list of tables", f"use [[{key}]]")
    return entries


def _is_positive(value: object) -> bool:
    found = number(value)
    return found is not None and found > 0.0


def _bound(path: Path, index: int, entry: Mapping[str, Any]) -> Bound:
    key = f"critical_pressure.{index}"
    for name in ("current", *(name for name in _BOUNDS if name in entry)):
        value = entry.get(name)
        if not _is_positive(value):
            raise InputError(path, f"{key}.{name}", value, "a positive number", "correct it")
    low, high = entry.get("above", entry.get("at_least")), entry.get("below", entry.get("at_most"))
    if low is None and high is None:
        raise InputError(path, key, "...", "states no bound", f"give one of {', '.join(_BOUNDS)}")
    if low is not None and high is not None and low >= high:
        limit = f"lies between {low:g} and {high:g} MPa, where nothing does"
        raise InputError(path, key, "...", limit, "exchange the bounds")
    parts = [f"{low:g} {'<' if 'above' in entry else '<='} "] if low is not None else []
    parts.append("P_crit")
    if high is not None:
        parts.append(f" {'<' if 'below' in entry else '<='} {high:g}")
    text = (
        "".join(parts)
        if high is not None
        else f"P_crit {'>' if 'above' in entry else '>='} {low:g}"
    )
    return Bound(float(entry["current"]), low, high, f"{text} MPa")


def compare(group: Group, observations: Observations) -> tuple[Comparison, ...]:
    """Hold one group's critical pressures against the observations."""
    result: list[Comparison] = []
    for bound in observations.bounds:
        statement = f"{bound.text} at {bound.current:g} mA/cm2"
        found = next((p for j, p in group.critical.items() if math.isclose(j, bound.current)), None)
        if found is None:
            result += _from_larger_currents(bound, group, statement)
            continue
        for criterion, name in _NAMES.items():
            crossing = found.by(criterion)
            result.append(Comparison(statement, name, describe(crossing), _judge(bound, crossing)))
    if observations.linear:
        for name, item in (("dV/dP", group.by_slope), ("contact", group.by_contact)):
            computed, verdict = "fewer than three currents", _UNDECIDED
            if item.line_r2 is not None and item.exponent is not None:
                computed = f"R2 of a line {item.line_r2:.3f}, exponent {item.exponent:.2f}"
                verdict = "met" if item.line_r2 >= LINE_R2 else "not met"
            result.append(Comparison("P_crit linear in current", name, computed, verdict))
    return tuple(result)


def _from_larger_currents(bound: Bound, group: Group, statement: str) -> list[Comparison]:
    """Decide an upper bound by a larger current that meets it: P_crit rises with the current."""
    result: list[Comparison] = []
    for criterion, name in _NAMES.items():
        computed, verdict = "current not computed", _UNDECIDED
        for current, point in sorted(group.critical.items()):
            value = point.by(criterion).value
            below = bound.low is None and bound.high is not None and current > bound.current
            if below and value is not None and value <= (bound.high or 0.0):
                computed, verdict = f"{value:.3g} already at {current:g} mA/cm2", "met"
                break
        result.append(Comparison(statement, name, computed, verdict))
    return result


_NAMES: Final[Mapping[Criterion, str]] = MappingProxyType({"dVdP": "dV/dP", "contact": "contact"})

_UNDECIDED: Final[Verdict] = "not decided"


def _judge(bound: Bound, crossing: Crossing) -> Verdict:
    """Judge a bracket by the computed value, or by its own bracket where there is none."""
    low, high = crossing.range
    beyond = operator.gt if crossing.value is not None else operator.ge  # it fails at its low end
    if (low is not None and bound.high is not None and beyond(low, bound.high)) or (
        high is not None and bound.low is not None and high < bound.low
    ):
        return "not met"
    above = bound.low is None or (low is not None and beyond(low, bound.low))
    below = bound.high is None or (high is not None and high <= bound.high)
    return "met" if above and below else "not decided"


def describe(crossing: Crossing) -> str:
    """Write a crossing in words, MPa."""
    if crossing.value is not None:
        return f"{crossing.value:.3g}"
    if crossing.failing is not None and crossing.holding is not None:
        return f"{crossing.failing:.3g}..{crossing.holding:.3g}"
    if crossing.holding is not None:
        return f"< {crossing.holding:.3g}"
    if crossing.failing is not None:
        return f"> {crossing.failing:.3g}"
    return "not bracketed"
