"""The creep laws that a case may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from femna.materials.creep.anand import Anand
from femna.materials.creep.law import CreepLaw
from femna.materials.creep.norton import Norton

CREEP_LAWS: Final[Mapping[str, Callable[..., CreepLaw]]] = MappingProxyType(
    {"anand": Anand, "norton": Norton}
)
"""The laws that a case may name in ``metal.creep.law``; a new one is added here."""


def creep_law(name: str, **parameters: float) -> CreepLaw:
    """Make a creep law by its name.

    Parameters
    ----------
    name : str
        A key of `CREEP_LAWS`.
    **parameters : float
        What the law takes, in SI units.

    Raises
    ------
    KeyError
        For an unknown name.
    """
    return CREEP_LAWS[name](**parameters)
