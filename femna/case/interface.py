"""``[interface]``: by which law current passes, and what the metal feels there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from femna.case.activation import Activated
from femna.case.base import Table
from femna.case.maps import ConductingMapSpec
from femna.case.quantities import AreaResistance, CurrentDensity, Fraction
from femna.case.real_contact import PerfectContact, RealContact
from femna.case.roughness import Roughness
from femna.case.transport import Adhesion, PathDiffusion
from femna.case.wall import Wall, free_slip


class LinearKinetics(Activated):
    """Current density = overpotential / resistance.

    Attributes
    ----------
    resistance : float
        [ohm m^2].
    stress_term : bool
        Whether the contact pressure adds p Vm/F to the overpotential.
    activation_energy, reference_temperature : float, optional
        Of the conductance, one over the resistance; see `Activated`.
    """

    law: Literal["linear"]
    resistance: AreaResistance
    stress_term: bool = False


class ButlerVolmerKinetics(Activated):
    """Current density by Butler and Volmer.

    Attributes
    ----------
    exchange_current_density : float
        [A/m^2].
    transfer_coefficient : float
        Anodic; the cathodic one is its complement to one.
    stress_term : bool
        Whether the contact pressure adds p Vm/F to the overpotential.
    activation_energy, reference_temperature : float, optional
        Of the exchange current density; see `Activated`.
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
    map : UniformMap, StripesMap, PatchesMap, ResistancesMap, RandomFieldMap or ImageMap
    kinetics : LinearKinetics or ButlerVolmerKinetics
    roughness : float or Topography
        g_c, the gap over which the current dies off [m], or the surface that it follows from.
    wall : FreeSlipWall, StickingWall, ViscousWall or FrictionWall
        Along the electrolyte.
    real_contact : PerfectContact, HardnessContact, MicroconstrictionContact or TableContact
        Which share of the closed interface touches.
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
    roughness: Roughness
    wall: Wall = Field(default_factory=free_slip)
    real_contact: RealContact = Field(default_factory=lambda: PerfectContact(law="perfect"))
    diffusion: PathDiffusion | None = None
    surface_diffusion: PathDiffusion | None = None
    capillarity: bool = False
    adhesion: Adhesion | None = None
