"""What a sweep of unit cells says of their contact, as a table that a larger computation reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from femna.case import read_document
from femna.study.rows import FINISHED, MAPPED, Row
from femna.tables import read_table

NAME: Final = "contact_table.csv"

LEAST_SHARE: Final = 1e-12
"""Of a conductance; what is below is no contact, and a table has no zeros."""


def contact_table(directory: Path, rows: Sequence[Row]) -> tuple[list[str], list[list[object]]]:
    """Return header and cells: the share of the conductance at every step of every case.

    The voltage of the interface, kinetic and constriction, over that of the closed one at the same
    current. Left out are cases that were mapped from others and have no history, and those whose
    voltage says nothing of a conductance.
    """
    others = [name for name, _ in rows[0].others] if rows else []
    header = [
        "current_mA_cm2",
        "pressure_MPa",
        "charge_mAh_cm2",
        "conductance_share",
        "contact_fraction",
        "resistance_ohm_cm2",
        *others,
    ]
    cells: list[list[object]] = []
    for row in rows:
        if row.status in FINISHED and row.origin != MAPPED:
            folder = directory / row.case
            history = read_table(folder / "history.csv")
            if history and _conducts(folder):
                cells.extend(_steps(history, [value for _, value in row.others]))
    return header, cells


def _conducts(folder: Path) -> bool:
    """Say whether the interface of a case is a conductance: the voltage goes with the current."""
    kinetics = read_document(folder / "case.toml")["interface"]["kinetics"]
    return kinetics["law"] == "linear" and not kinetics.get("stress_term", False)


def _steps(history: Sequence[Mapping[str, str]], others: Sequence[object]) -> list[list[object]]:
    cells: list[list[object]] = []
    for step in history:
        if step["half_cycle"] != "1" or step["phase"] != "strip" or not step["ohmic_voltage_V"]:
            continue
        here = float(step["voltage_V"]) - float(step["ohmic_voltage_V"])
        closed = here - float(step["voltage_rise_V"])
        current = float(step["current_mA_cm2"])
        share = min(max(closed / here, LEAST_SHARE), 1.0)
        cells.append(
            [
                current,
                float(step["pressure_MPa"]),
                float(step["charge_mAh_cm2"]),
                share,
                float(step["contact_fraction"]),
                closed / current * 1e3,
                *others,
            ]
        )
    return cells
