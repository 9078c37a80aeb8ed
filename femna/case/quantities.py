"""The types of a case's entries: physical quantities, bare numbers and counts.

Each is an annotation that pydantic asks how to read, write and describe a value. In Python a
quantity is a float in SI units; in a file it is a text with a unit.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from femna.case import units

PROBLEM: Final = "femna"
"""The error type of every check that brings its own limit and remedy."""


def problem(limit: str, remedy: str, **more: object) -> PydanticCustomError:
    """Return a validation error that already says its limit and its remedy.

    Parameters
    ----------
    limit, remedy : str
        Half a sentence each.
    **more : object
        ``key`` and ``value`` where they differ from the place that pydantic reports.
    """
    return PydanticCustomError(
        PROBLEM, "{limit}; {remedy}", {"limit": limit, "remedy": remedy, **more}
    )


@dataclass(frozen=True)
class Physical:
    """A quantity with a dimension, read from text, held as a float in SI units.

    Attributes
    ----------
    name : str
        What it is, for messages.
    si : str
        Unit of the float.
    shown : tuple of str
        Units to write it in, the first that fits wins.
    example : str
        A valid text.
    above, at_least, at_most : float, optional
        Bounds in SI units.
    words : tuple of str
        Texts that stand for themselves, e.g. ``"end"``.
    """

    name: str
    si: str
    shown: tuple[str, ...]
    example: str
    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    words: tuple[str, ...] = ()

    def read(self, raw: object) -> float | str:
        """Return the SI value of a text, or a word as it is."""
        remedy = f"write e.g. {self.example!r}"
        if isinstance(raw, str):
            if raw in self.words:
                return raw
            try:
                value = units.parse(raw, self.si)
            except units.UnitError as error:
                raise problem(f"{self.name} expected, {error.limit}", remedy) from error
        elif isinstance(raw, int | float) and not isinstance(raw, bool):
            raise problem(f"{self.name} expected, the unit is missing", remedy)
        else:
            raise problem(f"{self.name} expected, a text with a unit", remedy)
        limit = self._broken_limit(value)
        if limit is not None:
            raise problem(f"{self.name} {limit}", "give a value inside the limit")
        return value

    def _broken_limit(self, value: float) -> str | None:
        if self.above is not None and value <= self.above:
            return f"must be above {self.write(self.above)}"
        if self.at_least is not None and value < self.at_least:
            return f"must be at least {self.write(self.at_least)}"
        if self.at_most is not None and value > self.at_most:
            return f"must be at most {self.write(self.at_most)}"
        return None

    def write(self, value: float | str) -> str:
        """Return the text that reads back as `value`."""
        return value if isinstance(value, str) else units.render(value, self.shown, self.si)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Tell pydantic to read with `read` and to write with `write`."""
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.write, when_used="json-unless-none"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the text that a file holds."""
        pattern = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*\S.*$"
        if self.words:
            pattern = f"({pattern})|^({'|'.join(self.words)})$"
        return {
            "type": "string",
            "pattern": pattern,
            "description": f"{self.name} with its unit, converts to {self.si}",
            "examples": [self.example, *self.words],
        }


@dataclass(frozen=True)
class Bare:
    """A dimensionless number; text and booleans are refused.

    Attributes
    ----------
    above, below, at_least, at_most : float, optional
        Bounds.
    whole : bool
        Whether only whole numbers are taken.
    """

    above: float | None = None
    below: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    whole: bool = False

    def read(self, raw: object) -> float:
        """Return the number if it is one and keeps the bounds."""
        kind = "whole number" if self.whole else "number"
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise problem(f"must be a bare {kind}", f"write a {kind} without quotes or unit")
        if self.whole and not isinstance(raw, int):
            raise problem("must be a whole number", "write it without a decimal point")
        if not abs(raw) <= sys.float_info.max:
            raise problem("must be finite", "nan and inf are not accepted")
        bounds = (
            (self.above is None or raw > self.above)
            and (self.below is None or raw < self.below)
            and (self.at_least is None or raw >= self.at_least)
            and (self.at_most is None or raw <= self.at_most)
        )
        if not bounds:
            raise problem(f"must be {self._bounds()}", "give a value inside the limit")
        return raw if self.whole else float(raw)

    def _bounds(self) -> str:
        named: Mapping[str, float | None] = {
            "above": self.above,
            "at least": self.at_least,
            "below": self.below,
            "at most": self.at_most,
        }
        return " and ".join(
            f"{word} {bound:g}" for word, bound in named.items() if bound is not None
        )

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Tell pydantic to read with `read`."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the number with its bounds."""
        bounds = {
            "exclusiveMinimum": self.above,
            "exclusiveMaximum": self.below,
            "minimum": self.at_least,
            "maximum": self.at_most,
        }
        return {
            "type": "integer" if self.whole else "number",
            **{key: bound for key, bound in bounds.items() if bound is not None},
        }


