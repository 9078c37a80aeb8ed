"""The one table that a sweep prints."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from femna.study.curve import Crossing
from femna.study.definition import Critical
from femna.study.evaluation import Group
from femna.study.master_curve import Proof
from femna.study.observations import Comparison, Observations, describe
from femna.study.rows import FAILED, Row
from femna.study.scaling import Scaling

WIDTH: Final = 100


def result_lines(
    title: str,
    rows: Sequence[Row],
    groups: Sequence[Group],
    settings: Critical,
    *,
    observations: Observations | None,
    comparisons: Sequence[Sequence[Comparison]],
) -> list[str]:
    """Return the table as lines of plain text, at most 100 characters wide.

    Parameters
    ----------
    title : str
        The study's title.
    rows, groups : sequence
        Results and their evaluation.
    settings : Critical
        The criteria.
    observations : Observations, optional
        What the groups were compared with.
    comparisons : sequence
        One sequence of comparisons for each group.
    """
    lines = [title]
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    lines.append(f"{len(rows)} cases: " + ", ".join(f"{n} {s}" for s, n in counts.items()))
    for index, group in enumerate(groups):
        lines.append("")
        if group.others:
            lines.append(", ".join(f"{name} = {_short(value)}" for name, value in group.others))
        lines += _group_lines(group, settings, observations)
        if index < len(comparisons) and comparisons[index]:
            lines += ["", "Stated in the experiment", *_comparison_lines(comparisons[index])]
    if observations is not None and observations.source:
        lines += ["", *textwrap.wrap(f"Experiment: {observations.source}", WIDTH)]
    failed = [row for row in rows if row.status == FAILED]
    if failed:
        lines += ["", "Failed cases"]
        lines += [f"  {row.case}: {row.reason}" for row in failed]
    return lines


def proof_lines(proofs: Sequence[Proof]) -> list[str]:
    """Return one line for each master curve: how well it stands for other currents."""
    lines: list[str] = []
    for proof in proofs:
        name = ", ".join(_short(value) for _, value in proof.inputs)
        head = f"Master curve on P/j^(1/{proof.exponent:g})" + (f" ({name})" if name else "")
        if not proof.points:
            lines.append(f"{head}: not proved by any point; no current was mapped.")
            continue
        found = (
            f"{proof.points} points at another current differ by {proof.contact:.1g} in contact, "
            f"{proof.resistance:.1g} of the resistance"
        )
        lines.append(f"{head}: {found}" + ("." if proof.holds else "; no current was mapped."))
    return ["", *lines] if lines else []


def _group_lines(group: Group, settings: Critical, observations: Observations | None) -> list[str]:
    slope, contact = f"dV/dP = {settings.slope:g} V/MPa", f"contact = {settings.contact_fraction:g}"
    stated = {b.current: b.text for b in observations.bounds} if observations else {}
    head = f"{'current':>10}  {'P_crit (MPa) by':^44}"
    lines = [head.rstrip()]
    lines.append(f"{'mA/cm2':>10}  {slope:>22}{contact:>22}" + ("   experiment" if stated else ""))
    for current, found in group.critical.items():
        line = f"{current:>10.3g}  {_cell(found.by_slope):>22} {_cell(found.by_contact):>21}"
        text = next((t for j, t in stated.items() if abs(j - current) < 1e-9 * current), "")
        lines.append(f"{line}   {text}".rstrip())
    if len(group.curves) > 1:
        for name, select in (("exponent", _exponent), ("ratio", _ratio)):
            cells = f"{select(group.by_slope):>22}{select(group.by_contact):>22}"
            tail = ""
            if stated and observations is not None and observations.linear:
                low, high = min(group.curves), max(group.curves)
                tail = f"   {high / low:.2f} if proportional" if name == "ratio" else "   linear"
            lines.append(f"{name:>10}  {cells}{tail}")
        if group.collapse is not None:
            lines.append(
                f"Contact curves differ by at most {group.collapse:.2g} on the axis P/j^(1/n), "
                f"n = {group.creep_exponent:g}, where their points resolve them."
            )
    return lines


def _cell(crossing: Crossing) -> str:
    if crossing.value is not None:
        return describe(crossing)
    words = describe(crossing)
    return words if words == "not bracketed" else f"not bracketed ({words})"


def _exponent(item: Scaling) -> str:
    if item.exponent is None:
        return "not decided"
    return f"{item.exponent:.3f} ({item.currents} currents)"


def _ratio(item: Scaling) -> str:
    return "not decided" if item.ratio is None else f"{item.ratio:.2f}"


def _comparison_lines(comparisons: Sequence[Comparison]) -> list[str]:
    return [
        f"  {c.statement:<35} {c.criterion:<8} {c.computed:<37} {c.verdict}" for c in comparisons
    ]


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
