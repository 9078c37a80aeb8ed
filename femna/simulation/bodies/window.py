"""How the mask's window gives way to metal that presses on it.

The ring widens elastically under a pressure on its inner face. With faces that slip this is Lamé's
thick ring, u = p a/E ((b^2 + a^2)/(b^2 - a^2) + nu) (S. P. Timoshenko, J. N. Goodier, Theory of
Elasticity, 3rd ed., McGraw-Hill 1970, art. 28); faces that stick make it stiffer. The instantaneous
modulus counts: neither relaxation nor yield does. Friction on the faces is left out.
"""

from __future__ import annotations

from typing import Any

from femna.case.mask import Mask
from femna.materials.mask import MaskProperties
from femna.physics.solid import Solid
from femna.simulation.bodies.contact_problem import ContactProblem
from femna.simulation.bodies.figures import RING_ROWS, Ring
from femna.simulation.bodies.pressed_faces import PressedFaces
from femna.simulation.bodies.resting_body import resting_body


def window_compliance(
    comm: Any, mask: Mask, properties: MaskProperties, *, window: float, rows: int = RING_ROWS
) -> float:
    """Return the mean outward way of the window for a pressure on all of it [m/Pa] (collective).

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    mask : Mask
        Its size, and whether its faces stick.
    properties : MaskProperties
        What it is made of.
    window : float
        Its inner radius [m].
    rows : int
        Elements over the thickness.
    """
    unit = mask.thickness
    solid = Solid(youngs_modulus=properties.youngs_modulus, poisson_ratio=properties.poisson_ratio)
    ring = Ring(window, mask.outer_radius)
    body = resting_body(
        comm,
        ring,
        lambda: ring.mesh(unit, rows=rows),
        solid,
        sticks=mask.faces.law == "sticking",
    )
    faces = PressedFaces(body)
    body.load = faces.load("inner", 0, 1.0)
    ContactProblem([body], []).solve()
    return faces.mean("inner", 0) * unit / solid.youngs_modulus
