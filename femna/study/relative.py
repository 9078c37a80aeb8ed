"""Critical pressures relative to another variant's: what one change does, as a factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from femna.study.critical import CRITERIA, Criterion
from femna.study.entries import VARIANT
from femna.study.evaluation import Group
from femna.study.rows import Others, Table
from femna.study.variant import Variant


@dataclass(frozen=True)
class Relative:
    """One variant over the one that it is relative to, at one current.

    Attributes
    ----------
    variant, reference : str
        Names.
    others : tuple
        The other swept inputs, alike in both.
    current : float
        [mA/cm^2].
    factors : mapping
        P_crit over that of the reference, by criterion; None where either is not bracketed.
    origin : str
        Whether the variant's own curve was computed or mapped.
    """

    variant: str
    reference: str
    others: Others
    current: float
    factors: dict[Criterion, float | None]
    origin: str


def relatives(groups: Sequence[Group], variants: Sequence[Variant]) -> list[Relative]:
    """Return the factors of every variant with `relative_to`, in the order of the groups."""
    references = {item.name: item.relative_to for item in variants if item.relative_to}
    known = {group.others: group for group in groups}
    found: list[Relative] = []
    for group in groups:
        name = str(dict(group.others).get(VARIANT, ""))
        reference = references.get(name)
        if reference is None:
            continue
        rest = tuple((key, value) for key, value in group.others if key != VARIANT)
        other = known.get(((VARIANT, reference), *rest))
        if other is None:
            continue
        for current, point in group.critical.items():
            if current not in other.critical:
                continue
            factors: dict[Criterion, float | None] = {}
            for criterion in CRITERIA:
                own = point.by(criterion).value
                base = other.critical[current].by(criterion).value
                factors[criterion] = None if own is None or base is None else own / base
            found.append(Relative(name, reference, rest, current, factors, group.origin(current)))
    return found


def relative_table(found: Sequence[Relative]) -> Table:
    """Return header and cells of relative.csv."""
    columns = list(dict.fromkeys(name for item in found for name, _ in item.others))
    header = [VARIANT, "relative_to", *columns, "current_mA_cm2"]
    header += [f"factor_{criterion}" for criterion in CRITERIA]
    header.append("origin")
    cells: list[list[object]] = []
    for item in found:
        given = dict(item.others)
        rest = [given.get(name) for name in columns]
        factors = [item.factors[criterion] for criterion in CRITERIA]
        cells.append([item.variant, item.reference, *rest, item.current, *factors, item.origin])
    return header, cells


def relative_lines(found: Sequence[Relative]) -> list[str]:
    """Return the factors as lines of plain text."""
    if not found:
        return []
    lines = ["", "P_crit relative to another variant's, by dV/dP and contact"]
    for item in found:
        cells = [f"{'?' if (f := item.factors[c]) is None else f'{f:.3f}':>9}" for c in CRITERIA]
        head = f"  {item.variant:<34} / {item.reference:<28}"
        lines.append(f"{head}{item.current:>6g} mA/cm2{''.join(cells)}")
    return lines
