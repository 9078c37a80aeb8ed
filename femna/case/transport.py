"""``[interface]``: what moves metal along its surface, and what makes it adhere."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import model_validator

from femna.case.base import Table
from femna.case.quantities import MolarEnergy, Physical, Temperature, problem

PathDiffusivity = Annotated[
    float, Physical("diffusivity times width", "m^3/s", ("m^3/s",), "1e-20 m^3/s", above=0.0)
]
AdhesionStrength = Annotated[
    float, Physical("adhesion strength", "Pa", ("MPa",), "0.5 MPa", at_least=0.0, at_most=3e6)
]


class PathDiffusion(Table):
    """Diffusion along a surface: D delta exp(-Q/R (1/T - 1/T_ref)).

    Attributes
    ----------
    coefficient : float
        Diffusivity times the width of the path, at the reference temperature [m^3/s].
    activation_energy : float, optional
        Q [J/mol]; without it the coefficient holds at any temperature.
    reference_temperature : float, optional
        T_ref [K].
    """

    coefficient: PathDiffusivity
    activation_energy: MolarEnergy | None = None
    reference_temperature: Temperature | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        examples = {"activation_energy": "44 kJ/mol", "reference_temperature": "298.15 K"}
        missing = [name for name in examples if getattr(self, name) is None]
        if len(missing) == 1:
            raise problem(
                "activation_energy and reference_temperature belong together",
                f"add e.g. {missing[0]} = '{examples[missing[0]]}', or leave both out",
                key=missing[0],
                value="(missing)",
            )
        return self


class Adhesion(Table):
    """A contact that holds tension: p >= -strength while closed, -strength h(g) while it opens.

    To part the surfaces takes the work strength times roughness.

    Attributes
    ----------
    strength : float
        Largest tension [Pa], at most 3 MPa.
    """

    strength: AdhesionStrength
