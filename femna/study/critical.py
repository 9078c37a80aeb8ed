"""The critical pressure of one curve and the critical current at one pressure, by both criteria.

Criterion 1 is the paper's own, dV/dP = -0.05 V/MPa on a fitted curve (D. Spencer Jolly et al., ACS
Appl. Mater. Interfaces 12 (2020) 678, section 4.7); criterion 2 is a contact fraction. Both
take the highest pressure at which the criterion is crossed, coming from the safe side. Nothing
is extrapolated: without a finished point on either side there is a bracket but no value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from femna.study.curve import (
    VOLTAGE_FIT,
    ContactFit,
    Crossing,
    Fit,
    Point,
    contact_fit,
    find_crossing,
    voltage_fit,
)

NOT_BRACKETED: Final = "not_bracketed"

type Criterion = Literal["dVdP", "contact"]

CRITERIA: Final[tuple[Criterion, ...]] = ("dVdP", "contact")
"""By the voltage's slope, and by the contact fraction; as tables call them."""

_FLAT: Final = 1e-12
"""A slope [V/MPa] below which the voltage does not depend on pressure."""


@dataclass(frozen=True)
class CriticalPoint:
    """One row of critical.csv (abscissa: pressure) or critical_current.csv (abscissa: current).

    Attributes
    ----------
    by_slope, by_contact : Crossing
        The two criteria.
    """

    by_slope: Crossing
    by_contact: Crossing

    def by(self, criterion: Criterion) -> Crossing:
        """Return the crossing of one of the `CRITERIA`."""
        return self.by_slope if criterion == "dVdP" else self.by_contact

    @property
    def method(self) -> str:
        """The fit function where both criteria have a value, else what is not bracketed."""
        missing = [name for name in CRITERIA if self.by(name).value is None]
        if not missing:
            return VOLTAGE_FIT
        if len(missing) == 2:
            return NOT_BRACKETED
        return f"{VOLTAGE_FIT}, {missing[0]} {NOT_BRACKETED}"


def critical_pressure(
    points: Sequence[Point], *, slope: float, contact_fraction: float
) -> CriticalPoint:
    """Find the critical pressure [MPa] of one curve.

    Parameters
    ----------
    points : sequence of Point
        The curve at one current density, in any order.
    slope : float
        dV/dP at the critical pressure [V/MPa], negative.
    contact_fraction : float
        Contact fraction at the critical pressure.
    """
    ordered = sorted(points, key=lambda item: item.pressure)
    return CriticalPoint(
        by_slope=_by_slope(ordered, slope), by_contact=_by_contact(ordered, contact_fraction)
    )


def _by_contact(points: Sequence[Point], threshold: float) -> Crossing:
    states = [
        (p.pressure, not p.stopped and p.contact is not None and p.contact >= threshold)
        for p in points
        if p.stopped or p.contact is not None
    ]
    fit = contact_fit(points)
    finished = {p.pressure for p in points if not p.stopped}
    return find_crossing(
        states,
        covered=lambda p: fit is not None and p in finished,
        excess=lambda p: math.nan if fit is None else fit(p) - threshold,
    )


def _by_slope(points: Sequence[Point], slope: float) -> Crossing:
    fit = voltage_fit(points)
    if fit is None:
        stopped = [p.pressure for p in points if p.stopped]
        return Crossing(None, max(stopped, default=None), None)
    finished = {p.pressure for p in points if not p.stopped and p.rise is not None}
    states = [
        (p.pressure, p.pressure in finished and fit.slope(p.pressure) > slope)
        for p in points
        if p.stopped or p.pressure in finished
    ]
    return find_crossing(
        states,
        covered=lambda p: p in finished,
        excess=lambda p: fit.slope(p) - slope,
    )


def critical_current(
    pressure: float,
    curves: Mapping[float, Sequence[Point]],
    *,
    slope: float,
    contact_fraction: float,
) -> CriticalPoint:
    """Find the critical current density [mA/cm^2] at one pressure.

    The contact fraction and the slope of the fitted voltage at this pressure are interpolated
    monotonically between the currents.

    Parameters
    ----------
    pressure : float
        A tested pressure [MPa].
    curves : mapping
        Current density [mA/cm^2] -> the points of its curve.
    slope, contact_fraction : float
        As for `critical_pressure`.
    """
    contacts: dict[float, float | None] = {}
    slopes: dict[float, float | None] = {}
    for current, points in curves.items():
        here = next((p for p in points if math.isclose(p.pressure, pressure)), None)
        if here is None:
            continue
        if here.stopped:
            contacts[current] = slopes[current] = None
            continue
        if here.contact is not None:
            contacts[current] = here.contact
        fit = voltage_fit(points)
        if fit is not None and here.rise is not None:
            slopes[current] = fit.slope(here.pressure)
    return CriticalPoint(
        by_slope=_slope_along_current(slopes, slope),
        by_contact=_contact_along_current(contacts, contact_fraction),
    )


def _contact_along_current(values: Mapping[float, float | None], threshold: float) -> Crossing:
    """Bracket the contact fraction against current; None marks a run that ended early."""
    known = {j: value for j, value in values.items() if value is not None}
    fit = ContactFit(list(known), list(known.values())) if len(known) >= 2 else None
    return find_crossing(
        [(j, j in known and known[j] >= threshold) for j in sorted(values, reverse=True)],
        covered=lambda j: fit is not None and j in known,
        excess=lambda j: math.nan if fit is None else fit(j) - threshold,
    )


def _slope_along_current(values: Mapping[float, float | None], slope: float) -> Crossing:
    """Bracket dV/dP [V/MPa] against current; None marks a run that ended early."""
    known = {j: max(-value, _FLAT) for j, value in values.items() if value is not None}
    fit = Fit(list(known), list(known.values())) if len(known) >= 2 else None
    return find_crossing(
        [(j, j in known and known[j] < -slope) for j in sorted(values, reverse=True)],
        covered=lambda j: fit is not None and j in known,
        excess=lambda j: math.nan if fit is None else -slope - fit(j),
    )
