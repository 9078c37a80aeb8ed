"""Tables of the laws that add a mechanism to Norton creep, or strengthen it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from femna.case.base import AS_TUPLE
from femna.case.creep_norton import PowerLawCreep
from femna.case.quantities import (
    Length,
    MolarEnergy,
    Physical,
    Positive,
    Temperature,
    problem,
)

BoundaryDiffusivity = Annotated[
    float,
    Physical("diffusivity times width", "m^3/s", ("m^3/s",), "1e-21 m^3/s", above=0.0),
]

_BOUNDARY = (
    "boundary_diffusivity",
    "boundary_activation_energy",
    "boundary_reference_temperature",
)
_POWER_LAW = ("n", "A", "activation_energy", "reference_temperature")


class NortonDiffusionalCreep(PowerLawCreep):
    """Norton creep and linear diffusional creep in parallel: their rates add.

    Attributes
    ----------
    grain_size : float
        d [m].
    mechanisms : tuple of str
        ``nabarro_herring`` (through the lattice), ``coble`` (along the grain boundaries), or both.
    dislocation_creep : bool
        Whether dislocations creep too; without them the metal is linear.
    boundary_diffusivity : float, optional
        Grain-boundary diffusivity times width [m^3/s]; Coble creep needs it, no set has it.
    boundary_activation_energy : float, optional
        Of it [J/mol]; without it, it is the same at all temperatures.
    boundary_reference_temperature : float, optional
        At which it holds [K].
    force : bool
        Take grains that are not small against the interface's heterogeneity.
    """

    law: Literal["norton_diffusional"]
    grain_size: Length
    mechanisms: Annotated[
        tuple[Literal["nabarro_herring", "coble"], ...],
        Field(min_length=1),
        AS_TUPLE,
    ]
    dislocation_creep: bool = True
    boundary_diffusivity: BoundaryDiffusivity | None = None
    boundary_activation_energy: MolarEnergy | None = None
    boundary_reference_temperature: Temperature | None = None
    force: bool = False

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if len(set(self.mechanisms)) < len(self.mechanisms):
            raise problem("a mechanism is named twice", "name each once", key="mechanisms")
        if "coble" in self.mechanisms:
            self._check_boundary()
        else:
            self._refuse_given(_BOUNDARY, "without coble in mechanisms it changes nothing")
        if not self.dislocation_creep:
            self._refuse_given(_POWER_LAW, "without dislocation_creep it changes nothing")
        return self

    def _check_boundary(self) -> None:
        if self.boundary_diffusivity is None:
            raise problem(
                "coble needs the diffusivity of grain boundaries times their width",
                "add e.g. boundary_diffusivity = '1e-21 m^3/s'",
                key="boundary_diffusivity",
                value="(missing)",
            )
        energy = self.boundary_activation_energy is None
        if energy != (self.boundary_reference_temperature is None):
            missing = _BOUNDARY[1 if energy else 2]
            raise problem(
                "activation energy and reference temperature of the boundaries belong together",
                "give both, or neither",
                key=missing,
                value="(missing)",
            )

    def _refuse_given(self, names: tuple[str, ...], limit: str) -> None:
        for name in names:
            if getattr(self, name) is not None:
                raise problem(limit, "remove it", key=name, value="(given)")


class SizeDependentCreep(PowerLawCreep):
    """Norton creep of a small volume: its strength is raised by max(1, (L0/L)^m).

    Attributes
    ----------
    size : float
        L, the size of the metal that sets its strength [m].
    size_exponent : float, optional
        m.
    size_reference_length : float, optional
        L0, from which on the metal is as weak as in bulk [m].
    """

    law: Literal["size_dependent"]
    size: Length
    size_exponent: Positive | None = None
    size_reference_length: Length | None = None
