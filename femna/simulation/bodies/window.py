"""How the mask's window gives way to metal that presses on it.

The ring widens elastically under a pressure on its inner face. With faces that slip this is Lamé's
thick ring, u = p a/E ((b^2 + a^2)/(b^2 - a^2) + nu) (S. P. Timoshenko, J. N. Goodier, Theory of
Elasticity, 3rd ed., McGraw-Hill 1970, art. 28); faces that stick make it stiffer. The instantaneous
modulus counts: neither relaxation nor yield does. Friction on the faces is left out.
"""

from __future__ import annotations

from typing import Any, Final

import ufl
from dolfinx import fem
from mpi4py import MPI

from femna.case.mask import Mask
from femna.materials.mask import MaskProperties
from femna.mesh.bodies import distribute_body, on_root
from femna.mesh.ring import ring_arrays
from femna.physics.kinematics import volume_weight
from femna.physics.solid import Solid
from femna.simulation.bodies.contact_problem import ContactProblem
from femna.simulation.bodies.solid_body import SolidBody
from femna.simulation.discretisation import assembled

ROWS: Final = 6
"""Elements over the thickness."""


def window_compliance(
    comm: Any, mask: Mask, properties: MaskProperties, *, window: float, rows: int = ROWS
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
    arrays = on_root(
        comm,
        lambda: ring_arrays(inner=window / unit, outer=mask.outer_radius / unit, rows=rows),
    )
    sticks = mask.faces.law == "sticking"
    held: tuple[tuple[str, int], ...] = (("electrolyte", 1),)
    if sticks:
        held = (*held, ("electrolyte", 0), ("platen", 0))
    solid = Solid(youngs_modulus=properties.youngs_modulus, poisson_ratio=properties.poisson_ratio)
    body = SolidBody(
        distribute_body(comm, arrays),
        solid,
        symmetry="axisymmetric",
        stress_unit=solid.youngs_modulus,
        held=held,
    )
    mesh = body.body.mesh
    weight = volume_weight(ufl.SpatialCoordinate(mesh), "axisymmetric")
    ds = ufl.ds(domain=mesh, subdomain_data=body.body.facets)(body.body.names["inner"])
    body.load = assembled(fem.form(ufl.TestFunction(body.space)[0] * weight * ds))
    ContactProblem([body], []).solve()
    here = fem.form(body.displacement[0] * weight * ds)
    size = fem.form(fem.Constant(mesh, 1.0) * weight * ds)
    sums = [float(comm.allreduce(fem.assemble_scalar(f), op=MPI.SUM)) for f in (here, size)]
    return sums[0] / sums[1] * unit / solid.youngs_modulus
