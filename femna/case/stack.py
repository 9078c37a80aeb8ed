"""``[geometry] kind = "stack"``: the whole cell, discs of metal and electrolyte between platens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from femna.case.base import Table
from femna.case.quantities import Length
from femna.case.refusal import micrometres, refuse

if TYPE_CHECKING:
    from femna.case.model import Case


class ReferenceElectrode(Table):
    """A third electrode on the bare electrolyte, which reads a potential and draws no current.

    The potential is the mean over its area; that the metal of the electrode makes this area
    equipotential is left out.

    Attributes
    ----------
    face : str
        ``working``, the side of the metal, or ``counter``.
    distance : float
        Of its centre from the axis of the cell [m].
    diameter : float
        [m].
    """

    face: Literal["working", "counter"] = "working"
    distance: Length
    diameter: Length


class Stack(Table):
    """A disc of metal on a wider disc of electrolyte, a mask around the metal, platens outside.

    Attributes
    ----------
    symmetry : str
        ``axisymmetric``.
    electrode_diameter, metal_thickness : float
        Of the metal; current density and pressure refer to its area [m].
    electrolyte_diameter, electrolyte_thickness : float
        [m].
    counter_diameter : float, optional
        Of the grounded electrode on the far face [m]; as the metal's, if left out.
    rim : str
        ``held``: the mask encloses the metal, which slides along it. ``open``: metal is squeezed
        out freely over the rim and carries no load there.
    clearance : float, optional
        Between an open rim and the mask [m]: once the ring of this width, as high as the foil, is
        full, the rim is held. Left out, there is room for everything.
    reference_electrode : ReferenceElectrode, optional
    """

    kind: Literal["stack"]
    symmetry: Literal["axisymmetric"] = "axisymmetric"
    electrode_diameter: Length
    metal_thickness: Length
    electrolyte_diameter: Length
    electrolyte_thickness: Length
    counter_diameter: Length | None = None
    rim: Literal["held", "open"] = "held"
    clearance: Length | None = None
    reference_electrode: ReferenceElectrode | None = None

    @property
    def period(self) -> float:
        """What conducting maps and element sizes take for the period: the diameter [m]."""
        return self.electrode_diameter

    @property
    def counter(self) -> float:
        """Diameter of the electrode on the far face [m]."""
        return self.electrode_diameter if self.counter_diameter is None else self.counter_diameter


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
            "remove it, or write rim = 'open'",
        )
    if case.metal.elastic and stack.rim == "open":
        refuse(
            "geometry.rim",
            stack.rim,
            "the elastic volume of metal that leaves the cell is not followed",
            "write rim = 'held', or metal.elastic = false",
        )
    if stack.reference_electrode is not None:
        _check_reference(stack, stack.reference_electrode)


def _check_reference(stack: Stack, electrode: ReferenceElectrode) -> None:
    covered = stack.electrode_diameter if electrode.face == "working" else stack.counter
    inner, outer = 0.5 * covered, 0.5 * stack.electrolyte_diameter
    half = 0.5 * electrode.diameter
    room = outer - inner
    if electrode.diameter > room * (1.0 + 1e-12):
        refuse(
            "geometry.reference_electrode.diameter",
            micrometres(electrode.diameter),
            f"the bare ring of the {electrode.face} face is {micrometres(room)} wide",
            "make it smaller, or put it on the other face",
        )
    if not inner + half <= electrode.distance * (1.0 + 1e-12) <= (outer - half) * (1.0 + 2e-12):
        refuse(
            "geometry.reference_electrode.distance",
            micrometres(electrode.distance),
            f"must be between {micrometres(inner + half)} and {micrometres(outer - half)} to lie "
            "on bare electrolyte",
            "move it",
        )
