"""The interactive figures of a run of many half cycles: voltage against charge, and their ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np

from femna.report.chart import Axis, Dot, Series, View
from femna.report.reading import Record, RunFolder, value_of

SHOWN: Final = 4
"""Cycles whose voltage is drawn: the first, the last, and as many between."""

BINS: Final = "voids_um3_"
"""How the columns begin that count voids by size."""

_ENDS: Final = (
    ("voltage", Axis("|voltage| at the end (V)", "|V|"), (("", "voltage_end_V"),)),
    (
        "contact",
        Axis("contact fraction at the end", "contact", range=(0.0, 1.05)),
        (("", "contact_fraction_end"),),
    ),
    (
        "local current",
        Axis("largest local current (mA/cm²)", "i"),
        (("", "max_local_current_mA_cm2"),),
    ),
    (
        "voids",
        Axis("void volume (µm³)", "V", zero=True),
        (("open", "void_volume_um3"), ("enclosed", "occluded_void_volume_um3")),
    ),
)


def strips(row: Record) -> bool:
    """Say whether a half cycle strips; what a hold does follows from its current."""
    return (value_of(row, "current_mA_cm2") or 0.0) > 0.0


def voltage_views(run: RunFolder) -> list[View]:
    """Return the voltage of some cycles against the charge of their half cycles."""
    both = any(row.get("counter_voltage_V") for row in run.history)
    columns = [("working electrode" if both else "voltage", "voltage_V")]
    columns += [("counter electrode", "counter_voltage_V")] * both
    driven = [row for row in run.history if row.get("phase") != "rest"]
    groups = [list(rows) for _, rows in groupby(driven, key=lambda row: row["half_cycle"])]
    cycles = list(dict.fromkeys(rows[-1]["cycle"] for rows in groups))
    places = np.unique(np.linspace(0, len(cycles) - 1, min(SHOWN, len(cycles))).round().astype(int))
    chosen = {cycles[place]: style for style, place in enumerate(places)}
    charge, volts = Axis("charge of the half cycle (mAh/cm²)", "charge"), Axis("voltage (V)", "V")
    views = []
    for name, column in columns:
        series = []
        for rows in groups:
            cycle = rows[-1]["cycle"]
            if cycle not in chosen:
                continue
            called = f"cycle {cycle}, {'strips' if strips(rows[-1]) else 'plates'}"
            pairs = [(value_of(r, "charge_mAh_cm2"), value_of(r, column)) for r in rows]
            dots: list[Dot] = [
                (x, y, not strips(rows[-1]), "")
                for x, y in pairs
                if x is not None and y is not None
            ]
            series.append(Series(called, chosen[cycle], points=dots))
        views.append(View(name, charge, volts, series))
    return views


def end_views(rows: Sequence[Record]) -> list[View]:
    """Return what the half cycles end with against their number, and the voids by size."""
    views = []
    across = Axis("half cycle", "half cycle")
    for name, axis, columns in _ENDS:
        series = [
            Series(", ".join(part for part in (label, way) if part), style, points=dots)
            for style, (label, column, way, stripping) in enumerate(
                (label, column, way, stripping)
                for label, column in columns
                for way, stripping in (("stripping", True), ("plating", False))
            )
            if (dots := _dots(rows, column, stripping))
        ]
        views.append(View(name, across, axis, series))
    bins = [name for name in rows[0] if name.startswith(BINS)]
    if bins:
        series = [
            Series(_size(name), style, points=_dots(rows, name, True))
            for style, name in enumerate(bins)
        ]
        counts = Axis("voids after stripping", "voids", zero=True)
        views.append(View("voids by size", across, counts, series))
    return [view for view in views if view.series]


def _size(name: str) -> str:
    low, _, high = name.removeprefix(BINS).partition("_")
    return f"above {low} µm³" if high == "up" else f"{low} to {high} µm³"


def _dots(rows: Sequence[Record], column: str, stripping: bool) -> list[Dot]:
    pairs = [
        (value_of(row, "half_cycle"), value_of(row, column))
        for row in rows
        if strips(row) == stripping
    ]
    return [(x, abs(y), not stripping, "") for x, y in pairs if x is not None and y is not None]
