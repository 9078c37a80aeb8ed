"""What one step is asked to do, and the interface as its unknowns stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.physics.interface import InterfaceLaw, LocalCurrent

Array = npt.NDArray[np.float64]


@dataclass(kw_only=True)
class StepData:
    """What one step is asked to do.

    Attributes
    ----------
    dt : float
        Length of the step, dimensionless.
    old_gap : array, shape (N,)
        Gap at the interface vertices at the step's beginning, dimensionless.
    current : float
        Applied mean current over the nominal one; negative plates, 0 rests. Where the voltage is
        held, a guess until the step is solved, then what has followed.
    pressure : float
        Stack pressure over the characteristic traction.
    temperature : float
        Temperature of the metal [K].
    law : InterfaceLaw
        The interface's local law (SI).
    conductivity : float
        Of the electrolyte, over that of its block.
    voltage : float or None
        The cell's voltage over the potential scale, where it is held; else the unknown.
    """

    dt: float
    old_gap: Array
    current: float
    pressure: float
    temperature: float
    law: InterfaceLaw
    conductivity: float = 1.0
    voltage: float | None = None


@dataclass(frozen=True)
class InterfaceView:
    """The interface at one set of unknowns; arrays over the owned vertices, dimensionless.

    Attributes
    ----------
    traction : array, shape (N,)
        What presses on the metal: the contact pressure, and surface tension where it is free.
    pressure : array, shape (N,)
        The contact pressure, tension negative.
    reaction : array, shape (N,)
        The contact pressure above the tension that its adhesion holds, complementary to the gap.
    gap, openness, overpotential : arrays, shape (N,)
    current : LocalCurrent
    """

    traction: Array
    pressure: Array
    reaction: Array
    gap: Array
    openness: Array
    current: LocalCurrent
    overpotential: Array
