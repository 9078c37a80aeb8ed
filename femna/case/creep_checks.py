"""Checks of the creep law against the cell and the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from femna.case.creep_mechanisms import NortonDiffusionalCreep
from femna.case.geometry import MeshedCell
from femna.case.maps import RandomFieldMap
from femna.case.refusal import micrometres, refuse

if TYPE_CHECKING:
    from femna.case.model import Case

GRAINS: Final = 5.0
"""Least number of grains in a wave length of the heterogeneity: diffusional creep is a property
of many grains."""


def check_creep(case: Case) -> None:
    """Refuse grains that are not small in the cell, and numbers that nothing uses or that lack.

    The wave length of a mesh from a file is not known here; its grains are not checked.
    """
    creep = case.metal.creep
    if not isinstance(creep, NortonDiffusionalCreep):
        return
    if isinstance(case.geometry, MeshedCell) and not creep.force:
        wavelength, name = case.geometry.period, "the period"
        if isinstance(case.interface.map, RandomFieldMap):
            wavelength, name = case.interface.map.correlation_length, "the correlation length"
        if creep.grain_size > wavelength / GRAINS * (1.0 + 1e-12):
            refuse(
                "metal.creep.grain_size",
                micrometres(creep.grain_size),
                f"must be at most {micrometres(wavelength / GRAINS)}, a fifth of {name}: "
                "diffusional creep is that of many grains",
                "lower it, or write force = true",
            )
    if creep.alternative is not None and not creep.dislocation_creep:
        refuse(
            "metal.creep.alternative",
            creep.alternative,
            "without dislocation_creep it changes nothing",
            "remove it",
        )
    temperatures = {case.protocol.temperature} | {
        step.temperature for step in case.protocol.steps if step.temperature is not None
    }
    constant = creep.boundary_diffusivity is not None and creep.boundary_activation_energy is None
    if constant and len(temperatures) > 1:
        refuse(
            "metal.creep.boundary_activation_energy",
            "(missing)",
            "the protocol has several temperatures, and the boundaries' diffusivity holds at one",
            "give boundary_activation_energy and boundary_reference_temperature",
        )
