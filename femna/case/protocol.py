"""``[protocol]``: what is done to the cell, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from femna.case.base import AS_TUPLE, Table
from femna.case.content import content_of
from femna.case.quantities import (
    Charge,
    Count,
    CurrentDensity,
    HeldVoltage,
    Pressure,
    Temperature,
    Time,
    Voltage,
    problem,
)

FINAL_STATE: Final = Path("final") / "state.npz"
"""Where a run leaves its final state, from its folder, if `output.final_state` asks for it."""


def _find_state(raw: object, info: ValidationInfo) -> Any:
    """Read the folder of a run, or the state in it, as the absolute path of that state."""
    if not isinstance(raw, str | Path) or not str(raw):
        raise problem("the folder of a run expected", "write e.g. 'results/formation'")
    folder = (info.context or {}).get("folder")
    if folder is None:
        return Path(raw)
    path = (Path(folder) / raw).resolve()
    path = path / FINAL_STATE if path.is_dir() else path
    if not path.is_file():
        raise problem(f"no final state: {path}", "run that case with output.final_state = true")
    return path


class Step(Table):
    """One step; what is left out comes from the protocol.

    Attributes
    ----------
    do : str
        ``strip``, ``plate``, ``hold`` or ``rest``.
    pressure, current_density, charge, temperature : float, optional
        [Pa], [A/m^2], [C/m^2], [K].
    time : float, optional
        Length of the step [s]; of a strip or a plate in place of its charge; of a hold the longest.
    voltage : float, optional
        Of a hold [V], positive strips and negative plates; the current follows.
    until_current : float, optional
        Magnitude of the current density [A/m^2] that ends a hold once it has fallen there.
    until : float, optional
        Magnitude of the voltage [V] that ends a strip or a plate before its charge; the protocol
        goes on with the next step.
    """

    do: Literal["strip", "plate", "hold", "rest"]
    pressure: Pressure | None = None
    current_density: CurrentDensity | None = None
    charge: Charge | None = None
    temperature: Temperature | None = None
    time: Time | None = None
    until: Voltage | None = None
    voltage: HeldVoltage | None = None
    until_current: CurrentDensity | None = None


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
    start_from : Path, optional
        Final state of another run of the same cell, with which this one begins; given as the
        folder of that run.
    start_from_sha256 : str, optional
        Of that file; filled in when the case is loaded.
    """

    temperature: Temperature
    pressure: Pressure
    current_density: CurrentDensity
    charge: Charge
    repeat: Count = 1
    steps: Annotated[tuple[Step, ...], Field(min_length=1), AS_TUPLE] = (Step(do="strip"),)
    start_from: Annotated[Path, BeforeValidator(_find_state)] | None = None
    start_from_sha256: Annotated[
        str | None,
        BeforeValidator(content_of("start_from")),
        Field(validate_default=True),
    ] = None

    def current_of(self, step: Step) -> float:
        """Return the magnitude of a strip's or plate's current density [A/m^2]."""
        return step.current_density or self.current_density

    def charge_of(self, step: Step) -> float:
        """Return the charge that ends a strip, a plate or a hold [C/m^2]."""
        if step.time is not None and step.do != "hold":
            return self.current_of(step) * step.time
        return step.charge or self.charge
