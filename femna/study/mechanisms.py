"""Candidate mechanisms side by side: what each predicts, what it would need, and their order.

The rule of the order, fixed before any of them was computed: fewest statements of the observations
contradicted, then most met, then fewest inputs that nobody has measured, then the smallest misfit.
Statement and criterion are counted pair by pair, both criteria alike.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from femna.study.critical import CRITERIA, Criterion
from femna.study.curve import Crossing
from femna.study.entries import VARIANT
from femna.study.evaluation import Group
from femna.study.observations import Bound, Comparison, Observations
from femna.study.quantities import parse_quantity
from femna.study.variant import Variant

RULE = (
    "fewest statements contradicted; then most met; then fewest inputs that nobody has measured; "
    "then the smallest misfit (decades of pressure between the computed value and the stated "
    "bracket, the largest over brackets and criteria)"
)


@dataclass(frozen=True)
class Candidate:
    """One variant of one mechanism, evaluated.

    Attributes
    ----------
    variant : Variant
    group : Group
        Its critical pressures.
    comparisons : tuple of Comparison
        Statement by statement.
    misfit : float or None
        Decades; None where no stated current was computed, or nothing is known there.
    """

    variant: Variant
    group: Group
    comparisons: tuple[Comparison, ...]
    misfit: float | None

    @property
    def others(self) -> tuple[tuple[str, float | str], ...]:
        """Return the inputs that are swept besides the variants."""
        return tuple(entry for entry in self.group.others if entry[0] != VARIANT)

    def count(self, verdict: str) -> int:
        """Return how many pairs of statement and criterion have this verdict."""
        return sum(item.verdict == verdict for item in self.comparisons)

    @property
    def order(self) -> tuple[float, ...]:
        """Return what the rule sorts by, smaller first."""
        misfit = math.inf if self.misfit is None else self.misfit
        unmeasured = len(self.variant.unmeasured)
        return (self.count("not met"), -self.count("met"), unmeasured, misfit)


def candidates(
    groups: Sequence[Group],
    comparisons: Sequence[Sequence[Comparison]],
    variants: Sequence[Variant],
    observations: Observations | None,
) -> list[Candidate]:
    """Return the study's candidates in the order of the rule; none without mechanisms."""
    known = {variant.name: variant for variant in variants if variant.mechanism}
    found: list[Candidate] = []
    for group, items in zip(groups, comparisons, strict=True):
        variant = known.get(str(dict(group.others).get(VARIANT, "")))
        if variant is not None:
            found.append(Candidate(variant, group, tuple(items), _misfit(group, observations)))
    return sorted(found, key=lambda item: item.order)


def _misfit(group: Group, observations: Observations | None) -> float | None:
    worst: list[float] = []
    for bound in observations.bounds if observations else ():
        for current, point in group.critical.items():
            if math.isclose(current, bound.current):
                crossings = [point.by(name) for name in CRITERIA]
                worst += [_decades(bound, c) for c in crossings if c.range != (None, None)]
    return max(worst, default=None)


def _decades(bound: Bound, crossing: Crossing) -> float:
    """Return how far a crossing, or its own bracket, is from the stated bracket at the least."""
    low, high = crossing.range
    if bound.low is not None and high is not None and high < bound.low:
        return math.log10(bound.low / high)
    if bound.high is not None and low is not None and low > bound.high:
        return math.log10(low / bound.high)
    return 0.0


@dataclass(frozen=True)
class Inversion:
    """Which values of a mechanism's parameter put its critical pressure into a stated bracket.

    Attributes
    ----------
    mechanism, parameter, unit : str
    others : tuple of (str, float or str)
        The inputs that are swept besides.
    statement, criterion : str
    low, high : float or None
        The values, in `unit`; None where no computed value reaches the bracket.
    open_low, open_high : bool
        Whether the bracket is still met at the end of the computed range.
    computed : (float, float)
        The computed range.
    estimate : (float, float) or None
        What independent evidence says.
    source : str
        Of the estimate.
    """

    mechanism: str
    parameter: str
    unit: str
    others: tuple[tuple[str, float | str], ...]
    statement: str
    criterion: str
    low: float | None
    high: float | None
    open_low: bool
    open_high: bool
    computed: tuple[float, float]
    estimate: tuple[float, float] | None
    source: str

    @property
    def agrees(self) -> bool | None:
        """Whether needed and estimated values overlap; None where either is missing."""
        if self.estimate is None or self.low is None or self.high is None:
            return None
        return self.low <= self.estimate[1] and self.high >= self.estimate[0]


def inversions(found: Sequence[Candidate], observations: Observations | None) -> list[Inversion]:
    """Invert every mechanism with a parameter at three values or more against the brackets.

    Where other inputs are swept besides, each of their values has an inversion of its own. Between
    computed values ln P_crit is linear in the logarithm of the parameter; beyond them nothing is
    said.
    """
    families: dict[tuple[object, ...], list[Candidate]] = {}
    for item in found:
        if item.variant.parameter is not None and item.variant.mechanism:
            families.setdefault((item.variant.mechanism, item.others), []).append(item)
    result: list[Inversion] = []
    for items in families.values():
        for bound in observations.bounds if observations else ():
            for criterion in CRITERIA:
                inverted = _invert(items, bound, criterion)
                if inverted is not None:
                    result.append(inverted)
    return result


def _invert(items: Sequence[Candidate], bound: Bound, criterion: Criterion) -> Inversion | None:
    parameters = [item.variant.parameter for item in items if item.variant.parameter is not None]
    if not parameters:
        return None
    # whichever variant states what independent evidence says
    parameter = next((found for found in parameters if found.estimate), parameters[0])
    unit = parse_quantity(parameter.value).unit
    curve: list[tuple[float, float]] = []
    for item in items:
        own = item.variant.parameter
        for current, point in item.group.critical.items():
            value = point.by(criterion).value
            if own is not None and value is not None and math.isclose(current, bound.current):
                curve.append((parse_quantity(own.value).to(unit).number, value))
    if len({value for value, _ in curve}) < 3:
        return None
    curve.sort()
    inside = _inside(curve, bound)
    ends = [parse_quantity(end).to(unit).number for end in parameter.estimate or ()]
    first, last = curve[0][0], curve[-1][0]
    return Inversion(
        mechanism=items[0].variant.mechanism or "",
        parameter=parameter.name,
        unit=unit,
        others=items[0].others,
        statement=f"{bound.text} at {bound.current:g} mA/cm2",
        criterion=criterion,
        low=inside[0] if inside else None,
        high=inside[1] if inside else None,
        open_low=inside is not None and inside[0] == first,
        open_high=inside is not None and inside[1] == last,
        computed=(first, last),
        estimate=(ends[0], ends[1]) if ends else None,
        source=parameter.source,
    )


def _inside(curve: Sequence[tuple[float, float]], bound: Bound) -> tuple[float, float] | None:
    """Return the smallest and largest abscissa at which the curve is inside the bracket."""
    low = -math.inf if bound.low is None else math.log(bound.low)
    high = math.inf if bound.high is None else math.log(bound.high)
    hits: list[float] = []
    logs = [(math.log(x), math.log(y)) for x, y in curve]
    hits += [x for (x, _), (_, y) in zip(curve, logs, strict=True) if low <= y <= high]
    for (x0, y0), (x1, y1) in itertools.pairwise(logs):
        for edge in (low, high):
            if math.isfinite(edge) and (y0 - edge) * (y1 - edge) < 0.0:
                hits.append(math.exp(x0 + (x1 - x0) * (edge - y0) / (y1 - y0)))
    return (min(hits), max(hits)) if hits else None
