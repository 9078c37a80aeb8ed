"""What the user asks: a case file, validated, in SI units."""

from __future__ import annotations

from femna.case.anand import AnandCreep
from femna.case.base import Table
from femna.case.bodies import Electrolyte, Metal
from femna.case.counter import Counter, across, counter_case, shares_electrolyte
from femna.case.creep import Creep
from femna.case.creep_mechanisms import NortonDiffusionalCreep, SizeDependentCreep
from femna.case.creep_norton import NortonCreep, PowerLawCreep, prefactor_unit
from femna.case.creep_user import EntryPointCreep, FileCreep
from femna.case.geometry import EntryPointGeometry, InitialVoid, MeshFile, ReadCell, UnitCell
from femna.case.identity import same_case
from femna.case.image_cell import ImageCell
from femna.case.interface import ButlerVolmerKinetics, Interface, LinearKinetics
from femna.case.load import (
    document_kind,
    load_case,
    parse_case,
    read_document,
    require_study,
)
from femna.case.maps import (
    ImageMap,
    PatchesMap,
    RandomFieldMap,
    ResistancesMap,
    StripesMap,
    UniformMap,
)
from femna.case.mask import Mask, Relaxation, platen_clearance, window
from femna.case.mask_window import Window
from femna.case.messages import Missing, suggest
from femna.case.metal_voids import MetalVoid, lateral_room
from femna.case.model import SCHEMA_VERSION, Case
from femna.case.overrides import apply_overrides, split_assignments
from femna.case.probe import Probe
from femna.case.protocol import FINAL_STATE, Protocol, Step
from femna.case.real_contact import (
    HardnessContact,
    MicroconstrictionContact,
    PerfectContact,
    TableContact,
)
from femna.case.roughness import Topography
from femna.case.schema import json_schema
from femna.case.settings import Limits, Numerics, Output
from femna.case.stack import ReferenceElectrode, Stack
from femna.case.templates import template, template_kinds
from femna.case.toml_text import dumps
from femna.case.transport import Adhesion, PathDiffusion
from femna.case.units import UnitError, parse, parse_any, render
from femna.case.wall import FreeSlipWall, FrictionWall, StickingWall, ViscousWall, Wall

__all__ = [
    "FINAL_STATE",
    "SCHEMA_VERSION",
    "Adhesion",
    "AnandCreep",
    "ButlerVolmerKinetics",
    "Case",
    "Counter",
    "Creep",
    "Electrolyte",
    "EntryPointCreep",
    "EntryPointGeometry",
    "FileCreep",
    "FreeSlipWall",
    "FrictionWall",
    "HardnessContact",
    "ImageCell",
    "ImageMap",
    "InitialVoid",
    "Interface",
    "Limits",
    "LinearKinetics",
    "Mask",
    "MeshFile",
    "Metal",
    "MetalVoid",
    "MicroconstrictionContact",
    "Missing",
    "NortonCreep",
    "NortonDiffusionalCreep",
    "Numerics",
    "Output",
    "PatchesMap",
    "PathDiffusion",
    "PerfectContact",
    "PowerLawCreep",
    "Probe",
    "Protocol",
    "RandomFieldMap",
    "ReadCell",
    "ReferenceElectrode",
    "Relaxation",
    "ResistancesMap",
    "SizeDependentCreep",
    "Stack",
    "Step",
    "StickingWall",
    "StripesMap",
    "Table",
    "TableContact",
    "Topography",
    "UniformMap",
    "UnitCell",
    "UnitError",
    "ViscousWall",
    "Wall",
    "Window",
    "across",
    "apply_overrides",
    "counter_case",
    "document_kind",
    "dumps",
    "json_schema",
    "lateral_room",
    "load_case",
    "parse",
    "parse_any",
    "parse_case",
    "platen_clearance",
    "prefactor_unit",
    "read_document",
    "render",
    "require_study",
    "same_case",
    "shares_electrolyte",
    "split_assignments",
    "suggest",
    "template",
    "template_kinds",
    "window",
]
