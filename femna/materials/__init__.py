"""Cited material sets and creep laws."""

from __future__ import annotations

from femna.materials.arrhenius import arrhenius
from femna.materials.creep import (
    CREEP_LAWS,
    Anand,
    CreepLaw,
    Diffusional,
    Norton,
    Parallel,
    SizeDependent,
    UserLaw,
    creep_law,
)
from femna.materials.diffusion import ArrheniusSum
from femna.materials.evidence import EVIDENCE
from femna.materials.interface import Asperities, Constriction, InterfaceProperties
from femna.materials.ledger import SourceEntry
from femna.materials.library import available_sets, load_set
from femna.materials.material_set import Alternative, Entry, MaterialSet
from femna.materials.resolve import (
    ElectrolyteProperties,
    MetalProperties,
    Properties,
    largest_net_charge,
    resolve,
)

__all__ = [
    "CREEP_LAWS",
    "EVIDENCE",
    "Alternative",
    "Anand",
    "ArrheniusSum",
    "Asperities",
    "Constriction",
    "CreepLaw",
    "Diffusional",
    "ElectrolyteProperties",
    "Entry",
    "InterfaceProperties",
    "MaterialSet",
    "MetalProperties",
    "Norton",
    "Parallel",
    "Properties",
    "SizeDependent",
    "SourceEntry",
    "UserLaw",
    "arrhenius",
    "available_sets",
    "creep_law",
    "largest_net_charge",
    "load_set",
    "resolve",
]
