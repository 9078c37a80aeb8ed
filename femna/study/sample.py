"""``[sample]``: Morris' design or a Latin hypercube for a study of the critical pressure.

M. D. Morris, Technometrics 33 (1991) 161; mean of absolute effects after F. Campolongo,
J. Cariboni, A. Saltelli, Environ. Modell. Softw. 22 (2007) 1509; sampled and analysed by SALib.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator
from scipy.stats.qmc import LatinHypercube

from femna.case.quantities import problem
from femna.errors import InputError
from femna.study.quantities import column_name, parse_quantity
from femna.study.ranges import Table

type Unit = npt.NDArray[np.float64]


class SampleInput(Table):
    """One uncertain input.

    Attributes
    ----------
    path : str
        Entry of the case.
    low, high : str or float
        Its range, with units unless it is a bare number.
    spacing : str
        ``log`` or ``linear``: in which its range is uniform.
    reason : str
        Where the range comes from.
    """

    path: str
    low: float | str
    high: float | str
    spacing: Literal["log", "linear"] = "log"
    reason: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> SampleInput:
        low, high, _ = self.ends()
        if not low < high or (self.spacing == "log" and low <= 0.0):
            limit = "low below high, and above zero for log spacing"
            raise problem(limit, "correct the range", key="low", value=self.low)
        return self

    def ends(self) -> tuple[float, float, str]:
        """Return low and high in one unit, and the unit."""
        if isinstance(self.low, str) and isinstance(self.high, str):
            low = parse_quantity(self.low)
            return low.number, parse_quantity(self.high).to(low.unit).number, low.unit
        if isinstance(self.low, str) or isinstance(self.high, str):
            limit = "`low` and `high` are both quantities with units or both bare numbers"
            raise problem(limit, "write both alike", key="low", value=self.low)
        return float(self.low), float(self.high), ""

    def value(self, share: float) -> float:
        """Return the value at a share of the range, six digits."""
        low, high, _ = self.ends()
        if self.spacing == "log":
            return float(f"{low * (high / low) ** share:.6g}")
        return float(f"{low + (high - low) * share:.6g}")

    @property
    def column(self) -> str:
        """Its column in the tables."""
        return column_name(self.path, self.ends()[2])


class Sample(Table):
    """How the inputs are sampled.

    Attributes
    ----------
    method : str
        ``morris``, or ``latin_hypercube``: every input is met once in each of `points` equal
        parts of its range (M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21 (1979)
        239).
    points : int
        Of a Latin hypercube.
    trajectories, levels : int
        Of Morris' design: k + 1 points a trajectory for k inputs.
    seed : int
        Of either.
    input : tuple of SampleInput
    """

    method: Literal["morris", "latin_hypercube"] = "morris"
    points: int = Field(default=20, ge=2, le=10000)

    trajectories: int = Field(default=6, ge=2, le=1000)
    levels: int = Field(default=4, ge=2, le=100)
    seed: int = Field(default=1, ge=0)
    input: tuple[SampleInput, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _even(self) -> Sample:
        if self.levels % 2:
            limit = "must be even: a step is half of them"
            raise problem(limit, "add one", key="levels", value=self.levels)
        paths = [item.path for item in self.input]
        for path in paths:
            if paths.count(path) > 1:
                raise problem("an input occurs twice", "leave one out", key="input", value=path)
        return self

    def problem(self) -> dict[str, Any]:
        """Return the inputs as SALib wants them."""
        names = [item.column for item in self.input]
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}

    def shares(self) -> Unit:
        """Return the design in the unit cube, shape (points, k); Morris: trajectories (k + 1)."""
        if self.method == "latin_hypercube":
            sampler = LatinHypercube(len(self.input), rng=np.random.default_rng(self.seed))
            return np.asarray(sampler.random(self.points), dtype=np.float64)
        morris = salib_morris("sample")
        design = morris.sample(
            self.problem(), self.trajectories, num_levels=self.levels, seed=self.seed
        )
        return np.asarray(design, dtype=np.float64)


def salib_morris(part: Literal["sample", "analyze"]) -> Any:
    """Import SALib's Morris module, or say how to get it."""
    try:
        if part == "sample":
            from SALib.sample import morris
        else:
            from SALib.analyze import morris
    except ImportError:
        raise InputError(
            None, "sample", "morris", "needs SALib", "pip install 'femna[sensitivity]'"
        ) from None
    return morris
