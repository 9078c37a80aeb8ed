"""What the user asks: a case file, validated, in SI units."""

from __future__ import annotations

from femna.case.base import Table
from femna.case.bodies import Electrolyte, Metal
from femna.case.creep import Creep
from femna.case.geometry import InitialVoid, MeshFile, UnitCell
from femna.case.identity import same_case
from femna.case.interface import ButlerVolmerKinetics, Interface, LinearKinetics
from femna.case.load import (
    document_kind,
    load_case,
    parse_case,
    read_document,
    require_study,
)
from femna.case.maps import PatchesMap, RandomFieldMap, ResistancesMap, StripesMap, UniformMap
from femna.case.messages import suggest
from femna.case.model import SCHEMA_VERSION, Case
from femna.case.overrides import apply_overrides, split_assignments
from femna.case.protocol import Protocol, Step
from femna.case.schema import json_schema
from femna.case.settings import Limits, Numerics, Output
from femna.case.templates import template, template_kinds
from femna.case.toml_text import dumps
from femna.case.transport import Adhesion, PathDiffusion
from femna.case.units import UnitError, parse, render
from femna.case.wall import Wall

__all__ = [
    "SCHEMA_VERSION",
    "Adhesion",
    "ButlerVolmerKinetics",
    "Case",
    "Creep",
    "Electrolyte",
    "InitialVoid",
    "Interface",
    "Limits",
    "LinearKinetics",
    "MeshFile",
    "Metal",
    "Numerics",
    "Output",
    "PatchesMap",
    "PathDiffusion",
    "Protocol",
    "RandomFieldMap",
    "ResistancesMap",
    "Step",
    "StripesMap",
    "Table",
    "UniformMap",
    "UnitCell",
    "UnitError",
    "Wall",
    "apply_overrides",
    "document_kind",
    "dumps",
    "json_schema",
    "load_case",
    "parse",
    "parse_case",
    "read_document",
    "render",
    "require_study",
    "same_case",
    "split_assignments",
    "suggest",
    "template",
    "template_kinds",
]
