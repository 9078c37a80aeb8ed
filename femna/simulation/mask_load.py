"""The mask's share of the stack force, in the units of the coupled problem."""

from __future__ import annotations

import math

from femna.simulation.bodies.mask import MaskBody, Reaction
from femna.simulation.scales import Scales


class MaskLoad:
    """What the platen feels of the mask when it moves at a velocity over a step.

    Parameters
    ----------
    body : MaskBody
        The mask of the whole electrode.
    electrode_radius : float
        [m].
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
        self, body: MaskBody, scales: Scales, *, electrode_radius: float, total_area: float
    ) -> None:
        self.body, self._length = body, scales.length
        self._time = scales.time
        electrode = math.pi * electrode_radius**2
        self._unit = total_area / (electrode * scales.traction)
        self.start = 0.0
        self._velocity, self._dt = 0.0, 0.0

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

    def newtons(self, force: float) -> float:
        """Return a dimensionless force as that of the whole mask [N]."""
        return force / self._unit
