"""The figure that answers the study: critical pressure against current, beside the experiment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from femna.report.reading import Record, SweepFolder, value_of
from femna.report.style import ACCENT, INK, SECOND, EndLabel, label_ends, plain_log

_CRITERIA: Final = (
    ("dVdP", "bracket_dVdP_low_MPa", "bracket_dVdP_high_MPa", ACCENT, "s"),
    ("contact", "bracket_low_MPa", "bracket_high_MPa", SECOND, "o"),
)


def draw_critical(made: Figure, sweep: SweepFolder, combination: tuple[str, ...]) -> None:
    """Draw P_crit by both criteria, the tested brackets, and what the experiment states."""
    axes = made.subplots()
    axes.set_yscale("log")
    rows = [row for row in sweep.critical if sweep.combination(row) == combination]
    settings = sweep.summary.get("critical", {})
    names = (
        f"dV/dP = {settings.get('slope', -0.05):g} V/MPa".replace("-", "−"),
        f"contact {settings.get('contact_fraction', 0.95):g}",
    )
    group: Mapping[str, Any] = next(
        (g for g in sweep.summary.get("groups", []) if len(sweep.combinations) == 1), {}
    )
    labels: list[EndLabel] = []
    for place, (criterion, low, high, colour, marker) in enumerate(_CRITERIA):
        shift = (-0.012, 0.012)[place]
        points = [
            (j, p)
            for j, p in (_point(row, f"p_crit_{criterion}_MPa") for row in rows)
            if p is not None
        ]
        _brackets(axes, rows, (low, high), colour=colour, shift=shift)
        axes.plot([j for j, _ in points], [p for _, p in points], color=colour, marker=marker)
        if points:
            exponent = group.get(f"exponent_{criterion}")
            text = names[place]
            if exponent is not None:
                text += f":  ∝ $j^{{{exponent:.2f}}}$"
            labels.append(EndLabel(points[-1][0], points[-1][1], text, colour))
    stated = sweep.summary.get("stated_brackets", [])
    values = [p for row in rows for key in row if key.endswith("MPa") and (p := value_of(row, key))]
    values += [v for item in stated for v in (item.get("low"), item.get("high")) if v]
    if values:
        axes.set_ylim(0.5 * min(values), 2.6 * max(values))
    for item in stated:
        draw_stated(axes, item)
    currents = [float(row["current_mA_cm2"]) for row in rows]
    currents += [float(item["current"]) for item in stated]
    axes.set_xlim(0.0, 1.08 * max(currents, default=1.0))
    axes.set_xlabel("current density (mA/cm²)")
    axes.set_ylabel("critical stack pressure (MPa)")
    plain_log(axes.yaxis)
    note = "coloured bars: tested pressures on both sides"
    if stated:
        note = "black: what the experiment's text states\n" + note
    axes.text(0.02, 0.985, note, transform=axes.transAxes, va="top", fontsize=8, color=INK)
    made.draw_without_rendering()
    label_ends(axes, labels, gap=15)


def _point(row: Record, name: str) -> tuple[float, float | None]:
    return float(row["current_mA_cm2"]), value_of(row, name)


def _brackets(
    axes: Axes, rows: list[Record], names: tuple[str, str], *, colour: str, shift: float
) -> None:
    for row in rows:
        low, high = value_of(row, names[0]), value_of(row, names[1])
        if low is not None and high is not None:
            at = float(row["current_mA_cm2"]) + shift
            axes.plot([at, at], [low, high], color=colour, lw=4, alpha=0.35, solid_capstyle="butt")


def draw_stated(axes: Axes, item: Mapping[str, Any]) -> None:
    """Draw one stated bracket: a bar, or an arrow where it is open."""
    current, low, high = float(item["current"]), item.get("low"), item.get("high")
    style: dict[str, Any] = {"color": INK, "lw": 1.4}
    if low is not None and high is not None:
        axes.plot([current, current], [low, high], marker="_", ms=9, **style)
        axes.annotate(
            f"{low:g} to {high:g}",
            (current, (low * high) ** 0.5),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
        return
    edge = low if low is not None else high
    if edge is None:
        return
    end = edge * 1.7 if low is not None else edge / 1.7
    axes.plot([current], [edge], marker="_", ms=9, **style)
    arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1.4, "shrinkA": 0}
    axes.annotate("", (current, end), xytext=(current, edge), arrowprops=arrow)
    side = -7 if low is not None else 7
    axes.annotate(
        f"{'>' if low is not None else '<'} {edge:g}",
        (current, edge),
        xytext=(side, 5 if low is not None else -5),
        textcoords="offset points",
        ha="right" if side < 0 else "left",
        va="center",
        fontsize=8.5,
    )
