"""Where a curve needs one more pressure: beyond its grid until it is bracketed, then inside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from femna.study.critical import critical_pressure
from femna.study.curve import Crossing, Point
from femna.study.definition import Critical

_NARROW: Final = 1.004
"""A bracket whose ends have a smaller ratio is not halved again."""

_SINGLE: Final = 2.0
"""Ratio by which a grid of one pressure is continued."""


@dataclass
class Spent:
    """Pressures that a curve was given after its grid: beyond it, and inside a bracket."""

    widened: int = 0
    halved: int = 0


def grid_ratio(pressures: Sequence[float]) -> float:
    """Return the ratio by which a grid of pressures is continued: that of its largest two."""
    ordered = sorted(pressures)
    return ordered[-1] / ordered[-2] if len(ordered) > 1 else _SINGLE


def next_pressure(
    points: Sequence[Point], settings: Critical, *, spent: Spent, ratio: float
) -> float | None:
    """Return the next pressure [MPa] for a curve, or None when nothing is to be gained.

    First the grid is continued, upwards and then downwards, until both criteria are bracketed. Then
    the first half of the extra points (rounded up) halves the bracket of the contact criterion, the
    rest that of the slope criterion, each on a logarithmic axis; where one has no bracket or a
    narrow one, the other is taken.

    Parameters
    ----------
    points : sequence of Point
        The curve so far, extra points included.
    settings : Critical
        The criteria and how many points may be added.
    spent : Spent
        Points added to this curve so far; the one returned is counted in it.
    ratio : float
        What the grid is continued by, see :func:`grid_ratio`.
    """
    found = critical_pressure(
        points, slope=settings.slope, contact_fraction=settings.contact_fraction
    )
    order = [found.by_contact, found.by_slope]
    if spent.widened < settings.widen:
        beyond = _beyond(points, order, ratio)
        if beyond is not None:
            spent.widened += 1
            return beyond
    if spent.halved >= settings.extra_points:
        return None
    if spent.halved >= math.ceil(settings.extra_points / 2):
        order.reverse()
    for crossing in order:
        middle = _middle(crossing)
        if middle is not None and not any(
            math.isclose(middle, p.pressure, rel_tol=1e-6) for p in points
        ):
            spent.halved += 1
            return middle
    return None


def _beyond(points: Sequence[Point], criteria: Sequence[Crossing], ratio: float) -> float | None:
    """Return the pressure that continues the grid on a side where a criterion is open.

    One that knows no side yet, for want of finished points, leaves the choice to the other.
    """
    if not points:
        return None
    pressures = [p.pressure for p in points]
    above, below = max(pressures) * ratio, min(pressures) / ratio
    judged = [c for c in criteria if c.holding is not None or c.failing is not None]
    if any(crossing.holding is None for crossing in judged):
        return float(f"{above:.4g}")
    if any(crossing.failing is None for crossing in judged):
        return float(f"{below:.4g}")
    return float(f"{above:.4g}") if len(judged) < len(criteria) else None


def _middle(crossing: Crossing) -> float | None:
    """Return the geometric middle of a bracket, four digits; None without a wide bracket."""
    low, high = crossing.failing, crossing.holding
    if low is None or high is None or high / low < _NARROW:
        return None
    middle = float(f"{math.sqrt(low * high):.4g}")
    return middle if low < middle < high else None
