"""Creep laws: equivalent creep rate from equivalent stress and temperature.

The metal flows as (3/2) rate(s_e, T) dev(s)/s_e, with s_e the von Mises stress.
"""

from __future__ import annotations

from femna.materials.creep.anand import Anand
from femna.materials.creep.diffusional import Diffusional
from femna.materials.creep.law import CreepLaw
from femna.materials.creep.norton import Norton
from femna.materials.creep.parallel import Parallel
from femna.materials.creep.registry import CREEP_LAWS, creep_law
from femna.materials.creep.size_dependent import SizeDependent
from femna.materials.creep.user_law import UserLaw

__all__ = [
    "CREEP_LAWS",
    "Anand",
    "CreepLaw",
    "Diffusional",
    "Norton",
    "Parallel",
    "SizeDependent",
    "UserLaw",
    "creep_law",
]
