"""The pictures of a sweep's page: one set for every combination of the other inputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from femna.report import captions, html
from femna.report.chart import View, as_json
from femna.report.contact_map import map_views
from femna.report.critical_figure import draw_critical
from femna.report.curves import curve_rows, draw_contact, draw_voltage
from femna.report.mechanism_part import SHOWN, best_of_each, candidate_views, draw_candidates
from femna.report.reading import SweepFolder
from femna.report.section_charts import section_views
from femna.report.section_figure import choose_sections, draw_sections
from femna.report.style import figure, save
from femna.report.sweep_charts import charts_of
from femna.tables import read_table

type Combination = tuple[str, ...]


def candidates_figure(sweep: SweepFolder) -> str:
    """Return the picture of the best variant of each mechanism."""
    with figure(9.0, 5.2) as made:
        draw_candidates(made, sweep)
        still = _saved(made, sweep, "mechanisms")
    return _interactive(captions.of_candidates(sweep), candidate_views(sweep), still)


def shown_combinations(sweep: SweepFolder) -> tuple[Combination, ...]:
    """Return every combination; of a mechanism study the best ones, in their order."""
    combinations = sweep.combinations or ((),)
    ranked = best_of_each(read_table(sweep.directory / "mechanisms.csv"))[:SHOWN]
    if ranked and "variant" in sweep.others:
        column = sweep.others.index("variant")
        order = {row["variant"]: place for place, row in enumerate(ranked)}
        kept = [item for item in combinations if item[column] in order]
        combinations = tuple(sorted(kept, key=lambda item: order[item[column]]))
    return combinations


def curve_figures(sweep: SweepFolder) -> list[str]:
    """Return the figures of every shown combination; the first stands open."""
    combinations = shown_combinations(sweep)
    parts: list[str] = []
    for place, combination in enumerate(combinations):
        pictures = _figures(sweep, combination, place if len(combinations) > 1 else None)
        name = ", ".join(f"{k} = {v}" for k, v in zip(sweep.others, combination, strict=True))
        content = "".join(pictures)
        # Many combinations make a long page.
        parts.append(
            html.heading("Figures" + (f": {name}" if name else "")) + content
            if place == 0
            else html.details(f"Figures: {name}", content)
        )
    return parts


def _figures(sweep: SweepFolder, combination: Combination, place: int | None) -> list[str]:
    suffix = "" if place is None else "_" + _slug(combination, place)
    rows = [row for j in sweep.currents() for row in curve_rows(sweep, combination, j)]
    plain: list[tuple[str, tuple[float, float], Callable[..., None], str]] = [
        ("voltage_rise", (6.6, 4.3), draw_voltage, captions.of_voltage(rows)),
        ("contact_fraction", (7.6, 3.7), draw_contact, captions.of_contact(rows)),
        ("critical_pressure", (6.6, 4.3), draw_critical, captions.of_critical(sweep)),
    ]
    pictures: list[str] = []
    views = charts_of(sweep, combination)
    for name, size, draw, caption in plain:
        with figure(*size) as made:
            draw(made, sweep, combination)
            still = _saved(made, sweep, f"{name}{suffix}")
        pictures.append(_interactive(caption, views[name], still))
    mapped = map_views(sweep, combination)
    if mapped:
        pictures.append(_interactive(captions.of_map(sweep), mapped))
    sections = choose_sections(sweep, combination)
    if sections:
        with figure(2.5 * len(sections) + 0.4, 4.9) as made:
            draw_sections(made, sections)
            still = _saved(made, sweep, f"interface{suffix}")
        pictures.append(
            _interactive(captions.of_sections(sections), section_views(sections), still)
        )
    return pictures


def _interactive(caption: str, views: list[View], still: Path | None = None) -> str:
    title = re.split(r"\.(?:\s|$)", caption, maxsplit=1)[0]
    return html.interactive(title, as_json(views), caption, still=still)


def _saved(made: Figure, sweep: SweepFolder, name: str) -> Path:
    return save(made, sweep.directory / f"{name}.png")


def _slug(combination: Combination, place: int) -> str:
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", "_".join(combination))[:60] or str(place)
