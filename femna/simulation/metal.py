"""The metal's share of the coupled problem: flow, surface operators, quadrature state."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from petsc4py import PETSc

from femna.mesh import Cell
from femna.physics.flow_stress import CreepLaw
from femna.physics.metal import build_forms
from femna.physics.wall import WallLaw
from femna.simulation.discretisation import FormVector, QuadratureEvaluator, symmetry_conditions
from femna.simulation.elastic_memory import ElasticModuli
from femna.simulation.jacobian import Entries
from femna.simulation.layout import BlockLayout
from femna.simulation.memory import MetalMemory
from femna.simulation.metal_functions import MetalFunctions
from femna.simulation.metal_matrices import MetalMatrices
from femna.simulation.metal_surface import MetalSurface
from femna.simulation.pointwise_flow import PointwiseFlow
from femna.simulation.porous_metal import PorousMetal
from femna.simulation.scales import Scales
from femna.simulation.walls import Walls

Array = npt.NDArray[np.float64]


class MetalBlock:
    """Mixed flow of the metal on its moving mesh (P2 velocity, P1 pressure).

    Parameters
    ----------
    cell : Cell
        The meshed cell.
    creep : CreepLaw
        Creep law (SI); a `HardeningLaw` keeps a deformation resistance at every quadrature point.
    scales : Scales
        Characteristic values.
    rate_floor : float
        Strain-rate floor [1/s].
    quadrature_degree : int
        Degree of the volume quadrature.
    platen_sticks : bool
        Whether the collector holds the metal tangentially.
    wall, collector : WallLaw or None
        How the electrolyte, and a collector that does not hold it, resist sliding metal
        (dimensionless); None slips freely.
    elastic : ElasticModuli or None
        Elastic moduli of the metal; None for a purely viscous, incompressible one.
    porous : bool
        Whether it may have closed voids; its creep law is then one power of the stress.

    Attributes
    ----------
    easing : dolfinx.fem.Constant
        Factor on the slip speeds of the walls: 1, or more while a solve is made easier.
    exponent_blend : float
        Share of the creep law's own exponent: 1, or less while a solve is made easier.
    anchored : bool
        Whether `update` leaves the creep law's tangent plane where it is, instead of taking that
        of the present velocity.
    matrices : MetalMatrices
        The flow's blocks between velocity and pressure.
    walls : Walls
        What resists the sliding metal.
    porous : PorousMetal or None
        The closed voids.
    outflow : dolfinx.fem.Form or None
        Volume that leaves through an open rim per time, over this rank; None without such a rim.
    """

    def __init__(
        self,
        cell: Cell,
        creep: CreepLaw,
        scales: Scales,
        *,
        rate_floor: float,
        quadrature_degree: int,
        platen_sticks: bool,
        wall: WallLaw | None = None,
        collector: WallLaw | None = None,
        elastic: ElasticModuli | None = None,
        porous: bool = False,
    ) -> None:
        mesh = cell.metal.mesh
        self.mesh, self.scales = mesh, scales
        self.creep, self.rate_floor = creep, rate_floor
        made = MetalFunctions.build(
            cell,
            creep,
            scales=scales,
            quadrature_degree=quadrature_degree,
            elastic=elastic,
            porous=porous,
        )
        self.velocity_space, self.pressure_space = made.velocity_space, made.pressure_space
        self.quadrature, self.fields, self._memory = made.quadrature, made.fields, made.memory
        trace_space = fem.functionspace(mesh, ("Discontinuous Lagrange", 1))
        forms = build_forms(
            self.fields,
            symmetry=cell.symmetry,
            facets=cell.metal.facets,
            interface_tag=cell.metal.names["interface"],
            platen_tag=cell.metal.names["platen"],
            rim_tag=cell.metal.names.get("rim"),
            quadrature_degree=quadrature_degree,
            trace_space=trace_space,
        )
        self.quadrature_degree, self.held_walls = quadrature_degree, {"platen": platen_sticks}
        self.conditions = symmetry_conditions(self.velocity_space, cell.metal, self.held_walls)
        size = self.velocity_space.dofmap.index_map.size_local * mesh.geometry.dim
        self.sizes = [size, self.pressure_space.dofmap.index_map.size_local]
        self._held = np.unique(np.concatenate([c.dof_indices()[0] for c in self.conditions]))
        self._held = self._held[self._held < size]
        self._residual = [FormVector(fem.form(f)) for f in forms.residual]
        self.outflow = None if forms.outflow is None else fem.form(forms.outflow)
        self.porous: PorousMetal | None = None
        if porous:
            self.porous = PorousMetal(
                self.fields,
                forms,
                self.quadrature,
                creep=creep,
                scales=scales,
                sphere=cell.symmetry != "plane_strain",
            )
        self.matrices = MetalMatrices(forms, conditions=self.conditions, porous=porous)
        self._surface = MetalSurface(
            forms, cell, self.pressure_space, trace_space=trace_space, held=self._held
        )
        self.easing = fem.Constant(mesh, PETSc.ScalarType(1.0))
        self.walls = Walls(
            wall,
            None if platen_sticks else collector,
            cell=cell,
            forms=forms,
            velocity=self.fields.velocity,
            pressure_space=self.pressure_space,
            conditions=self.conditions,
            easing=self.easing,
        )
        self._flow = PointwiseFlow(
            creep,
            self.fields,
            rate=QuadratureEvaluator(forms.effective_rate, self.quadrature, mesh),
            scales=scales,
            memory=self._memory,
            porous=self.porous,
        )
        self.exponent_blend = 1.0
        self.anchored = False
        self._temperature = np.nan

    def connect(self, interface_dofs: npt.NDArray[np.int32]) -> None:
        """Name the owned P1 dofs that face the electrolyte, in the order of z."""
        self._surface.connect(interface_dofs)
        self.walls.connect(interface_dofs)

    # -- unknowns ------------------------------------------------------------------------------

    @property
    def held(self) -> npt.NDArray[np.int32]:
        """Owned entries of the velocity that are zero."""
        return self._held

    def get(self) -> tuple[Array, Array]:
        """Return the owned entries of velocity and pressure."""
        v, p = self.fields.velocity.x.array, self.fields.pressure.x.array
        return v[: self.sizes[0]], p[: self.sizes[1]]

    def set(self, velocity: Array, pressure: Array) -> None:
        """Set the owned entries and update the ghosts (collective)."""
        self.fields.velocity.x.array[: self.sizes[0]] = velocity
        self.fields.pressure.x.array[: self.sizes[1]] = pressure
        self.fields.velocity.x.scatter_forward()
        self.fields.pressure.x.scatter_forward()

    def geometry_changed(self) -> None:
        """Rebuild the interface operator ``B: velocity -> integral of q v.n`` (collective)."""
        self._surface.geometry_changed()
        self.matrices.forget()

    def moved_sideways(self) -> None:
        """Take note that interface vertices have moved along it (collective)."""
        self._surface.connect(self._surface.dofs)
        self.matrices.forget()

    def vertex_area(self) -> Array:
        """Return the projected area that belongs to each interface vertex, shape (N,)."""
        return self._surface.vertex_area()

    def bearing_area(self) -> Array:
        """Return the area on which each vertex bears: see `MetalSurface.bearing_area`."""
        return self._surface.bearing_area()

    # -- residual and Jacobian -----------------------------------------------------------------

    def update(self, openness: Array, temperature: float, *, contact_pressure: Array) -> None:
        """Evaluate the creep law at every quadrature point, and the walls' weights (collective).

        Parameters
        ----------
        openness, contact_pressure : arrays, shape (N,)
            Contact at the interface vertices, dimensionless.
        temperature : float
            [K].
        """
        self._update_flow(temperature)
        self.walls.update(openness, contact_pressure, temperature=temperature)

    def _update_flow(self, temperature: float) -> None:
        self._temperature = temperature
        if not self.anchored:
            self._flow.update(temperature, rate_floor=self.rate_floor, blend=self.exponent_blend)

    def follow_stress(self) -> None:
        """Move the creep law's tangent plane to where it leads (:mod:`.pointwise_flow`)."""
        self._flow.follow_stress(
            self._temperature, rate_floor=self.rate_floor, blend=self.exponent_blend
        )

    def residual(self, contact_pressure: Array) -> tuple[Array, Array]:
        """Return the owned entries of the momentum and continuity residuals (collective)."""
        momentum = self.momentum(contact_pressure)
        momentum[self._held] = 0.0
        return momentum, self._residual[1]()

    def momentum(self, contact_pressure: Array) -> Array:
        """Return the momentum residual, reactions at held dofs included (collective)."""
        total = self._residual[0]() + self._surface.load(contact_pressure)
        for drag in self.walls.residual():
            total += drag
        return total

    def flux(self, velocity: Array | None = None) -> Array:
        """Return ``integral of psi v.n`` at every interface vertex, shape (N,) (collective).

        Of the present velocity, or of given owned entries of one.
        """
        return self._surface.flux(self.get()[0] if velocity is None else velocity)

    def load(self, traction: Array) -> Array:
        """Return the owned velocity residual of a traction at the vertices (collective)."""
        return self._surface.load(traction)

    def surface_entries(
        self, layout: BlockLayout, load_slope: Array, pressure_slope: Array, h_slope: Array
    ) -> list[Entries]:
        """Return the entries of the metal's surfaces, walls included (collective).

        Parameters
        ----------
        layout : BlockLayout
            Numbers of the unknowns.
        load_slope, pressure_slope, h_slope : arrays, shape (N,)
            Derivatives by z of the traction that loads the metal, of the contact pressure that a
            wall's friction feels, and of the openness.
        """
        return [
            *self._surface.jacobian(layout, load_slope),
            *self.walls.jacobian(layout, pressure_slope, h_slope),
        ]

    def load_slope(self, layout: BlockLayout, coupling: PETSc.Mat) -> Entries:
        """Return the entries of :meth:`MetalSurface.load_slope` (collective)."""
        return self._surface.load_slope(layout, coupling)

    # -- memory --------------------------------------------------------------------------------

    @property
    def relaxed_modulus(self) -> float:
        """``3 G dt`` of the present step [Pa s]; infinite without elasticity."""
        return self._flow.relaxed_modulus

    @property
    def resistance(self) -> Array | None:
        """Deformation resistance at all quadrature points [Pa]; None for a law without one."""
        return self._flow.resistance

    def begin_step(self, dt: float) -> None:
        """Prepare a step of dimensionless length ``dt``: what the metal remembers enters it."""
        self.matrices.forget()
        if self.porous is not None:
            self.porous.begin_step(dt * self.scales.time)
        if self._memory is not None:
            self._memory.begin_step(dt)

    def accept_step(self, dt: float, mesh_displacement: Any, platen_velocity: float) -> None:
        """Remember a converged step, before the mesh moves (collective).

        The parameters are those of :meth:`MetalMemory.accept_step`.
        """
        if self._memory is not None:
            self._update_flow(self._temperature)
            self._memory.accept_step(
                dt,
                self._flow.stress(),
                mesh_displacement,
                platen_velocity,
                resistance=self.resistance,
            )

    def memory_state(self) -> dict[str, Array]:
        """Return copies of the owned arrays of the memory; empty where nothing is remembered."""
        return {} if self._memory is None else self._memory.state()

    @property
    def memory(self) -> MetalMemory | None:
        """What the metal remembers; None where that is nothing."""
        return self._memory

    def memory_points(self) -> dict[str, Array]:
        """Return a point for every entry of `memory_state`, no two of an array the same."""
        return {} if self._memory is None else self._memory.points()

    def restore_memory(self, state: dict[str, Array]) -> None:
        """Return to a memory saved by `memory_state` (collective)."""
        if self._memory is not None:
            self._memory.restore(state)

    def elastic_volume_change(self, dt: float) -> float:
        """Return the solved step's gain, see :meth:`ElasticMemory.volume_change` (collective)."""
        elastic = None if self._memory is None else self._memory.elastic
        return 0.0 if elastic is None else elastic.volume_change(dt)
