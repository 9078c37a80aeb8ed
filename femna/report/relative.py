"""The section of a sweep's page on factors: critical pressures over those of another variant."""

from __future__ import annotations

from femna.report import html
from femna.report.reading import SweepFolder
from femna.tables import read_table

_ENDS = 4
"""Columns of relative.csv after the inputs: current, two factors, origin."""


def relative_section(sweep: SweepFolder) -> str:
    """Return the section, empty where no variant is relative to another."""
    rows = read_table(sweep.directory / "relative.csv")
    if not rows:
        return ""
    inputs = tuple(rows[0])[:-_ENDS]
    cells = [
        (
            *(row[name] for name in inputs),
            html.shown(row["current_mA_cm2"]),
            html.shown(row["factor_dVdP"], 4),
            html.shown(row["factor_contact"], 4),
        )
        for row in rows
    ]
    header = (*inputs, "current (mA/cm²)", "factor, slope", "factor, contact")
    text = "Critical pressure over that of the variant which it is relative to, by both criteria."
    return (
        html.heading("What a change does")
        + html.paragraph(text)
        + html.table(header, cells, numbers=range(len(inputs), len(header)))
    )
