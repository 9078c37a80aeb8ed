"""``[protocol]``: what is done to the cell, step by step."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from femna.case.base import AS_TUPLE, Table
from femna.case.quantities import Charge, Count, CurrentDensity, Pressure, Temperature, Time


class Step(Table):
    """One step; what is left out comes from the protocol.

    Attributes
    ----------
    do : str
        ``strip``, ``plate`` or ``rest``.
    pressure, current_density, charge, temperature : float, optional
        [Pa], [A/m^2], [C/m^2], [K].
    time : float, optional
        Length of a rest [s]; strip and plate end by their charge.
    """

    do: Literal["strip", "plate", "rest"]
    pressure: Pressure | None = None
    current_density: CurrentDensity | None = None
    charge: Charge | None = None
    temperature: Temperature | None = None
    time: Time | None = None


class Protocol(Table):
    """Defaults of every step, and the steps.

    Attributes
    ----------
    temperature : float
        [K].
    pressure : float
        Stack force over nominal electrode area [Pa].
    current_density : float
        Magnitude, per nominal electrode area [A/m^2].
    charge : float
        Of one half cycle, per nominal electrode area [C/m^2].
    repeat : int
        How often the list of steps is done.
    steps : tuple of Step
    """

    temperature: Temperature
    pressure: Pressure
    current_density: CurrentDensity
    charge: Charge
    repeat: Count = 1
    steps: Annotated[tuple[Step, ...], Field(min_length=1), AS_TUPLE] = (Step(do="strip"),)
