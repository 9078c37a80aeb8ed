"""``[metal]`` and ``[electrolyte]``: which cited set, and what overrides it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from femna.case.base import Table
from femna.case.creep import Creep
from femna.case.quantities import Bare, Conductivity, Modulus, MolarVolume, SurfaceEnergy
from femna.case.wall import Wall


class Metal(Table):
    """The metal: a cited set and what overrides it.

    Attributes
    ----------
    material : str
        Name of the set.
    creep : Creep
    elastic : bool
        Whether the elastic strain is part of the model.
    youngs_modulus : float, optional
        [Pa].
    poisson_ratio : float, optional
    molar_volume : float, optional
        [m^3/mol].
    surface_energy : float, optional
        [J/m^2].
    collector_wall : Wall
        Along the current collector, which carries the stack force.
    """

    material: str = "sodium"
    creep: Creep = Field(default_factory=Creep)
    elastic: bool = False
    youngs_modulus: Modulus | None = None
    poisson_ratio: Annotated[float, Bare(above=-1.0, below=0.5)] | None = None
    molar_volume: MolarVolume | None = None
    surface_energy: SurfaceEnergy | None = None
    collector_wall: Wall = Field(default_factory=Wall)


class Electrolyte(Table):
    """The electrolyte: a cited set and what overrides it.

    Attributes
    ----------
    material : str
        Name of the set.
    conductivity : float, optional
        Ionic [S/m].
    """

    material: str = "beta_alumina"
    conductivity: Conductivity | None = None
