"""``[metal.creep]``: which creep law, and what overrides its cited numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from femna.case.anand import AnandCreep
from femna.case.creep_mechanisms import NortonDiffusionalCreep, SizeDependentCreep
from femna.case.creep_norton import NortonCreep
from femna.case.creep_user import EntryPointCreep, FileCreep


def _norton_unless_named(raw: Any) -> Any:
    """A table without a law is Norton's."""
    return {"law": "norton", **raw} if isinstance(raw, Mapping) else raw


Creep = Annotated[
    NortonCreep
    | NortonDiffusionalCreep
    | SizeDependentCreep
    | AnandCreep
    | FileCreep
    | EntryPointCreep,
    Field(discriminator="law"),
    BeforeValidator(_norton_unless_named),
]
"""One table class a law; a new one is added here."""
