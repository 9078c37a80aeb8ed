"""The voids of a run beside those of its tomogram: counts by size, and volumes along the charge."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from femna.report.style import FAINT, INK, sequence
from femna.tables import read_table

_BINS: Final = (
    ("below_1000_um3", "below 1000"),
    ("from_1000_to_2500_um3", "1000 to 2500"),
    ("from_2500_to_10000_um3", "2500 to 10000"),
    ("above_10000_um3", "above 10000"),
)

_LINES: Final = 12
"""Voids whose volume is drawn one by one, the largest."""


def voids_of_run(directory: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]] | None:
    """Return the rows of ``void_bins.csv`` and ``voids.csv``; None without them."""
    bins, each = (read_table(directory / name) for name in ("void_bins.csv", "voids.csv"))
    return (bins, each) if bins and each else None


def draw_voids(made: Figure, bins: list[dict[str, str]], each: list[dict[str, str]]) -> None:
    """Draw the bins of the paper side by side, and the volume of each void against the charge."""
    counts, volumes = made.subplots(1, 2)
    _counts(counts, bins)
    _volumes(volumes, each)


def _counts(axes: Axes, bins: list[dict[str, str]]) -> None:
    simulated = [row for row in bins if row["source"] == "simulation"]
    shown = [bins[0], *simulated]
    width = 0.8 / len(shown)
    colours = [FAINT, *sequence(max(len(simulated), 1))]
    for place, (row, colour) in enumerate(zip(shown, colours, strict=False)):
        text = "tomogram"
        if row["source"] == "simulation":
            text = f"{float(row['charge_mAh_cm2']):.3g} mAh/cm²"
            if int(row["half_cycle"]) > 1:
                text += f", half cycle {row['half_cycle']}"
        at = np.arange(len(_BINS)) + (place - 0.5 * (len(shown) - 1)) * width
        heights = [int(row[name]) for name, _ in _BINS]
        axes.bar(at, heights, width * 0.92, color=colour, label=text)
    axes.set_xticks(range(len(_BINS)), [name for _, name in _BINS], fontsize=8)
    axes.set_xlabel("void volume (µm³)")
    axes.set_ylabel("voids")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize=8)


def _volumes(axes: Axes, each: list[dict[str, str]]) -> None:
    cycles = {row["half_cycle"] for row in each}
    name, label = "charge_mAh_cm2", "charge (mAh/cm²)"
    if len(cycles) > 1:
        name, label = "time_s", "time (s)"
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in each:
        pair = (float(row[name]), float(row["volume_um3"]))
        lines.setdefault(row["id"], []).append(pair)
    largest = sorted(lines, key=lambda key: -max(v for _, v in lines[key]))[:_LINES]
    for key, colour in zip(largest, sequence(len(largest)), strict=True):
        axes.plot(*np.transpose(lines[key]), color=colour, label=key)
    axes.set_xlabel(label)
    axes.set_ylabel("volume of each void (µm³)")
    axes.set_ylim(bottom=0.0)
    axes.legend(title="void", fontsize=7, title_fontsize=7, ncols=2, labelcolor=INK)
