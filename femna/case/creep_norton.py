"""``creep = { law = "norton", ... }``: power-law creep, by itself and as a part of other laws."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, field_serializer, field_validator, model_validator
from pydantic import ValidationInfo as Info
from pydantic.config import JsonDict

from femna.case import units
from femna.case.base import Table
from femna.case.quantities import Bare, MolarEnergy, Temperature, problem

_PREFACTOR_SCHEMA: JsonDict = {
    "type": "string",
    "description": "creep rate at unit stress with its unit, which n sets: 1/s/MPa^n",
    "examples": ["1.58 1/s/MPa^6.1"],
}


class PowerLawCreep(Table):
    """What every law built on Norton's takes; empty entries come from the set.

    Attributes
    ----------
    law : str
        Which law.
    n : float, optional
        Stress exponent, 1 to 8. Comes together with `A`, whose unit depends on it.
    A : float, optional
        Rate at 1 Pa and the reference temperature [1/s/Pa^n].
    activation_energy : float, optional
        Q [J/mol].
    reference_temperature : float, optional
        T_ref, at which `A` holds [K].
    alternative : str, optional
        Of the metal's set, by name: what it has in place of the set's own numbers.
    """

    law: str
    n: Annotated[float, Bare(at_least=1.0, at_most=8.0)] | None = None
    A: Annotated[float | None, Field(json_schema_extra=_PREFACTOR_SCHEMA)] = None
    activation_energy: MolarEnergy | None = None
    reference_temperature: Temperature | None = None
    alternative: str | None = None

    @field_validator("A", mode="plain")
    @classmethod
    def _read_prefactor(cls, raw: object, info: Info) -> float | None:
        """Read `A` in the unit that `n` gives it."""
        if raw is None:
            return None
        exponent = info.data.get("n")
        if exponent is None:
            raise problem("A is given without n", "give n as well, or neither")
        remedy = f"write e.g. '1.58 1/s/MPa^{exponent:g}'"
        if not isinstance(raw, str):
            raise problem("creep prefactor expected, a text with a unit", remedy)
        try:
            value = units.parse(raw, prefactor_unit(exponent))
        except units.UnitError as error:
            raise problem(f"creep prefactor for n = {exponent:g}: {error.limit}", remedy) from error
        if not (value > 0.0 and math.isfinite(value)):
            raise problem("creep prefactor must be above 0", remedy)
        return value

    @field_serializer("A", when_used="json-unless-none")
    def _write_prefactor(self, value: float) -> str:
        exponent = self.n if self.n is not None else 1.0
        return units.render(value, (f"1/s/MPa^{_exact(exponent)}",), prefactor_unit(exponent))

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if self.n is not None and self.A is None:
            raise problem(
                "n is given without A, whose unit depends on n",
                f"give A as well, e.g. '1.58 1/s/MPa^{self.n:g}', or neither",
                key="A",
                value="(missing)",
            )
        if self.n is not None and self.alternative is not None:
            raise problem(
                "n and A are given, which the alternative brings along",
                "remove it, or n and A",
                key="alternative",
                value=self.alternative,
            )
        return self


class NortonCreep(PowerLawCreep):
    """Norton creep: rate = A s_e^n exp(-Q/R (1/T - 1/T_ref))."""

    law: Literal["norton"] = "norton"


def prefactor_unit(exponent: float) -> str:
    """Return the SI unit of a Norton prefactor for a stress exponent."""
    return f"1/s/Pa^{_exact(exponent)}"


def _exact(exponent: float) -> str:
    """Return the shortest text of a number that reads back as the same float."""
    short = f"{exponent:g}"
    return short if float(short) == exponent else repr(exponent)
