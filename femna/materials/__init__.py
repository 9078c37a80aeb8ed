"""Cited material sets and creep laws."""

from __future__ import annotations

from femna.materials.creep import CREEP_LAWS, Anand, CreepLaw, Norton, creep_law
from femna.materials.evidence import EVIDENCE
from femna.materials.ledger import SourceEntry
from femna.materials.library import Alternative, Entry, MaterialSet, available_sets, load_set
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
    "CreepLaw",
    "ElectrolyteProperties",
    "Entry",
    "MaterialSet",
    "MetalProperties",
    "Norton",
    "Properties",
    "SourceEntry",
    "available_sets",
    "creep_law",
    "largest_net_charge",
    "load_set",
    "resolve",
]
