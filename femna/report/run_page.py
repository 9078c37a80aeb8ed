"""The page of one run: how it ended, its curves, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from femna.report import html, provenance
from femna.report.again import run_again
from femna.report.chart import as_json
from femna.report.cycling_figure import cycling_pictures
from femna.report.history_charts import DRAWN_ZERO, balance_views, history_views
from femna.report.history_figure import draw_balances, draw_history
from femna.report.missing_rows import last_step, missing_rows, stated_step
from femna.report.reading import RunFolder, read_case, value_of
from femna.report.section_charts import section_views, surface
from femna.report.section_figure import SHADED, draw_sections, section_of_run
from femna.report.style import figure, save
from femna.report.voids_figure import draw_voids, voids_of_run
from femna.tables import read_table

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
    if "status" not in run.summary:
        lead = "The run goes on or was killed: there is no summary.json that says how it ended."
    reason = str(run.summary.get("reason") or "")
    if status not in _ENDS and reason:
        lead += f" {reason}"
    parts = [html.paragraph(lead, kind="lead")]
    missing = missing_rows(run)
    if missing:
        parts.append(html.paragraph(missing, kind="not"))
    if run.history:
        parts.append(html.box(_answer(run)))
        parts += [html.heading("Curves"), *_pictures(run), *_last(run)]
    elif not missing:
        parts.append(html.paragraph("No step was accepted."))
    parts += [
        provenance.assumptions([run.directory]),
        provenance.sources([run.directory]),
        provenance.balances([run.directory]),
        run_again(run.directory),
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
    drawn = (
        "Voltage, its rise over that of the healed interface and its parts, contact fraction, void "
        "volume and contact pressure, every step."
    )
    wrong = (
        f"Relative errors of the balances, every accepted step. {provenance.VOLUME_NOTE} It is "
        f"drawn at {DRAWN_ZERO:g}."
    )
    pictures = [
        html.interactive("Curves of the run", as_json(history_views(run)), drawn, still=curves),
        html.interactive("Balance errors", as_json(balance_views(run)), wrong, still=errors),
    ]
    pictures += cycling_pictures(run)
    section = section_of_run(run)
    if section is not None:
        with figure(6.6, 5.0) as made:
            draw_sections(made, [section])
            still = save(made, run.directory / "interface.png")
        text = (
            f"The interface at the last output: contact pressure, gap and local current. {SHADED}"
        )
        views = as_json(section_views([section]))
        pictures.append(html.interactive("Interface in section", views, text, still=still))
    points = read_table(run.directory / "interface.csv")
    if points and "y_um" in points[0]:
        pictures.append(surface(points))
    voids = voids_of_run(run.directory)
    if voids is not None:
        with figure(6.6, 3.2) as made:
            draw_voids(made, *voids)
            voids_still = save(made, run.directory / "voids.png")
        text = (
            "Voids by size, of the tomogram and of the run as a tomogram would show it, and the "
            "volume of each void."
        )
        pictures.append(html.picture(voids_still, text))
    return pictures


def _answer(run: RunFolder) -> list[str]:
    """Return what came out, in words, and how sure it is."""
    end = run.history[-1]
    said = []
    for name, text in _SAID:
        value = value_of(end, name)
        if value is not None:
            said.append(text.format(value))
    start = value_of(run.history[0], "contact_fraction")
    lost = next((row for row in run.history if _contact(row) < _WHOLE), None)
    last, stated = last_step(run), stated_step(run)
    whole = last is None or stated is None or last >= stated
    place = "At the end" if whole else f"At step {last}, the last in history.csv"
    parts = [html.paragraph(f"{place}: " + ", ".join(said) + ".")]
    if lost is not None and start is not None and start >= _WHOLE:
        charge = html.shown(lost.get("charge_mAh_cm2"))
        parts.append(html.paragraph(f"Contact first fell below {_WHOLE:g} at {charge} mAh/cm²."))
    balances = run.summary.get("balances")
    if isinstance(balances, Mapping) and None not in balances.values():
        worst = max(map(float, balances.values()), default=0.0)
        text = f"How sure: charge, volume and force balance to {worst:.0e} in every step."
        parts.append(html.paragraph(text))
    return parts


def _contact(row: Mapping[str, str]) -> float:
    value = value_of(row, "contact_fraction")
    return 1.0 if value is None else value


_WHOLE: Final = 0.95
"""Contact fraction below which contact counts as lost, as in the default of a study."""

_SAID: Final = (
    ("contact_fraction", "contact fraction {:.4g}"),
    ("voltage_V", "voltage {:.4g} V"),
    ("voltage_rise_V", "of it {:.3g} V by the loss of contact"),
    ("asr_ohm_cm2", "resistance {:.4g} ohm cm²"),
    ("void_volume_um3", "void volume {:.4g} µm³"),
    ("charge_mAh_cm2", "after {:.4g} mAh/cm²"),
)


def _last(run: RunFolder) -> list[str]:
    final: Mapping[str, Any] = run.history[-1]
    rows = [(name, html.shown(value, 6)) for name, value in final.items() if name]
    return [html.heading("Last step"), html.table(("column", "value"), rows, numbers=(1,))]
