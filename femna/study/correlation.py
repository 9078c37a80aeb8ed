"""What a Latin hypercube says of each input: rank correlation, and a linear fit of ln P_crit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import spearmanr

from femna.study.evaluation import Group
from femna.study.sample import Sample
from femna.study.sensitivity import critical_of_design

NAME: Final = "correlations.csv"


@dataclass(frozen=True)
class Correlation:
    """One input, at one current, by one criterion.

    Attributes
    ----------
    current : float
        [mA/cm^2].
    criterion, path, low, high, reason : str
        By which criterion, of which input and range.
    rank : float
        Spearman's rank correlation of the input with P_crit.
    effect, error : float
        Of the whole range on ln P_crit, by least squares over all inputs together, and its
        standard error.
    r2 : float
        Of that fit.
    points : int
        With a P_crit.
    """

    current: float
    criterion: str
    path: str
    low: str
    high: str
    rank: float
    effect: float
    error: float
    r2: float
    points: int
    reason: str


def least_points(sample: Sample) -> int:
    """Return how many points need a P_crit: two more than the linear fit has coefficients."""
    return len(sample.input) + 3


def correlate(sample: Sample, groups: Sequence[Group]) -> list[Correlation]:
    """Return the correlations at every current by both criteria.

    Points without a P_crit are left out; with fewer than `least_points`, nothing is said.
    """
    shares = sample.shares()
    found: list[Correlation] = []
    for current, criterion, values in critical_of_design(sample, shares, groups):
        kept = np.isfinite(values)
        count = int(kept.sum())
        if count < least_points(sample):
            continue
        y, x = values[kept], shares[kept]
        design = np.column_stack([np.ones(count), x])
        slopes, *_ = np.linalg.lstsq(design, y, rcond=None)
        rest = y - design @ slopes
        spread = float(np.sum((y - y.mean()) ** 2))
        variance = float(rest @ rest) / (count - design.shape[1])
        errors = np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design)))
        for place, item in enumerate(sample.input):
            rank = float(spearmanr(x[:, place], y).statistic) if spread > 0 else 0.0
            found.append(
                Correlation(
                    current=current,
                    criterion=criterion,
                    path=item.path,
                    low=str(item.low),
                    high=str(item.high),
                    rank=rank,
                    effect=float(slopes[place + 1]),
                    error=float(errors[place + 1]),
                    r2=1.0 - float(rest @ rest) / spread if spread > 0 else 1.0,
                    points=count,
                    reason=item.reason,
                )
            )
    return found


def correlation_table(found: Sequence[Correlation]) -> tuple[list[str], list[list[object]]]:
    """Return header and cells of correlations.csv, strongest first."""
    header = ["current_mA_cm2", "criterion", "input", "low", "high", "rank_correlation"]
    header += ["effect", "effect_error", "r2", "points", "reason"]
    ordered = sorted(found, key=lambda c: (c.current, c.criterion, -abs(c.effect)))
    return header, [list(vars(item).values()) for item in ordered]
