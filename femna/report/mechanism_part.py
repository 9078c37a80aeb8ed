"""The part of a sweep's page that sets candidate mechanisms side by side."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from femna.report import html
from femna.report.chart import Axis, Series, View
from femna.report.critical_figure import draw_stated
from femna.report.experiment import has_brackets
from femna.report.reading import Record, SweepFolder, value_of
from femna.report.style import INK, MARKERS, EndLabel, label_ends, plain_log, sequence
from femna.report.sweep_charts import stated
from femna.tables import read_table

SHOWN = 8
"""Candidates in the figure: the best of as many mechanisms."""


def ranking(sweep: SweepFolder) -> str:
    """Return the table of candidates in their order; empty for a study without mechanisms."""
    rows = read_table(sweep.directory / "mechanisms.csv")
    if not rows:
        return ""
    contact = [name for name in rows[0] if name.startswith("p_crit_contact_")]
    slope = [name for name in rows[0] if name.startswith("p_crit_dVdP_")]
    ends = min(contact, key=_current), max(contact, key=_current)
    slope_ends = min(slope, key=_current), max(slope, key=_current)
    cells = [
        (
            row["rank"],
            row["label"] or row["variant"],
            *(f"{html.shown(row[name])}" for name in (*slope_ends, *ends)),
            f"{html.shown(row['ratio_dVdP'])} / {html.shown(row['ratio_contact'])}",
            f"{row['met']} / {row['not_met']} / {row['not_decided']}",
            html.shown(row["misfit_decades"], 2),
            f"{row['unmeasured'] or 'nothing'}. Measured: {row['measured'] or 'nothing'}.",
        )
        for row in rows
    ]
    low, high = (f"{_current(name):g}" for name in ends)
    header = (
        "rank",
        "candidate",
        f"P_crit, slope, {low} (MPa)",
        f"at {high}",
        f"P_crit, contact, {low} (MPa)",
        f"at {high}",
        "ratio, slope / contact",
        "met / not / open",
        "misfit (decades)",
        "assumed, and measured",
    )
    rule = sweep.summary.get("ranking_rule", "")
    text = (
        f"Order, by a rule that was fixed before the runs: {rule}. Statements are counted for "
        "both criteria. Currents in mA/cm². No constant was adjusted to the observations."
    )
    return (
        html.heading("Candidates side by side")
        + html.paragraph(text)
        + html.table(header, cells, numbers=(0, 2, 3, 4, 5, 8))
    )


def inverted(sweep: SweepFolder) -> str:
    """Return what each mechanism's parameter would have to be; empty without such."""
    rows = read_table(sweep.directory / "inversions.csv")
    if not rows:
        return ""
    others = [name for name in sweep.others if name in rows[0]]
    cells = [
        (
            ", ".join([row["mechanism"], *(f"{name} = {row[name]}" for name in others)]),
            row["parameter"],
            row["statement"],
            "slope" if row["criterion"] == "dVdP" else "contact",
            _needed(row),
            _span(row["estimate_low"], row["estimate_high"], row["unit"]),
            {"1": "yes", "0": "no"}.get(row["overlaps_estimate"], "–"),
            row["estimate_source"],
        )
        for row in rows
    ]
    header = (
        "mechanism",
        "parameter",
        "to meet",
        "by",
        "would have to be",
        "independent estimate",
        "overlap",
        "source of the estimate",
    )
    text = (
        "Inversions, not measurements: which value of an unmeasured parameter would put the "
        "critical pressure into a stated bracket, and what evidence that has nothing to do with "
        "the observations says of it. Nothing is said beyond the values that were computed."
    )
    return html.details(
        "What each mechanism would need", html.paragraph(text) + html.table(header, cells)
    )


def _needed(row: Record) -> str:
    unit = row["unit"]
    if not row["needed_low"]:
        return f"not reached, {_span(row['computed_low'], row['computed_high'], unit)} computed"
    low = ("≤ " if row["open_low"] == "1" else "") + html.shown(row["needed_low"])
    high = ("≥ " if row["open_high"] == "1" else "") + html.shown(row["needed_high"])
    return f"{low} to {high} {unit}"


def _span(low: str, high: str, unit: str) -> str:
    return "none" if not low else f"{html.shown(low)} to {html.shown(high)} {unit}"


def _current(name: str) -> float:
    return float(name.split("_")[3])


def draw_candidates(made: Figure, sweep: SweepFolder) -> None:
    """Draw P_crit by contact against current for the best variants, and what is stated."""
    rows = best_of_each(read_table(sweep.directory / "mechanisms.csv"))[:SHOWN]
    axes = made.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    labels: list[EndLabel] = []
    for row, colour, marker in zip(rows, sequence(len(rows)), MARKERS, strict=False):
        names = sorted((n for n in row if n.startswith("p_crit_contact_")), key=_current)
        points = [(_current(n), p) for n in names if (p := value_of(row, n)) is not None]
        if not points:
            continue
        axes.plot(*zip(*points, strict=True), color=colour, marker=marker)
        text = f"{row['rank']}  {row['label'] or row['variant']}"
        labels.append(EndLabel(points[-1][0], points[-1][1], text, colour))
    for item in sweep.summary.get("stated_brackets", []):
        draw_stated(axes, item)
    axes.set_xlabel("current density (mA/cm²)")
    axes.set_ylabel("critical stack pressure by contact (MPa)")
    plain_log(axes.xaxis)
    plain_log(axes.yaxis)
    note = "numbers: rank"
    if has_brackets(sweep):
        note += "\nblack: what the experiment's text states"
    axes.text(
        0.02,
        0.985,
        note,
        transform=axes.transAxes,
        va="top",
        fontsize=8,
        color=INK,
    )
    made.draw_without_rendering()
    label_ends(axes, labels, gap=11)


def candidate_views(sweep: SweepFolder) -> list[View]:
    """Return P_crit against current of the best variants by both criteria, and what is stated."""
    rows = best_of_each(read_table(sweep.directory / "mechanisms.csv"))[:SHOWN]
    current = Axis("current density (mA/cm²)", "j", log=True)
    views = []
    for name, criterion in (("by contact", "contact"), ("by dV/dP", "dVdP")):
        series = [
            Series(
                f"{row['rank']}  {row['label'] or row['variant']}",
                place,
                points=[
                    (_current(column), value, False, "")
                    for column in sorted(_critical(row, criterion), key=_current)
                    if (value := value_of(row, column)) is not None
                ],
            )
            for place, row in enumerate(rows)
        ]
        axis = Axis(f"critical stack pressure {name} (MPa)", "P_crit", log=True)
        views.append(View(name, current, axis, [*series, *stated(sweep)]))
    return views


def _critical(row: Record, criterion: str) -> list[str]:
    return [name for name in row if name.startswith(f"p_crit_{criterion}_")]


def best_of_each(rows: Sequence[Record]) -> list[Record]:
    """Return the best-ranked row of every mechanism, in the order of the ranks."""
    best: dict[str, Record] = {}
    for row in rows:
        best.setdefault(row["mechanism"], row)
    return list(best.values())
