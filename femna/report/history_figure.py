"""Figures of one run: voltage, contact and balances along the charge."""

from __future__ import annotations

from matplotlib.figure import Figure

from femna.report.history_charts import DRAWN_ZERO
from femna.report.reading import RunFolder, value_of
from femna.report.style import ACCENT, FAINT, INK, MARKERS, SECOND

_BALANCES = ("charge_balance", "volume_balance", "force_balance")


def draw_history(made: Figure, run: RunFolder) -> None:
    """Draw voltage rise, contact fraction and largest contact pressure against charge or time."""
    cycles = {row.get("half_cycle", "") for row in run.history}
    name, label = ("charge_mAh_cm2", "charge (mAh/cm²)")
    if len(cycles) > 1:
        name, label = ("time_s", "time (s)")
    panels = made.subplots(3, 1, sharex=True)
    drawn = (
        ("voltage_rise_V", "voltage rise (V)", ACCENT),
        ("contact_fraction", "contact fraction", SECOND),
        ("void_volume_um3", "void volume (µm³)", INK),
    )
    for axes, (column, title, colour) in zip(panels, drawn, strict=True):
        pairs = [(value_of(row, name), value_of(row, column)) for row in run.history]
        known = [(x, y) for x, y in pairs if x is not None and y is not None]
        axes.plot([x for x, _ in known], [y for _, y in known], color=colour, marker=".", ms=4)
        axes.set_ylabel(title)
    rises = [v for row in run.history if (v := value_of(row, "voltage_rise_V")) and v > 0]
    if rises and max(rises) > 100 * min(rises):
        panels[0].set_yscale("log")
    panels[1].set_ylim(0.0, 1.05)
    panels[2].set_ylim(bottom=0.0)
    panels[-1].set_xlabel(label)


def draw_balances(made: Figure, run: RunFolder) -> None:
    """Draw the balance errors of every accepted step."""
    axes = made.subplots()
    axes.set_yscale("log")
    for place, name in enumerate(_BALANCES):
        pairs = [(value_of(row, "step"), value_of(row, name)) for row in run.history]
        known = [(x, max(abs(y), DRAWN_ZERO)) for x, y in pairs if x is not None and y is not None]
        axes.plot(
            [x for x, _ in known],
            [y for _, y in known],
            marker=MARKERS[place],
            lw=0.8,
            color=(SECOND, ACCENT, INK)[place],
            label=name.split("_")[0],
        )
    axes.axhline(1e-8, color=FAINT, ls="--", lw=0.8)
    axes.annotate(
        "limit 1e-8",
        (0.99, 1e-8),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        fontsize=8,
        color=FAINT,
    )
    axes.set_xlabel("step")
    axes.set_ylabel("relative balance error")
    axes.legend(ncols=3, loc="upper left", bbox_to_anchor=(0.0, 1.12))
