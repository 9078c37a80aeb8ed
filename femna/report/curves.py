"""Figures of a sweep's curves: voltage rise and contact fraction against pressure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from femna.report.reading import Record, SweepFolder, value_of
from femna.report.style import (
    FAINT,
    INK,
    MARKERS,
    EndLabel,
    label_ends,
    plain_log,
    sequence,
)

VISIBLE_RISE: Final = 1e-6
"""Voltage rises below this [V] are round-off on a logarithmic axis."""

PRESSURE_LABEL: Final = "stack pressure (MPa)"


def curve_rows(sweep: SweepFolder, combination: tuple[str, ...], current: float) -> list[Record]:
    """Return the rows of one curve that have a result, by rising pressure."""
    chosen = [
        row
        for row in sweep.rows
        if sweep.combination(row) == combination
        and float(row["current_mA_cm2"]) == current
        and row["status"] != "failed"
        and row.get("origin") != "spot check"
    ]
    return sorted(chosen, key=lambda row: float(row["pressure_MPa"]))


def draw_voltage(made: Figure, sweep: SweepFolder, combination: tuple[str, ...]) -> None:
    """Draw voltage rise against pressure, one line for each current."""
    axes = made.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    labels: list[EndLabel] = []
    stopped_seen = False
    for current, colour, marker in _styled(sweep):
        rows = curve_rows(sweep, combination, current)
        points = [(p, v, row["status"] == "ok") for row in rows for p, v in _pair(row)]
        points = [item for item in points if item[1] >= VISIBLE_RISE]
        if not points:
            continue
        done = [item for item in points if item[2]]
        axes.plot(*_columns(done), color=colour, marker=marker)
        stopped = [item for item in points if not item[2]]
        stopped_seen = stopped_seen or bool(stopped)
        link = stopped[-1:] + done[:1]
        axes.plot(*_columns(link), color=colour, lw=0.8, ls=":")
        axes.plot(*_columns(stopped), color=colour, marker=marker, ls="none", mfc="white")
        end = points[-1]
        labels.append(EndLabel(end[0], end[1], curve_name(current, rows), colour))
        _mark_critical(axes, sweep, combination, current, colour=colour)
    axes.set_xlabel(PRESSURE_LABEL)
    axes.set_ylabel("voltage rise over the healed interface (V)")
    plain_log(axes.xaxis)
    notes = ["labels: current density, mA/cm²"]
    slope = sweep.summary.get("critical", {}).get("slope")
    if slope is not None:
        notes.append(f"vertical ticks: dV/dP = {slope:g} V/MPa".replace("-", "−"))
    if stopped_seen:
        notes.append("open symbols: ended before the full charge")
    axes.text(
        0.99,
        0.99,
        "\n".join(notes),
        transform=axes.transAxes,
        ha="right",
        va="top",
        fontsize=8,
        color=INK,
    )
    made.draw_without_rendering()
    label_ends(axes, labels)


def _mark_critical(
    axes: Axes, sweep: SweepFolder, combination: tuple[str, ...], current: float, *, colour: Any
) -> None:
    """Put a tick at the bottom of the axes where the slope criterion is met."""
    for row in sweep.critical:
        pressure = value_of(row, "p_crit_dVdP_MPa")
        mine = float(row["current_mA_cm2"]) == current
        if mine and sweep.combination(row) == combination and pressure is not None:
            axes.axvline(pressure, 0.0, 0.05, color=colour, lw=1.6)


def draw_contact(made: Figure, sweep: SweepFolder, combination: tuple[str, ...]) -> None:
    """Draw contact fraction against pressure and, beside it, against P/j^(1/n)."""
    exponent = collapse_exponent(sweep, combination)
    panels: Sequence[Axes] = (
        list(made.subplots(1, 2, sharey=True)) if exponent else [made.subplots()]
    )
    labels: list[EndLabel] = []
    for current, colour, marker in _styled(sweep):
        rows = [r for r in curve_rows(sweep, combination, current) if r["status"] == "ok"]
        points = [
            (p, c)
            for r in rows
            if (c := value_of(r, "contact_fraction")) is not None
            for p in [float(r["pressure_MPa"])]
        ]
        if not points:
            continue
        pressures, contacts = [p for p, _ in points], [c for _, c in points]
        panels[0].plot(pressures, contacts, color=colour, marker=marker)
        # The label stands at the lowest point, where the curves are apart.
        labels.append(EndLabel(pressures[0], contacts[0], curve_name(current, rows), colour))
        if exponent:
            scaled = [p / current ** (1.0 / exponent) for p in pressures]
            panels[1].plot(scaled, contacts, color=colour, marker=marker, lw=1.0)
    threshold = sweep.summary.get("critical", {}).get("contact_fraction")
    for axes in panels:
        axes.set_xscale("log")
        plain_log(axes.xaxis)
        axes.set_ylim(0.0, 1.04)
        if threshold is not None:
            axes.axhline(threshold, color=FAINT, lw=0.8, ls="--", zorder=0)
    if threshold is not None:
        panels[0].annotate(
            f"{threshold:g}",
            (1.0, threshold),
            xycoords=("axes fraction", "data"),
            xytext=(-2, -3),
            textcoords="offset points",
            ha="right",
            va="top",
            fontsize=8,
            color=FAINT,
        )
    panels[0].set_xlabel(PRESSURE_LABEL)
    panels[0].set_ylabel("contact fraction at the end of stripping")
    handles = [EndLabel(0, 0, item.text, item.colour) for item in labels]
    _colour_key(panels[0], handles)
    if exponent:
        power = "" if exponent == 1.0 else rf"$^{{1/{exponent:g}}}$"
        panels[1].set_xlabel(rf"$P/j${power}  (MPa / (mA/cm²){power})")
        error = _collapse(sweep, combination)
        if error is not None:
            panels[1].text(
                0.97,
                0.05,
                f"curves differ by at most {error:.2g}",
                transform=panels[1].transAxes,
                ha="right",
                fontsize=8,
            )


def _colour_key(axes: Axes, labels: Sequence[EndLabel]) -> None:
    """Write the currents in their colours, as a block in the empty lower right corner."""
    axes.text(
        0.97,
        0.07 + 0.065 * len(labels),
        "mA/cm²",
        transform=axes.transAxes,
        ha="right",
        fontsize=8,
        color=INK,
    )
    for place, item in enumerate(labels):
        height = 0.05 + 0.065 * (len(labels) - 1 - place)
        axes.text(
            0.97,
            height,
            item.text,
            transform=axes.transAxes,
            ha="right",
            fontsize=8.5,
            color=item.colour,
        )
        axes.plot(
            [0.68 if any("mapped" in other.text for other in labels) else 0.80],
            [height + 0.015],
            marker=MARKERS[place % len(MARKERS)],
            ls="none",
            color=item.colour,
            transform=axes.transAxes,
        )


def curve_name(current: float, rows: Sequence[Record]) -> str:
    """Name a curve by its current density, and say where it was mapped from another's."""
    mapped = any(row.get("origin") == "mapped" for row in rows)
    return f"{current:g}" + (" (mapped)" if mapped else "")


