"""The files of a sweep: sweep.csv, critical*.csv, summary.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from femna.files import render_json, write_text
from femna.study.contact_table import NAME as CONTACT_TABLE
from femna.study.contact_table import contact_table
from femna.study.correlation import NAME as CORRELATIONS
from femna.study.correlation import correlate, correlation_table
from femna.study.cycled_cells import Cell
from femna.study.cycled_verdicts import judge_cells, judged_lines, judged_table
from femna.study.definition import Study
from femna.study.entries import CURRENT, PRESSURE
from femna.study.evaluation import (
    Group,
    critical_current_table,
    critical_table,
    evaluate,
    group_summary,
)
from femna.study.master_curve import Proof
from femna.study.mechanism_tables import inversion_table, mechanism_lines, mechanism_table
from femna.study.mechanisms import RULE, candidates, inversions
from femna.study.observations import Comparison, Observations, compare
from femna.study.relative import relative_lines, relative_table, relatives
from femna.study.rows import FAILED, FINISHED, Row, Table, render_csv, sweep_table
from femna.study.sensitivity import analyse, effect_lines, effect_table
from femna.study.spread import spread_lines, spread_table, spreads
from femna.study.table import proof_lines, result_lines
from femna.study.too_few import too_few


def write_sweep(directory: Path, rows: Sequence[Row]) -> None:
    """Write sweep.csv as far as it is."""
    header, cells = sweep_table(rows)
    write_text(directory / "sweep.csv", render_csv(header, cells))


def write_results(
    directory: Path,
    study: Study,
    rows: Sequence[Row],
    *,
    proofs: Sequence[Proof],
    averaged: Sequence[str] = (),
    observations: Observations | None,
    interrupted: bool,
) -> list[str]:
    """Evaluate the rows, write the tables and the summary, and return the lines to print."""
    settings = study.critical
    groups = evaluate(rows, settings)
    write_sweep(directory, rows)
    comparisons = [compare(group, observations) if observations else () for group in groups]
    averages = spreads(groups, averaged) if averaged else ()
    found = candidates(groups, comparisons, study.variant, observations)
    factors = relatives(groups, study.variant)
    sample = study.sample
    effects = analyse(sample, groups) if sample and sample.method == "morris" else []
    correlations = correlate(sample, groups) if sample and sample.method != "morris" else []
    missing = too_few(sample, groups) if sample else []
    together = [set(table) for table in study.sweep if {PRESSURE, CURRENT} & set(table)]
    judged = judge_cells(
        directory, rows, observations.cells if observations else (), set().union(*together)
    )
    contact = contact_table(directory, rows)
    _write_tables(
        directory,
        {
            "critical.csv": critical_table(groups),
            "critical_current.csv": critical_current_table(groups),
            "critical_spread.csv": spread_table(averages) if averaged else None,
            "mechanisms.csv": mechanism_table(found) if found else None,
            "inversions.csv": inversion_table(inversions(found, observations)) if found else None,
            "relative.csv": relative_table(factors) if factors else None,
            "sensitivity.csv": effect_table(effects) if effects else None,
            CORRELATIONS: correlation_table(correlations) if correlations else None,
            "cycling.csv": judged_table(judged) if judged else None,
            CONTACT_TABLE: contact if contact[1] else None,
        },
    )
    content = _summary(study, rows, groups, comparisons, observations, interrupted=interrupted)
    content["master_curves"] = [
        {**vars(proof), "inputs": dict(proof.inputs), "holds": proof.holds} for proof in proofs
    ]
    if sample:
        content["too_few_points"] = missing
    if found:
        content["ranking_rule"] = RULE
    write_text(directory / "summary.json", render_json(content))
    lines = result_lines(
        study.title,
        rows,
        [] if study.sample else groups,
        settings,
        observations=observations,
        comparisons=comparisons,
    )
    lines += proof_lines(proofs) + mechanism_lines(found) + relative_lines(factors)
    lines += effect_lines(effects) + missing + judged_lines(judged)
    if averages:
        lines += spread_lines(averages)
    if interrupted:
        lines.append(f"Interrupted after {len(rows)} cases; go on with --resume.")
    return lines


def _write_tables(directory: Path, tables: Mapping[str, Table | None]) -> None:
    """Write the tables, and remove those of an earlier evaluation that this one does not have."""
    for name, table in tables.items():
        if table is None:
            (directory / name).unlink(missing_ok=True)
        else:
            write_text(directory / name, render_csv(*table))


def _shown_on_a_map(cells: Sequence[Cell]) -> list[dict[str, object]]:
    """Return the cells that lived or failed at one pressure and current."""
    return [cell.stated for cell in cells if cell.outcome is not None and not cell.voids]


def _summary(
    study: Study,
    rows: Sequence[Row],
    groups: Sequence[Group],
    comparisons: Sequence[Sequence[Comparison]],
    observations: Observations | None,
    *,
    interrupted: bool,
) -> dict[str, object]:
    """Return summary.json; with several groups their numbers are under `groups` only."""
    settings = study.critical
    listed = [group_summary(group) for group in groups]
    single = listed[0] if len(listed) == 1 else {}
    failed = [{"case": row.case, "reason": row.reason} for row in rows if row.status == FAILED]
    status = "interrupted" if interrupted else FAILED if failed else "ok"
    worst = {
        name: max((v for row in rows if (v := row.balances.get(name)) is not None), default=None)
        for name in ("charge", "volume", "force")
    }
    keys = ("exponent_contact", "exponent_dVdP", "ratio_contact", "ratio_dVdP", "collapse_error")
    return {
        "title": study.title,
        "status": status,
        **{key: single.get(key) for key in keys},
        **{key: value for key, value in single.items() if key not in keys and key != "inputs"},
        "cases": {name: sum(row.status == name for row in rows) for name in (*FINISHED, FAILED)},
        "failed": failed,
        "balances": worst,
        "critical": settings.model_dump(),
        "observations": None if observations is None else observations.source,
        "stated_slope": None if observations is None else observations.slope,
        "stated_cycling": [] if observations is None else _shown_on_a_map(observations.cells),
        "measured": [] if observations is None else [dict(row) for row in observations.measured],
        "stated_brackets": [] if observations is None else [vars(b) for b in observations.bounds],
        "comparison": [
            {"inputs": dict(g.others), **vars(item)}
            for g, items in zip(groups, comparisons, strict=True)
            for item in items
        ],
        "groups": listed,
        "solver_wall_s": round(sum(row.wall or 0.0 for row in rows), 2),
    }
