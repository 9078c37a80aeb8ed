"""Sensitivity of the critical pressure to uncertain inputs: from the design to shares of effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.study.critical import CRITERIA, Criterion
from femna.study.entries import Entry
from femna.study.evaluation import Group
from femna.study.sample import Sample, Unit, salib_morris

LEAST_TRAJECTORIES: Final = 2
"""That must have a P_crit at each of their points: one has no spread."""


@dataclass(frozen=True)
class Effect:
    """What an input does to ln P_crit across its range.

    Attributes
    ----------
    current : float
        [mA/cm^2].
    criterion, path, low, high, reason : str
        By which criterion, of which input and range.
    mean, strength, confidence, spread : float
        Morris' mu, mu*, the 95 % bound of mu*, and sigma (interactions and curvature).
    share : float
        mu* over the sum of all.
    trajectories : int
        How many entered.
    """

    current: float
    criterion: str
    path: str
    low: str
    high: str
    mean: float
    strength: float
    confidence: float
    spread: float
    share: float
    trajectories: int
    reason: str


def sample_entries(sample: Sample) -> list[tuple[Entry, ...]]:
    """Return the entries of every distinct point of the design."""
    rows: list[tuple[Entry, ...]] = []
    for share in _distinct(sample.shares()):
        row: list[Entry] = []
        for item, part in zip(sample.input, share, strict=True):
            value, unit = item.value(float(part)), item.ends()[2]
            row.append(Entry(item.path, f"{value:.12g} {unit}".strip(), item.column, value))
        rows.append(tuple(row))
    return rows


def analyse(sample: Sample, groups: Sequence[Group]) -> list[Effect]:
    """Return the effects on ln P_crit at every current, by both criteria.

    A trajectory with a point whose critical pressure is not bracketed is left out.
    """
    morris = salib_morris("analyze")
    shares = sample.shares()
    effects: list[Effect] = []
    for current, criterion, values in critical_of_design(sample, shares, groups):
        whole = whole_trajectories(sample, values)
        if whole.sum() < LEAST_TRAJECTORIES:
            continue
        kept = np.repeat(whole, len(values) // sample.trajectories)
        found = morris.analyze(
            sample.problem(),
            shares[kept],
            values[kept],
            num_levels=sample.levels,
            seed=sample.seed,
        )
        strength = np.asarray(found["mu_star"], dtype=float)
        for place, item in enumerate(sample.input):
            effects.append(
                Effect(
                    current=current,
                    criterion=criterion,
                    path=item.path,
                    low=str(item.low),
                    high=str(item.high),
                    mean=float(found["mu"][place]),
                    strength=float(strength[place]),
                    confidence=float(found["mu_star_conf"][place]),
                    spread=float(found["sigma"][place]),
                    share=float(strength[place] / strength.sum()),
                    trajectories=int(whole.sum()),
                    reason=item.reason,
                )
            )
    return effects


def whole_trajectories(sample: Sample, values: Unit) -> npt.NDArray[np.bool_]:
    """Say of each trajectory whether all its points have a P_crit, shape (trajectories,)."""
    return np.isfinite(values.reshape(sample.trajectories, -1)).all(axis=1)


def critical_of_design(
    sample: Sample, shares: Unit, groups: Sequence[Group]
) -> Iterator[tuple[float, Criterion, Unit]]:
    """Yield current [mA/cm^2], criterion and ln P_crit at every point of a design.

    Not a number where a point has none.

    Parameters
    ----------
    sample : Sample
    shares : array, shape (points, inputs)
        Its design.
    groups : sequence of Group
        What was computed.
    """
    known = {tuple(dict(g.others).get(i.column) for i in sample.input): g for g in groups}
    keys = [
        tuple(i.value(float(part)) for i, part in zip(sample.input, row, strict=True))
        for row in shares
    ]
    for current in sorted({j for group in groups for j in group.critical}):
        for criterion in CRITERIA:
            found = [_log_critical(known.get(key), current, criterion) for key in keys]
            yield current, criterion, np.array(found)


def effect_table(effects: Sequence[Effect]) -> tuple[list[str], list[list[object]]]:
    """Return header and cells of sensitivity.csv, strongest first."""
    header = ["current_mA_cm2", "criterion", "input", "low", "high", "mu", "mu_star"]
    header += ["mu_star_95", "sigma", "share", "trajectories", "reason"]
    ordered = sorted(effects, key=lambda e: (e.current, e.criterion, -e.strength))
    return header, [list(vars(effect).values()) for effect in ordered]


def effect_lines(effects: Sequence[Effect]) -> list[str]:
    """Return the shares by contact at the largest current, as lines of plain text."""
    if not effects:
        return []
    current = max(effect.current for effect in effects)
    lines = ["", f"Effect on ln P_crit (contact, {current:g} mA/cm2) of each input's whole range"]
    shown = [e for e in effects if e.current == current and e.criterion == "contact"]
    lines += [
        f"  {effect.path:<38}{effect.low:>18} .. {effect.high:<18}"
        f"{effect.strength:>7.3f}{effect.share:>7.1%}"
        for effect in sorted(shown, key=lambda e: -e.strength)
    ]
    return lines


def _distinct(shares: Unit) -> list[Unit]:
    seen: dict[tuple[float, ...], Unit] = {}
    for row in shares:
        seen.setdefault(tuple(float(v) for v in row), row)
    return list(seen.values())


def _log_critical(group: Group | None, current: float, criterion: Criterion) -> float:
    """Return ln P_crit [MPa] of a group at a current; NaN without one."""
    point = None if group is None else group.critical.get(current)
    if point is None:
        return np.nan
    value = point.by(criterion).value
    return np.nan if value is None else float(np.log(value))
