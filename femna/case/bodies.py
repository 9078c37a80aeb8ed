"""``[metal]`` and ``[electrolyte]``: which cited set, and what overrides it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from femna.case.base import Table
from femna.case.creep import Creep
from femna.case.creep_norton import NortonCreep
from femna.case.quantities import (
    Bare,
    Conductivity,
    Modulus,
    MolarEnergy,
    MolarVolume,
    SurfaceEnergy,
    Temperature,
)
from femna.case.wall import Wall, free_slip


class Metal(Table):
    """The metal: a cited set and what overrides it.

    Attributes
    ----------
    material : str
        Name of the set.
    creep : NortonCreep or another table of `femna.case.creep`
    elastic : bool
        Whether the elastic strain is part of the model.
    youngs_modulus : float, optional
        [Pa].
    poisson_ratio : float, optional
    molar_volume : float, optional
        [m^3/mol].
    surface_energy : float, optional
        [J/m^2].
    collector_wall : FreeSlipWall, StickingWall, ViscousWall or FrictionWall
        Along the current collector, which carries the stack force.
    """

    material: str = "sodium"
    creep: Creep = Field(default_factory=NortonCreep)
    elastic: bool = False
    youngs_modulus: Modulus | None = None
    poisson_ratio: Annotated[float, Bare(above=-1.0, below=0.5)] | None = None
    molar_volume: MolarVolume | None = None
    surface_energy: SurfaceEnergy | None = None
    collector_wall: Wall = Field(default_factory=free_slip)


class Electrolyte(Table):
    """The electrolyte: a cited set and what overrides it.

    Attributes
    ----------
    material : str
        Name of the set.
    conductivity : float, optional
        Ionic, at the reference temperature [S/m].
    conductivity_activation_energy : float, optional
        [J/mol]; 0 makes it independent of temperature.
    conductivity_reference_temperature : float, optional
        [K].
    """

    material: str = "beta_alumina"
    conductivity: Conductivity | None = None
    conductivity_activation_energy: MolarEnergy | None = None
    conductivity_reference_temperature: Temperature | None = None
