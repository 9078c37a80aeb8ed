"""The pictures of a sweep's page: one set for every combination of the other inputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from femna.report import html
from femna.report.critical_figure import draw_critical
from femna.report.curves import draw_contact, draw_voltage
from femna.report.mechanism_part import SHOWN, best_of_each, draw_candidates
from femna.report.reading import SweepFolder, read_table
from femna.report.section_figure import choose_sections, draw_sections
from femna.report.style import figure, save

type Combination = tuple[str, ...]


def candidates_figure(sweep: SweepFolder) -> str:
    """Return the picture of the best variant of each mechanism."""
    with figure(9.0, 5.2) as made:
        draw_candidates(made, sweep)
        caption = "The best variant of each mechanism, and what the experiment's text states."
        return html.picture(_saved(made, sweep, "mechanisms"), caption)


def curve_figures(sweep: SweepFolder) -> list[str]:
    """Return the pictures of every combination; of a mechanism study, those of the best ones."""
    combinations = sweep.combinations or ((),)
    ranked = best_of_each(read_table(sweep.directory / "mechanisms.csv"))[:SHOWN]
    if ranked and "variant" in sweep.others:
        column = sweep.others.index("variant")
        kept = {row["variant"] for row in ranked}
        combinations = tuple(item for item in combinations if item[column] in kept)
    parts: list[str] = []
    for place, combination in enumerate(combinations):
        pictures = _figures(sweep, combination, place if len(combinations) > 1 else None)
        name = ", ".join(f"{k} = {v}" for k, v in zip(sweep.others, combination, strict=True))
        content = "".join(pictures)
        # Many combinations make a long page; the first stands open.
        parts.append(
            html.heading("Figures" + (f": {name}" if name else "")) + content
            if place == 0
            else html.details(f"Figures: {name}", content)
        )
    return parts


def _figures(sweep: SweepFolder, combination: Combination, place: int | None) -> list[str]:
    suffix = "" if place is None else "_" + _slug(combination, place)
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
                "Contact fraction at the end of stripping against stack pressure (left), and on "
                "the axis on which power-law creep with exponent n makes all currents one curve "
                "(right). Cases that ended early are left out."
            ),
        ),
        (
            "critical_pressure",
            (6.6, 4.3),
            draw_critical,
            (
                "Critical stack pressure against current density by both criteria, and what the "
                "experiment's text states."
            ),
        ),
    ]
    pictures: list[str] = []
    for name, size, draw, caption in plain:
        with figure(*size) as made:
            draw(made, sweep, combination)
            pictures.append(html.picture(_saved(made, sweep, f"{name}{suffix}"), caption))
    sections = choose_sections(sweep, combination)
    if sections:
        with figure(2.5 * len(sections) + 0.4, 4.9) as made:
            draw_sections(made, sections)
            current = float(sections[0][0]["current_mA_cm2"])
            caption = (
                f"The interface in section at the end of stripping, {current:g} mA/cm². "
                "Shaded: the part of the map that does not conduct."
            )
            pictures.append(html.picture(_saved(made, sweep, f"interface{suffix}"), caption))
    return pictures


def _saved(made: Figure, sweep: SweepFolder, name: str) -> Path:
    return save(made, sweep.directory / f"{name}.png")


def _slug(combination: Combination, place: int) -> str:
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", "_".join(combination))[:60] or str(place)
