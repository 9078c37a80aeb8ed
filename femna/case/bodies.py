"""``[metal]`` and ``[electrolyte]``: which cited set, and what overrides it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema

from femna.case.base import Table
from femna.case.content import content_of
from femna.case.creep import Creep
from femna.case.creep_norton import NortonCreep
from femna.case.geometry import find_file
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


def _set_or_file(raw: object, info: ValidationInfo) -> object:
    """Return the name of a set as it is, and that of a file as an absolute path."""
    if isinstance(raw, str) and raw.endswith(".toml"):
        return find_file("./my_metal.toml")(raw, info)
    return raw


Material = Annotated[
    str | Path,
    BeforeValidator(_set_or_file),
    WithJsonSchema({"type": "string", "examples": ["sodium", "./my_metal.toml"]}),
]
ContentHash = Annotated[str | None, BeforeValidator(content_of("material"))]


class Metal(Table):
    """The metal: a cited set and what overrides it.

    Attributes
    ----------
    material : str or Path
        Name of the set, or the file of one of the user's own, absolute once loaded.
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
    sha256 : str, optional
        Hash of the set's file, filled in when the case is loaded.
    """

    material: Material = "sodium"
    creep: Creep = Field(default_factory=NortonCreep)
    elastic: bool = False
    youngs_modulus: Modulus | None = None
    poisson_ratio: Annotated[float, Bare(above=-1.0, below=0.5)] | None = None
    molar_volume: MolarVolume | None = None
    surface_energy: SurfaceEnergy | None = None
    collector_wall: Wall = Field(default_factory=free_slip)
    sha256: ContentHash = Field(default=None, validate_default=True)


class Electrolyte(Table):
    """The electrolyte: a cited set and what overrides it.

    Attributes
    ----------
    material : str or Path
        As for `Metal`.
    conductivity : float, optional
        Ionic, at the reference temperature [S/m].
    conductivity_activation_energy : float, optional
        [J/mol]; 0 makes it independent of temperature.
    conductivity_reference_temperature : float, optional
        [K].
    elastic : bool
        Whether it bends: its displacement and stress are part of the fields, and the disc of a
        stack gives way where load passes from the metal to the mask.
    youngs_modulus : float, optional
        [Pa].
    poisson_ratio : float, optional
    sha256 : str, optional
        As for `Metal`.
    """

    material: Material = "beta_alumina"
    conductivity: Conductivity | None = None
    conductivity_activation_energy: MolarEnergy | None = None
    conductivity_reference_temperature: Temperature | None = None
    elastic: bool = False
    youngs_modulus: Modulus | None = None
    poisson_ratio: Annotated[float, Bare(above=-1.0, below=0.5)] | None = None
    sha256: ContentHash = Field(default=None, validate_default=True)
