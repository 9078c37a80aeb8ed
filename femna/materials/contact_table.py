"""Contact computed on unit cells: what share of the conductance is left, read from a table.

Every sweep of a unit cell leaves one, `contact_table.csv`. It stands for the interface below the
scale of a larger computation: there, at the local contact pressure and the charge that has passed,
the interface has this share of the conductance that the closed unit cell has.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from femna.errors import InputError

Array = npt.NDArray[np.float64]

COLUMNS: Final = (
    "current_mA_cm2",
    "pressure_MPa",
    "charge_mAh_cm2",
    "conductance_share",
    "resistance_ohm_cm2",
)
KEY: Final = "interface.real_contact.file"
SAME: Final = 1e-6
"""Relative difference up to which two currents are one."""

PA, A_PER_M2, C_PER_M2, OHM_M2 = 1e6, 10.0, 3.6e4, 1e-4
"""SI values of the units in the columns' names."""


WHOLE: Final = 1e-6
"""Loss of the share below which contact is whole."""


class ShareCurve:
    """The share against pressure, interpolated between tabulated ones.

    What is interpolated is ``ln(a/(1 - a))`` against ``ln p``, in which both tails of the curves
    are nearly straight, by cubics that keep its monotony (F. N. Fritsch, R. E. Carlson, SIAM J.
    Numer. Anal. 17 (1980) 238). Below the first pressure the share falls with the pressure itself,
    above the last one it stays.

    Parameters
    ----------
    pressures : array, shape (P,)
        Rising, in any unit.
    shares : array, shape (P,)
        Above 0, at most 1.
    """

    def __init__(self, pressures: Array, shares: Array) -> None:
        self._first, self._last = float(pressures[0]), float(pressures[-1])
        inner = np.clip(shares, WHOLE**2, 1.0 - WHOLE)
        self._curve = PchipInterpolator(np.log(pressures), np.log(inner / (1.0 - inner)))

    def __call__(self, pressure: Array) -> tuple[Array, Array]:
        """Return the share at pressures of shape (N,), and its derivative by them."""
        below, above = pressure < self._first, pressure > self._last
        inside = np.clip(pressure, self._first, self._last)
        odds = self._curve(np.log(inside))
        share = 1.0 / (1.0 + np.exp(-odds))
        slope = share * (1.0 - share) * self._curve(np.log(inside), 1) / inside
        slope = np.where(below, share / self._first, np.where(above, 0.0, slope))
        share = np.where(below, share * np.maximum(pressure, 0.0) / self._first, share)
        return share, slope


@dataclass(frozen=True)
class ContactTable:
    """Share of the conductance against pressure and charge, at one current density.

    Attributes
    ----------
    pressures : array, shape (P,)
        Rising [Pa].
    histories : tuple of (array, array)
        For each pressure the charges [C/m^2] and the shares there.
    resistance : float
        Of the closed unit cell's interface, constriction included [ohm m^2].
    residual : float
        Least share, which no pressure undercuts.
    """

    pressures: Array
    histories: tuple[tuple[Array, Array], ...]
    resistance: float
    residual: float = 0.0

    @property
    def charge(self) -> float:
        """Return how far the longest of the unit cells went [C/m^2]."""
        return max(float(charges[-1]) for charges, _ in self.histories)

    def shares(self, charge: float) -> Array:
        """Return the share at every pressure after a charge [C/m^2], shape (P,).

        A unit cell that ended earlier, its voltage at the limit, keeps its last share.
        """
        return np.array([np.interp(charge, charges, found) for charges, found in self.histories])

    def interpolation_error(self, charge: float) -> float:
        """Return the largest error where an inner pressure is interpolated from the others.

        Each neighbourhood is then twice as coarse as in use, so that this bounds the error.
        """
        shares = self.shares(charge)
        errors = [0.0]
        for k in range(1, len(shares) - 1):
            others = np.delete(np.arange(len(shares)), k)
            guess, _ = ShareCurve(self.pressures[others], shares[others])(self.pressures[[k]])
            errors.append(abs(float(guess[0]) - float(shares[k])))
        return max(errors)


def read_contact_table(path: Path, *, current: float, residual: float = 0.0) -> ContactTable:
    """Read the part of a table that belongs to a current density [A/m^2].

    `residual` is the least share, which no pressure undercuts.

    Raises
    ------
    InputError
        If the file is no such table, or has nothing, or several answers, for the current.
    """
    rows = _rows(path)
    here = [row for row in rows if math.isclose(row[0] * A_PER_M2, current, rel_tol=SAME)]
    if not here:
        known = ", ".join(f"{value:g}" for value in sorted({row[0] for row in rows}))
        raise InputError(
            path,
            KEY,
            f"{current / A_PER_M2:g} mA/cm^2",
            f"the table has {known} mA/cm^2",
            "sweep the unit cell at the current of the case",
        )
    curves: dict[float, dict[float, float]] = {}
    for _, pressure, charge, share, _ in here:
        curve = curves.setdefault(pressure, {})
        if curve.get(charge, share) != share:
            raise InputError(
                path,
                KEY,
                f"{pressure:g} MPa, {charge:g} mAh/cm^2",
                "the table has several values there, of several variants",
                "keep the rows of one variant",
            )
        curve[charge] = share
    if len(curves) < 3:
        raise InputError(
            path, KEY, f"{len(curves)} pressures", "at least 3 make a table", "sweep more pressures"
        )
    ordered = sorted(curves)
    histories = []
    for pressure in ordered:
        points = sorted(curves[pressure].items())
        charges, shares = np.array(points).T
        histories.append((charges * C_PER_M2, shares))
    resistance = float(np.median([row[4] for row in here])) * OHM_M2
    return ContactTable(np.array(ordered) * PA, tuple(histories), resistance, residual)


def _rows(path: Path) -> list[tuple[float, ...]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(
                    path,
                    KEY,
                    ", ".join(missing),
                    "columns that a contact table has",
                    "take contact_table.csv of a sweep of a unit cell",
                )
            rows = [tuple(float(row[name]) for name in COLUMNS) for row in reader]
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise InputError(
            path,
            KEY,
            path.name,
            f"it cannot be read as a table of numbers ({error})",
            "take contact_table.csv of a sweep of a unit cell",
        ) from error
    for row in rows:
        _, pressure, charge, share, resistance = row
        fits = pressure > 0.0 and charge >= 0.0 and 0.0 < share <= 1.0 + SAME and resistance > 0.0
        if not (fits and all(map(math.isfinite, row))):
            raise InputError(
                path,
                KEY,
                f"{pressure:g} MPa, {charge:g} mAh/cm^2, share {share:g}",
                "pressures and resistances are above 0, shares above 0 and at most 1",
                "mend or remove the row",
            )
    return rows
