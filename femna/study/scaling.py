"""What the critical pressures of several currents say together: exponents, ratios, collapse.

For quasi-static power-law creep with linear kinetics the contact fraction at fixed charge
depends on pressure P and current density j only through P/j^(1/n), whatever the heterogeneity;
how far the curves differ on that axis measures the terms that break the symmetry, together with
the interpolation between the tested pressures. Where a curve falls steeply between two of them
nothing is compared.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from femna.study.curve import ContactFit, Point, contact_fit

_SAMPLES: Final = 401
RESOLVED: Final = 0.1
"""Largest step in contact fraction between two computed points that counts as resolved."""


@dataclass(frozen=True)
class Scaling:
    """A power law through critical pressures.

    Attributes
    ----------
    exponent : float | None
        Least-squares slope of ln P_crit on ln j; None below two currents.
    error : float | None
        Its standard error; None below three currents.
    currents : int
        How many currents had a critical pressure.
    ratio : float | None
        P_crit at the largest over P_crit at the smallest current of the study; None where
        either is not bracketed.
    line_r2 : float | None
        R^2 of a straight line (with intercept) through P_crit against j; None below three.
    """

    exponent: float | None
    error: float | None
    currents: int
    ratio: float | None
    line_r2: float | None


def scaling(critical: Mapping[float, float | None]) -> Scaling:
    """Evaluate critical pressures [MPa] by current density [mA/cm^2]."""
    known = {j: p for j, p in sorted(critical.items()) if p is not None and p > 0 and j > 0}
    exponent = error = line = ratio = None
    if len(known) >= 2:
        x, y = np.log(list(known)), np.log(list(known.values()))
        centred = x - x.mean()
        spread = float(centred @ centred)
        exponent = float(centred @ (y - y.mean())) / spread
        if len(known) >= 3:
            rest = y - y.mean() - exponent * centred
            error = math.sqrt(float(rest @ rest) / (len(known) - 2) / spread)
            line = _r_squared(np.array(list(known)), np.array(list(known.values())))
        first, last = critical.get(min(critical)), critical.get(max(critical))
        if first and last:
            ratio = last / first
    return Scaling(exponent, error, len(known), ratio, line)


def _r_squared(x: np.ndarray, y: np.ndarray) -> float | None:
    total = float(((y - y.mean()) ** 2).sum())
    if total == 0.0:
        return None
    slope, start = np.polyfit(x, y, 1)
    return 1.0 - float(((y - slope * x - start) ** 2).sum()) / total


def collapse_error(
    curves: Mapping[float, Sequence[Point]], creep_exponent: float | None
) -> tuple[float | None, tuple[float, float] | None]:
    """Return how far the contact curves of all currents differ on the axis P/j^(1/n).

    Parameters
    ----------
    curves : mapping
        Current density [mA/cm^2] -> points; points stopped early are left out.
    creep_exponent : float, optional
        n of the creep law.

    Returns
    -------
    error : float or None
        Largest difference of interpolated contact fraction between any two curves where both
        are resolved (:data:`RESOLVED`); None where no two are.
    span : (float, float) or None
        The common range of P/j^(1/n), P in MPa and j in mA/cm^2.
    """
    if creep_exponent is None:
        return None, None
    fits: list[ContactFit] = []
    for current, points in curves.items():
        factor = current ** (-1.0 / creep_exponent)
        moved = [Point(p.pressure * factor, p.contact, p.rise, p.stopped) for p in points]
        fit = contact_fit(moved)
        if fit is not None:
            fits.append(fit)
    if len(fits) < 2:
        return None, None
    low, high = max(fit.low for fit in fits), min(fit.high for fit in fits)
    if not low < high:
        return None, None
    axis = np.geomspace(low, high, _SAMPLES)
    sampled = [np.where(fit.resolved(axis, RESOLVED), fit.sample(axis), np.nan) for fit in fits]
    differences = np.array([np.abs(a - b) for a, b in itertools.combinations(sampled, 2)])
    if np.all(np.isnan(differences)):
        return None, None
    return float(np.nanmax(differences)), (low, high)
