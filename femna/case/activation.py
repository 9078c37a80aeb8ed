"""Thermal activation of the interface's kinetics."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from femna.case.base import Table
from femna.case.quantities import MolarEnergy, Temperature, problem


class Activated(Table):
    """A rate that grows with temperature by Arrhenius; without the two entries it does not.

    Attributes
    ----------
    activation_energy : float, optional
        [J/mol]. Comes together with `reference_temperature`.
    reference_temperature : float, optional
        At which the law's resistance or exchange current holds [K].
    """

    activation_energy: MolarEnergy | None = None
    reference_temperature: Temperature | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        pair = {
            "activation_energy": (self.activation_energy, "44 kJ/mol"),
            "reference_temperature": (self.reference_temperature, "298.15 K"),
        }
        missing = [name for name, (value, _) in pair.items() if value is None]
        if len(missing) == 1:
            (name,) = missing
            other = next(key for key in pair if key != name)
            raise problem(
                f"{other} is given without it",
                f"give both, e.g. {name} = '{pair[name][1]}', or neither",
                key=name,
                value="(missing)",
            )
        return self
