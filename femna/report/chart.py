"""What an interactive figure shows: views with axes, series, brackets and tiles, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

INK: Final = -1
"""Style of what is stated or measured, not computed: the colour of the text."""

type Dot = tuple[float, float, bool, str]
"""x, y, whether the symbol is open, and the words for it (empty: the two numbers)."""

type Bar = tuple[float, float | None, float | None, str]
"""x, lower and upper end (None where it is open), and the words for it."""


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes
    ----------
    label : str
        Quantity with its unit.
    short : str
        Name in the words for a point.
    log : bool
        Logarithmic.
    zero : bool
        Begins at zero.
    range : tuple of float | None
        Both ends; None takes those of the data.
    """

    label: str
    short: str
    log: bool = False
    zero: bool = False
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Series:
    """Points of one kind, told apart by colour, symbol and dashes.

    Attributes
    ----------
    name : str
        In the legend.
    style : int
        Number of the colour, and of symbol and dashes where `shape` is None.
    points, bars : sequence of tuple
        What is drawn.
    line, mark : bool
        Whether points are joined, and whether they have symbols.
    halo : bool
        Set off from what lies below, by a rim in the colour of the paper.
    label : str
        On the line.
    shape : int | None
        Number of symbol and dashes, for several series of one colour.
    """

    name: str
    style: int
    points: Sequence[Dot] = ()
    bars: Sequence[Bar] = ()
    line: bool = True
    mark: bool = True
    halo: bool = False
    label: str = ""
    shape: int | None = None


@dataclass(frozen=True)
class View:
    """One set of axes with all that is on them.

    Attributes
    ----------
    name : str
        On the button that chooses the view.
    x, y : Axis
        The axes.
    series : sequence of Series
        In the order of the legend.
    tiles : sequence of tuple
        x0, x1, y0, y1 and a number from 0 to 1 that gives the colour.
    lines : sequence of tuple
        Height of a line across the view, and its text.
    shades : sequence of tuple
        Left and right end of shaded parts.
    """

    name: str
    x: Axis
    y: Axis
    series: Sequence[Series]
    tiles: Sequence[tuple[float, float, float, float, float]] = ()
    lines: Sequence[tuple[float, str]] = ()
    shades: Sequence[tuple[float, float]] = field(default=())


def as_json(views: Sequence[View]) -> str:
    """Return the views as JSON text, numbers as they are."""
    return json.dumps([_plain(view) for view in views], allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(item) for name, item in vars(value).items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
