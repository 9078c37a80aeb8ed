"""Weak form of the metal: mixed velocity-pressure flow of an isotropic viscoplastic body.

With ``D* = dev D(v) + S_old / (2 G dt)`` (the second term only with elasticity) and its
equivalent ``D*_e = sqrt(2/3 D*:D*)``, the deviatoric stress is ``S = (2/3) theta D*`` where
``theta = s_e / D*_e`` comes from :mod:`femna.physics.flow_stress`. That is the associated flow
rule ``D_creep = (3/2) rate(s_e) S / s_e`` integrated by backward Euler. The tangent is

    dS = (2/3) (theta dD + zeta (D*:dD) D*),     zeta = (2/3) (d theta / d D*_e) / D*_e.

``theta`` and ``zeta`` are quadrature functions, so a creep law is plain NumPy. Both belong to a
rate ``E``, the anchor, and the forms hold the law's tangent plane there,

    S = (2/3) (theta D* + zeta (E:(D* - E)) E),

which is the law itself where ``E = D*``. What is gained by another anchor says
:mod:`femna.simulation.pointwise_flow`.

A metal with closed voids (:mod:`femna.physics.porous_creep`) also feels its pressure: the plane has
the term ``(2/3) gamma (p - p_a) E`` with ``gamma = (d s_e / dp) / D*_e``, and volume is lost at

    -div v = c + kappa (p - p_a) - gamma_c (2/3) E:(D* - E).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl

from femna.case.symmetry import Symmetry
from femna.physics.kinematics import divergence, strain_rate, volume_weight


@dataclass(frozen=True, kw_only=True)
class PorousFields:
    """Quadrature functions of a metal with closed voids, zero where it is dense.

    Attributes
    ----------
    cross, closing, closing_slope, closing_cross : dolfinx.fem.Function
        ``gamma``, ``c``, ``kappa`` and ``gamma_c`` of the module's text.
    anchor_pressure : dolfinx.fem.Function
        ``p_a``.
    """

    cross: Any
    closing: Any
    closing_slope: Any
    closing_cross: Any
    anchor_pressure: Any


@dataclass(frozen=True, kw_only=True)
class MetalFields:
    """The functions that the metal's forms are made of (all on the metal's mesh).

    Attributes
    ----------
    velocity, pressure : dolfinx.fem.Function
        P2 vector velocity and P1 pressure (compression positive).
    theta, zeta : dolfinx.fem.Function
        Quadrature functions of the tangent, as in the module's text.
    anchor : dolfinx.fem.Function
        The rate E that they belong to, quadrature tensor (3, 3).
    memory : dolfinx.fem.Function or None
        ``S_old / (2 G dt)``, quadrature tensor (3, 3); None without elasticity.
    old_pressure : dolfinx.fem.Function or None
        Pressure of the last step, convected; None without elasticity.
    compliance : dolfinx.fem.Constant or None
        ``1 / (K dt)``; None without elasticity.
    rim_resistance : dolfinx.fem.Constant
        Normal traction over outward velocity at the rim, if it has one that is open.
    rim_pressure : dolfinx.fem.Constant
        What presses on such a rim from outside.
    porous : PorousFields or None
        Of a metal with closed voids; None for a dense one.
    """

    velocity: Any
    pressure: Any
    theta: Any
    zeta: Any
    anchor: Any
    memory: Any
    old_pressure: Any
    compliance: Any
    rim_resistance: Any
    rim_pressure: Any
    porous: PorousFields | None = None


@dataclass(frozen=True, kw_only=True)
class MetalForms:
    """UFL forms of the metal; blocks in the order velocity, pressure."""

    residual: tuple[Any, Any]
    jacobian: tuple[tuple[Any, Any], tuple[Any, Any]]
    effective_rate: Any
    """Expression ``D*``, shape (3, 3)."""
    interface_flux: Any
    """Form (test: trace space, trial: velocity): ``integral of q v.n`` over the interface."""
    interface_area: Any
    """Form (test: P1): projected area of every interface vertex, ``-integral of q n_vertical``."""
    vertical_force: Any
    """Form (test: P1): momentum residual of a vertical motion ``q``. At a platen vertex that is
    the integral of ``q`` times the normal traction (tension positive)."""
    vertical_force_slopes: tuple[Any, Any]
    """Its derivatives by velocity and pressure."""
    platen_area: Any
    """Form (test: P1): area of every platen vertex."""
    outflow: Any
    """Form (a number): volume that leaves through an open rim per time; None without one."""
    closing: Any
    """Expression: rate at which closed voids lose volume; None in a dense metal."""
    weight: Any
    """Expression: volume of the symmetry over that of the mesh."""
    measure: Any
    """Measure of the volume, with the quadrature of the others."""


def build_forms(
    fields: MetalFields,
    *,
    symmetry: Symmetry,
    facets: Any,
    interface_tag: int,
    platen_tag: int,
    quadrature_degree: int,
    trace_space: Any,
    rim_tag: int | None = None,
) -> MetalForms:
    """Build the forms.

    Parameters
    ----------
    fields : MetalFields
        The functions, as documented there.
    symmetry : Symmetry
        Symmetry of the cell.
    facets : dolfinx.mesh.MeshTags
        Facet tags of the metal.
    interface_tag : int
        Which of them is the surface that faces the electrolyte.
    platen_tag : int
        Which of them is the surface that faces the current collector.
    quadrature_degree : int
        Degree of the volume quadrature; it must be that of the quadrature functions.
    trace_space : dolfinx.fem.FunctionSpace
        DG1: facetwise hat functions with which the flux through the interface is tested.
    rim_tag : int or None
        Which of them is an open rim, through which metal leaves; None without one.

    Returns
    -------
    MetalForms
        The weak form ``integral S:D(w) - p div w`` with its tangent, and the interface operators.
    """
    v, p = fields.velocity, fields.pressure
    mesh = v.function_space.mesh
    x, n = ufl.SpatialCoordinate(mesh), ufl.FacetNormal(mesh)
    weight = volume_weight(x, symmetry)
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": quadrature_degree})
    surface = ufl.ds(domain=mesh, subdomain_data=facets)
    ds = surface(interface_tag, metadata={"quadrature_degree": 3 + (symmetry == "axisymmetric")})
    w, q = ufl.TestFunction(v.function_space), ufl.TestFunction(p.function_space)
    dv, dp = ufl.TrialFunction(v.function_space), ufl.TrialFunction(p.function_space)

    def rate(u: Any) -> Any:
        return ufl.dev(strain_rate(u, x, symmetry))

    def div(u: Any) -> Any:
        return divergence(u, x, symmetry)

    effective = rate(v) if fields.memory is None else rate(v) + fields.memory
    theta, zeta, anchor = fields.theta, fields.zeta, fields.anchor
    beyond = ufl.inner(anchor, effective - anchor)
    stress = (2.0 / 3.0) * (theta * effective + zeta * beyond * anchor)
    tangent = (2.0 / 3.0) * (theta * rate(dv) + zeta * ufl.inner(anchor, rate(dv)) * anchor)

    closing = closing_v = closing_p = None
    by_pressure: Any = None
    porous = fields.porous
    if porous is not None:
        above = p - porous.anchor_pressure
        stress += (2.0 / 3.0) * porous.cross * above * anchor
        by_pressure = (2.0 / 3.0) * porous.cross * anchor
        slower = (2.0 / 3.0) * porous.closing_cross * anchor
        closing = porous.closing + porous.closing_slope * above
        closing -= ufl.inner(slower, effective - anchor)
        closing_v, closing_p = -ufl.inner(slower, rate(dv)), porous.closing_slope * dp

    def momentum(u: Any) -> tuple[Any, Any, Any]:
        """Return the power of the stress in the motion ``u``, and its tangents by v and p."""
        pressed = -dp * div(u) * weight * dx
        if porous is not None:
            pressed += dp * ufl.inner(by_pressure, rate(u)) * weight * dx
        return (
            ufl.inner(stress, rate(u)) * weight * dx - p * div(u) * weight * dx,
            ufl.inner(tangent, rate(u)) * weight * dx,
            pressed,
        )

    balance, balance_v, balance_p = momentum(w)
    outflow = None
    if rim_tag is not None:
        rim = surface(rim_tag, metadata={"quadrature_degree": 4 + (symmetry == "axisymmetric")})
        resistance = fields.rim_resistance * ufl.dot(w, n) * weight
        balance += resistance * ufl.dot(v, n) * rim
        balance += fields.rim_pressure * ufl.dot(w, n) * weight * rim
        balance_v += resistance * ufl.dot(dv, n) * rim
        outflow = ufl.dot(v, n) * weight * rim
    upward = q * ufl.as_vector([0.0] * (mesh.geometry.dim - 1) + [1.0])
    force, force_v, force_p = momentum(upward)
    continuity = -q * div(v) * weight * dx
    compress = None
    if fields.compliance is not None:
        continuity -= fields.compliance * (p - fields.old_pressure) * q * weight * dx
        compress = -fields.compliance * dp * q * weight * dx
    flow = -q * div(dv) * weight * dx
    if porous is not None:
        continuity -= q * closing * weight * dx
        flow -= q * closing_v * weight * dx
        compress = -q * closing_p * weight * dx
    return MetalForms(
        residual=(balance, continuity),
        jacobian=((balance_v, balance_p), (flow, compress)),
        effective_rate=effective,
        interface_flux=ufl.TestFunction(trace_space) * ufl.dot(dv, n) * weight * ds,
        interface_area=-q * n[len(n) - 1] * weight * ds,
        vertical_force=force,
        vertical_force_slopes=(force_v, force_p),
        platen_area=q * weight * surface(platen_tag),
        outflow=outflow,
        closing=closing,
        weight=weight,
        measure=dx,
    )
