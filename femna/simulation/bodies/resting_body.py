"""The mask's ring as a body that rests on the electrolyte."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from femna.mesh.arrays import BodyArrays
from femna.mesh.bodies import distribute_body, on_root
from femna.physics.solid import Solid
from femna.simulation.bodies.solid_body import SolidBody


def ring_body(
    comm: Any, section: Callable[[], BodyArrays], solid: Solid, *, sticks: bool
) -> SolidBody:
    """Return a ring held vertically on its lower face (collective).

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    section : callable
        Meshes its section, on rank 0 only.
    solid : Solid
        Its material; stress is in units of its modulus.
    sticks : bool
        Whether both faces hold it horizontally as well.
    """
    held: tuple[tuple[str, int], ...] = (("electrolyte", 1),)
    if sticks:
        held = (*held, ("electrolyte", 0), ("platen", 0))
    return SolidBody(
        distribute_body(comm, on_root(comm, section)),
        solid,
        symmetry="axisymmetric",
        stress_unit=solid.youngs_modulus,
        held=held,
    )
