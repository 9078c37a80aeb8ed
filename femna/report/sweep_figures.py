"""The pictures of a sweep's page: one set for every combination of the other inputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from femna.report import html
from femna.report.chart import View, as_json
from femna.report.contact_map import map_views
from femna.report.critical_figure import draw_critical
from femna.report.curves import draw_contact, draw_voltage
from femna.report.experiment import has_brackets, has_cells
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
    caption = f"The best variant of each mechanism{_and_stated(sweep)}."
    return _interactive(caption, candidate_views(sweep), still)


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
    and_stated = _and_stated(sweep)
    plain: list[tuple[str, tuple[float, float], Callable[..., None], str]] = [
        (
            "voltage_rise",
            (6.6, 4.3),
            draw_voltage,
            "Voltage rise at the end of stripping against stack pressure.",
        ),
        (
            "contact_fraction",
            (7.6, 3.7),
            draw_contact,
            (
                "Contact fraction at the end of stripping against stack pressure, and on the axis "
                "on which power-law creep with exponent n makes all currents one curve."
            ),
        ),
        (
            "critical_pressure",
            (6.6, 4.3),
            draw_critical,
            f"Critical stack pressure against current density by both criteria{and_stated}.",
        ),
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
        pictures.append(_interactive(_map_caption(sweep), mapped))
    sections = choose_sections(sweep, combination)
    if sections:
        with figure(2.5 * len(sections) + 0.4, 4.9) as made:
            draw_sections(made, sections)
            current = float(sections[0][0]["current_mA_cm2"])
            caption = (
                f"The interface in section at the end of stripping, {current:g} mA/cm². "
                "Shaded: the part of the map that does not conduct."
            )
            still = _saved(made, sweep, f"interface{suffix}")
        pictures.append(_interactive(caption, section_views(sections), still))
    return pictures


_MAP: Final = (
    "Contact fraction over current density and stack pressure: the colour of a tile (dark 0, "
    "bright 1) is that of the case in it; lines join equal contact and are straight between the "
    "computed currents. Open symbols ended before the full charge."
)


def _and_stated(sweep: SweepFolder) -> str:
    """Name the experiment where its brackets are in the figure."""
    return ", and what the experiment's text states" if has_brackets(sweep) else ""


def _map_caption(sweep: SweepFolder) -> str:
    """Return the map's caption, with the experiment only where it is in the figure."""
    caption = _MAP
    if has_brackets(sweep):
        caption += " Bars: the critical pressures that the experiment states."
    if has_cells(sweep):
        caption += (
            " Cells that the experiment cycled are shown where they were held, whatever their "
            "charge."
        )
    return caption


def _interactive(caption: str, views: list[View], still: Path | None = None) -> str:
    return html.interactive(caption.split(".", maxsplit=1)[0], as_json(views), caption, still=still)


def _saved(made: Figure, sweep: SweepFolder, name: str) -> Path:
    return save(made, sweep.directory / f"{name}.png")


def _slug(combination: Combination, place: int) -> str:
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", "_".join(combination))[:60] or str(place)
