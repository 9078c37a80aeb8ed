"""Transport by a given velocity (discontinuous elements, upwind fluxes), and rotation.

    dS/dt + c.grad S = 0

for a scalar S (or each component of a tensor), in the advective form, so that a constant is
carried exactly whatever the divergence of c (Di Pietro, Ern, Mathematical Aspects of Discontinuous
Galerkin Methods, Springer 2012, chapter 2). Where c enters the body (plating), what enters has the
state that the surface had at the start: ``mass dS/dt = transport S + inflow (S - S_start)``.

Components refer to fixed axes, or to the cylindrical ones of an axisymmetric body
without swirl, which move in their own meridian plane; so the form is the same for all symmetries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ConvectionForms:
    """UFL forms of transport, for the system ``mass dS/dt = transport S``."""

    volume: Any
    """Linear form (test: one number a cell): volume of every cell."""
    transport: Any
    """Bilinear form (discontinuous space): ``-c.grad S`` with upwind jumps between cells."""
    inflow: Any
    """Bilinear form (discontinuous space): ``c.n S`` where c enters the body."""
    throughput: Any
    """Linear form (test: one number a cell): half the ``integral of |c.n|`` over a cell's sides,
    what flows through it; over the cell's volume it is the rate that limits an explicit step."""


def convection_forms(space: Any, cell_space: Any, velocity: Any) -> ConvectionForms:
    """Build the forms.

    Parameters
    ----------
    space : dolfinx.fem.FunctionSpace
        Scalar discontinuous Lagrange space.
    cell_space : dolfinx.fem.FunctionSpace
        Scalars, one a cell.
    velocity : ufl expression, shape (d,)
        The velocity c relative to the mesh, continuous across cells.

    Returns
    -------
    ConvectionForms
    """
    mesh = space.mesh
    n = ufl.FacetNormal(mesh)
    s, q, one = ufl.TrialFunction(space), ufl.TestFunction(space), ufl.TestFunction(cell_space)
    dx = ufl.dx(domain=mesh, metadata={"quadrature_degree": 4})
    ds = ufl.ds(domain=mesh, metadata={"quadrature_degree": 4})
    ds_inner = ufl.dS(domain=mesh, metadata={"quadrature_degree": 4})
    outflow = ufl.dot(velocity("+"), n("+"))
    entering, leaving = ufl.min_value(outflow, 0.0), ufl.max_value(outflow, 0.0)
    transport = -q * ufl.dot(velocity, ufl.grad(s)) * dx
    transport += (entering * q("+") + leaving * q("-")) * (s("+") - s("-")) * ds_inner
    throughput = 0.5 * abs(outflow) * (one("+") + one("-")) * ds_inner
    through = ufl.dot(velocity, n)
    throughput += 0.5 * abs(through) * one * ds
    return ConvectionForms(
        volume=one * dx,
        transport=transport,
        inflow=q * ufl.min_value(through, 0.0) * s * ds,
        throughput=throughput,
    )


def spin(v: Any) -> Any:
    """Return the spin ``W = skew(grad v)`` as a 3 x 3 tensor.

    Plane and axisymmetric bodies (without swirl) spin in their own plane only, the first two axes.
    """
    w = ufl.skew(ufl.grad(v))
    if len(v) == 3:
        return w
    zero = ufl.as_ufl(0.0)
    return ufl.as_tensor([[zero, w[0, 1], zero], [w[1, 0], zero, zero], [zero, zero, zero]])


def rotate(stress: Array, turn: Array) -> Array:
    """Turn tensors by ``R = exp(turn)``: ``R S R^T``, exact for a constant spin.

    With ``turn = W dt`` this is the objective part of the Jaumann rate, ``dS/dt = W S - S W``, as
    Hughes and Winget, Int. J. Numer. Meth. Eng. 15 (1980) 1862 (doi:10.1002/nme.1620151210)
    integrate it, with the exponential by Rodrigues' formula in place of their rational one.

    Parameters
    ----------
    stress : array, shape (N, 3, 3)
        Tensors, any unit.
    turn : array, shape (N, 3, 3), rad
        Skew tensors.

    Returns
    -------
    array, shape (N, 3, 3)
    """
    angle = np.sqrt(0.5 * np.einsum("qij,qij->q", turn, turn))
    by_turn = np.sinc(angle / np.pi)[:, None, None]
    by_square = (0.5 * np.sinc(angle / (2.0 * np.pi)) ** 2)[:, None, None]
    rotation = np.eye(3) + by_turn * turn + by_square * (turn @ turn)
    return np.asarray(rotation @ stress @ rotation.transpose(0, 2, 1))
