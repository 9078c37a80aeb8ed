"""The part of a sweep's page that holds the results against what the experiment states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from femna.report import html
from femna.report.answer import upper_bound
from femna.report.reading import SweepFolder


def comparison_section(sweep: SweepFolder) -> str:
    """Return every statement with its verdict, and how far too low pressures are; or nothing."""
    entries = [e for e in sweep.summary.get("comparison", []) if isinstance(e, Mapping)]
    if not entries:
        return ""
    counts = {name: sum(e.get("verdict") == name for e in entries) for name in _VERDICTS}
    parts = [html.heading("Against the experiment")]
    listed = ", ".join(f"{count} {name}" for name, count in counts.items())
    parts.append(html.paragraph(f"Statement by statement and criterion by criterion: {listed}."))
    gap = _gap(sweep)
    if gap:
        parts.append(html.paragraph(gap))
    several = any(entry.get("inputs") for entry in entries)
    rows = [
        (
            *((", ".join(str(v) for v in entry.get("inputs", {}).values()),) if several else ()),
            str(entry.get("statement", "")),
            str(entry.get("criterion", "")),
            str(entry.get("computed", "")),
            str(entry.get("verdict", "")),
        )
        for entry in entries
    ]
    header = (*(("inputs",) if several else ()), "stated", "criterion", "computed (MPa)", "verdict")
    parts.append(html.table(header, rows))
    source = sweep.summary.get("observations")
    if source:
        parts.append(html.paragraph(f"Experiment: {source}."))
    return "".join(parts)


_VERDICTS: Final = ("met", "not met", "not decided")


def _gap(sweep: SweepFolder) -> str:
    """Say in numbers how far computed pressures are below the stated ones, the worst of each."""
    worst: dict[tuple[str, ...], tuple[float, str]] = {}
    for item in sweep.summary.get("stated_brackets", []):
        current, low = float(item["current"]), item.get("low")
        for row in sweep.critical:
            if not low or abs(float(row["current_mA_cm2"]) - current) > 1e-9 * current:
                continue
            bound = upper_bound(row)
            if bound is not None and bound < low:
                factor, place = low / bound, sweep.combination(row)
                text = f"at least {factor:.3g} times below the stated {low:g} MPa"
                text += f" at {current:g} mA/cm²"
                worst[place] = max(worst.get(place, (0.0, "")), (factor, text))
    if not worst:
        return ""
    if len(sweep.combinations) < 2:
        ((_, text),) = worst.values()
        return f"The model as set here does not reproduce the magnitude: it is {text}."
    listed = [f"{', '.join(place)} ({text})" for place, (_, text) in worst.items()]
    more = f" and {len(listed) - GAPS} more" if len(listed) > GAPS else ""
    return f"Too low a critical pressure have {'; '.join(listed[:GAPS])}{more}."


GAPS: Final = 4
"""Combinations that the sentence names; the table has all."""
