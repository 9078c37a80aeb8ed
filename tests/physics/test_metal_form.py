"""The mixed weak form of the metal against a manufactured flow: right orders, no locking.

Linear creep (theta = 3 eta, eta = 1/2), velocity given on the whole boundary. The velocity is the
curl of psi plus ``-c grad chi``, whose divergence an elastic metal of compliance ``c = 1/(K dt)``
owes to a changing pressure; the old pressure is chosen so that the balance of volume is exact. The
compliance runs from soft to none: a formulation that locks would lose its order on the way.
"""

from __future__ import annotations

from itertools import pairwise

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
import ufl
from dolfinx import fem, mesh
from dolfinx.fem.petsc import LinearProblem
from mpi4py import MPI

from femna.physics.kinematics import divergence, strain_rate, volume_weight
from femna.physics.metal import MetalFields, MetalForms, build_forms

SYMMETRIES = ["plane_strain", "axisymmetric"]
ETA = 0.5


def exact_velocity(x: object, symmetry: str, compliance: float) -> object:
    """Divergence-free for zero compliance, in the symmetry's own measure."""
    s = ufl.sin(2.0 * x[0]) * x[0] ** 2 * ufl.cos(1.5 * x[1])
    flow = ufl.as_vector([s.dx(1), -s.dx(0)])
    if symmetry == "axisymmetric":  # Stokes' stream function: (1/r) curl
        flow = flow / x[0]
    return flow + compliance * ufl.as_vector([x[0] ** 2 * x[1], ufl.sin(x[1]) * x[0]])


def errors(count: int, symmetry: str, compliance: float | None) -> tuple[float, float]:
    """L2 errors of velocity and pressure on a mesh of 2 count^2 triangles."""
    corners = ((0.5, 0.0), (1.5, 1.0))
    domain = mesh.create_rectangle(MPI.COMM_SELF, corners, (count, count))
    x = ufl.SpatialCoordinate(domain)
    weight = volume_weight(x, symmetry)
    velocity_space = fem.functionspace(domain, ("Lagrange", 2, (2,)))
    pressure_space = fem.functionspace(domain, ("Lagrange", 1))
    fine = ufl.dx(domain=domain, metadata={"quadrature_degree": 8})
    v = exact_velocity(x, symmetry, compliance or 0.0)
    p = ufl.cos(x[0]) * ufl.sin(2.0 * x[1])

    zero = fem.Function(pressure_space)
    theta, zeta = fem.Function(pressure_space), fem.Function(pressure_space)
    theta.x.array[:] = 3.0 * ETA
    # p_old = p + div v / compliance: its load is integrated from the exact fields below
    fields = MetalFields(
        velocity=fem.Function(velocity_space),
        pressure=fem.Function(pressure_space),
        theta=theta,
        zeta=zeta,
        anchor=ufl.zero(3, 3),
        memory=None,
        old_pressure=zero if compliance else None,
        compliance=fem.Constant(domain, compliance) if compliance else None,
        rim_resistance=None,
        rim_pressure=None,
    )
    fdim = domain.topology.dim - 1
    facets = mesh.meshtags(domain, fdim, np.zeros(0, np.int32), np.zeros(0, np.int32))
    forms: MetalForms = build_forms(
        fields,
        symmetry=symmetry,
        facets=facets,
        interface_tag=1,
        platen_tag=2,
        quadrature_degree=6,
        trace_space=fem.functionspace(domain, ("Discontinuous Lagrange", 1)),
    )
    w, q = ufl.TestFunction(velocity_space), ufl.TestFunction(pressure_space)
    stress = 2.0 * ETA * ufl.dev(strain_rate(v, x, symmetry)) - p * ufl.Identity(3)
    # the weak form of the exact stress: no body force has to be written down
    load_v = ufl.inner(stress, strain_rate(w, x, symmetry)) * weight * fine
    load_p = -q * divergence(v, x, symmetry) * weight * fine
    if compliance:
        load_p -= compliance * p * q * weight * fine

    domain.topology.create_connectivity(fdim, fdim + 1)
    edge = mesh.exterior_facet_indices(domain.topology)
    boundary = fem.Function(velocity_space)
    boundary.interpolate(fem.Expression(v, velocity_space.element.interpolation_points))
    held = fem.locate_dofs_topological(velocity_space, fdim, edge)
    conditions = [fem.dirichletbc(boundary, held)]
    (vv, vp), (pv, pp) = forms.jacobian
    if not compliance:  # the pressure's level: fixed at one vertex
        pp = fem.Constant(domain, 0.0) * ufl.TrialFunction(pressure_space) * q * fine
        pinned = fem.locate_dofs_geometrical(
            pressure_space, lambda y: np.isclose(y[0], 0.5) & np.isclose(y[1], 0.0)
        )
        conditions.append(fem.dirichletbc(0.0, pinned, pressure_space))
    problem = LinearProblem(
        [[vv, vp], [pv, pp]],
        [load_v, load_p],
        bcs=conditions,
        kind="mpi",
        petsc_options_prefix=f"manufactured_{count}_{symmetry}_",
        petsc_options={
            "ksp_type": "preonly",
            "pc_type": "lu",
            "pc_factor_mat_solver_type": "mumps",
        },
    )
    solved_v, solved_p = problem.solve()

    def integral(f: object) -> float:
        return float(fem.assemble_scalar(fem.form(f)))

    # its level follows from the flux of the interpolated boundary data over the compliance, or is
    # free: not an error of the method
    level = integral((solved_p - p) * fine) / integral(1.0 * fine)
    error_v = integral(ufl.inner(solved_v - v, solved_v - v) * fine)
    error_p = integral((solved_p - p - level) ** 2 * fine)
    return float(np.sqrt(error_v)), float(np.sqrt(error_p))


def orders(values: list[float]) -> list[float]:
    return [float(np.log2(a / b)) for a, b in pairwise(values)]


@pytest.mark.parametrize("symmetry", SYMMETRIES)
@pytest.mark.parametrize("compliance", [None, 1e-8, 1e-3, 1.0])
def test_mixed_flow_has_the_orders_of_p2_p1(symmetry: str, compliance: float | None) -> None:
    v, p = zip(*(errors(count, symmetry, compliance) for count in (4, 8, 16)), strict=True)
    # Taylor-Hood: 3 for the velocity, 2 for the pressure, in L2
    assert orders(list(v))[-1] > 2.85
    assert orders(list(p))[-1] > 1.9


@pytest.mark.parametrize("symmetry", SYMMETRIES)
def test_error_does_not_grow_as_the_metal_becomes_incompressible(symmetry: str) -> None:
    softer, limit = errors(8, symmetry, 1e-3), errors(8, symmetry, 1e-8)
    exact = errors(8, symmetry, None)
    assert limit == pytest.approx(softer, rel=0.01)  # their flows differ by 1e-3
    # the pinned vertex takes up the net flux of the interpolated boundary data, of order h^4
    assert limit == pytest.approx(exact, rel=0.1)
