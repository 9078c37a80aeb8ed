"""The page of one run: how it ended, its curves, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from femna.report import html, provenance
from femna.report.history_figure import draw_balances, draw_history
from femna.report.reading import RunFolder, read_case
from femna.report.section_figure import draw_sections, section_of_run
from femna.report.style import figure, save

_ENDS: Final = {
    "ok": "The run reached the end of its protocol.",
    "contact_lost": "The run ended when the contact fraction fell below its limit.",
    "voltage_limit": "The run ended when the voltage reached its limit.",
    "shorted": "The run ended when the local plating current exceeded its limit.",
}


def write_run_report(run: RunFolder) -> Path:
    """Write the figures and report.html of one run into its folder."""
    entries = read_case(run.directory / "case.toml")
    title = entries.get("title") or run.directory.name
    status = str(run.summary.get("status", "unfinished"))
    lead = _ENDS.get(status, f"The run ended as {status}.")
    reason = str(run.summary.get("reason") or "")
    if status not in _ENDS and reason:
        lead += f" {reason}"
    parts = [html.paragraph(lead, kind="lead")]
    if run.history:
        parts += [html.heading("Curves"), *_pictures(run), *_last(run)]
    else:
        parts.append(html.paragraph("No step was accepted."))
    parts += [
        provenance.assumptions([run.directory]),
        provenance.sources([run.directory]),
        provenance.balances([run.directory]),
    ]
    path = run.directory / "report.html"
    path.write_text(html.page(title, parts), encoding="utf-8")
    return path


def _pictures(run: RunFolder) -> list[str]:
    with figure(6.6, 6.0) as made:
        draw_history(made, run)
        curves = save(made, run.directory / "history.png")
    with figure(6.6, 3.0) as made:
        draw_balances(made, run)
        errors = save(made, run.directory / "balances.png")
    pictures = [
        html.picture(
            curves, "Voltage rise, contact fraction and void volume, every accepted step."
        ),
        html.picture(errors, "Relative errors of the balances, every accepted step."),
    ]
    section = section_of_run(run)
    if section is not None:
        with figure(6.6, 5.0) as made:
            draw_sections(made, [section])
            drawn = save(made, run.directory / "interface.png")
        text = "The interface at the last output: contact pressure, gap and local current."
        pictures.append(html.picture(drawn, text))
    return pictures


def _last(run: RunFolder) -> list[str]:
    final: Mapping[str, Any] = run.history[-1]
    rows = [(name, html.shown(value, 6)) for name, value in final.items() if name]
    return [html.heading("Last step"), html.table(("column", "value"), rows, numbers=(1,))]
