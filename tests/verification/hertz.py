"""Hertz's contact of an elastic paraboloid on an elastic half space, two meshes that do not match.

The half spaces are cut off at a distance L, where the displacement is prescribed as that of the
computed force on a half space (Boussinesq); what is left of the finite size is of order (a/L)^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from femna.mesh.bodies import Body
from femna.physics.solid import Solid
from femna.simulation.bodies.contact_problem import ContactProblem
from femna.simulation.bodies.mortar import mortar_of_bodies
from femna.simulation.bodies.pair import Pair
from femna.simulation.bodies.solid_body import SolidBody
from verification.blocks import body, box_names
from verification.meshes import grid_cells

Array = NDArray[np.float64]

RADIUS = 1000.0
"""Of the sphere; the contact's radius is 1, so that slopes are 0.1 %."""
APPROACH = 1.0 / RADIUS
LOWER = Solid(youngs_modulus=1.0, poisson_ratio=0.3)
UPPER = Solid(youngs_modulus=1.5, poisson_ratio=0.42)


@dataclass(frozen=True)
class HertzResult:
    """Force, contact radius and largest pressure over the exact ones; how well forces balance."""

    force: float
    radius: float
    pressure: float
    balance: float


def places(size: float, reach: float) -> Array:
    """Return places from 0 to `reach`, even up to 1.5 and then growing by a fifth each."""
    found = list(np.linspace(0.0, 1.5, round(1.5 / size) + 1))
    while found[-1] < reach:
        found.append(found[-1] + 1.2 * (found[-1] - found[-2]))
    x = np.array(found)
    return np.where(x > 1.5, 1.5 + (x - 1.5) * (reach - 1.5) / (x[-1] - 1.5), x)


def half_space(size: float, reach: float, *, upwards: bool) -> Body:
    """Return the (r, z) half plane of a cylinder; the upper one is bulged towards the other."""
    x = places(size, reach)
    r, depth = np.meshgrid(x, x)
    z = depth if upwards else -depth
    names = box_names(
        np.array([0.0, 0.0 if upwards else -reach]), np.array([reach, reach if upwards else 0.0])
    )
    points = np.column_stack([r.ravel(), z.ravel()])
    cells = grid_cells(len(x) - 1, len(x) - 1)

    def bent(centres: Array) -> NDArray[np.str_]:
        flat = centres.copy()
        flat[np.abs(flat[:, 1]) < 0.2, 1] = 0.0
        on_axis_or_far = (centres[:, 0] < 1e-9) | (np.abs(centres[:, 0] - reach) < 1e-9)
        flat[on_axis_or_far, 1] = centres[on_axis_or_far, 1]
        return names(flat)

    if upwards:
        # a paraboloid up to four contact radii, flat beyond, where nothing touches
        points[:, 1] += (
            np.minimum(r.ravel(), 4.0) ** 2
            / (2.0 * RADIUS)
            * np.maximum(0.0, 1.0 - depth.ravel() / reach)
        )
    return body(points, cells, bent)


def boussinesq(force: float, solid: Solid, r: Array, depth: Array) -> tuple[Array, Array]:
    """Return outward and inward displacement under a point force on a half space."""
    shear, nu = solid.shear_modulus, solid.poisson_ratio
    distance = np.hypot(r, depth)
    unit = force / (4.0 * np.pi * shear)
    inward = unit * (depth**2 / distance**3 + 2.0 * (1.0 - nu) / distance)
    outward = unit * (
        r * depth / distance**3 - (1.0 - 2.0 * nu) * r / (distance * (distance + depth))
    )
    return outward, inward


def hertz(size: float, *, reach: float = 20.0, corrected: bool = True) -> HertzResult:
    """Press the bodies together by `APPROACH` with elements of a size at the contact."""
    bodies = []
    for upwards, solid, h in ((False, LOWER, size), (True, UPPER, 0.8 * size)):
        mesh = half_space(h, reach, upwards=upwards)
        far = "top" if upwards else "bottom"
        held = (("west", 0), ("east", 0), ("east", 1), (far, 0), (far, 1))
        bodies.append(SolidBody(mesh, solid, symmetry="axisymmetric", stress_unit=1.0, held=held))
    lower, upper = bodies
    problem = ContactProblem(
        bodies, [Pair(mortar_of_bodies((upper, "bottom"), (lower, "top"), reach=0.5), 1, 0)]
    )
    modulus = 1.0 / sum((1.0 - s.poisson_ratio**2) / s.youngs_modulus for s in (LOWER, UPPER))
    exact = 4.0 / 3.0 * modulus * RADIUS**0.5 * APPROACH**1.5
    force = exact
    for _ in range(3 if corrected else 1):
        for one, far, sign in ((lower, "bottom", -1.0), (upper, "top", 1.0)):
            for face in ("east", far):
                at = one.held_points(face, 0)
                out, into = boussinesq(
                    force if corrected else 0.0, one.solid, at[:, 0], np.abs(at[:, 1])
                )
                one.prescribe(face, 0, out)
                one.prescribe(face, 1, sign * into - (APPROACH if sign > 0.0 else 0.0))
        problem.solve()
        force = problem.force(0)
    comm = MPI.COMM_WORLD
    r = np.concatenate(comm.allgather(problem.pairs[0].mortar.places[:, 0]))
    p = np.concatenate(comm.allgather(problem.pressure[0]))
    # p^2 = p0^2 (1 - r^2 / a^2)
    inside = r < 0.9
    slope, height = np.polyfit(r[inside] ** 2, p[inside] ** 2, 1)
    peak = 3.0 * exact / (2.0 * np.pi)
    # what each body gets from the contact, and what its held far side gives against it
    residuals = [problem.body_residual(k) for k in range(2)]
    contact = [f - b.residual() for f, b in zip(residuals, bodies, strict=True)]
    received, given = (
        [float(comm.allreduce(f[1::2].sum())) for f in parts] for parts in (contact, residuals)
    )
    unbalanced = (received[0] + received[1], given[0] + given[1], given[0] - force)
    return HertzResult(
        force=force / exact,
        radius=float(np.sqrt(-height / slope)),
        pressure=float(np.sqrt(height)) / peak,
        balance=max(abs(f) for f in unbalanced) / force,
    )


def orders(errors: list[float]) -> list[float]:
    """Return the orders of convergence when sizes are halved."""
    return [float(np.log2(coarse / fine)) for coarse, fine in pairwise(errors)]
