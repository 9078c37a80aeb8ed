"""Whole runs of femna's own unit cell for verification, coarse enough to be many."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from femna.case import load_case
from femna.simulation.driver import Driver
from femna.simulation.setup import build_model
from verification.cells import CASE

Array = NDArray[np.float64]
BALANCE = 1e-8
"""What every accepted step must keep its balances below."""

CHARGE_UNIT = 3.6e4  # C/m^2 in 1 mAh/cm^2


@dataclass(frozen=True)
class Run:
    """The history of a run, one array per column, and how it ended."""

    columns: Mapping[str, Array]
    status: str | None
    newton_norms: tuple[tuple[float, ...], ...]
    """Residual norms of the last solve of every accepted step."""

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def last(self, name: str) -> float:
        """Return a column's last value."""
        return float(self.columns[name][-1])

    def at(self, name: str, charge: float) -> float:
        """Return a column at a charge [C/m^2], monotone cubic between the steps."""
        path = PchipInterpolator(self.columns["charge_mAh_cm2"] * CHARGE_UNIT, self.columns[name])
        return float(path(charge))

    def worst_balance(self) -> dict[str, float]:
        """Return the largest of each balance over the accepted steps."""
        names = ("charge_balance", "volume_balance", "force_balance", "complementarity")
        return {name: float(np.max(self.columns[name])) for name in names}


def run(folder: Path, changes: Mapping[str, str] | None = None, *, refine: float = 1.0) -> Run:
    """March the case of `verification.cells` with some entries changed to its end."""
    path = folder / "case.toml"
    path.write_text(CASE)
    case = load_case(path, dict(changes or {}))
    driver = Driver(build_model(case, MPI.COMM_SELF, refine=refine))
    rows, norms, status = [], [], None
    for accepted in driver.march():
        rows.append(accepted.row)
        norms.append(tuple(driver.newton._norms))
        status = accepted.status
    del driver
    gc.collect()
    numbers = [name for name, value in rows[-1].items() if isinstance(value, int | float)]
    columns = {name: np.array([row[name] for row in rows], dtype=float) for name in numbers}
    return Run(columns, status, tuple(norms))


def keeps_balances(done: Run) -> None:
    """Assert the balances of every accepted step."""
    assert all(value < BALANCE for value in done.worst_balance().values()), done.worst_balance()
