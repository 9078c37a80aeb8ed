"""The page of a sweep: what came out, how it stands against the experiment, what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from femna.report import html, mechanism_part, provenance
from femna.report.again import sweep_again
from femna.report.answer import answer
from femna.report.comparison_part import comparison_section
from femna.report.cycling_part import cycling_answer, cycling_section, has_cycles
from femna.report.experiment import slope_is_stated
from femna.report.reading import SweepFolder, value_of
from femna.report.relative import relative_section
from femna.report.spread import spread_section
from femna.report.sweep_figures import candidates_figure, curve_figures, shown_combinations


def write_sweep_report(sweep: SweepFolder) -> Path:
    """Write the figures and report.html of a sweep into its folder."""
    folders = sweep.folders
    title = str(sweep.summary.get("title") or sweep.directory.name)
    cycled = has_cycles(sweep)
    first = cycling_answer(sweep) if cycled else answer(sweep, shown_combinations(sweep))
    parts = [_lead(sweep), first]
    if cycled:
        parts.append(cycling_section(sweep))
    if not cycled or _has_critical(sweep):
        parts += _critical_parts(sweep)
    parts += [
        provenance.assumptions(folders),
        provenance.sources(folders),
        provenance.failed(sweep.summary.get("failed", [])),
        provenance.balances(folders),
        sweep_again(sweep),
        _files(),
    ]
    path = sweep.directory / "report.html"
    path.write_text(html.page(title, parts), encoding="utf-8")
    return path


def _has_critical(sweep: SweepFolder) -> bool:
    """Return whether any critical pressure is known: cells of one pressure each have none."""
    names = ("p_crit_dVdP_MPa", "p_crit_contact_MPa")
    return any(value_of(row, name) is not None for row in sweep.critical for name in names)


def _critical_parts(sweep: SweepFolder) -> list[str]:
    """Return all that is about critical pressures: candidates, table, scaling, curves."""
    candidates = mechanism_part.ranking(sweep)
    parts = [candidates]
    if candidates:
        parts += [candidates_figure(sweep), mechanism_part.inverted(sweep)]
    return [
        *parts,
        html.heading("Critical pressure"),
        _critical_table(sweep),
        relative_section(sweep),
        spread_section(sweep),
        *(html.paragraph(text) for text in sweep.summary.get("too_few_points", ())),
        _scaling(sweep),
        comparison_section(sweep),
        _proofs(sweep),
        *curve_figures(sweep),
    ]


def _lead(sweep: SweepFolder) -> str:
    counts: dict[str, int] = {}
    for row in sweep.rows:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    words = {
        "ok": "reached their full charge",
        "contact_lost": "lost contact",
        "voltage_limit": "reached the voltage limit",
        "shorted": "shorted",
        "failed": "failed",
    }
    listed = ", ".join(f"{n} {words.get(name, name)}" for name, n in counts.items())
    text = f"{len(sweep.rows)} cases: {listed}."
    if sweep.summary.get("status") == "interrupted":
        text += " The sweep was interrupted; what follows rests on the cases that were done."
    return html.paragraph(text, kind="lead")


def _proofs(sweep: SweepFolder) -> str:
    """Say which currents were mapped from one computed curve, and how that was proved."""
    rows = [
        (
            ", ".join(str(v) for v in proof["inputs"].values()),
            f"P/j^(1/{proof['exponent']:g})",
            str(proof["points"]),
            html.shown(proof["contact"], 2),
            html.shown(proof["resistance"], 2),
            "mapped" if proof["holds"] else "not mapped",
        )
        for proof in sweep.summary.get("master_curves", [])
    ]
    if not rows:
        return ""
    header = ("inputs", "axis", "points", "contact differs by", "resistance by", "other currents")
    text = (
        "Where the model is exactly a function of P/j^(1/n), one current was computed and the "
        "others mapped from it; points computed at the largest current as well prove it. The "
        "column origin of sweep.csv tells which row is which."
    )
    return html.details(
        "Master curves", html.paragraph(text) + html.table(header, rows, numbers=(2, 3, 4))
    )


def _critical_table(sweep: SweepFolder) -> str:
    settings = sweep.summary.get("critical", {})
    slope = f"{settings.get('slope', -0.05):g}".replace("-", "−")
    same = ", as in the experiment," if slope_is_stated(sweep) else ""
    text = (
        f"The critical pressure by two criteria: where the slope of the fitted voltage rise is "
        f"{slope} V/MPa{same} and where the contact fraction at the end is "
        f"{settings.get('contact_fraction', 0.95):g}. The fit is a monotone piecewise cubic of the "
        "logarithms; cases that ended early bracket the value and do not enter it. A dash means "
        "that the tested pressures do not bracket it; nothing is extrapolated."
    )
    rows = [
        (
            *(row.get(name, "") for name in sweep.others),
            html.shown(row["current_mA_cm2"]),
            html.shown(row["p_crit_dVdP_MPa"], 4),
            _bracket(row, "bracket_dVdP_low_MPa", "bracket_dVdP_high_MPa"),
            html.shown(row["p_crit_contact_MPa"], 4),
            _bracket(row, "bracket_low_MPa", "bracket_high_MPa"),
            row["method"],
            row.get("origin", ""),
        )
        for row in sweep.critical
    ]
    header = (
        *sweep.others,
        "current (mA/cm²)",
        "P_crit, slope (MPa)",
        "bracket",
        "P_crit, contact (MPa)",
        "bracket",
        "method",
        "origin",
    )
    first = len(sweep.others)
    return html.paragraph(text) + html.table(header, rows, numbers=range(first, first + 5))


def _bracket(row: Mapping[str, str], low: str, high: str) -> str:
    ends = row.get(low), row.get(high)
    if not any(ends):
        return "–"
    return f"{html.shown(ends[0], 4)} … {html.shown(ends[1], 4)}"


def _scaling(sweep: SweepFolder) -> str:
    groups = sweep.summary.get("groups", [])
    several = len(groups) > 1
    rows: list[tuple[str, ...]] = []
    for group in groups:
        name = ", ".join(f"{k} = {v}" for k, v in group.get("inputs", {}).items())
        for criterion, key in (("slope", "dVdP"), ("contact", "contact")):
            rows.append(
                (
                    *((name,) if several else ()),
                    criterion,
                    html.shown(group.get(f"exponent_{key}")),
                    html.shown(group.get(f"exponent_{key}_error"), 2),
                    html.shown(group.get(f"exponent_{key}_currents")),
                    html.shown(group.get(f"ratio_{key}")),
                    html.shown(group.get("collapse_error"), 2) if key == "contact" else "",
                )
            )
    if not rows:
        return ""
    header = (
        *(("inputs",) if several else ()),
        "criterion",
        "exponent q",
        "± std. error",
        "currents used",
        "ratio",
        "collapse error",
    )
    text = (
        "Exponent: least squares of P_crit ~ j^q. Ratio: P_crit at the largest over that at the "
        "smallest current. Collapse error: largest difference between the contact curves of two "
        "currents on the common axis P/j^(1/n), interpolation included."
    )
    first = 2 if several else 1
    return html.table(header, rows, numbers=range(first, first + 5)) + html.paragraph(text)


def _files() -> str:
    items = (
        "sweep.csv: one row for each case",
        "critical.csv: critical pressures with their brackets",
        "critical_current.csv: critical current density at each pressure",
        "summary.json: exponents, ratios, collapse, comparison",
        "one folder for each case: case.toml, history.csv, run.json and its log",
    )
    return html.heading("Files beside this page") + html.listing(items)
