"""The section of a sweep's page on realisations: mean and spread of the critical pressure."""

from __future__ import annotations

from typing import Final

from femna.report import html
from femna.report.reading import SweepFolder

_FIXED: Final = 12
"""Columns of critical_spread.csv before the inputs that are kept."""


def spread_section(sweep: SweepFolder) -> str:
    """Return the section, empty where the study does not average."""
    if not sweep.spread:
        return ""
    over = ", ".join(sweep.summary.get("critical", {}).get("over", []))
    kept = tuple(sweep.spread[0])[_FIXED:]
    rows = []
    for row in sweep.spread:
        cells = [*(row[name] for name in kept), html.shown(row["current_mA_cm2"])]
        for criterion in ("dVdP", "contact"):
            mean, low, high = (row[f"p_crit_{criterion}_{m}_MPa"] for m in ("mean", "min", "max"))
            cells += [
                f"{row[f'p_crit_{criterion}_count']} of {row['realisations']}",
                html.shown(mean, 4),
                html.shown(row[f"p_crit_{criterion}_std_MPa"], 2),
                f"{html.shown(low, 4)} … {html.shown(high, 4)}" if mean else "–",
            ]
        rows.append(tuple(cells))
    header = (*kept, "current (mA/cm²)")
    for criterion in ("slope", "contact"):
        header += ("bracketed", f"mean, {criterion} (MPa)", "std. dev.", "range")
    text = (
        f"Critical pressures over the realisations ({over}); the standard deviation is that of a "
        "sample. A realisation that is not bracketed has no value and does not enter."
    )
    return (
        html.heading("Spread over realisations")
        + html.paragraph(text)
        + html.table(header, rows, numbers=range(len(kept), len(header)))
    )
