"""Creep laws: equivalent creep rate from equivalent stress and temperature.

The metal flows as (3/2) rate(s_e, T) dev(s)/s_e, with s_e the von Mises stress.
"""

from __future__ import annotations

from femna.materials.creep.anand import Anand
from femna.materials.creep.law import CreepLaw
from femna.materials.creep.norton import Norton
from femna.materials.creep.registry import CREEP_LAWS, creep_law

__all__ = ["CREEP_LAWS", "Anand", "CreepLaw", "Norton", "creep_law"]
