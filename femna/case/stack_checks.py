"""Checks of a stack: bodies that fit on each other, keys that belong to its symmetry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from femna.case.maps import ImageMap
from femna.case.refusal import micrometres, refuse
from femna.case.stack import ReferenceElectrode, Stack
from femna.case.units import render

if TYPE_CHECKING:
    from femna.case.model import Case

_MIRROR_ONLY: Final = ("electrode_shape", "electrode_width", "electrode_offset", "platen_tilt")
"""Keys that break the symmetry around the axis."""

SAME: Final = 1e-9
"""Of a length, by which two that should be alike may differ."""

_THINNEST: Final = 0.1
"""Of the mean thickness, that a tilted platen must leave."""


def check_stack(case: Case, stack: Stack) -> None:
    """Refuse bodies that do not fit on each other."""
    limit = stack.electrolyte_diameter
    for name in ("electrode_diameter", "counter_diameter"):
        given = getattr(stack, name)
        if given is not None and given > limit * (1.0 + 1e-12):
            refuse(
                f"geometry.{name}",
                micrometres(given),
                f"must be at most {micrometres(limit)}, geometry.electrolyte_diameter",
                "make the electrode smaller or the disc larger",
            )
    if stack.clearance is not None and stack.rim == "held":
        refuse(
            "geometry.clearance",
            micrometres(stack.clearance),
            "a held rim has none",
            "remove it, or write rim = 'open' or 'moving'",
        )
    if case.metal.elastic and stack.rim == "open":
        refuse(
            "geometry.rim",
            stack.rim,
            "the elastic volume of metal that leaves the cell is not followed",
            "write rim = 'held', or metal.elastic = false",
        )
    if stack.rim == "moving":
        _check_moving_rim(case, stack)
    _check_symmetry(stack)
    _check_shape(stack)
    _check_offset(stack)
    _check_tilt(case, stack)
    if stack.reference_electrode is not None:
        _check_reference(stack, stack.reference_electrode)


def _check_reference(stack: Stack, electrode: ReferenceElectrode) -> None:
    if electrode.angle is not None and stack.symmetry == "axisymmetric":
        refuse(
            "geometry.reference_electrode.angle",
            render(electrode.angle, ("deg",), "rad"),
            "means nothing around an axis of symmetry",
            "remove it, or write symmetry = 'mirror'",
        )
    beside, offset = stack.counter, stack.counter_offset
    if electrode.face == "working":
        beside, offset = stack.electrode, stack.electrode_offset or 0.0
    outer, half = 0.5 * stack.electrolyte_diameter, 0.5 * electrode.diameter
    angle = electrode.angle or 0.0
    nearest, furthest = beside.clear_of(offset, angle, gap=half, within=outer), outer - half
    bare = outer - beside.clear_of(offset, angle, gap=0.0, within=outer)
    if electrode.diameter > bare * (1.0 + SAME) or nearest > furthest * (1.0 + SAME):
        refuse(
            "geometry.reference_electrode.diameter",
            micrometres(electrode.diameter),
            f"the bare ring of the {electrode.face} face is {micrometres(bare)} wide there",
            "make it smaller, or put it on the other face or elsewhere",
        )
    if not nearest * (1.0 - SAME) <= electrode.distance <= furthest * (1.0 + SAME):
        refuse(
            "geometry.reference_electrode.distance",
            micrometres(electrode.distance),
            f"must be between {micrometres(nearest)} and {micrometres(furthest)} to lie "
            "on bare electrolyte",
            "move it",
        )


def _check_moving_rim(case: Case, stack: Stack) -> None:
    """Refuse what a rim that moves cannot have around it, or does not carry along."""
    if stack.symmetry == "mirror":
        refuse(
            "geometry.rim",
            stack.rim,
            "is followed around an axis of symmetry only",
            "write symmetry = 'axisymmetric', or rim = 'open', where what leaves is lost",
        )
    if case.cycling is not None:
        refuse(
            "geometry.rim",
            stack.rim,
            "voids that plating encloses are not carried with the metal",
            "write rim = 'held', or leave [cycling] out",
        )
    if isinstance(case.interface.map, ImageMap):
        refuse(
            "interface.map.kind",
            case.interface.map.kind,
            "says nothing of the electrolyte beyond the rim, which moves over it",
            "write geometry.rim = 'held', or another map",
        )
    farthest, radius = stack.farthest_rim, 0.5 * stack.electrode_diameter
    if farthest <= radius * (1.0 + 1e-12):
        refuse(
            "geometry.rim",
            stack.rim,
            "there is no bare electrolyte for it to move over",
            "make electrolyte_diameter larger, or write rim = 'held'",
        )
    if stack.clearance is not None and stack.clearance > (farthest - radius) * (1.0 + 1e-12):
        refuse(
            "geometry.clearance",
            micrometres(stack.clearance),
            f"must be at most {micrometres(farthest - radius)}: a moving rim is followed over nine "
            "tenths of the bare ring, and to a third electrode",
            "make it smaller, or the electrolyte wider",
        )


def _check_symmetry(stack: Stack) -> None:
    if stack.symmetry == "mirror":
        return
    for name in _MIRROR_ONLY:
        given = getattr(stack, name)
        if given not in (None, "round"):
            refuse(
                f"geometry.{name}",
                "(given)",
                "has no meaning with geometry.symmetry = 'axisymmetric'",
                "remove it, or write symmetry = 'mirror' (three dimensions)",
            )


def _check_shape(stack: Stack) -> None:
    shape = stack.electrode_shape
    if shape == "round" and stack.electrode_width is not None:
        refuse(
            "geometry.electrode_width",
            micrometres(stack.electrode_width),
            "a round electrode is as wide as long",
            "remove it, or write electrode_shape = 'elliptic' or 'rectangular'",
        )
    if shape != "round" and stack.electrode_width is None:
        refuse(
            "geometry.electrode_width",
            "(missing)",
            f"an electrode of shape '{shape}' needs its extent along y",
            "add e.g. electrode_width = '4 mm'",
        )
    if shape == "rectangular":
        limit = stack.electrode.inner
        corner = stack.corner_radius
        if corner is None or corner > limit * (1.0 + 1e-12):
            refuse(
                "geometry.corner_radius",
                "(missing)" if corner is None else micrometres(corner),
                f"is needed, and at most {micrometres(limit)}, half the shorter side",
                "give e.g. corner_radius = '0.5 mm'",
            )
    elif stack.corner_radius is not None:
        refuse(
            "geometry.corner_radius",
            micrometres(stack.corner_radius),
            f"an electrode of shape '{shape}' has no corners",
            "remove it",
        )


def _check_offset(stack: Stack) -> None:
    if stack.symmetry != "mirror":
        return
    radius, offset = 0.5 * stack.electrolyte_diameter, stack.electrode_offset or 0.0
    outer = stack.electrode.outer
    if outer > radius * (1.0 + SAME):
        refuse(
            "geometry.electrolyte_diameter",
            micrometres(2.0 * radius),
            f"must be at least {micrometres(2.0 * outer)}: the electrolyte bears the electrode",
            "make it wider, or the electrode smaller",
        )
    play = stack.electrode.play(radius)
    if offset > play + SAME * radius:
        refuse(
            "geometry.electrode_offset",
            micrometres(offset),
            f"must be at most {micrometres(play)}: the electrolyte bears the electrode",
            "move it towards the axis, or make the electrolyte wider",
        )


def _check_tilt(case: Case, stack: Stack) -> None:
    if stack.platen_tilt is None:
        return
    if case.metal.collector_wall.law != "sticking":
        refuse(
            "geometry.platen_tilt",
            "(given)",
            "metal that slides along a tilted collector is not followed",
            "write metal.collector_wall = { law = 'sticking' }, or remove the tilt",
        )
    if case.mask is not None:
        refuse(
            "geometry.platen_tilt",
            render(stack.platen_tilt, ("mrad",), "rad"),
            "a mask that a tilted platen presses on one side first is not computed",
            "remove it, or [mask]",
        )
    change = 0.5 * stack.electrode_diameter * math.tan(stack.platen_tilt)
    if change > (1.0 - _THINNEST) * stack.metal_thickness:
        most = math.atan(2.0 * (1.0 - _THINNEST) * stack.metal_thickness / stack.electrode_diameter)
        refuse(
            "geometry.platen_tilt",
            render(stack.platen_tilt, ("mrad",), "rad"),
            f"must be at most {render(float(f'{most:.4g}'), ('mrad',), 'rad')}, so that a tenth of "
            "the metal's thickness is left at the thin end",
            "tilt it less, or make the metal thicker",
        )
