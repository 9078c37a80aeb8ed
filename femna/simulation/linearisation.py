"""The coupled system's derivatives at one iterate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.physics.interface import LocalCurrent
from femna.simulation.jacobian import Entries

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Linearisation:
    """What couples the blocks; arrays of shape (N,) at the interface vertices, dimensionless.

    Attributes
    ----------
    current : LocalCurrent
        Current density with its derivatives.
    by_voltage : array
        Derivative of the current density by the unknown of the voltage.
    closing : array
        Derivative of the gap's rate by z.
    load : array
        Derivative of the traction on the metal by z.
    support : float
        How much less force is left for the metal the slower the platen sinks: the slope of what
        carries the stack force beside it.
    held_by : float or None
        Derivative of the held voltage's equation by its unknown; None where current is applied.
    entries : list of Entries
        Of the Jacobian, all but those of the metal's flow.
    """

    current: LocalCurrent
    by_voltage: Array
    closing: Array
    load: Array
    support: float
    held_by: float | None
    entries: list[Entries]