# Bounds beyond which there is no such thing, on purpose orders of magnitude wide: from an atom to a
# metre, from liquid nitrogen to beyond every melting point, from good vacuum to the core of the
# Earth, from the best insulator to beyond the best conductor. They catch slips of a prefix or an
# exponent before they become a run of floating-point ghosts.
_CHARGE = Physical(
    "charge per area", "C/m^2", ("mAh/cm^2",), "0.1 mAh/cm^2", above=0.0, at_least=1e-6, at_most=1e9
)
_OUTPUT_CHARGE = replace(_CHARGE, above=None, at_least=0.0, words=("end",))

Length = Annotated[
    float, Physical("length", "m", ("um",), "50 um", above=0.0, at_least=1e-10, at_most=1.0)
]
Coordinate = Annotated[
    float, Physical("coordinate", "m", ("um",), "5 um", at_least=-1.0, at_most=1.0)
]
Angle = Annotated[
    float,
    Physical("contact angle", "rad", ("deg",), "90 deg", above=0.0, at_most=math.pi / 2),
]
Tilt = Annotated[
    float, Physical("tilt", "rad", ("mrad", "deg"), "2 mrad", above=0.0, at_most=math.pi / 36)
]
Direction = Annotated[
    float, Physical("direction", "rad", ("deg",), "60 deg", at_least=0.0, at_most=math.pi)
]
MeshAngle = Annotated[
    float,
    Physical("angle", "rad", ("deg",), "15 deg", at_least=0.0, at_most=math.radians(20.0)),
]
Temperature = Annotated[
    float,
    Physical("temperature", "K", ("K",), "298.15 K", above=0.0, at_least=77.0, at_most=5000.0),
]
Pressure = Annotated[
    float, Physical("pressure", "Pa", ("MPa",), "4 MPa", above=0.0, at_least=1e-3, at_most=1e11)
]
Modulus = Annotated[
    float, Physical("modulus", "Pa", ("GPa",), "4.6 GPa", above=0.0, at_least=1e3, at_most=1e14)
]
Drag = Annotated[float, Physical("drag", "Pa*s/m", ("Pa*s/m",), "1e12 Pa*s/m", above=0.0)]
CurrentDensity = Annotated[
    float,
    Physical(
        "current density",
        "A/m^2",
        ("mA/cm^2",),
        "1.5 mA/cm^2",
        above=0.0,
        at_least=1e-15,
        at_most=1e8,
    ),
]
Charge = Annotated[float, _CHARGE]
OutputCharge = Annotated[float | Literal["end"], _OUTPUT_CHARGE]
Time = Annotated[
    float, Physical("time", "s", ("h", "s"), "1 h", above=0.0, at_least=1e-9, at_most=1e11)
]
Voltage = Annotated[
    float, Physical("voltage", "V", ("V",), "3 V", above=0.0, at_least=1e-9, at_most=1e6)
]
HeldVoltage = Annotated[
    float, Physical("voltage", "V", ("V",), "0.05 V", at_least=-1e6, at_most=1e6)
]
AreaResistance = Annotated[
    float,
    Physical(
        "area resistance",
        "ohm*m^2",
        ("ohm*cm^2",),
        "8 ohm*cm^2",
        above=0.0,
        at_least=1e-14,
        at_most=1e9,
    ),
]
Conductivity = Annotated[
    float,
    Physical("conductivity", "S/m", ("mS/cm",), "2 mS/cm", above=0.0, at_least=1e-20, at_most=1e10),
]
MolarVolume = Annotated[
    float,
    Physical(
        "molar volume",
        "m^3/mol",
        ("cm^3/mol",),
        "23.7 cm^3/mol",
        above=0.0,
        at_least=1e-6,
        at_most=1e-3,
    ),
]
Rate = Annotated[
    float, Physical("rate", "1/s", ("1/s",), "4.25e4 1/s", above=0.0, at_least=1e-40, at_most=1e40)
]
Strength = Annotated[
    float, Physical("strength", "Pa", ("MPa",), "0.95 MPa", above=0.0, at_least=1e-3, at_most=1e14)
]
MolarEnergy = Annotated[
    float,
    Physical("energy per mole", "J/mol", ("kJ/mol",), "44 kJ/mol", at_least=0.0, at_most=1e6),
]
SurfaceEnergy = Annotated[
    float,
    Physical(
        "surface energy", "J/m^2", ("J/m^2",), "0.22 J/m^2", above=0.0, at_least=1e-6, at_most=100.0
    ),
]

Fraction = Annotated[float, Bare(above=0.0, below=1.0)]
Positive = Annotated[float, Bare(above=0.0, at_most=1e12)]
Count = Annotated[int, Bare(at_least=1, at_most=1_000_000, whole=True)]
