"""The elastic electrolyte of a case, and the spring that it is below the mask of a stack."""

from __future__ import annotations

from typing import Any

from femna.case import Case, Stack, window
from femna.materials import ElectrolyteProperties
from femna.physics.solid import Solid
from femna.simulation.bodies.elastic_electrolyte import ElasticElectrolyte
from femna.simulation.bodies.footprint import Footprint
from femna.simulation.bodies.foundation import (
    DiscShape,
    transfer_compliance,
    transfer_compliance_of,
)
from femna.simulation.system import System


def elastic_electrolyte(
    case: Case, system: System, properties: ElectrolyteProperties
) -> ElasticElectrolyte | None:
    """Return the elastic electrolyte of a cell (collective); None if it is rigid."""
    young, poisson = properties.youngs_modulus, properties.poisson_ratio
    if young is None or poisson is None:
        return None
    cell, disc = system.cell, isinstance(case.geometry, Stack)
    footprint = None
    if disc and case.mask is not None:
        unit = cell.length_scale
        opening = window(case, case.mask).over(unit)
        footprint = Footprint(window=opening, outer=case.mask.outer_radius / unit)
    return ElasticElectrolyte(
        cell.electrolyte,
        system.electrolyte.space,
        cell.symmetry,
        Solid(youngs_modulus=young, poisson_ratio=poisson),
        disc=disc,
        mask=footprint,
    )


def foundation(
    case: Case, electrolyte: ElasticElectrolyte | None, *, comm: Any, length_scale: float
) -> float:
    """Return the compliance of the electrolyte below the mask of a stack [m/N] (collective).

    Parameters
    ----------
    case : Case
        The validated case.
    electrolyte : ElasticElectrolyte or None
        None is rigid.
    comm : MPI.Comm
        Communicator.
    length_scale : float
        Length of one unit of the cell's mesh [m].
    """
    geometry, mask = case.geometry, case.mask
    if electrolyte is None or mask is None or not isinstance(geometry, Stack):
        return 0.0
    opening = window(case, mask)
    if not opening.is_round or geometry.electrode_offset is not None:
        return transfer_compliance_of(electrolyte, length_scale=length_scale)
    shape = DiscShape(
        electrode=opening.electrode.outer,
        window=opening.radius,
        outer=mask.outer_radius,
        edge=0.5 * geometry.electrolyte_diameter,
        thickness=geometry.electrolyte_thickness,
    )
    return transfer_compliance(comm, shape, electrolyte.solid)
