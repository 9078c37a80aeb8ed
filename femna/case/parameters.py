"""Parameters of code that comes from outside: bare numbers, and texts with a unit."""

from __future__ import annotations

import sys
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from femna.case import units
from femna.case.quantities import problem

_REMEDY = "write a bare number, or a text with a unit such as '4 MPa'"


def _read_parameter(raw: object) -> float | str:
    """Check a parameter; a text keeps its unit."""
    if isinstance(raw, str):
        try:
            units.parse_any(raw)
        except units.UnitError as error:
            raise problem(error.limit, _REMEDY) from error
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise problem("a number or a quantity expected", _REMEDY)
    if not abs(raw) <= sys.float_info.max:
        raise problem("must be finite", "nan and inf are not accepted")
    return float(raw)


def _named(raw: Any) -> Any:
    """Refuse parameters that a function could not take by name."""
    for name in raw if isinstance(raw, dict) else ():
        if not name.isidentifier():
            raise problem("not the name of a parameter", "use letters, digits and _", key=name)
    return raw


Parameter = Annotated[
    float | str,
    PlainValidator(_read_parameter),
    WithJsonSchema({"type": ["number", "string"], "examples": [5.0, "4 MPa"]}),
]
Parameters = Annotated[dict[str, Parameter], BeforeValidator(_named)]
