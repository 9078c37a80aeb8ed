"""A mask as a body that rests on the electrolyte."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from femna.mesh.arrays import BodyArrays
from femna.mesh.bodies import distribute_body, on_root
from femna.physics.solid import Solid
from femna.simulation.bodies.figures import Figure
from femna.simulation.bodies.solid_body import SolidBody


def resting_body(
    comm: Any, figure: Figure, mesh: Callable[[], BodyArrays], solid: Solid, *, sticks: bool
) -> SolidBody:
    """Return a mask held vertically on its lower face, and on its planes of symmetry (collective).

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    figure : Figure
        Ring or plate.
    mesh : callable
        Meshes it, on rank 0 only.
    solid : Solid
        Its material; stress is in units of its modulus.
    sticks : bool
        Whether both faces hold it horizontally as well.
    """
    arrays = on_root(comm, mesh)
    body = distribute_body(comm, arrays)
    height = body.mesh.geometry.dim - 1
    held = (("electrolyte", height), *figure.planes)
    if sticks:
        along = range(height)
        held += tuple((face, k) for face in ("electrolyte", "platen") for k in along)
    return SolidBody(
        body,
        solid,
        symmetry=figure.symmetry,
        stress_unit=solid.youngs_modulus,
        held=held,
    )
