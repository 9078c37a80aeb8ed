"""``[limits]``, ``[numerics]`` and ``[output]``: when to stop, how finely, what to write."""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal

from femna.case.base import AS_TUPLE, Table
from femna.case.probe import Probe
from femna.case.quantities import (
    Bare,
    Charge,
    Count,
    CurrentDensity,
    Fraction,
    Length,
    MeshAngle,
    OutputCharge,
    Positive,
    Voltage,
)

FLATTEST: Final = math.radians(15.0)
"""Smallest angle of a triangle [rad] below which the mesh under a moving rim is made anew."""


class Limits(Table):
    """What ends a step before its charge is reached.

    Attributes
    ----------
    voltage : float
        Ends a stripping as ``voltage_limit`` [V].
    contact_fraction : float
        Below it the run ends as ``contact_lost``.
    plating_current : float, optional
        Local current density above which a plating ends as ``shorted`` [A/m^2].
    """

    voltage: Voltage = 3.0
    contact_fraction: Fraction = 0.01
    plating_current: CurrentDensity | None = None


class Numerics(Table):
    """Resolution and tolerances.

    Attributes
    ----------
    interface_size : float, optional
        Element size along the interface [m]; edges of the map are refined further. Left out, it
        follows from the cell when the case is loaded (`femna.case.element_size`).
    contact_error : float
        Target for the step-size error in the contact fraction.
    strain_rate_floor : float
        Below this the creep law turns linear; relative to recession speed over period.
    quadrature_degree : int, optional
        Of the creep terms. Left out, it is 4 in two dimensions and 2 in three
        (`femna.case.quadrature`).
    max_steps : int
        Of the whole run.
    step : float, optional
        A fixed charge increment [C/m^2]; adaptive when left out.
    first_step : float, optional
        First charge increment of a half cycle [C/m^2].
    linear_solver : str
        ``direct`` (LU factors), ``iterative`` (Krylov method with multigrid), or ``auto``:
        iterative for large cells in 3D.
    min_step_ratio : float
        Smallest step over the half cycle's charge, below which the run fails.
    remesh_angle : float, optional
        Smallest angle of a triangle [rad], below which the mesh of a stack whose rim moves is made
        anew; 0 never. Left out, it is 15 degrees.
    """

    interface_size: Length | None = None
    contact_error: Fraction = 0.005
    strain_rate_floor: Positive = 1e-2
    quadrature_degree: Annotated[int, Bare(at_least=1, at_most=20, whole=True)] | None = None
    max_steps: Count = 2000
    step: Charge | None = None
    first_step: Charge | None = None
    linear_solver: Literal["auto", "direct", "iterative"] = "auto"
    min_step_ratio: Fraction = 1e-8
    # None, not 15 degrees, so that a case whose rim does not move is written as it was before
    remesh_angle: MeshAngle | None = None

    @property
    def flattest(self) -> float:
        """Smallest angle [rad] that a mesh under a moving rim may come to; 0 for any."""
        return FLATTEST if self.remesh_angle is None else self.remesh_angle


class Output(Table):
    """Fields for viewing; the history is always written.

    Attributes
    ----------
    fields_at : tuple
        Charges of a half cycle [C/m^2], within that of at least one step, and ``"end"``.
    format : str
        ``pvd``, a file of each part and time with a list of them; ``vtkhdf``, besides them one of
        each part with all of its times.
    probe : tuple of Probe, optional
        Points and lines that are written at every step.
    final_state : bool, optional
        Whether the end of the run is kept for others to start from (`protocol.start_from`).
    """

    fields_at: Annotated[tuple[OutputCharge, ...], AS_TUPLE] = ("end",)
    format: Literal["pvd", "vtkhdf"] = "pvd"
    # None, not (), so that a case without probes is written as it was before there were any
    probe: Annotated[tuple[Probe, ...] | None, AS_TUPLE] = None
    final_state: bool | None = None
