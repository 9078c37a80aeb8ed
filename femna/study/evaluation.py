"""From the rows of a sweep to critical.csv, critical_current.csv and the summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from femna.study.critical import CriticalPoint, critical_current, critical_pressure
from femna.study.curve import Crossing, Point
from femna.study.definition import Critical
from femna.study.rows import COMPUTED, FAILED, MAPPED, SPOT_CHECK, Others, Row
from femna.study.scaling import Scaling, collapse_error, scaling


@dataclass(frozen=True)
class Group:
    """All currents of one combination of the other inputs.

    Attributes
    ----------
    others : tuple
        The combination.
    curves : Mapping[float, tuple[Point, ...]]
        Current density [mA/cm^2] -> points by pressure.
    critical : Mapping[float, CriticalPoint]
        Current density [mA/cm^2] -> critical pressure [MPa].
    currents : Mapping[float, CriticalPoint]
        Pressure [MPa] -> critical current density [mA/cm^2].
    by_slope, by_contact : Scaling
        Power laws of the two criteria.
    creep_exponent : float | None
        n, where all cases of the group share one.
    collapse : float | None
        Largest difference of the contact curves on the axis P/j^(1/n).
    collapse_range : tuple[float, float] | None
        Where they overlap.
    mapped : frozenset of float
        Currents whose curve was mapped from another one's.
    """

    others: Others
    curves: Mapping[float, tuple[Point, ...]]
    critical: Mapping[float, CriticalPoint]
    currents: Mapping[float, CriticalPoint]
    by_slope: Scaling
    by_contact: Scaling
    creep_exponent: float | None
    collapse: float | None
    collapse_range: tuple[float, float] | None
    mapped: frozenset[float] = frozenset()

    def origin(self, current: float) -> str:
        """Return whether a current's curve was computed or mapped."""
        return MAPPED if current in self.mapped else COMPUTED


def evaluate(rows: Iterable[Row], settings: Critical) -> tuple[Group, ...]:
    """Evaluate every combination of the other inputs, in the order in which they occur."""
    gathered: dict[Others, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row.others, []).append(row)
    return tuple(_group(others, items, settings) for others, items in gathered.items())


def _group(others: Others, rows: Sequence[Row], settings: Critical) -> Group:
    curves: dict[float, tuple[Point, ...]] = {}
    for current in sorted({row.current for row in rows}):
        points = [
            r.point
            for r in rows
            if r.current == current and r.status != FAILED and r.origin != SPOT_CHECK
        ]
        curves[current] = tuple(sorted(points, key=lambda p: p.pressure))
    limits = {"slope": settings.slope, "contact_fraction": settings.contact_fraction}
    critical = {j: critical_pressure(points, **limits) for j, points in curves.items()}
    grid = sorted({row.pressure for row in rows if not row.extra and row.origin == COMPUTED})
    exponents = {row.results.get("creep_exponent") for row in rows if row.status != FAILED}
    exponent = exponents.pop() if len(exponents) == 1 else None
    computed = {row.current for row in rows if row.origin == COMPUTED}
    error, span = collapse_error({j: curves[j] for j in sorted(computed)}, exponent)
    return Group(
        others=others,
        curves=curves,
        critical=critical,
        currents={p: critical_current(p, curves, **limits) for p in grid},
        by_slope=scaling({j: item.by_slope.value for j, item in critical.items()}),
        by_contact=scaling({j: item.by_contact.value for j, item in critical.items()}),
        creep_exponent=exponent,
        collapse=error,
        collapse_range=span,
        mapped=frozenset(row.current for row in rows if row.origin == MAPPED),
    )


def critical_table(groups: Sequence[Group]) -> tuple[list[str], list[list[object]]]:
    """Return header and cells of critical.csv, pressures in MPa."""
    header = [
        "current_mA_cm2",
        "p_crit_dVdP_MPa",
        "p_crit_contact_MPa",
        "method",
        "bracket_low_MPa",
        "bracket_high_MPa",
        "bracket_dVdP_low_MPa",
        "bracket_dVdP_high_MPa",
    ]
    header, cells = _table(header, [(g.others, g.critical) for g in groups], pressure=True)
    origins = [group.origin(current) for group in groups for current in group.critical]
    return [*header, "origin"], [[*row, o] for row, o in zip(cells, origins, strict=True)]


def critical_current_table(groups: Sequence[Group]) -> tuple[list[str], list[list[object]]]:
    """Return header and cells of critical_current.csv, currents in mA/cm^2."""
    header = [
        "pressure_MPa",
        "j_crit_dVdP_mA_cm2",
        "j_crit_contact_mA_cm2",
        "method",
        "bracket_low_mA_cm2",
        "bracket_high_mA_cm2",
        "bracket_dVdP_low_mA_cm2",
        "bracket_dVdP_high_mA_cm2",
    ]
    return _table(header, [(g.others, g.currents) for g in groups], pressure=False)


def _table(
    header: list[str],
    groups: Sequence[tuple[Others, Mapping[float, CriticalPoint]]],
    *,
    pressure: bool,
) -> tuple[list[str], list[list[object]]]:
    columns = list(dict.fromkeys(name for others, _ in groups for name, _ in others))
    cells: list[list[object]] = []
    for others, found in groups:
        given = dict(others)
        for abscissa, item in found.items():
            cells.append(
                [
                    abscissa,
                    item.by_slope.value,
                    item.by_contact.value,
                    item.method,
                    *_ends(item.by_contact, pressure=pressure),
                    *_ends(item.by_slope, pressure=pressure),
                    *(given.get(name) for name in columns),
                ]
            )
    return header + columns, cells


def _ends(crossing: Crossing, *, pressure: bool) -> tuple[float | None, float | None]:
    """Return (low, high): the failing side is the low one in pressure, the high one in current."""
    ends = (crossing.failing, crossing.holding)
    return ends if pressure else (ends[1], ends[0])


def group_summary(group: Group) -> dict[str, object]:
    """Return one group's entries of summary.json."""
    return {
        "inputs": dict(group.others),
        "exponent_contact": group.by_contact.exponent,
        "exponent_dVdP": group.by_slope.exponent,
        "ratio_contact": group.by_contact.ratio,
        "ratio_dVdP": group.by_slope.ratio,
        "collapse_error": group.collapse,
        "exponent_contact_error": group.by_contact.error,
        "exponent_dVdP_error": group.by_slope.error,
        "exponent_contact_currents": group.by_contact.currents,
        "exponent_dVdP_currents": group.by_slope.currents,
        "line_r2_contact": group.by_contact.line_r2,
        "line_r2_dVdP": group.by_slope.line_r2,
        "ratio_currents_mA_cm2": [min(group.curves), max(group.curves)] if group.curves else None,
        "collapse_range": group.collapse_range,
        "creep_exponent": group.creep_exponent,
    }
