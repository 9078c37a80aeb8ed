"""The interactive figures of one run: every accepted step along charge or time."""

from __future__ import annotations

from typing import Final

from femna.report.chart import Axis, Series, View
from femna.report.reading import Record, RunFolder, value_of

_CHARGE: Final = Axis("charge (mAh/cm²)", "charge", zero=True)
_TIME: Final = Axis("time (s)", "t", zero=True)
_PARTS: Final = (
    ("voltage", "voltage_V"),
    ("voltage rise", "voltage_rise_V"),
    ("kinetic part", "kinetic_voltage_V"),
    ("constriction", "constriction_voltage_V"),
    ("ohmic part", "ohmic_voltage_V"),
)
_BALANCES: Final = (
    ("charge", "charge_balance"),
    ("volume", "volume_balance"),
    ("force", "force_balance"),
)
_PRESSURES: Final = (
    ("largest", "contact_pressure_max_MPa"),
    ("least", "contact_pressure_min_MPa"),
    ("stack", "pressure_MPa"),
)
DRAWN_ZERO: Final = 1e-17
"""Height at which an error of exactly 0 stands on a logarithmic axis."""


def history_views(run: RunFolder) -> list[View]:
    """Return voltage, contact, void volume, local current and contact pressure of a run."""
    along = _TIME if len({row.get("half_cycle") for row in run.history}) > 1 else _CHARGE
    column = "time_s" if along is _TIME else "charge_mAh_cm2"

    def view(name: str, axis: Axis, drawn: tuple[tuple[str, str], ...]) -> View:
        series = [
            Series(label, place, points=_points(run.history, column, of, log=axis.log))
            for place, (label, of) in enumerate(drawn)
            if any(value_of(row, of) is not None for row in run.history)
        ]
        return View(name, along, axis, series)

    return [
        view("voltage", Axis("voltage (V)", "V"), _PARTS),
        view("voltage, log", Axis("voltage (V)", "V", log=True), _PARTS),
        view(
            "contact",
            Axis("contact fraction", "contact", range=(0.0, 1.05)),
            (("contact fraction", "contact_fraction"),),
        ),
        view(
            "voids",
            Axis("void volume (µm³)", "V", zero=True),
            (("void volume", "void_volume_um3"),),
        ),
        view("pressure", Axis("contact pressure (MPa)", "p", zero=True), _PRESSURES),
    ]


def balance_views(run: RunFolder) -> list[View]:
    """Return the balance errors of every accepted step."""
    series = [
        Series(
            name,
            place,
            points=[
                (x, max(abs(y), DRAWN_ZERO), False, f"step {x:g}: {y:.2e}")
                for x, y in _pairs(run.history, "step", column)
            ],
        )
        for place, (name, column) in enumerate(_BALANCES)
    ]
    axis = Axis("relative balance error", "error", log=True)
    return [View("balances", Axis("step", "step"), axis, series, lines=[(1e-8, "limit 1e-8")])]


def _points(
    history: tuple[Record, ...], x: str, y: str, *, log: bool
) -> list[tuple[float, float, bool, str]]:
    return [(a, b, False, "") for a, b in _pairs(history, x, y) if not log or b > 0]


def _pairs(history: tuple[Record, ...], x: str, y: str) -> list[tuple[float, float]]:
    pairs = [(value_of(row, x), value_of(row, y)) for row in history]
    return [(a, b) for a, b in pairs if a is not None and b is not None]
