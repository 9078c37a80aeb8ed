"""Checks of the conducting map against the cell and the kinetics."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from femna.case.geometry import MeshedCell, relative_area
from femna.case.image import picture
from femna.case.interface import LinearKinetics
from femna.case.maps import (
    ImageMap,
    PatchesMap,
    RandomFieldMap,
    ResistancesMap,
    StripesMap,
    UniformMap,
)
from femna.case.refusal import micrometres, refuse
from femna.case.stack import Stack
from femna.case.units import render
from femna.constants import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from femna.case.model import Case

_RESISTANCES = ("ohm*cm^2",)


def check_symmetry(case: Case) -> None:
    """Refuse a map that has no meaning in the symmetry of the cell."""
    allowed = {
        "stripes": ("plane_strain", "square"),
        "random_field": ("plane_strain", "square"),
        "image": ("plane_strain", "square", "hexagonal"),
    }.get(case.interface.map.kind)
    symmetry = case.geometry.symmetry
    if symmetry == "rectangle" and case.interface.map.kind != "uniform":
        refuse(
            "interface.map.kind",
            case.interface.map.kind,
            "a cell from an image conducts alike wherever the metal touches",
            "use uniform",
        )
    if allowed is not None and symmetry not in allowed:
        refuse(
            "interface.map.kind",
            case.interface.map.kind,
            f"has no meaning with geometry.symmetry = '{symmetry}'",
            f"use it with {' or '.join(allowed)}, or choose another map",
        )
    chart = case.interface.map
    if isinstance(chart, PatchesMap) and chart.offset is not None and symmetry != "mirror":
        refuse(
            "interface.map.offset",
            micrometres(chart.offset),
            f"has no meaning with geometry.symmetry = '{symmetry}'",
            "remove it, or use a stack of symmetry 'mirror'",
        )


def check_resistances(case: Case) -> None:
    """Refuse zones whose numbers do not belong together."""
    chart = case.interface.map
    if not isinstance(chart, ResistancesMap):
        return
    if len(chart.resistances) != len(chart.fractions):
        refuse(
            "interface.map.fractions",
            list(chart.fractions),
            f"{len(chart.fractions)} fractions for {len(chart.resistances)} resistances",
            "give one fraction per resistance",
        )
    total = math.fsum(chart.fractions)
    if abs(total - 1.0) > 1e-9:
        refuse(
            "interface.map.fractions",
            list(chart.fractions),
            f"the fractions sum to {total:.10g}",
            "make them sum to 1",
        )
    kinetics = case.interface.kinetics
    if isinstance(kinetics, LinearKinetics):
        least, name = kinetics.resistance, "interface.kinetics.resistance"
    else:
        temperature = kinetics.reference_temperature or case.protocol.temperature
        thermal = GAS_CONSTANT * temperature / FARADAY
        least, name = thermal / kinetics.exchange_current_density, "R T/(F i0) of the kinetics"
    lowest = min(chart.resistances)
    if lowest < least * (1.0 - 1e-12):
        refuse(
            f"interface.map.resistances.{chart.resistances.index(lowest)}",
            render(lowest, _RESISTANCES, "ohm*m^2"),
            f"must be at least {render(float(f'{least:.6g}'), _RESISTANCES, 'ohm*m^2')}, {name}",
            "raise it, or lower the resistance of the kinetics",
        )


def check_image(case: Case) -> None:
    """Refuse an image without a rule, or with two, for what its grey values mean."""
    chart = case.interface.map
    if not isinstance(chart, ImageMap):
        return
    if chart.blocked_below is None and not chart.grey:
        refuse(
            "interface.map.blocked_below",
            "(missing)",
            "says below which grey value the interface is blocked",
            "add blocked_below = 0.5, or grey = true",
        )
    if chart.blocked_below is not None and chart.grey:
        refuse(
            "interface.map.blocked_below",
            chart.blocked_below,
            "with grey = true the grey values are the map",
            "remove one of the two",
        )


def narrowest_zone(case: Case, cell: MeshedCell) -> float:
    """Return the width of the narrowest zone of the conducting map [m].

    Zones that meet a symmetry line count with their mirror image. A zone that does not fit into
    the cell has a width of zero or below.
    """
    chart = case.interface.map
    period = cell.period
    if isinstance(chart, UniformMap | ImageMap):
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
    else:
        area = relative_area(cell)
        edges = [0.5 * period * math.sqrt(area * share / math.pi) for share in shares]
    outermost = 0.5 * period
    if isinstance(cell, Stack):
        shift = chart.offset or 0.0 if isinstance(chart, PatchesMap) else 0.0
        outermost = cell.electrode.room(shift)
    inner_widths = [after - before for before, after in pairwise(edges)]
    return min(2.0 * edges[0], *inner_widths, 2.0 * (outermost - edges[-1]))


def check_transition(case: Case, cell: MeshedCell) -> None:
    """Refuse a transition or a patch that does not fit into the cell."""
    chart = case.interface.map
    if isinstance(chart, UniformMap):
        return
    if isinstance(chart, ImageMap):
        if chart.file.is_file():
            picture(chart, cell.symmetry, 0.5 * cell.period)
        return
    if isinstance(chart, RandomFieldMap) and chart.correlation_length >= cell.period:
        refuse(
            "interface.map.correlation_length",
            micrometres(chart.correlation_length),
            f"must be below {micrometres(cell.period)}, the period",
            "shorten it or widen the period",
        )
    width = narrowest_zone(case, cell)
    if isinstance(chart, PatchesMap) and chart.offset is not None:
        _check_offset(chart.offset, width)
    if width <= 0.0:
        key = "fractions" if isinstance(chart, ResistancesMap) else "blocked_fraction"
        found = getattr(chart, key)
        refuse(
            f"interface.map.{key}",
            list(found) if isinstance(found, tuple) else found,
            f"the patch is wider than the period of {micrometres(cell.period)}",
            "lower the area fraction of the patch",
        )
    if chart.transition >= width:
        refuse(
            "interface.map.transition",
            micrometres(chart.transition),
            f"must be below {micrometres(width)}, the narrowest patch or the gap between patches",
            "narrow the transition or widen the patch",
        )


def _check_offset(offset: float, width: float) -> None:
    if width <= 0.0:
        refuse(
            "interface.map.offset",
            micrometres(offset),
            "the patch would reach over the electrode's rim",
            "move it towards the centre, or make it smaller",
        )
