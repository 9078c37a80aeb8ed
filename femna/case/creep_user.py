"""Tables of creep laws that come from outside: a Python file, or an installed package.

Reading a case checks its entries only. The law's code runs when a run sets up its model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from femna.case.base import Table
from femna.case.content import content_of
from femna.case.geometry import find_file
from femna.case.parameters import Parameters
from femna.case.quantities import problem


def _identifier(raw: object) -> object:
    if isinstance(raw, str) and not raw.isidentifier():
        raise problem("not the name of a function", "write e.g. function = 'creep_law'")
    return raw


class FileCreep(Table):
    """A law from a Python file.

    Attributes
    ----------
    file : Path
        Absolute once loaded; a relative one starts from the case's folder.
    function : str
        Called with the parameters; returns an object with ``rate`` and, if it can,
        ``log_slope`` (`femna.materials.CreepLaw`).
    parameters : dict
        Bare numbers, and texts with a unit that reach the function in SI units.
    sha256 : str, optional
        Hash of the file's content, filled in when the case is loaded.
    """

    law: Literal["file"]
    file: Annotated[Path, BeforeValidator(find_file("my_law.py"))]
    function: Annotated[str, BeforeValidator(_identifier)] = "creep_law"
    parameters: Parameters = Field(default_factory=dict)
    sha256: Annotated[str | None, BeforeValidator(content_of("file"))] = Field(
        default=None, validate_default=True
    )


class EntryPointCreep(Table):
    """A law from an installed package, by the group ``femna.creep_laws`` of its entry points.

    Attributes
    ----------
    name : str
        Of the entry point.
    parameters : dict
        As for `FileCreep`.
    """

    law: Literal["entry_point"]
    name: str
    parameters: Parameters = Field(default_factory=dict)
