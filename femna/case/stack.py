"""``[geometry] kind = "stack"``: the whole cell, discs of metal and electrolyte between platens."""

from __future__ import annotations

from typing import Final, Literal

from femna.case.base import Table
from femna.case.electrode_shape import ElectrodeShape, ShapeName
from femna.case.quantities import Direction, Length, Tilt

WIDEST_SHARE: Final = 0.9
"""Of the bare ring, that a moving rim may cover: what is left of its mesh is squeezed together."""


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
    angle : float, optional
        Around that axis, from the direction of x [rad]; in a ``mirror`` stack, 0 if left out.
    """

    face: Literal["working", "counter"] = "working"
    distance: Length
    diameter: Length
    angle: Direction | None = None


class Stack(Table):
    """A disc of metal on a wider disc of electrolyte, a mask around the metal, platens outside.

    Attributes
    ----------
    symmetry : str
        ``axisymmetric``; or ``mirror``, in three dimensions with one plane of symmetry, y = 0: what
        lies off the axis lies on that plane.
    electrode_diameter, metal_thickness : float
        Of the metal; current density and pressure refer to its area [m].
    electrode_shape : str
        Of the metal and the window around it: ``round``, ``elliptic`` or ``rectangular``.
    electrode_width : float, optional
        Extent of the metal along y [m], where it is not round. `electrode_diameter` is its extent
        along x.
    corner_radius : float, optional
        Of a rectangular electrode [m].
    electrode_offset : float, optional
        Of the metal's centre from the axis of the electrolyte, along x [m].
    platen_tilt : float, optional
        Of the face that presses the metal, about y [rad]: the metal is thicker towards x, and
        `metal_thickness` is its mean. The platen keeps its angle.
    electrolyte_diameter, electrolyte_thickness : float
        [m].
    counter_diameter : float, optional
        Of the grounded electrode on the far face [m], a disc around the axis. Left out, it is the
        metal's mirror image.
    rim : str
        ``held``: the mask encloses the metal, which slides along it. ``open``: metal is squeezed
        out freely over the rim and carries no load there. ``moving``: what is squeezed out widens
        the metal, which bears load and carries current wherever it has spread.
    clearance : float, optional
        Between the rim and the mask [m]. Open: once the ring of this width, as high as the foil, is
        full, the rim is held. Moving: the rim is held where the mask begins. Left out, there is
        room for everything, or all that the bare electrolyte offers to a moving rim.
    reference_electrode : ReferenceElectrode, optional
    """

    kind: Literal["stack"]
    symmetry: Literal["axisymmetric", "mirror"] = "axisymmetric"
    electrode_diameter: Length
    electrode_shape: ShapeName = "round"
    electrode_width: Length | None = None
    corner_radius: Length | None = None
    electrode_offset: Length | None = None
    metal_thickness: Length
    platen_tilt: Tilt | None = None
    electrolyte_diameter: Length
    electrolyte_thickness: Length
    counter_diameter: Length | None = None
    rim: Literal["held", "open", "moving"] = "held"
    clearance: Length | None = None
    reference_electrode: ReferenceElectrode | None = None

    @property
    def period(self) -> float:
        """What conducting maps and element sizes take for the period: the diameter [m]."""
        return self.electrode_diameter

    @property
    def counter(self) -> ElectrodeShape:
        """Outline of the electrode on the far face around its centre [m]."""
        if self.counter_diameter is None:
            return self.electrode
        return ElectrodeShape("round", 0.5 * self.counter_diameter, 0.5 * self.counter_diameter)

    @property
    def counter_offset(self) -> float:
        """Of that centre from the axis, along x [m]."""
        return (self.electrode_offset or 0.0) if self.counter_diameter is None else 0.0

    @property
    def farthest_rim(self) -> float:
        """Radius up to which a moving rim is followed [m]; beyond it too little bare ring is left.

        The metal would flow over the electrolyte's edge, or under the third electrode.
        """
        radius, edge = 0.5 * self.electrode_diameter, 0.5 * self.electrolyte_diameter
        farthest = radius + WIDEST_SHARE * (edge - radius)
        third = self.reference_electrode
        if third is not None and third.face == "working":
            farthest = min(farthest, third.distance - 0.5 * third.diameter)
        return farthest

    @property
    def electrode(self) -> ElectrodeShape:
        """Outline of the metal around its centre [m]."""
        half = 0.5 * self.electrode_diameter
        width = half if self.electrode_width is None else 0.5 * self.electrode_width
        return ElectrodeShape(self.electrode_shape, half, width, self.corner_radius or 0.0)
