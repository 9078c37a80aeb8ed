"""How the elastic electrolyte gives way where load passes from the metal to the mask.

As the mask takes force from the metal, the disc sinks under the mask and rises under the metal. To
the platen this is a spring in series with the mask. The disc rests flat on a rigid support without
friction, and both loads are taken as even over their areas.
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
    by = sinking(comm, shape, solid)
    electrode = np.pi * shape.electrode**2
    ring = np.pi * (shape.outer**2 - shape.window**2)
    moved = by[:, 1] / ring - by[:, 0] / electrode
    return float(moved[1] - moved[0])
