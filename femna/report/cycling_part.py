"""A sweep's page on cycled cells: statements of the experiment, and cycles to failure as a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.figure import Figure

from femna.report import html
from femna.report.chart import Axis, Dot, Series, View, as_json
from femna.report.contact_map import cycled_cells
from femna.report.experiment import has_cells
from femna.report.reading import Record, SweepFolder, value_of
from femna.report.style import ACCENT, FAINT, INK, figure, save
from femna.tables import read_table

_ENDED: Final = {
    "voltage_limit": ("V", "reached the voltage limit"),
    "contact_lost": ("C", "lost contact"),
    "shorted": ("S", "shorted"),
}
"""How the map marks an end, and its words."""

_HELD: Final = "did not fail"
NAMED: Final = 4
"""Failures that the first lines name for a variant; the map has all."""


def has_cycles(sweep: SweepFolder) -> bool:
    """Return whether the cases of a sweep have several cycles."""
    return bool(_cycled(sweep)) or (sweep.directory / "cycling.csv").is_file()


def cycling_answer(sweep: SweepFolder) -> str:
    """Return the box that begins the page: which cells fail and when, what ends them, how sure."""
    rows = _cycled(sweep)
    if not rows:
        return ""
    said, ends = [], dict.fromkeys(_ENDED, 0)
    for variant in _variants(rows):
        own = [row for row in rows if row.get("variant", "") == variant]
        own = [row for row in own if row["status"] != "failed"]  # not computed to its end
        failed = sorted(
            (row for row in own if row["status"] in _ENDED),
            key=lambda r: value_of(r, "cycles") or 0,
        )
        for row in failed:
            ends[row["status"]] += 1
        text = f"{variant}: " if variant else ""
        if not failed:
            said.append(f"{text}0 of {len(own)} cells failed in the cycles that they have.")
            continue
        listed = "; ".join(_failure(row) for row in failed[:NAMED])
        more = len(failed) - NAMED
        listed += f"; {more} more" if more > 0 else ""
        said.append(f"{text}{len(failed)} of {len(own)} cells failed: {listed}.")
    decided = [f"{count} {_ENDED[name][1]}" for name, count in ends.items() if count]
    limits = "What ends them: " + (", ".join(decided) if decided else "nothing") + "."
    parts = [html.paragraph("Cycles to failure."), html.listing(said), html.paragraph(limits)]
    return html.box([*parts, html.paragraph(_certainty(sweep))])


def _failure(row: Record) -> str:
    pressure, current = (html.shown(row[name]) for name in ("pressure_MPa", "current_mA_cm2"))
    return f"{pressure} MPa, {current} mA/cm² in cycle {html.shown(row['cycles'])}"


def _certainty(sweep: SweepFolder) -> str:
    balances: Mapping[str, Any] = sweep.summary.get("balances") or {}
    errors = [v for v in balances.values() if isinstance(v, int | float)]
    text = "How sure:"
    if errors:
        text += f" charge, volume and force balance to {max(errors):.0e}."
    missing = len(sweep.summary.get("failed", []))
    if missing:
        text += f" {missing} cases were not computed to their end and are missing here."
    judged = read_table(sweep.directory / "cycling.csv")
    if judged:
        counts = {name: sum(r["verdict"] == name for r in judged) for name in ("met", "not met")}
        text += (
            f" Of {len(judged)} statements of the experiment, all variants counted, "
            f"{counts['met']} are met and {counts['not met']} are not."
        )
    return text + " The map of the interface is assumed and decides the magnitude."


def cycling_section(sweep: SweepFolder) -> str:
    """Return table and map of a sweep whose cases have several cycles; else nothing."""
    judged = read_table(sweep.directory / "cycling.csv")
    rows = _cycled(sweep)
    if not judged and not rows:
        return ""
    parts = [html.heading("Cycles")]
    if rows:
        parts.append(_map(sweep, rows))
    if judged:
        names = tuple(judged[0])
        cells = [tuple(row[name] for name in names) for row in judged]
        text = (
            "What the experiment states of its cycled cells. A life and a voltage agree within a "
            "factor of two; the other rules are in docs/studies.md."
        )
        parts += [html.paragraph(text), html.table(names, cells)]
    return "".join(parts)


def _cycled(sweep: SweepFolder) -> list[Record]:
    """Return the rows with their number of cycles, of a sweep in which one has several."""
    rows = [row for row in sweep.rows if (value_of(row, "cycles") or 0.0) > 0.0]
    return rows if any(float(row["cycles"]) > 1.0 for row in rows) else []


def _variants(rows: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(row.get("variant", "") for row in rows))


def _map(sweep: SweepFolder, rows: Sequence[Record]) -> str:
    variants = _variants(rows)
    with figure(6.6, 2.6 * ((len(variants) + 1) // 2) + 0.4) as made:
        draw_life(made, rows, variants)
        drawn = save(made, sweep.directory / "cycles.png")
    text = (
        "Cycles to failure over current and pressure. Full symbols failed, open ones did not in "
        "the cycles that they have"
    )
    text += "; beside them the cells that the experiment cycled." if has_cells(sweep) else "."
    views = as_json(life_views(sweep, rows))
    return html.interactive("Cycles to failure", views, text, still=drawn)


def life_views(sweep: SweepFolder, rows: Sequence[Record]) -> list[View]:
    """Return the map of each variant: a point for each cell, a series for each kind of end."""
    current = Axis("current density (mA/cm²)", "j", zero=True)
    pressure = Axis("stack pressure (MPa)", "P", zero=True)
    views = []
    for variant in _variants(rows):
        kinds: dict[str, list[Dot]] = {}
        for row in rows:
            if row.get("variant", "") == variant and row["status"] != "failed":
                name, dot = _dot(row)
                kinds.setdefault(name, []).append(dot)
        series = [
            Series(name, place, points=sorted(kinds[name]), line=False)
            for place, name in enumerate((_HELD, *(words for _, words in _ENDED.values())))
            if name in kinds
        ]
        views.append(View(variant or "cells", current, pressure, [*series, *cycled_cells(sweep)]))
    return views


def _dot(row: Record) -> tuple[str, Dot]:
    x, y, life = (float(row[name]) for name in ("current_mA_cm2", "pressure_MPa", "cycles"))
    place = f"{y:g} MPa, {x:g} mA/cm²"
    charge = row.get("protocol_charge_mAh_cm2")
    place += f", {float(charge):g} mAh/cm²" if charge else ""
    if row["status"] in _ENDED:
        words = _ENDED[row["status"]][1]
        return words, (x, y, False, f"{place}: {words} in cycle {life:g}")
    return _HELD, (x, y, True, f"{place}: {_HELD} in {life:g} cycles")


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
            life = value_of(row, "cycles")
            if x is None or y is None or life is None:
                continue
            mark = _ENDED[row["status"]][0] if row["status"] in _ENDED else ""
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
