"""Captions of a sweep's figures: each says what is in its figure, and nothing that is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from femna.report.curves import VISIBLE_RISE
from femna.report.experiment import has_brackets, has_cells
from femna.report.reading import Record, SweepFolder, value_of
from femna.report.section_figure import SHADED, Section

_STOPPED: Final = "Open symbols ended before the full charge."


def of_candidates(sweep: SweepFolder) -> str:
    """Return the caption of the candidates."""
    return f"The best variant of each mechanism{_and_stated(sweep)}."


def of_voltage(rows: Sequence[Record]) -> str:
    """Return the caption of the voltage rise; `rows` are those of its curves."""
    caption = f"Voltage rise at the end of stripping against stack pressure.{_stopped(rows)}"
    rises = [rise for row in rows if (rise := value_of(row, "voltage_rise_V")) is not None]
    if any(rise < VISIBLE_RISE for rise in rises):
        caption += f" Rises below {VISIBLE_RISE:g} V are left out."
    return caption


def of_contact(rows: Sequence[Record]) -> str:
    """Return the caption of the contact fraction; `rows` are those of its curves."""
    return (
        "Contact fraction at the end of stripping against stack pressure, and on the axis on "
        f"which power-law creep with exponent n makes all currents one curve.{_stopped(rows)}"
    )


def of_critical(sweep: SweepFolder) -> str:
    """Return the caption of the critical pressure."""
    return (
        f"Critical stack pressure against current density by both criteria{_and_stated(sweep)}. "
        "Broad bars: tested pressures on both sides."
    )


def of_map(sweep: SweepFolder) -> str:
    """Return the caption of the map of contact."""
    caption = (
        "Contact fraction over current density and stack pressure: the colour of a tile (dark 0, "
        "bright 1) is that of the case in it; lines join equal contact and are straight between "
        f"the computed currents. {_STOPPED}"
    )
    if has_brackets(sweep):
        caption += " Bars: the critical pressures that the experiment states."
    if has_cells(sweep):
        caption += (
            " Cells that the experiment cycled are shown where they were held, whatever their "
            "charge."
        )
    return caption


def of_sections(sections: Sequence[Section]) -> str:
    """Return the caption of the interface in section."""
    current = float(sections[0][0]["current_mA_cm2"])
    pressures = ", ".join(f"{float(row['pressure_MPa']):.3g}" for row, _ in sections)
    return (
        f"The interface in section at the end of stripping, {current:g} mA/cm², {pressures} MPa. "
        f"{SHADED}"
    )


def _and_stated(sweep: SweepFolder) -> str:
    """Name the experiment where its brackets are in the figure."""
    return ", and what the experiment's text states" if has_brackets(sweep) else ""


def _stopped(rows: Sequence[Record]) -> str:
    return f" {_STOPPED}" if any(row["status"] != "ok" for row in rows) else ""
