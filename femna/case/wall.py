"""How the metal moves along a wall: the electrolyte, or the current collector."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from femna.case.base import Table
from femna.case.quantities import Drag, Positive, Pressure


class FreeSlipWall(Table):
    """No shear."""

    law: Literal["free_slip"]


class StickingWall(Table):
    """No tangential motion."""

    law: Literal["sticking"]


class ViscousWall(Table):
    """Tangential traction proportional to the sliding speed.

    Attributes
    ----------
    drag : float
        Traction over speed [Pa s/m].
    """

    law: Literal["viscous"]
    drag: Drag


class FrictionWall(Table):
    """Tangential traction of friction, capped by the shear strength of the metal.

    Attributes
    ----------
    coefficient : float
        Friction over normal pressure.
    shear_strength : float, optional
        Largest friction [Pa]; left out, the metal's flow stress over sqrt 3 at the recession speed
        over half a period and the temperature of the step.
    slip_velocity : float
        Sliding speed below which friction is a drag, over the recession speed.
    """

    law: Literal["friction"]
    coefficient: Positive
    shear_strength: Pressure | None = None
    slip_velocity: Positive = 1e-2


Wall = Annotated[
    FreeSlipWall | StickingWall | ViscousWall | FrictionWall, Field(discriminator="law")
]


def free_slip() -> FreeSlipWall:
    """Return the wall of a case that says nothing of it."""
    return FreeSlipWall(law="free_slip")
