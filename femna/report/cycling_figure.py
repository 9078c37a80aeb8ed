"""Figures of a run of many half cycles: voltage against charge, and voids at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from femna.report import html
from femna.report.chart import as_json
from femna.report.cycling_charts import BINS, end_views, strips, voltage_views
from femna.report.reading import Record, RunFolder, value_of
from femna.report.style import ACCENT, FAINT, INK, SECOND, figure, save, sequence
from femna.tables import read_table

_ENDS = "Ends of half cycles"


def half_cycles(run: RunFolder) -> Sequence[Record]:
    """Return the rows of cycles.csv; none where it has fewer than two."""
    rows = read_table(run.directory / "cycles.csv")
    return rows if len(rows) > 1 else ()


def cycling_pictures(run: RunFolder) -> list[str]:
    """Return the pictures of a run with more than one half cycle; none of any other."""
    rows = half_cycles(run)
    if not rows:
        return []
    with figure(6.6, 4.2) as made:
        draw_voltage_curves(made, run)
        curves = save(made, run.directory / "voltage_charge.png")
    told = "Voltage against the charge of the half cycle: stripping above zero, plating below."
    drawn = as_json(voltage_views(run))
    parts = [html.interactive("Voltage of the cycles", drawn, told, still=curves)]
    with figure(6.6, 6.4) as made:
        draw_ends(made, rows)
        ends = save(made, run.directory / "half_cycles.png")
    found = [("", ends, rows)]
    if any(row.get("counter_voltage_end_V") for row in rows):
        counter = [_of_counter(row) for row in rows]
        with figure(6.6, 6.4) as made:
            draw_ends(made, counter)
            other = save(made, run.directory / "half_cycles_counter.png")
        found = [("Working electrode. ", ends, rows), ("Counter electrode. ", other, counter)]
    text = (
        "At the end of every half cycle, stripping filled and plating open: voltage, contact "
        "fraction and largest local current, volume of voids, and the number of voids by size."
    )
    return [
        *parts,
        *(
            html.interactive(
                "Ends of half cycles", as_json(end_views(own)), which + text, still=still
            )
            for which, still, own in found
        ),
    ]


def _of_counter(row: Record) -> Record:
    """Return the counter electrode's half cycle: its own numbers, the current the other way."""
    own = {n.removeprefix("counter_"): v for n, v in row.items() if n.startswith("counter_")}
    current = value_of(row, "current_mA_cm2") or 0.0
    return {"half_cycle": row["half_cycle"], **own, "current_mA_cm2": repr(-current)}


def draw_voltage_curves(made: Figure, run: RunFolder) -> None:
    """Draw the voltage of every half cycle against its charge, a panel an electrode."""
    both = any(row.get("counter_voltage_V") for row in run.history)
    columns = [("voltage_V", "working electrode" if both else "")]
    columns += [("counter_voltage_V", "counter electrode")] * both
    panels = made.subplots(1, len(columns), sharey=True, squeeze=False)[0]
    for axes, (column, title) in zip(panels, columns, strict=True):
        _voltage_curves(axes, run, column)
        axes.set_title(title)
    panels[0].set_ylabel("voltage (mV)")
    panels[0].legend(loc="best")


def _voltage_curves(axes: Axes, run: RunFolder, column: str) -> None:
    driven = [row for row in run.history if row.get("phase") != "rest"]
    groups = [list(rows) for _, rows in groupby(driven, key=lambda row: row["half_cycle"])]
    cycles = list(dict.fromkeys(rows[-1]["cycle"] for rows in groups))
    colours = dict(zip(cycles, sequence(len(cycles)), strict=True))
    for rows in groups:
        points = [(value_of(r, "charge_mAh_cm2"), value_of(r, column)) for r in rows]
        known = [(x, y) for x, y in points if x is not None and y is not None]
        cycle = rows[-1]["cycle"]
        named = cycle in (cycles[0], cycles[-1]) and strips(rows[-1])
        axes.plot(
            [x for x, _ in known],
            [1e3 * y for _, y in known],
            color=colours[cycle],
            lw=1.1,
            label=f"cycle {cycle}" if named else None,
        )
    axes.axhline(0.0, color=FAINT, lw=0.6)
    axes.set_xlabel("charge of the half cycle (mAh/cm²)")
    values = [abs(v) for row in driven if (v := value_of(row, column))]
    if values and max(values) > 30.0 * min(values):
        axes.set_yscale("symlog", linthresh=1e3 * min(values))


def draw_ends(made: Figure, rows: Sequence[Record]) -> None:
    """Draw what the half cycles end with, against their number."""
    bins = [name for name in rows[0] if name.startswith(BINS)]
    panels = made.subplots(5 if bins else 4, 1, sharex=True)
    single = (
        ("voltage_end_V", "|voltage|\n(V)", ACCENT),
        ("contact_fraction_end", "contact\nfraction", SECOND),
        ("max_local_current_mA_cm2", "local current\n(mA/cm²)", INK),
    )
    for axes, (name, label, colour) in zip(panels, single, strict=False):
        _series(axes, rows, name, colour)
        axes.set_ylabel(label)
    panels[1].set_ylim(0.0, 1.05)
    volumes = panels[3]
    _series(volumes, rows, "void_volume_um3", SECOND, label="open")
    if bins:
        _series(volumes, rows, "occluded_void_volume_um3", ACCENT, label="enclosed")
        volumes.legend(loc="upper left", ncols=2)
        _counts(panels[4], rows, bins)
    volumes.set_ylabel("voids\n(µm³)")
    volumes.set_ylim(bottom=0.0)
    panels[-1].set_xlabel("half cycle")
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))


def _series(
    axes: Axes, rows: Sequence[Record], name: str, colour: str, *, label: str | None = None
) -> None:
    for stripping, filled in ((True, colour), (False, "white")):
        points = [
            (value_of(r, "half_cycle"), value_of(r, name)) for r in rows if strips(r) == stripping
        ]
        known = [(x, abs(y)) for x, y in points if x is not None and y is not None]
        axes.plot(
            [x for x, _ in known],
            [y for _, y in known],
            color=colour,
            marker="o",
            ms=3.5,
            lw=0.7,
            mfc=filled,
            label=label if stripping else None,
        )


def _counts(axes: Axes, rows: Sequence[Record], bins: list[str]) -> None:
    """Stack the number of voids in each range of sizes, for every half cycle."""
    places = [value_of(row, "half_cycle") or 0.0 for row in rows]
    base = [0.0] * len(rows)
    for name, colour in zip(bins, sequence(len(bins)), strict=True):
        heights = [value_of(row, name) or 0.0 for row in rows]
        low, high = name.removeprefix(BINS).split("_")
        text = f"above {low} µm³" if high == "up" else f"{low} to {high}"
        axes.bar(places, heights, bottom=base, color=colour, label=text, width=0.8)
        base = [one + other for one, other in zip(base, heights, strict=True)]
    axes.set_ylabel("voids")
    axes.set_ylim(bottom=0.0)
    axes.legend(loc="upper left", ncols=3, fontsize=7.5)
