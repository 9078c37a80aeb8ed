"""The interface in section: contact pressure, gap and local current at three stack pressures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from femna.report.reading import Record, RunFolder, SweepFolder, value_of
from femna.report.style import ACCENT, INK, SECOND, SHADE
from femna.tables import read_table

SHADED: Final = "Shaded: the part of the map that does not conduct."

type Section = tuple[Record, Sequence[Record]]


def choose_sections(sweep: SweepFolder, combination: tuple[str, ...]) -> list[Section]:
    """Return up to three cases of one current that left an interface.csv, by rising pressure.

    The current is the one with most such cases, the middle one among equals; the cases are the
    lowest, the highest and the one whose contact fraction is nearest to the middle of theirs.
    """
    found: dict[float, list[Section]] = {}
    for row in sweep.rows:
        if sweep.combination(row) != combination or row["status"] == "failed":
            continue
        if row.get("origin") == "mapped":
            continue  # the folder holds the case that it was mapped from
        points = _usable(read_table(sweep.directory / row["case"] / "interface.csv"))
        if points:
            found.setdefault(float(row["current_mA_cm2"]), []).append((row, points))
    if not found:
        return []
    most = max(len(items) for items in found.values())
    currents = sorted(j for j, items in found.items() if len(items) == most)
    items = sorted(found[currents[len(currents) // 2]], key=lambda s: float(s[0]["pressure_MPa"]))
    if len(items) <= 3:
        return items
    ends = [value_of(item[0], "contact_fraction") or 0.0 for item in (items[0], items[-1])]
    middle = sum(ends) / 2.0
    inner = min(
        items[1:-1], key=lambda s: abs((value_of(s[0], "contact_fraction") or 0.0) - middle)
    )
    return [items[0], inner, items[-1]]


def section_of_run(run: RunFolder) -> Section | None:
    """Return the interface that a run of a 2D cell left, with its last row; None without one."""
    points = read_table(run.directory / "interface.csv")
    if not points or not run.history or "y_um" in points[0]:
        return None
    usable = _usable(points)
    row = {**run.history[-1], "status": str(run.summary.get("status", "unfinished"))}
    return (row, usable) if usable else None


def _usable(points: Sequence[Record]) -> Sequence[Record]:
    """Keep points with all numbers, by rising x."""
    names = ("x_um", "gap_um", "contact_pressure_MPa", "current_mA_cm2")
    whole = [p for p in points if all(value_of(p, name) is not None for name in names)]
    return tuple(sorted(whole, key=lambda p: float(p["x_um"])))


def draw_sections(made: Figure, sections: list[Section]) -> None:
    """Draw three rows (contact over stack pressure, gap, current) and one column for each case."""
    grid = made.subplots(3, len(sections), sharex=True, sharey="row", squeeze=False)
    for column, (row, points) in enumerate(sections):
        x = [float(p["x_um"]) for p in points]
        pressure, contact = float(row["pressure_MPa"]), value_of(row, "contact_fraction")
        title = f"{pressure:.3g} MPa"
        if contact is not None:
            title += f", contact {contact:.3f}"
        if row["status"] != "ok":
            title += f"\n({row['status'].replace('_', ' ')})"
        top, gap, flux = (grid[place][column] for place in range(3))
        top.set_title(title)
        relative = [float(p["contact_pressure_MPa"]) / pressure for p in points]
        top.plot(x, relative, color=SECOND)
        gap.plot(x, [float(p["gap_um"]) for p in points], color=INK)
        gap.fill_between(
            x,
            [float(p["gap_um"]) for p in points],
            color=SHADE,
            hatch="///",
            edgecolor="#aaaaaa",
            linewidth=0.0,
        )
        flux.plot(x, [float(p["current_mA_cm2"]) for p in points], color=ACCENT)
        for axes in (top, gap, flux):
            _shade_blocked(axes, points)
            axes.margins(x=0)
    for axes, name in zip(
        grid[:, 0],
        ("contact pressure /\nstack pressure", "gap (µm)", "local current\n(mA/cm²)"),
        strict=True,
    ):
        axes.set_ylabel(name)
        axes.set_ylim(bottom=0.0)
    made.supxlabel("distance from the centre of the cell (µm)", fontsize=9)
    grid[1][0].set_ylim(0.0, _gap_limit(sections))
    _name_blocked(grid[2][0], sections[0][1])


def _gap_limit(sections: list[Section]) -> float:
    largest = max(float(p["gap_um"]) for _, points in sections for p in points)
    return 1.15 * largest if largest > 0 and math.isfinite(largest) else 1.0


def _shade_blocked(axes: Axes, points: Sequence[Record]) -> None:
    """Draw a bar under the axes' top where the map conducts less than half."""
    for start, end in blocked_spans(points):
        axes.axvspan(start, end, color="#f3ead9", zorder=0, lw=0)


def _name_blocked(axes: Axes, points: Sequence[Record]) -> None:
    spans = blocked_spans(points)
    if spans:
        start, end = max(spans, key=lambda span: span[1] - span[0])
        axes.text(
            (start + end) / 2,
            0.97,
            "blocked",
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="top",
            fontsize=8,
            color=INK,
        )


def blocked_spans(points: Sequence[Record]) -> list[tuple[float, float]]:
    """Return where [um] the map conducts less than half."""
    spans: list[tuple[float, float]] = []
    start: float | None = None
    last = 0.0
    for point in points:
        last = float(point["x_um"])
        conducting = value_of(point, "conducting")
        inside = conducting is not None and conducting < 0.5
        if inside and start is None:
            start = last
        if not inside and start is not None:
            spans.append((start, last))
            start = None
    if start is not None:
        spans.append((start, last))
    return spans