def _styled(sweep: SweepFolder) -> list[tuple[float, Any, str]]:
    currents = sweep.currents()
    colours = sequence(len(currents))
    return [(j, colours[i], MARKERS[i % len(MARKERS)]) for i, j in enumerate(currents)]


def _pair(row: Record) -> list[tuple[float, float]]:
    rise = value_of(row, "voltage_rise_V")
    return [] if rise is None else [(float(row["pressure_MPa"]), rise)]


def _columns(points: Sequence[tuple[float, float, bool]]) -> tuple[list[float], list[float]]:
    return [item[0] for item in points], [item[1] for item in points]


def group_of(sweep: SweepFolder, combination: tuple[str, ...]) -> dict[str, Any]:
    """Return the entries of summary.json for one combination; empty where there are none."""
    for group in sweep.summary.get("groups", []):
        inputs = [group.get("inputs", {}).get(name) for name in sweep.others]
        texts = tuple("" if v is None else v if isinstance(v, str) else f"{v:.10g}" for v in inputs)
        if texts == combination:
            return dict(group)
    return {}


def collapse_exponent(sweep: SweepFolder, combination: tuple[str, ...]) -> float | None:
    """Return n of the axis P/j^(1/n), where all cases of the combination share one."""
    value = sweep.summary.get("creep_exponent") or group_of(sweep, combination).get(
        "creep_exponent"
    )
    return float(value) if value else None


def _collapse(sweep: SweepFolder, combination: tuple[str, ...]) -> float | None:
    value = group_of(sweep, combination).get("collapse_error")
    return float(value) if value is not None else None
