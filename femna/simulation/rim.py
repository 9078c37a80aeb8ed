"""An open rim of the metal: what is squeezed out through it, and when the clearance is full.

The rim stands where it is: metal that passes it has left the electrode, bears no load and carries
no current. It collects in the clearance between electrode and mask, a ring as high as the foil;
once that is full, the mask holds the rim. The free sides of a cell from an image are an open rim
without a mask: the metal around presses on them, and may come in.
"""

from __future__ import annotations

import math
from typing import Final

from dolfinx import fem

from femna.case import ImageCell, Stack
from femna.simulation.setup import Model
from femna.simulation.state import Clock

HELD: Final = 1e6
"""Normal traction over velocity, dimensionless, of a rim against the mask: under the stack pressure
it gives way by a millionth of the recession."""

FULL: Final = 1e-9
"""Share of the clearance below which what is left of it is round-off."""


class Rim:
    """The rim of a model; without an open one it is false and nothing leaves.

    Parameters
    ----------
    model : Model
        The discrete problem.
    """

    moves = False
    """Whether the mesh follows what is squeezed out."""

    def __init__(self, model: Model) -> None:
        self._model, self._metal = model, model.system.metal
        geometry = model.case.geometry
        self._ring = math.inf
        if isinstance(geometry, Stack) and geometry.clearance is not None:
            width = geometry.clearance / model.scales.length
            outline = geometry.electrode.over(model.scales.length)
            # Steiner's formula for what lies around a convex outline
            around = outline.perimeter * width + math.pi * width**2
            self._ring = around / model.cell.multiplicity

    def __bool__(self) -> bool:
        return self._metal.outflow is not None

    def rate(self) -> float:
        """Return the volume that leaves per time at the present velocity (collective)."""
        if self._metal.outflow is None:
            return 0.0
        here = float(fem.assemble_scalar(self._metal.outflow))
        return float(self._model.system.comm.allreduce(here))

    def room(self, clock: Clock) -> float:
        """Return the volume that the clearance still takes; infinite without a mask."""
        if math.isinf(self._ring):
            return math.inf
        height = self._model.metal_thickness / self._model.scales.length + clock.platen
        return self._ring * height - clock.outflow

    def full(self, clock: Clock) -> bool:
        """Say whether the clearance is full, so that the mask holds the rim."""
        return not math.isinf(self._ring) and self.room(clock) <= FULL * self._ring

    def prepare(self, clock: Clock, dt: float) -> None:
        """Let the mask hold the rim if the clearance is full, in a step of length `dt`."""
        if self:
            self._metal.fields.rim_resistance.value = HELD if self.full(clock) else 0.0

    def press(self, stack_pressure: float) -> None:
        """Let what is around press on the rim; `stack_pressure` is dimensionless."""

    def worn(self, clock: Clock) -> bool:
        """Say whether the mesh should be made anew."""
        return False

    def revise(self, clock: Clock, dt: float) -> bool:
        """Say whether a solved step must be solved again, the mask holding the rim or not."""
        return False

    def share_to_mask(self, clock: Clock, dt: float, *, short: bool) -> float | None:
        """Return by what a solved step is multiplied to end at a mask; None if it may stay."""
        return None

    def check(self, clock: Clock, dt: float) -> None:
        """Refuse a solved step after which the rim cannot be followed."""

    def columns(self, clock: Clock, *, volume_unit: float) -> dict[str, float]:
        """Return the columns of the history that are the rim's (collective).

        Parameters
        ----------
        clock : Clock
            At the end of the step.
        volume_unit : float
            Of the model's unit of volume [um^3].
        """
        return {"rim_outflow_um3": clock.outflow * volume_unit} if self else {}

    def time_to_fill(self, clock: Clock) -> float:
        """Return how long the clearance still has room at the present rate (collective)."""
        rate = self.rate()
        return math.inf if rate <= 0.0 or self.full(clock) else self.room(clock) / rate


class FreeSides(Rim):
    """The free sides of a cell from an image; false where they are mirrors.

    Parameters
    ----------
    model : Model
        The discrete problem.
    geometry : ImageCell
        The geometry of its case.
    """

    def __init__(self, model: Model, geometry: ImageCell) -> None:
        super().__init__(model)
        given = geometry.side_pressure
        self._given = None if given is None else given / model.scales.traction

    def press(self, stack_pressure: float) -> None:
        """Let the metal around press by the sides' own pressure, or that of the stack."""
        if self:
            pressure = stack_pressure if self._given is None else self._given
            self._metal.fields.rim_pressure.value = pressure
