"""How the elastic electrolyte gives way where load passes from the metal to the mask.

As the mask takes force from the metal, the disc sinks under the mask and rises under the metal. To
the platen this is a spring in series with the mask. The disc rests flat on a rigid support without
friction, and both loads are taken as even over their areas.

Around one axis the disc has a mesh of its own, which follows the edges of both areas. Where the
electrode is not round, or lies off the disc's axis, it is that of the cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from femna.mesh.bodies import distribute_body, on_root
from femna.mesh.disc import disc_arrays
from femna.physics.solid import Solid
from femna.simulation.bodies.contact_problem import ContactProblem
from femna.simulation.bodies.elastic_electrolyte import ElasticElectrolyte
from femna.simulation.bodies.pressed_faces import PressedFaces
from femna.simulation.bodies.solid_body import SolidBody

Array = npt.NDArray[np.float64]
LOADED = ("electrode", "ring")


@dataclass(frozen=True, kw_only=True)
class DiscShape:
    """The electrolyte's disc and what lies on it, all lengths [m].

    Attributes
    ----------
    electrode, window, outer, edge : float
        Radii of the electrode, of the mask's window and rim, and of the disc.
    thickness : float
    """

    electrode: float
    window: float
    outer: float
    edge: float
    thickness: float


def sinking(comm: Any, shape: DiscShape, solid: Solid) -> Array:
    """Return the mean sinking of electrode and mask area under each one's pressure (collective).

    Returns
    -------
    array, shape (2, 2)
        Row: where; column: which area is pressed [m/Pa].
    """
    unit = shape.thickness
    arrays = on_root(
        comm,
        lambda: disc_arrays(
            electrode=shape.electrode / unit,
            window=shape.window / unit,
            outer=shape.outer / unit,
            edge=shape.edge / unit,
        ),
    )
    body = SolidBody(
        distribute_body(comm, arrays),
        solid,
        symmetry="axisymmetric",
        stress_unit=solid.youngs_modulus,
        held=(("axis", 0), ("far", 1)),
    )
    problem, faces = ContactProblem([body], []), PressedFaces(body)
    found = np.empty((2, 2))
    for column, pressed in enumerate(LOADED):
        body.load = faces.load(pressed, 1, -1.0)
        problem.solve()
        found[:, column] = [-faces.mean(area, 1) for area in LOADED]
    return found * (unit / solid.youngs_modulus)


def transfer_compliance(comm: Any, shape: DiscShape, solid: Solid) -> float:
    """Return how far the mask sinks against the metal for a force passed to it [m/N] (collective).

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    shape : DiscShape
        The disc and what lies on it.
    solid : Solid
        The electrolyte.
    """
    electrode = np.pi * shape.electrode**2
    ring = np.pi * (shape.outer**2 - shape.window**2)
    return _transfer(sinking(comm, shape, solid) / (electrode, ring))


def flexibility(electrolyte: ElasticElectrolyte, *, length_scale: float) -> Array:
    """Return the mean sinking of interface and mask area under a force on each (collective).

    Parameters
    ----------
    electrolyte : ElasticElectrolyte
        With a mask on it. What it was displaced by is lost.
    length_scale : float
        Length of one unit of its mesh [m].

    Returns
    -------
    array, shape (2, 2)
        Row: where; column: what bears the force [m/N]. Symmetric (Maxwell and Betti), to the
        tolerance of the linear solver.
    """
    found = np.empty((2, 2))
    for column, (electrode, mask) in enumerate(np.eye(2)):
        electrolyte.solve(np.full(electrolyte.size, electrode), mask_pressure=mask)
        found[:, column] = electrolyte.sinking()
    return found / (electrolyte.areas() * electrolyte.solid.youngs_modulus * length_scale)


def transfer_compliance_of(electrolyte: ElasticElectrolyte, *, length_scale: float) -> float:
    """Return the same as `transfer_compliance`, on the cell's own mesh (collective).

    The mesh does not follow the mask's edges. A round mask around the axis is off by 1e-4 where
    elements are a quarter of the disc's thickness, and by 3e-3 where they are almost as large.

    Parameters
    ----------
    electrolyte : ElasticElectrolyte
        As for `flexibility`.
    length_scale : float
        The same [m].
    """
    return _transfer(flexibility(electrolyte, length_scale=length_scale))


def _transfer(flexibility: Array) -> float:
    """Return how far the mask sinks against the metal for a force from one to the other."""
    moved = flexibility[:, 1] - flexibility[:, 0]
    return float(moved[1] - moved[0])
