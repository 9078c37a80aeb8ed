"""Checks across tables: entries that are fine alone and impossible together."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn

from femna.case.geometry import UnitCell
from femna.case.interface import (
    LinearKinetics,
    PatchesMap,
    RandomFieldMap,
    ResistancesMap,
    StripesMap,
    UniformMap,
)
from femna.case.quantities import problem
from femna.case.units import render
from femna.constants import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from femna.case.model import Case

_MICRONS = ("um",)
_CHARGES = ("mAh/cm^2",)
_RESISTANCES = ("ohm*cm^2",)


def cross_check(case: Case) -> None:
    """Refuse a case whose tables contradict each other.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the key, its value, the limit and the remedy.
    """
    _check_symmetry(case)
    _check_resistances(case)
    _check_steps(case)
    _check_increments(case)
    if isinstance(case.geometry, UnitCell):
        _check_void(case.geometry)
        _check_transition(case, case.geometry)
        _check_sizes(case, case.geometry)


def _refuse(key: str, value: object, limit: str, remedy: str) -> NoReturn:
    raise problem(limit, remedy, key=key, value=value)


def _um(length: float) -> str:
    return render(float(f"{length:.6g}"), _MICRONS, "m")


def _check_symmetry(case: Case) -> None:
    allowed = {
        "stripes": ("plane_strain", "square"),
        "random_field": ("plane_strain", "square"),
    }.get(case.interface.map.kind)
    symmetry = case.geometry.symmetry
    if allowed is not None and symmetry not in allowed:
        _refuse(
            "interface.map.kind",
            case.interface.map.kind,
            f"has no meaning with geometry.symmetry = '{symmetry}'",
            f"use it with {' or '.join(allowed)}, or choose another map",
        )


def _check_resistances(case: Case) -> None:
    chart = case.interface.map
    if not isinstance(chart, ResistancesMap):
        return
    if len(chart.resistances) != len(chart.fractions):
        _refuse(
            "interface.map.fractions",
            list(chart.fractions),
            f"{len(chart.fractions)} fractions for {len(chart.resistances)} resistances",
            "give one fraction per resistance",
        )
    total = math.fsum(chart.fractions)
    if abs(total - 1.0) > 1e-9:
        _refuse(
            "interface.map.fractions",
            list(chart.fractions),
            f"the fractions sum to {total:.10g}",
            "make them sum to 1",
        )
    kinetics = case.interface.kinetics
    if isinstance(kinetics, LinearKinetics):
        least, name = kinetics.resistance, "interface.kinetics.resistance"
    else:
        thermal = GAS_CONSTANT * case.protocol.temperature / FARADAY
        least, name = thermal / kinetics.exchange_current_density, "R T/(F i0) of the kinetics"
    lowest = min(chart.resistances)
    if lowest < least * (1.0 - 1e-12):
        _refuse(
            f"interface.map.resistances.{chart.resistances.index(lowest)}",
            render(lowest, _RESISTANCES, "ohm*m^2"),
            f"must be at least {render(float(f'{least:.6g}'), _RESISTANCES, 'ohm*m^2')}, {name}",
            "raise it, or lower the resistance of the kinetics",
        )


def _check_steps(case: Case) -> None:
    for index, step in enumerate(case.protocol.steps):
        where = f"protocol.steps.{index}"
        if step.do == "rest":
            if step.time is None:
                _refuse(f"{where}.time", "(missing)", "a rest needs a time", "add time = '1 h'")
            for name in ("current_density", "charge"):
                if getattr(step, name) is not None:
                    _refuse(f"{where}.{name}", "(given)", "a rest carries no current", "remove it")
        elif step.time is not None:
            _refuse(
                f"{where}.time",
                render(step.time, ("h", "s"), "s"),
                f"a {step.do} ends by its charge, not by a time",
                "remove it, and give charge and current_density",
            )


def _check_increments(case: Case) -> None:
    charges = [
        step.charge if step.charge is not None else case.protocol.charge
        for step in case.protocol.steps
        if step.do != "rest"
    ]
    for name in ("step", "first_step"):
        increment = getattr(case.numerics, name)
        if increment is not None and charges and increment > min(charges):
            _refuse(
                f"numerics.{name}",
                render(increment, _CHARGES, "C/m^2"),
                f"must be at most {render(min(charges), _CHARGES, 'C/m^2')}, the charge of a step",
                "lower it",
            )


def _check_void(cell: UnitCell) -> None:
    void = cell.initial_void
    if void is None:
        return
    if cell.symmetry == "square":
        _refuse(
            "geometry.initial_void",
            "(given)",
            "is not available in a square cell",
            "use plane_strain or axisymmetric, or a mesh from a file",
        )
    if void.radius >= 0.5 * cell.period:
        _refuse(
            "geometry.initial_void.radius",
            _um(void.radius),
            f"must be below {_um(0.5 * cell.period)}, half the period",
            "make the void smaller or the period larger",
        )
    height = void.radius * math.tan(0.5 * void.contact_angle)
    if height >= 0.9 * cell.metal_thickness:
        _refuse(
            "geometry.initial_void.radius",
            _um(void.radius),
            f"the void's height {_um(height)} must be below 90 % of the metal's thickness",
            "make the void smaller or flatter, or the metal thicker",
        )


def narrowest_zone(case: Case, cell: UnitCell) -> float:
    """Return the width of the narrowest zone of the conducting map [m].

    Zones that meet a symmetry line count with their mirror image. A zone that does not fit into
    the cell has a width of zero or below.
    """
    chart = case.interface.map
    period = cell.period
    if isinstance(chart, UniformMap):
        return math.inf
    if isinstance(chart, RandomFieldMap):
        return chart.correlation_length
    if isinstance(chart, StripesMap):
        return period * min(chart.blocked_fraction, 1.0 - chart.blocked_fraction)
    if isinstance(chart, PatchesMap):
        blocked = chart.blocked_fraction
        inner = blocked if chart.inside == "blocked" else 1.0 - blocked
        shares = [inner]
    else:
        shares = [math.fsum(chart.fractions[: k + 1]) for k in range(len(chart.fractions) - 1)]
    if not shares:
        return math.inf
    if cell.symmetry == "plane_strain":
        edges = [0.5 * period * share for share in shares]
    elif cell.symmetry == "axisymmetric":
        edges = [0.5 * period * math.sqrt(share) for share in shares]
    else:
        edges = [period * math.sqrt(share / math.pi) for share in shares]
    inner_widths = [after - before for before, after in pairwise(edges)]
    return min(2.0 * edges[0], *inner_widths, 2.0 * (0.5 * period - edges[-1]))


def _check_transition(case: Case, cell: UnitCell) -> None:
    chart = case.interface.map
    if isinstance(chart, UniformMap):
        return
    if isinstance(chart, RandomFieldMap) and chart.correlation_length >= cell.period:
        _refuse(
            "interface.map.correlation_length",
            _um(chart.correlation_length),
            f"must be below {_um(cell.period)}, the period",
            "shorten it or widen the period",
        )
    width = narrowest_zone(case, cell)
    if width <= 0.0:
        key = "fractions" if isinstance(chart, ResistancesMap) else "blocked_fraction"
        found = getattr(chart, key)
        _refuse(
            f"interface.map.{key}",
            list(found) if isinstance(found, tuple) else found,
            f"the patch is wider than the period of {_um(cell.period)}",
            "lower the area fraction of the patch",
        )
    if chart.transition >= width:
        _refuse(
            "interface.map.transition",
            _um(chart.transition),
            f"must be below {_um(width)}, the narrowest patch or the gap between patches",
            "narrow the transition or widen the patch",
        )


def _check_sizes(case: Case, cell: UnitCell) -> None:
    limits = {
        "a quarter of the period": 0.25 * cell.period,
        "the metal's thickness": cell.metal_thickness,
        "the electrolyte's thickness": cell.electrolyte_thickness,
    }
    name, limit = min(limits.items(), key=lambda item: item[1])
    if case.numerics.interface_size > limit * (1.0 + 1e-12):
        _refuse(
            "numerics.interface_size",
            _um(case.numerics.interface_size),
            f"must be at most {_um(limit)}, {name}",
            "make it smaller",
        )
