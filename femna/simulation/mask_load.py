"""The mask's share of the stack force, in the units of the coupled problem."""

from __future__ import annotations

import math
from typing import Final

from femna.simulation.bodies.mask import MaskBody, Reaction
from femna.simulation.scales import Scales

SHARE: Final = 0.25
"""Of the stack force, by which a mask's load may grow in an adaptive step: the metal's falls by as
much, and what it loses near the end decides the contact."""


class MaskLoad:
    """What the platen feels of the mask when it moves at a velocity over a step.

    Parameters
    ----------
    body : MaskBody
        The mask of the whole electrode.
    electrode_area : float
        [m^2].
    scales : Scales
        Characteristic values.
    total_area : float
        The electrode's area as meshed, in lengths of the model squared: a unit cell stands for
        all of the electrode.

    Attributes
    ----------
    body : MaskBody
    start : float
        Displacement of the platen at the step's beginning, upwards, in lengths of the model.
    """

    def __init__(
        self, body: MaskBody, scales: Scales, *, electrode_area: float, total_area: float
    ) -> None:
        self.body, self._length = body, scales.length
        self._time = scales.time
        self._unit = total_area / (electrode_area * scales.traction)
        self.start = 0.0

    def at(self, velocity: float, dt: float) -> Reaction:
        """Return force and derivative by the velocity, dimensionless (collective).

        Parameters
        ----------
        velocity : float
            Of the platen, upwards.
        dt : float
            Length of the step.
        """
        descent = -(self.start + dt * velocity) * self._length
        found = self.body.reaction(descent, dt * self._time)
        return Reaction(found.force * self._unit, -found.slope * dt * self._length * self._unit)

    def time_to_load(self, velocity: float, load: float, *, slope: float) -> float:
        """Return how long the platen takes, touching included, to load the mask by `SHARE` more.

        Parameters
        ----------
        velocity : float
            Of the platen, upwards.
        load : float
            The stack force.
        slope : float
            Of the mask's force by the platen's descent in the last step [N/m].
        """
        room = self.body.room(-self.start * self._length)
        sinking = -velocity * self._length
        # before the first touch that of an elastic mask
        growing = sinking * self._unit * (self.body.stiffness if room > 0.0 else slope)
        if sinking <= 0.0 or growing <= 0.0:
            return math.inf
        return max(room, 0.0) / sinking + SHARE * load / growing

    @property
    def carried(self) -> float:
        """The force that the mask was left with, dimensionless."""
        return self.body.last.force * self._unit

    @property
    def mean_pressure(self) -> float:
        """Mean pressure below the mask, as it was left [Pa]."""
        return self.body.last.force / self.body.area

    def newtons(self, force: float) -> float:
        """Return a dimensionless force as that of the whole mask [N]."""
        return force / self._unit
