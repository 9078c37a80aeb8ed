"""A sweep's page on cycled cells: statements of the experiment, and cycles to failure as a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.figure import Figure

from femna.report import html
from femna.report.reading import Record, SweepFolder, read_table, value_of
from femna.report.style import ACCENT, FAINT, INK, figure, save

_ENDED: Final = {"voltage_limit": "V", "contact_lost": "C", "shorted": "S"}
"""How the map marks an end."""


def cycling_section(sweep: SweepFolder) -> str:
    """Return table and map of a sweep whose cases have several cycles; else nothing."""
    judged = read_table(sweep.directory / "cycling.csv")
    cycled = [row for row in sweep.rows if (value_of(row, "cycles") or 0.0) > 1.0]
    if not judged and not cycled:
        return ""
    parts = [html.heading("Cycles")]
    if judged:
        names = ("variant", "cell", "statement", "computed", "verdict")
        rows = [tuple(row[name] for name in names) for row in judged]
        text = (
            "What the experiment states of its cycled cells. A life and a voltage agree within a "
            "factor of two; the other rules are in docs/cycling.md."
        )
        parts += [html.paragraph(text), html.table(names, rows)]
    if cycled:
        parts.append(_map(sweep))
    return "".join(parts)


def _map(sweep: SweepFolder) -> str:
    variants = list(dict.fromkeys(row.get("variant", "") for row in sweep.rows))
    with figure(6.6, 2.6 * ((len(variants) + 1) // 2) + 0.4) as made:
        draw_life(made, sweep.rows, variants)
        drawn = save(made, sweep.directory / "cycles.png")
    text = (
        "Cycles to failure over current and pressure: V voltage limit, C contact lost, S shorted; "
        "an open ring did not fail in the cycles that it has."
    )
    return html.picture(drawn, text)


def draw_life(made: Figure, rows: Sequence[Record], variants: Sequence[str]) -> None:
    """Draw the cycle in which every case ended at its current and pressure, a panel a variant."""
    height, width = (len(variants) + 1) // 2, min(len(variants), 2)
    panels = made.subplots(height, width, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, variant in zip(panels, variants, strict=False):
        axes.set_title(variant)
        for row in rows:
            if row.get("variant", "") != variant or row["status"] == "failed":
                continue
            x, y = value_of(row, "current_mA_cm2"), value_of(row, "pressure_MPa")
            life, mark = value_of(row, "cycles"), _ENDED.get(row["status"])
            if x is None or y is None or life is None:
                continue
            colour = ACCENT if mark else INK
            axes.plot([x], [y], "o", ms=9, color=colour, mfc=colour if mark else "white")
            text = f"{life:g} {mark}" if mark else f"> {life:g}"
            axes.annotate(text, (x, y), xytext=(8, 5), textcoords="offset points", fontsize=8)
        axes.margins(0.25)
        axes.grid(color=FAINT, lw=0.3)
    for axes in panels[len(variants) :]:
        axes.set_visible(False)
    for axes in panels[-width:]:
        axes.set_xlabel("current (mA/cm²)")
    for axes in panels[::width]:
        axes.set_ylabel("pressure (MPa)")
