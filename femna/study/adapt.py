"""Where a curve needs one more pressure: by bisection of its brackets, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from femna.study.critical import critical_pressure
from femna.study.curve import Crossing, Point
from femna.study.definition import Critical

_NARROW: Final = 1.004
"""A bracket whose ends have a smaller ratio is not halved again."""


def next_pressure(points: Sequence[Point], settings: Critical, *, used: int) -> float | None:
    """Return the next pressure [MPa] for a curve, or None when nothing is to be gained.

    The first half of the extra points (rounded up) halves the bracket of the contact criterion, the
    rest that of the slope criterion; where one has no bracket or a narrow one, the other is
    taken.

    Parameters
    ----------
    points : sequence of Point
        The curve so far, extra points included.
    settings : Critical
        The criteria and the number of extra points.
    used : int
        Extra points spent on this curve.
    """
    if used >= settings.extra_points:
        return None
    found = critical_pressure(
        points, slope=settings.slope, contact_fraction=settings.contact_fraction
    )
    order = [found.by_contact, found.by_slope]
    if used >= math.ceil(settings.extra_points / 2):
        order.reverse()
    for crossing in order:
        middle = _middle(crossing)
        if middle is not None and not any(
            math.isclose(middle, p.pressure, rel_tol=1e-6) for p in points
        ):
            return middle
    return None


def _middle(crossing: Crossing) -> float | None:
    """Return the geometric middle of a bracket, four digits; None without a wide bracket."""
    low, high = crossing.failing, crossing.holding
    if low is None or high is None or high / low < _NARROW:
        return None
    middle = float(f"{math.sqrt(low * high):.4g}")
    return middle if low < middle < high else None
