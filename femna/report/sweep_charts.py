"""The interactive figures of a sweep's curves: voltage rise, contact, critical pressure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from femna.report.chart import INK, Axis, Bar, Dot, Series, View
from femna.report.curves import VISIBLE_RISE, collapse_exponent, curve_name, curve_rows
from femna.report.reading import Record, SweepFolder, value_of

PRESSURE: Final = Axis("stack pressure (MPa)", "P", log=True)
_QUANTITIES: Final = {
    "voltage_rise_V": Axis("voltage rise (V)", "rise", log=True),
    "contact_fraction": Axis("contact fraction at the end", "contact", range=(0.0, 1.04)),
}


def voltage_views(sweep: SweepFolder, combination: tuple[str, ...]) -> list[View]:
    """Return the voltage rise against pressure, a series for each current."""
    series = _curves(sweep, combination, "voltage_rise_V", least=VISIBLE_RISE)
    series += measured_curves(sweep, "voltage_rise_V")
    linear = Axis("voltage rise (V)", "rise", zero=True)
    return [
        View("logarithmic", PRESSURE, _QUANTITIES["voltage_rise_V"], series),
        View("linear", Axis(PRESSURE.label, "P"), linear, series),
    ]


def contact_views(sweep: SweepFolder, combination: tuple[str, ...]) -> list[View]:
    """Return the contact fraction against pressure, and against P/j^(1/n) where that is known."""
    name = "contact_fraction"
    series = _curves(sweep, combination, name)
    threshold = sweep.summary.get("critical", {}).get("contact_fraction")
    lines = [] if threshold is None else [(float(threshold), f"criterion {threshold:g}")]
    along = [*series, *measured_curves(sweep, name)]
    views = [View("against P", PRESSURE, _QUANTITIES[name], along, lines=lines)]
    exponent = collapse_exponent(sweep, combination)
    if exponent:
        power = "" if exponent == 1.0 else f"^(1/{exponent:g})"
        scaled = [
            Series(item.name, item.style, points=_scaled(item, current, exponent))
            for item, current in zip(series, _shown_currents(sweep, combination), strict=True)
        ]
        axis = Axis(f"P/j{power} (MPa, mA/cm²)", f"P/j{power}", log=True)
        views.append(View("on one axis", axis, _QUANTITIES[name], scaled, lines=lines))
    return views


def critical_views(sweep: SweepFolder, combination: tuple[str, ...]) -> list[View]:
    """Return the critical pressure by both criteria, with tested brackets and what is stated."""
    rows = [row for row in sweep.critical if sweep.combination(row) == combination]
    series = [
        _critical(rows, "p_crit_dVdP_MPa", ("bracket_dVdP_low_MPa", "bracket_dVdP_high_MPa"), 1),
        _critical(rows, "p_crit_contact_MPa", ("bracket_low_MPa", "bracket_high_MPa"), 0),
        *stated(sweep),
        *_measured_critical(sweep),
    ]
    current, log = Axis("current density (mA/cm²)", "j", zero=True), "critical stack pressure (MPa)"
    return [
        View("logarithmic", current, Axis(log, "P_crit", log=True), series),
        View("linear", current, Axis(log, "P_crit", zero=True), series),
    ]


def stated(sweep: SweepFolder) -> list[Series]:
    """Return the stated brackets of the critical pressure, as bars."""
    bars: list[Bar] = []
    for item in sweep.summary.get("stated_brackets", []):
        words = f"{item['text']} at {item['current']:g} mA/cm²"
        bars.append((float(item["current"]), item.get("low"), item.get("high"), words))
    if not bars:
        return []
    return [Series("stated by the experiment", INK, bars=bars, line=False, mark=False)]


def measured_curves(sweep: SweepFolder, quantity: str) -> list[Series]:
    """Return measured points of a quantity against pressure, one series for each current."""
    found: dict[float, list[Dot]] = {}
    for row in sweep.summary.get("measured", []):
        if quantity in row and "pressure_MPa" in row:
            dot = (row["pressure_MPa"], row[quantity], True, "")
            found.setdefault(row["current_mA_cm2"], []).append(dot)
    # A measured current has the symbol of the computed one; one that was not computed, the next.
    computed = sweep.currents()
    order = [*computed, *sorted(set(found) - set(computed))]
    return [
        Series(
            f"measured, {current:g}",
            INK,
            points=sorted(points),
            line=False,
            shape=order.index(current),
        )
        for current, points in sorted(found.items())
    ]


def _measured_critical(sweep: SweepFolder) -> list[Series]:
    points: list[Dot] = [
        (row["current_mA_cm2"], row["p_crit_MPa"], True, "")
        for row in sweep.summary.get("measured", [])
        if "p_crit_MPa" in row
    ]
    return [Series("measured", INK, points=sorted(points), line=False)] if points else []


def _curves(
    sweep: SweepFolder, combination: tuple[str, ...], quantity: str, *, least: float = 0.0
) -> list[Series]:
    series: list[Series] = []
    for current in _shown_currents(sweep, combination):
        rows = curve_rows(sweep, combination, current)
        points = [dot for row in rows if (dot := _dot(row, quantity)) and dot[1] >= least]
        place = sweep.currents().index(current)
        series.append(Series(f"{curve_name(current, rows)} mA/cm²", place, points=points))
    return series


def _shown_currents(sweep: SweepFolder, combination: tuple[str, ...]) -> list[float]:
    return [j for j in sweep.currents() if curve_rows(sweep, combination, j)]


def _dot(row: Record, quantity: str) -> Dot | None:
    value = value_of(row, quantity)
    if value is None:
        return None
    pressure, stopped = float(row["pressure_MPa"]), row["status"] != "ok"
    words = ""
    if stopped:
        ended = row["status"].replace("_", " ")
        words = (
            f"P {pressure:.6g}, {value:.4g}; {ended} at {row.get('charge_mAh_cm2') or '?'} mAh/cm²"
        )
    return (pressure, value, stopped, words)


def _scaled(item: Series, current: float, exponent: float) -> Sequence[Dot]:
    """Put complete cases on the axis P/j^(1/n)."""
    return [
        (p / current ** (1.0 / exponent), c, False, "")
        for p, c, stopped, _ in item.points
        if not stopped
    ]


def _critical(rows: Sequence[Record], name: str, ends: tuple[str, str], style: int) -> Series:
    criterion = "by dV/dP" if "dVdP" in name else "by contact"
    points: list[Dot] = []
    bars: list[Bar] = []
    for row in rows:
        current = float(row["current_mA_cm2"])
        value, low, high = (value_of(row, column) for column in (name, *ends))
        if value is not None:
            points.append((current, value, False, ""))
        if low is not None and high is not None:
            bars.append(
                (current, low, high, f"tested {low:.4g} to {high:.4g} MPa at {current:g} mA/cm²")
            )
    return Series(f"P_crit {criterion}", style, points=points, bars=bars)


def charts_of(sweep: SweepFolder, combination: tuple[str, ...]) -> Mapping[str, list[View]]:
    """Return the views of the three figures by the names of their PNG files."""
    return {
        "voltage_rise": voltage_views(sweep, combination),
        "contact_fraction": contact_views(sweep, combination),
        "critical_pressure": critical_views(sweep, combination),
    }
