"""mechanisms.csv, inversions.csv and the printed table of a mechanism study."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from femna.study.critical import CRITERIA
from femna.study.mechanisms import RULE, Candidate, Inversion
from femna.study.rows import Table
from femna.study.table import WIDTH


def mechanism_table(found: Sequence[Candidate]) -> Table:
    """Return header and cells of mechanisms.csv, best candidate first; pressures in MPa."""
    currents = sorted({j for item in found for j in item.group.critical})
    header = ["rank", "variant", "mechanism", "label", "parameter", "value"]
    header += _other_names(found)
    header += [f"p_crit_{name}_{j:g}_MPa" for name in CRITERIA for j in currents]
    header += [f"{what}_{name}" for what in ("exponent", "ratio") for name in CRITERIA]
    header += ["met", "not_met", "not_decided", "misfit_decades", "unmeasured", "measured"]
    header += [f"origin_{j:g}" for j in currents]
    statements = list(
        dict.fromkeys((c.statement, c.criterion) for i in found for c in i.comparisons)
    )
    header += [f"{statement} by {criterion}" for statement, criterion in statements]
    cells: list[list[object]] = []
    for rank, item in enumerate(found, start=1):
        variant, group = item.variant, item.group
        verdicts = {(c.statement, c.criterion): c.verdict for c in item.comparisons}
        row: list[object] = [rank, variant.name, variant.mechanism, variant.label]
        row += [variant.parameter.name, variant.parameter.value] if variant.parameter else ["", ""]
        row += [value for _, value in item.others]
        for name in CRITERIA:
            for current in currents:
                point = group.critical.get(current)
                row.append(None if point is None else point.by(name).value)
        row += [group.by_slope.exponent, group.by_contact.exponent]
        row += [group.by_slope.ratio, group.by_contact.ratio]
        row += [item.count(v) for v in ("met", "not met", "not decided")]
        row += [item.misfit, "; ".join(variant.unmeasured), "; ".join(variant.measured)]
        row += [group.origin(j) if j in group.critical else "" for j in currents]
        cells.append([*row, *(verdicts.get(key, "") for key in statements)])
    return header, cells


def _other_names(found: Sequence[Candidate] | Sequence[Inversion]) -> list[str]:
    """Return the columns of what is swept besides the variants, the same for all."""
    return [name for name, _ in found[0].others] if found else []


def inversion_table(found: Sequence[Inversion]) -> Table:
    """Return header and cells of inversions.csv."""
    header = ["mechanism", "parameter", "unit", *_other_names(found)]
    header += ["statement", "criterion", "needed_low"]
    header += ["needed_high", "open_low", "open_high", "computed_low", "computed_high"]
    header += ["estimate_low", "estimate_high", "overlaps_estimate", "estimate_source"]
    cells: list[list[object]] = [
        [
            item.mechanism,
            item.parameter,
            item.unit,
            *(value for _, value in item.others),
            item.statement,
            item.criterion,
            item.low,
            item.high,
            int(item.open_low),
            int(item.open_high),
            *item.computed,
            *(item.estimate or (None, None)),
            None if item.agrees is None else int(item.agrees),
            item.source,
        ]
        for item in found
    ]
    return header, cells


def needed(item: Inversion) -> str:
    """Write the needed values in words."""
    if item.low is None or item.high is None:
        first, last = item.computed
        return f"not reached between {first:g} and {last:g} {item.unit}"
    low = f"<= {item.low:.3g}" if item.open_low else f"{item.low:.3g}"
    high = f">= {item.high:.3g}" if item.open_high else f"{item.high:.3g}"
    return f"{low} to {high} {item.unit}"


def _basis(item: Candidate) -> list[str]:
    parts = (("measured", item.variant.measured), ("assumed", item.variant.unmeasured))
    words = "; ".join(f"{name}: {', '.join(what)}" for name, what in parts if what)
    return textwrap.wrap(words, WIDTH, initial_indent="    ", subsequent_indent="    ")


def mechanism_lines(found: Sequence[Candidate]) -> list[str]:
    """Return the ranking as lines of plain text, at most 100 characters wide."""
    if not found:
        return []
    lines = ["", *textwrap.wrap(f"Candidates, ranked by: {RULE}.", WIDTH), ""]
    lines.append(
        f"{'':>3} {'variant':<34}{'P_crit, MPa':>15}{'ratio':>13}{'met':>5}{'not':>5}{'open':>5}"
        f"{'unmeasured':>12}{'misfit':>8}"
    )
    for rank, item in enumerate(found, start=1):
        ends = [p.by("contact").value for _, p in sorted(item.group.critical.items())]
        span = " .. ".join("?" if p is None else f"{p:.3g}" for p in (ends[0], ends[-1]))
        ratios = (item.group.by_slope.ratio, item.group.by_contact.ratio)
        ratio = "/".join("?" if r is None else f"{r:.2f}" for r in ratios)
        misfit = "" if item.misfit is None else f"{item.misfit:.2f}"
        lines.append(
            f"{rank:>3} {item.variant.name:<34}{span:>15}{ratio:>13}{item.count('met'):>5}"
            f"{item.count('not met'):>5}{item.count('not decided'):>5}"
            f"{len(item.variant.unmeasured):>12}{misfit:>8}"
        )
        lines += _basis(item)
    if any(item.group.mapped for item in found):
        lines.append(
            "Currents that were mapped, not computed, are named in mechanisms.csv (origin)."
        )
    lines.append(
        "P_crit by contact at the smallest and largest current; ratio by dV/dP and contact."
    )
    return lines
