"""The first lines of a sweep's page: least stack pressure, what limits it, how sure that is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from femna.report import html
from femna.report.curves import group_of
from femna.report.reading import Record, SweepFolder, read_summary, value_of
from femna.tables import read_table

SHOWN: Final = 6
"""Combinations of the other inputs in the box; the others are in the table below it."""

_CRITERIA: Final = {
    "contact": ("p_crit_contact_MPa", "bracket_low_MPa", "bracket_high_MPa"),
    "dV/dP": ("p_crit_dVdP_MPa", "bracket_dVdP_low_MPa", "bracket_dVdP_high_MPa"),
}


def answer(sweep: SweepFolder, order: Sequence[tuple[str, ...]]) -> str:
    """Return the box, empty for a sweep without a critical pressure.

    Parameters
    ----------
    sweep : SweepFolder
        The results.
    order : sequence of tuple
        Combinations of the other inputs, the most interesting first.
    """
    if not sweep.critical:
        return ""
    parts = [_table(sweep, order[:SHOWN])]
    if len(order) > SHOWN:
        parts.append(html.paragraph(f"{len(order) - SHOWN} more combinations are in the tables."))
    parts += [_form(sweep, order), _limits(sweep, order[:SHOWN]), _certainty(sweep)]
    return html.box(parts)


def least_pressure(row: Record) -> tuple[float | None, str]:
    """Return the least pressure [MPa] that meets both criteria, and the one that decides.

    Where a criterion has no value it decides nothing, and the words say so, unless it fails at a
    pressure as high as the other's value: then there is no least pressure, and the words say where
    it lies. No words where neither has a value.
    """
    values = {name: value_of(row, columns[0]) for name, columns in _CRITERIA.items()}
    known = {name: value for name, value in values.items() if value is not None}
    if not known:
        return None, ""
    name = max(known, key=lambda key: known[key])
    lacking = [other for other in values if other not in known]
    for other in lacking:
        fails = value_of(row, _CRITERIA[other][1])
        if fails is not None and fails >= known[name]:
            return None, f"above {fails:.3g} MPa by {other}"
    return known[name], name + (f" ({lacking[0]} is not bracketed)" if lacking else "")


def upper_bound(row: Record) -> float | None:
    """Return a pressure [MPa] at which both criteria are met, if the tested ones tell of any."""
    bounds: list[float] = []
    for value, _, high in _CRITERIA.values():
        bound = value_of(row, value)
        bound = value_of(row, high) if bound is None else bound
        if bound is None:
            return None
        bounds.append(bound)
    return max(bounds)


def _rows(sweep: SweepFolder, combination: tuple[str, ...]) -> list[Record]:
    return [row for row in sweep.critical if sweep.combination(row) == combination]


def _called(sweep: SweepFolder, combination: tuple[str, ...]) -> str:
    if len(sweep.combinations) < 2:
        return ""
    if sweep.others == ("variant",):
        return combination[0]
    return ", ".join(f"{k} = {v}" for k, v in zip(sweep.others, combination, strict=True))


def _table(sweep: SweepFolder, shown: Sequence[tuple[str, ...]]) -> str:
    """Return the least pressure at each current, a column for each combination."""
    settings = sweep.summary.get("critical", {})
    contact = 100.0 * float(settings.get("contact_fraction", 0.95))
    slope = f"{settings.get('slope', -0.05):g}".replace("-", "−")
    text = (
        f"Least stack pressure [MPa] that keeps {contact:g} % of the contact and the slope of the "
        f"voltage above {slope} V/MPa, and which of the two decides:"
    )
    cells: dict[float, list[str]] = {current: [] for current in sweep.currents()}
    for combination in shown:
        found = {float(row["current_mA_cm2"]): row for row in _rows(sweep, combination)}
        for current, line in cells.items():
            line.append(_cell(found[current]) if current in found else "–")
    names = [_called(sweep, item) or "least stack pressure (MPa)" for item in shown]
    lines = [(f"{current:g}", *line) for current, line in cells.items()]
    return html.paragraph(text) + html.table(("current (mA/cm²)", *names), lines, numbers=(0,))


def _cell(row: Record) -> str:
    value, words = least_pressure(row)
    if value is None:
        return words or _open(row)
    return f"{value:.3g} by {words}"


def _open(row: Record) -> str:
    """Say on which side of the tested pressures a critical pressure lies that has no value."""
    low, high = (value_of(row, name) for name in _CRITERIA["contact"][1:])
    if low is not None and high is not None:
        text = f"between {low:.3g} and {high:.3g} MPa by contact"
        whole = all(value_of(row, name) is not None for name in _CRITERIA["dV/dP"][1:])
        return text if whole else f"{text} (dV/dP is not bracketed)"
    if high is not None:
        return f"below {high:.3g} MPa, the lowest tested"
    return f"above {low:.3g} MPa, the highest tested" if low is not None else "no result"


def _form(sweep: SweepFolder, order: Sequence[tuple[str, ...]]) -> str:
    """Return the field that answers for any current between the computed ones."""
    tables, names = [], []
    for combination in order:
        pairs = [
            (float(row["current_mA_cm2"]), value)
            for row in _rows(sweep, combination)
            if (value := least_pressure(row)[0]) is not None
        ]
        tables.append(sorted(pairs))
        names.append(_called(sweep, combination))
    if not any(tables):
        return ""
    choice = ""
    if len(names) > 1:
        items = "".join(f"<option>{escape(name)}</option>" for name in names)
        choice = f' for <select aria-label="combination">{items}</select>'
    start = max((pairs[-1][0] for pairs in tables if pairs), default=1.0)
    return (
        f'<form class="ask" data-table="{escape(json.dumps(tables))}">'
        '<label>Least stack pressure at <input type="number" step="any" min="0" '
        f'value="{start:g}"> mA/cm²</label>{choice}: <output></output></form>'
    )


def _limits(sweep: SweepFolder, shown: Sequence[tuple[str, ...]]) -> str:
    """Say what decides: the law behind the exponent, and what the voltage rise is made of."""
    said: list[str] = []
    for combination in shown:
        group = group_of(sweep, combination)
        q, n = group.get("exponent_contact"), group.get("creep_exponent")
        if q is None:
            continue
        name = _called(sweep, combination)
        text = f"{name}: " if name else ""
        text += f"P_crit goes as j^{q:.3g}"
        if n and abs(q - 1.0 / n) < 0.02:
            text += (
                f", the power 1/n of the creep law (n = {n:g}): how fast the metal flows to where "
                "it is stripped decides"
            )
        elif n and _may_be(1.0 / n, _rows(sweep, combination)):
            text += (
                f"; the tested pressures do not tell it from the power 1/n = {1 / n:.3g} of the "
                "creep law, by which how fast the metal flows decides"
            )
        elif n:
            text += (
                f", not as the power 1/n = {1 / n:.3g} of the creep law: more than its flow decides"
            )
        said.append(text + _voltage(sweep, combination) + ".")
    return html.paragraph("What limits it. " + " ".join(said)) if said else ""


def _may_be(power: float, rows: Sequence[Record]) -> bool:
    """Return whether some P_crit ~ j^power lies in the tested brackets by contact of all currents.

    Only currents with a critical pressure count, as in the exponent.
    """
    value, *ends = _CRITERIA["contact"]
    lows, highs = [], []
    for row in rows:
        scale = float(row["current_mA_cm2"]) ** power
        low, high = (value_of(row, name) for name in ends)
        if value_of(row, value) is not None and low is not None and high is not None:
            lows.append(low / scale)
            highs.append(high / scale)
    return bool(lows) and max(lows) <= min(highs)


def _voltage(sweep: SweepFolder, combination: tuple[str, ...]) -> str:
    """Say of what the voltage rise consists in the case that lost contact first."""
    rows = [
        row
        for row in sweep.rows
        if sweep.combination(row) == combination and row.get("origin", "computed") == "computed"
    ]
    threshold = float(sweep.summary.get("critical", {}).get("contact_fraction", 0.95))
    lost = [row for row in rows if (value_of(row, "contact_fraction") or 1.0) < threshold]
    if not lost:
        return ""
    row = max(lost, key=lambda r: (float(r["pressure_MPa"]), float(r["current_mA_cm2"])))
    history = read_table(sweep.directory / row["case"] / "history.csv")
    if not history:
        return ""
    names = ("kinetic_voltage_V", "constriction_voltage_V")
    start, end = history[0], history[-1]
    rise = {n: (value_of(end, n) or 0.0) - (value_of(start, n) or 0.0) for n in names}
    total = sum(rise.values())
    if not (total > 0 and math.isfinite(total)):
        return ""
    share = round(min(100.0 * rise["kinetic_voltage_V"] / total, 100.0))
    if share == 100:
        return " (where contact is first lost, the voltage's rise is kinetic)"
    return (
        f" (where contact is first lost, {share} % of the voltage's rise is kinetic, the rest "
        "crowding of the current in the electrolyte)"
    )


def _certainty(sweep: SweepFolder) -> str:
    """Say how sure the numbers are: of the method, of the data, against the experiment."""
    said = [_numerics(sweep), _data(sweep), _experiment(sweep)]
    return html.paragraph("How sure. " + " ".join(text for text in said if text))


def _numerics(sweep: SweepFolder) -> str:
    widths = []
    for row in sweep.critical:
        for value, low, high in _CRITERIA.values():
            ends = value_of(row, low), value_of(row, high)
            if value_of(row, value) is not None and ends[0] and ends[1]:
                widths.append(ends[1] / ends[0] - 1.0)
    balances: Mapping[str, Any] = sweep.summary.get("balances") or {}
    errors = [v for v in balances.values() if isinstance(v, int | float)]
    text = (
        f"Tested pressures enclose each value within {100 * max(widths):.3g} % or closer."
        if widths
        else ""
    )
    if errors:
        text += f" Charge, volume and force balance to {max(errors):.0e}."
    failed = len(sweep.summary.get("failed", []))
    return text + (f" {failed} cases failed and are missing here." if failed else "")


def _data(sweep: SweepFolder) -> str:
    labels: dict[str, str] = {}
    for folder in sweep.folders:
        for entry in read_summary(folder / "run.json").get("sources", []):
            labels[str(entry.get("quantity"))] = str(entry.get("label"))
    if not labels:
        return ""
    given = [name for name, label in labels.items() if label in ("user", "U")]
    text = f"Of {len(labels)} numbers {len(labels) - len(given)} come from a cited source"
    if given:
        text += f"; assumed are {', '.join(given[:8])}" + (" and others" if len(given) > 8 else "")
    return text + ". The map of the interface is assumed and decides the magnitude."


def _experiment(sweep: SweepFolder) -> str:
    entries: list[Any] = [e for e in sweep.summary.get("comparison", []) if isinstance(e, dict)]
    if not entries:
        return ""
    counts = {name: sum(e.get("verdict") == name for e in entries) for name in ("met", "not met")}
    return (
        f"Against the experiment {counts['met']} of {len(entries)} statements are met and "
        f"{counts['not met']} are not, all combinations and both criteria counted."
    )
