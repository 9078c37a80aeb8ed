"""``[interface]``: by which law current passes, and what the metal feels there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from femna.case.base import Table
from femna.case.maps import ConductingMapSpec
from femna.case.quantities import AreaResistance, CurrentDensity, Fraction, Length
from femna.case.transport import Adhesion, PathDiffusion
from femna.case.wall import Wall


class LinearKinetics(Table):
    """Current density = overpotential / resistance.

    Attributes
    ----------
    resistance : float
        [ohm m^2].
    stress_term : bool
        Whether the contact pressure adds p Vm/F to the overpotential.
    """

    law: Literal["linear"]
    resistance: AreaResistance
    stress_term: bool = False


class ButlerVolmerKinetics(Table):
    """Current density by Butler and Volmer.

    Attributes
    ----------
    exchange_current_density : float
        [A/m^2].
    transfer_coefficient : float
        Anodic; the cathodic one is its complement to one.
    stress_term : bool
        Whether the contact pressure adds p Vm/F to the overpotential.
    """

    law: Literal["butler_volmer"]
    exchange_current_density: CurrentDensity
    transfer_coefficient: Fraction = 0.5
    stress_term: bool = False


Kinetics = Annotated[LinearKinetics | ButlerVolmerKinetics, Field(discriminator="law")]


class Interface(Table):
    """The interface between metal and electrolyte.

    Attributes
    ----------
    map : UniformMap, StripesMap, PatchesMap, ResistancesMap or RandomFieldMap
    kinetics : LinearKinetics or ButlerVolmerKinetics
    roughness : float
        g_c, the gap over which the current dies off [m].
    wall : Wall
        Along the electrolyte.
    diffusion : PathDiffusion, optional
        Of metal along the interface in contact.
    surface_diffusion : PathDiffusion, optional
        Of metal along its open surface; needs capillarity.
    capillarity : bool
        Whether the open surface has the metal's surface energy.
    adhesion : Adhesion, optional
    """

    map: ConductingMapSpec
    kinetics: Kinetics
    roughness: Length
    wall: Wall = Field(default_factory=Wall)
    diffusion: PathDiffusion | None = None
    surface_diffusion: PathDiffusion | None = None
    capillarity: bool = False
    adhesion: Adhesion | None = None
