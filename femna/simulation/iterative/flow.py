"""Preconditioner of the flow: velocity, pressure, and contact at the vertices.

Pressure and contact are both multipliers of a constraint on the velocity. The pressure's Schur
complement is close to a mass matrix over the viscosity (`pressure.py`). That of the contact acts on
a surface and would spread over a factor size/h: contact is therefore first put into the velocity's
matrix as a stiffness ``theta / h`` against motion along the normal (an augmented Lagrangian),
beside which the multiplier's own Schur complement is a lumped mass over that stiffness. Open
vertices have a diagonal entry of their own. The blocks are then solved from velocity to multipliers
(block lower triangular).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from femna.mesh import Cell
from femna.physics.stiffness import stiffness_forms
from femna.simulation.block_matrix import FormMatrix
from femna.simulation.discretisation import FormVector
from femna.simulation.iterative.flow_matrices import FlowMatrices
from femna.simulation.iterative.multigrid import VelocityMultigrid
from femna.simulation.iterative.pressure import PressureSchur
from femna.simulation.layout import PRESSURE, VELOCITY
from femna.simulation.metal import MetalBlock
from femna.simulation.products import product

Array = npt.NDArray[np.float64]

CONTACT_STIFFNESS: Final = 1.0
"""Of closed contact over theta / h. A cell took 45 iterations; 50 with 0.3 or 3, 65 with 10."""


@dataclass(frozen=True, kw_only=True)
class ContactSlopes:
    """The linearised interface, arrays of shape (N,).

    Attributes
    ----------
    area : array
        Projected area of the vertices.
    load : array
        Derivative of the traction on the metal by z; zero where open.
    own : array
        Derivative of the kinematic condition by z over the area; never positive.
    """

    area: Array
    load: Array
    own: Array


@dataclass(frozen=True)
class FlowVectors:
    """Owned entries of velocity, pressure and z."""

    velocity: Array
    pressure: Array
    z: Array


class FlowPreconditioner:
    """Approximates the inverse of the rows and columns of velocity, pressure and contact.

    Parameters
    ----------
    cell : Cell
        The meshed cell.
    metal : MetalBlock
        Flow of the metal.
    interface_dofs : int array, shape (N,)
        Owned P1 dofs that face the electrolyte, in the order of z.
    """

    def __init__(
        self, cell: Cell, metal: MetalBlock, interface_dofs: npt.NDArray[np.int32]
    ) -> None:
        self._metal, self._dofs = metal, interface_dofs
        self._weight = fem.Function(metal.pressure_space, name="stiffness of the contact")
        body = cell.metal
        surface = ufl.ds(domain=body.mesh, subdomain_data=body.facets)
        forms = stiffness_forms(
            metal.fields,
            self._weight,
            symmetry=cell.symmetry,
            interface=surface(body.names["interface"], metadata={"quadrature_degree": 5}),
            quadrature_degree=metal.quadrature_degree,
        )
        self._against_size, self._volume = (
            FormVector(fem.form(form)) for form in (forms.against_size, forms.volume)
        )
        contact = FormMatrix(
            forms.contact, VELOCITY, VELOCITY, conditions=metal.conditions, diagonal=0.0
        )
        self._stiffening = [contact, *metal.walls.velocity_matrices()]
        self._velocity = VelocityMultigrid(
            [metal.matrices.tangent_form, *(part.written for part in self._stiffening)],
            metal.velocity_space,
            cell.metal,
            held=metal.held_walls,
        )
        mass = FormMatrix(forms.mass, PRESSURE, PRESSURE, conditions=[])
        self._pressure = PressureSchur(mass, body.mesh.comm, body.mesh.geometry.dim)
        self._flow: FlowMatrices | None = None
        self._multiplier = self._schur = np.zeros(0)

    def renew(self) -> None:
        """Let multigrid forget the matrices so far (collective)."""
        self._velocity.renew()
        self._pressure.renew()

    def update(self, slopes: ContactSlopes) -> FlowMatrices:
        """Assemble the metal's matrices at its present unknowns and take them (collective).

        The velocity's matrix is stiffened in place; `added` of the result says by what.
        """
        metal = self._metal
        load = np.maximum(slopes.load, 0.0)
        volume = self._volume()[self._dofs]
        stiffness = CONTACT_STIFFNESS * self._against_size()[self._dofs] / volume
        yielding = load / stiffness - slopes.own
        self._schur = -yielding * slopes.area
        weight = np.divide(load, yielding, out=np.zeros_like(load), where=load > 0.0)
        self._multiplier = weight / slopes.area
        self._weight.x.array[self._dofs] = weight
        self._weight.x.scatter_forward()
        # in blocks of the space's size: half the time of a product
        tangent = metal.matrices.tangent([part.form for part in self._stiffening])
        self._velocity.update(tangent)
        added = [part.assembled() for part in self._stiffening]
        self._flow = FlowMatrices(tangent, added, *metal.matrices.continuity())
        self._pressure.update(self._flow)
        return self._flow

    def __call__(self, momentum: Array, continuity: Array, kinematic: Array) -> FlowVectors:
        """Return velocity, pressure and z for residuals of the three conditions (collective)."""
        flow = self._flow
        if flow is None:
            raise RuntimeError("the flow has no matrices yet")
        pressed = momentum + self._metal.load(self._multiplier * kinematic)
        velocity = self._velocity(pressed)
        source = continuity - product(flow.divergence, velocity)
        pressure = self._pressure(source)
        z = (kinematic - self._metal.flux(velocity)) / self._schur
        return FlowVectors(velocity, -pressure, z)
