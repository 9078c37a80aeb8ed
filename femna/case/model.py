"""The case: everything a user asks for, validated, in SI units."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from femna.case.base import Table
from femna.case.bodies import Electrolyte, Metal
from femna.case.checks import cross_check
from femna.case.counter import Counter
from femna.case.cycling import Cycling
from femna.case.geometry import Geometry
from femna.case.interface import Interface
from femna.case.mask import Mask
from femna.case.protocol import Protocol
from femna.case.quantities import problem
from femna.case.settings import Limits, Numerics, Output
from femna.case.show import table_of
from femna.case.toml_text import dumps

SCHEMA_VERSION = 1


def _known_version(raw: object) -> object:
    if isinstance(raw, bool) or raw != SCHEMA_VERSION or not isinstance(raw, int):
        raise problem("not a schema version of this femna", f"write femna = {SCHEMA_VERSION}")
    return raw


class Case(Table):
    """One simulation; every float in SI units. Read one with `femna.case.load_case`.

    Attributes
    ----------
    femna : int
        Version of the schema.
    title : str
    geometry : UnitCell, Stack, MeshFile, EntryPointGeometry or ImageCell
    metal : Metal
    electrolyte : Electrolyte
    interface : Interface
    mask : Mask, optional
    protocol : Protocol
    cycling : Cycling, optional
    counter : Counter, optional
    limits : Limits
    numerics : Numerics
    output : Output
    """

    femna: Annotated[Literal[1], BeforeValidator(_known_version)]
    title: str
    geometry: Geometry
    metal: Metal = Field(default_factory=Metal)
    electrolyte: Electrolyte = Field(default_factory=Electrolyte)
    interface: Interface
    mask: Mask | None = None
    protocol: Protocol
    cycling: Cycling | None = None
    counter: Counter | None = None
    limits: Limits = Field(default_factory=Limits)
    numerics: Numerics = Field(default_factory=Numerics)
    output: Output = Field(default_factory=Output)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        cross_check(self)
        return self

    def changed(self, changes: Mapping[str, Any], *, folder: Path | str = ".") -> Case:
        """Return a case with other entries, validated anew.

        Parameters
        ----------
        changes : mapping
            Dotted path -> value, as for ``--set``; a table takes the place of a whole one. An
            element size that followed from the cell stays as it is.
        folder : Path or str
            Where relative file names in `changes` start.

        Raises
        ------
        InputError
            One line for the first entry that is wrong.
        """
        from femna.case.load import parse_case  # which reads into this class

        return parse_case(self.to_document(), changes, folder=Path(folder))

    def _repr_html_(self) -> str:
        """Return the case as a table, for notebooks."""
        return table_of(self.to_document())

    def to_document(self) -> dict[str, Any]:
        """Return the case as tables of text and numbers, quantities with their unit."""
        return self.model_dump(mode="json", exclude_none=True)

    def to_toml(self) -> str:
        """Return the resolved case as TOML that loads back to an equal case."""
        return dumps(self.to_document())
