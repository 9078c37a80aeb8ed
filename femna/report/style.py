"""How figures look: ink, one ordered sequence of colours, labels at the lines themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK: Final = "#222222"
FAINT: Final = "#8a8a8a"
SHADE: Final = "#e6e6e6"
ACCENT: Final = "#b4431c"
SECOND: Final = "#1f5f99"
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "<", ">")

_SETTINGS: Final[Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "lines.linewidth": 1.4,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    "savefig.dpi": 170,
    "figure.dpi": 100,
    "text.parse_math": True,
}


@dataclass(frozen=True)
class EndLabel:
    """A text for the end of a line, at data coordinates."""

    x: float
    y: float
    text: str
    colour: Any


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """Give a figure of width x height [inch] in the house style, on the Agg canvas."""
    with mpl.rc_context(_SETTINGS):
        made = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(made)
        yield made


def save(made: Figure, path: Path) -> Path:
    """Write a PNG without a date in it, so that equal results give equal files."""
    made.savefig(path, metadata={"Software": None})
    return path


def sequence(count: int) -> list[tuple[float, float, float, float]]:
    """Return colours for an ordered quantity: dark to light, safe for colour-blind readers.

    The yellow end is left out, because it is lost in print.
    """
    scale = mpl.colormaps["viridis"]
    if count == 1:
        return [scale(0.25)]
    return [scale(0.02 + 0.78 * place / (count - 1)) for place in range(count)]


def label_ends(axes: Axes, labels: Sequence[EndLabel], *, gap: float = 10.5) -> None:
    """Write labels to the right of line ends, moved apart vertically by at least `gap` [pt]."""
    if not labels:
        return
    # Limits are final only now; positions are worked out in points.
    made = axes.get_figure()
    scale = 72.0 / (made.dpi if isinstance(made, Figure) else 100.0)
    ordered = sorted(labels, key=lambda item: item.y)
    wanted = [float(axes.transData.transform((item.x, item.y))[1]) * scale for item in ordered]
    placed = list(wanted)
    for place in range(1, len(placed)):
        placed[place] = max(placed[place], placed[place - 1] + gap)
    # Push the whole stack down by half of what it was pushed up.
    shift = sum(p - w for p, w in zip(placed, wanted, strict=True)) / len(placed)
    for item, start, end in zip(ordered, wanted, placed, strict=True):
        axes.annotate(
            item.text,
            xy=(item.x, item.y),
            xytext=(14, end - start - shift),
            textcoords="offset points",
            color=item.colour,
            fontsize=8.5,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": item.colour, "lw": 0.5, "shrinkB": 4},
        )


def plain_log(axis: Any) -> None:
    """Label a logarithmic axis with plain numbers at 1, 2, 5."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
