"""How a check across tables refuses an entry."""

from __future__ import annotations

from typing import NoReturn

from femna.case.quantities import problem
from femna.case.units import render


def refuse(key: str, value: object, limit: str, remedy: str) -> NoReturn:
    """Refuse the entry `key`.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the key, its value, the limit and the remedy.
    """
    raise problem(limit, remedy, key=key, value=value)


def micrometres(length: float) -> str:
    """Return a length [m] as a reader wants it in a message."""
    return render(float(f"{length:.6g}"), ("um",), "m")
