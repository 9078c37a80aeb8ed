"""A curve of results against pressure, and the functions fitted to it.

The voltage rise runs from a nearly flat tail at high pressure to a runaway over decades within a
few tens of percent of pressure, and is convex in between; no formula is known for it. The fit
is therefore the monotone piecewise cubic (PCHIP: F. N. Fritsch and J. Butland, SIAM J. Sci. Stat.
Comput. 5 (1984) 300) of its logarithm against that of the pressure: exact for a power-law tail,
without overshoot at the runaway, and never used outside the points it passes through.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

VOLTAGE_FIT: Final = "pchip_log_log"
"""Name of the fit, written to the column `method`."""

MIN_FIT_POINTS: Final = 4
"""Fewer finished points than this give no slope."""

_SMALLEST_RISE: Final = 1e-9
"""A voltage rise below this [V] is round-off; its logarithm is taken here."""

_LOSS_RANGE: Final = (1e-6, 30.0)
"""Range of -ln(contact fraction) that is told apart; below it contact is whole."""


@dataclass(frozen=True)
class Point:
    """One computed case on a curve.

    Attributes
    ----------
    pressure : float
        [MPa].
    contact : float | None
        Contact fraction at the end.
    rise : float | None
        Voltage rise at the end [V].
    stopped : bool
        Ended before its full charge (contact_lost, voltage_limit, shorted): it counts as
        failing, and enters no fit.
    """

    pressure: float
    contact: float | None
    rise: float | None
    stopped: bool = False


@dataclass(frozen=True)
class Crossing:
    """Where a criterion is met, between two tested abscissae.

    Attributes
    ----------
    value : float | None
        The interpolated crossing; None when the tested points do not decide it.
    failing, holding : float | None
        The nearest tested abscissae on the two sides; None where that side was not reached.
    """

    value: float | None = None
    failing: float | None = None
    holding: float | None = None

    @property
    def range(self) -> tuple[float | None, float | None]:
        """Return between what it lies: twice the value, or else its own bracket."""
        if self.value is not None:
            return self.value, self.value
        return self.failing, self.holding


class Fit:
    """A monotone interpolant on log-log axes, with its logarithmic slope.

    Parameters
    ----------
    abscissae, ordinates : sequence of float
        Positive, shape (N,), N >= 2; abscissae distinct, in any order.
    """

    def __init__(self, abscissae: Sequence[float], ordinates: Sequence[float]) -> None:
        order = np.argsort(abscissae)
        x = np.log(np.asarray(abscissae, dtype=float)[order])
        y = np.log(np.asarray(ordinates, dtype=float)[order])
        self.low = float(abscissae[order[0]])
        self.high = float(abscissae[order[-1]])
        self._ends = float(x[0]), float(x[-1])  # another logarithm may be a digit outside
        from scipy.interpolate import PchipInterpolator

        self._curve = PchipInterpolator(x, y, extrapolate=False)
        self._slope = self._curve.derivative()

    def __call__(self, abscissa: float) -> float:
        """Return the ordinate inside the covered range."""
        return math.exp(float(self._curve(self._log(abscissa))))

    def slope(self, abscissa: float) -> float:
        """Return the derivative d(ordinate)/d(abscissa) inside the covered range."""
        return self(abscissa) / abscissa * float(self._slope(self._log(abscissa)))

    def _log(self, abscissa: float) -> float:
        return min(max(math.log(abscissa), self._ends[0]), self._ends[1])


def voltage_fit(points: Sequence[Point]) -> Fit | None:
    """Fit the voltage rise [V] against pressure [MPa]; None for too few finished points."""
    done = [p for p in points if not p.stopped and p.rise is not None]
    if len(done) < MIN_FIT_POINTS:
        return None
    rises = [max(p.rise or 0.0, _SMALLEST_RISE) for p in done]
    return Fit([p.pressure for p in done], rises)


class ContactFit:
    """A monotone interpolant of the contact fraction: that of -ln(contact) on log-log axes.

    Where the current dies off as exp(-gap/roughness), -ln(contact) is a mean gap, a power law
    in the tail and nearly linear in pressure beyond, so it interpolates better than contact.

    Parameters
    ----------
    abscissae, contacts : sequence of float
        Shape (N,), N >= 2; abscissae positive and distinct.
    """

    def __init__(self, abscissae: Sequence[float], contacts: Sequence[float]) -> None:
        low, high = _LOSS_RANGE
        losses = [min(max(-math.log(max(c, 1e-300)), low), high) for c in contacts]
        order = np.argsort(abscissae)
        self._places = np.asarray(abscissae, dtype=float)[order]
        self._values = np.asarray(contacts, dtype=float)[order]
        self._fit = Fit(abscissae, losses)
        self.low, self.high = self._fit.low, self._fit.high

    def __call__(self, abscissa: float) -> float:
        """Return the contact fraction inside the covered range."""
        return math.exp(-self._fit(abscissa))

    def resolved(self, abscissae: NDArray[np.float64], step: float) -> NDArray[np.bool_]:
        """Say where the neighbouring computed contact fractions differ by less than `step`."""
        after = np.clip(np.searchsorted(self._places, abscissae), 1, len(self._places) - 1)
        return np.asarray(np.abs(self._values[after] - self._values[after - 1]) < step)

    def sample(self, abscissae: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return contact fractions at many abscissae of the covered range, shape (M,)."""
        return np.array([self(float(item)) for item in abscissae])


def contact_fit(points: Sequence[Point]) -> ContactFit | None:
    """Interpolate the contact fraction against pressure [MPa]; None below two points."""
    done = [(p.pressure, p.contact) for p in points if not p.stopped and p.contact is not None]
    if len(done) < 2:
        return None
    return ContactFit([p for p, _ in done], [c for _, c in done])


def find_crossing(
    states: Sequence[tuple[float, bool]],
    *,
    covered: Callable[[float], bool],
    excess: Callable[[float], float],
) -> Crossing:
    """Bracket a criterion from its safe side and solve for it inside the bracket.

    Parameters
    ----------
    states : sequence of (float, bool)
        Tested abscissae from the failing side to the safe side, and whether each holds.
    covered : callable
        Whether the fitted function may be used at a tested abscissa.
    excess : callable
        The fitted criterion: <= 0 where it fails, > 0 where it holds.

    Returns
    -------
    Crossing
        With a value only where both sides of the bracket carry the fit.
    """
    holding: float | None = None
    failing: float | None = None
    for abscissa, holds in reversed(states):
        if not holds:
            failing = abscissa
            break
        holding = abscissa
    if failing is None or holding is None or not (covered(failing) and covered(holding)):
        return Crossing(None, failing, holding)
    ends = excess(failing), excess(holding)
    # The states are judged on the data, so a wrong sign here is round-off at a tested point.
    if ends[0] >= 0.0:
        return Crossing(failing, failing, holding)
    if ends[1] <= 0.0:
        return Crossing(holding, failing, holding)
    low, high = sorted((math.log(failing), math.log(holding)))
    from scipy.optimize import brentq

    root = brentq(lambda log: excess(math.exp(log)), low, high, xtol=1e-12, rtol=1e-12)
    return Crossing(math.exp(float(root)), failing, holding)
