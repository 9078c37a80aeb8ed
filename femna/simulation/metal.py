"""The metal's share of the coupled problem: flow, surface operators, quadrature state."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from petsc4py import PETSc

from femna.errors import ComputationError
from femna.mesh import Cell
from femna.physics.flow_stress import CreepLaw
from femna.physics.hardening import HardeningLaw
from femna.physics.metal import MetalFields, build_forms
from femna.physics.wall import WallLaw
from femna.simulation.collector_wall import CollectorWall
from femna.simulation.discretisation import (
    Quadrature,
    QuadratureEvaluator,
    symmetry_conditions,
)
from femna.simulation.elastic_memory import ElasticMemory, ElasticModuli
from femna.simulation.electrolyte_wall import ElectrolyteWall
from femna.simulation.jacobian import Entries, csr_coordinates
from femna.simulation.layout import BlockLayout
from femna.simulation.memory import MetalMemory
from femna.simulation.metal_surface import MetalSurface
from femna.simulation.scales import Scales
from femna.simulation.sliding_wall import SlidingWall
from femna.simulation.viscosity import Flow, Viscosity

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

    Attributes
    ----------
    easing : dolfinx.fem.Constant
        Factor on the slip speeds of the walls: 1, or more while a solve is made easier.
    resistance : array, shape (points,), Pa, or None
        Deformation resistance at the last evaluation; None for a law without one.
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
    ) -> None:
        mesh = cell.metal.mesh
        self.mesh, self.scales = mesh, scales
        self.creep, self.rate_floor = creep, rate_floor
        self.velocity_space = fem.functionspace(mesh, ("Lagrange", 2, (mesh.geometry.dim,)))
        self.pressure_space = fem.functionspace(mesh, ("Lagrange", 1))
        self.quadrature = Quadrature.build(mesh, quadrature_degree)
        scalar = self.quadrature.scalar_space
        velocity = fem.Function(self.velocity_space, name="velocity")
        pressure = fem.Function(self.pressure_space, name="pressure")
        hardening = creep if isinstance(creep, HardeningLaw) else None
        self._memory: MetalMemory | None = None
        if elastic is not None or hardening is not None:
            self._memory = MetalMemory(
                velocity,
                pressure,
                self.quadrature,
                quadrature_degree=quadrature_degree,
                scales=scales,
                symmetry=cell.symmetry,
                moduli=elastic,
                initial_resistance=None if hardening is None else hardening.initial_resistance,
            )
        memory = self._elastic
        self.fields = MetalFields(
            velocity=velocity,
            pressure=pressure,
            theta=fem.Function(scalar),
            zeta=fem.Function(scalar),
            memory=None if memory is None else memory.strain_rate,
            old_pressure=None if memory is None else memory.old_pressure,
            compliance=None if memory is None else memory.compliance,
        )
        trace_space = fem.functionspace(mesh, ("Discontinuous Lagrange", 1))
        forms = build_forms(
            self.fields,
            symmetry=cell.symmetry,
            facets=cell.metal.facets,
            interface_tag=cell.metal.names["interface"],
            platen_tag=cell.metal.names["platen"],
            quadrature_degree=quadrature_degree,
            trace_space=trace_space,
        )
        held = {"platen": platen_sticks}
        self.conditions = symmetry_conditions(self.velocity_space, cell.metal, held)
        size = self.velocity_space.dofmap.index_map.size_local * mesh.geometry.dim
        self.sizes = [size, self.pressure_space.dofmap.index_map.size_local]
        self._held = np.unique(np.concatenate([c.dof_indices()[0] for c in self.conditions]))
        self._held = self._held[self._held < size]
        self._residual = [fem.form(f) for f in forms.residual]
        self._jacobian = [[f and fem.form(f) for f in row] for row in forms.jacobian]
        self._surface = MetalSurface(
            forms,
            cell,
            self.pressure_space,
            trace_space=trace_space,
            held=self._held,
        )
        self.easing = fem.Constant(mesh, PETSc.ScalarType(1.0))

        def sliding(law: WallLaw, surface: str) -> SlidingWall:
            return SlidingWall(
                law,
                cell,
                surface=surface,
                velocity=velocity,
                pressure_space=self.pressure_space,
                conditions=self.conditions,
                easing=self.easing,
            )

        self.wall = self.collector = None
        if wall is not None:
            self.wall = ElectrolyteWall(sliding(wall, "interface"))
        if collector is not None and not platen_sticks:
            self.collector = CollectorWall(
                sliding(collector, "platen"), forms, cell, conditions=self.conditions
            )
        self._rate = QuadratureEvaluator(forms.effective_rate, self.quadrature, mesh)
        self.exponent_blend = 1.0
        self.resistance: Array | None = None
        self._temperature = np.nan
        self._matrices: dict[str, PETSc.Mat] = {}
        self._places: dict[str, tuple[Any, Any]] = {}

    def connect(self, interface_dofs: npt.NDArray[np.int32]) -> None:
        """Name the owned P1 dofs that face the electrolyte, in the order of z."""
        self._surface.connect(interface_dofs)
        if self.wall is not None:
            self.wall.connect(interface_dofs)

    # -- unknowns ------------------------------------------------------------------------------

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

    def vertex_area(self) -> Array:
        """Return the projected area that belongs to each interface vertex, shape (N,)."""
        return self._surface.vertex_area()

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
        if self.wall is not None:
            self.wall.update(openness, contact_pressure, temperature=temperature)
        if self.collector is not None:
            self.collector.update(temperature=temperature)

    def _update_flow(self, temperature: float) -> None:
        self._temperature = temperature
        law = Viscosity(
            creep=self.creep, rate_floor=self.rate_floor, reference_rate=self.scales.rate
        )
        rate = self._rate() * self.scales.rate
        flow = Flow(theta=np.zeros(0), zeta=np.zeros(0))
        problem = ""
        try:
            flow = law(
                rate,
                temperature=temperature,
                relaxed_modulus=self.relaxed_modulus,
                blend=self.exponent_blend,
                hardening=None if self._memory is None else self._memory.hardening,
            )
        except ComputationError as error:
            problem = str(error)
        # one rank's failure is everybody's, or the others would wait for it for ever
        problem = self.mesh.comm.allreduce(problem, op=MPI.MAX)
        if problem:
            raise ComputationError(problem)
        unit = self.scales.rate / self.scales.traction
        self.fields.theta.x.array[:] = flow.theta * unit
        self.fields.zeta.x.array[:] = flow.zeta * unit * self.scales.rate**2
        self.resistance = flow.resistance

    def residual(self, contact_pressure: Array) -> tuple[Array, Array]:
        """Return the owned entries of the momentum and continuity residuals (collective)."""
        momentum = self.momentum(contact_pressure)
        momentum[self._held] = 0.0
        vector = fem_petsc.assemble_vector(self._residual[1])
        vector.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        return momentum, np.asarray(vector.getArray()).copy()

    def momentum(self, contact_pressure: Array) -> Array:
        """Return the momentum residual, reactions at held dofs included (collective)."""
        vector = fem_petsc.assemble_vector(self._residual[0])
        vector.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        total = np.asarray(vector.getArray()) + self._surface.load(contact_pressure)
        for wall in (self.wall, self.collector):
            if wall is not None:
                total += wall.residual()
        return total

    def flux(self) -> Array:
        """Return ``integral of q v.n`` at every interface vertex, shape (N,) (collective)."""
        return self._surface.flux(self.get()[0])

    def jacobian(
        self, layout: BlockLayout, load_slope: Array, pressure_slope: Array, h_slope: Array
    ) -> list[Entries]:
        """Return the entries of all blocks that touch the metal (collective).

        Parameters
        ----------
        layout : BlockLayout
            Numbers of the unknowns.
        load_slope, pressure_slope, h_slope : arrays, shape (N,)
            Derivatives by z of the traction that loads the metal, of the contact pressure that a
            wall's friction feels, and of the openness.
        """
        blocks = [
            self._block(layout, f"{row}{column}", row, column, form)
            for row, forms in enumerate(self._jacobian)
            for column, form in enumerate(forms)
            if form is not None
        ]
        blocks += self._surface.jacobian(layout, load_slope)
        if self.wall is not None:
            blocks += self.wall.jacobian(layout, pressure_slope, h_slope)
        if self.collector is not None:
            blocks += self.collector.jacobian(layout)
        return blocks

    def load_slope(self, layout: BlockLayout, coupling: PETSc.Mat) -> Entries:
        """Return the entries of :meth:`MetalSurface.load_slope` (collective)."""
        return self._surface.load_slope(layout, coupling)

    def _block(self, layout: BlockLayout, key: str, row: int, column: int, form: Any) -> Entries:
        if key not in self._matrices:
            self._matrices[key] = fem_petsc.create_matrix(form)
        matrix = self._matrices[key]
        matrix.zeroEntries()
        fem_petsc.assemble_matrix(matrix, form, bcs=self.conditions)
        matrix.assemble()
        if key not in self._places:
            rows, columns = csr_coordinates(matrix)
            self._places[key] = (layout.monolithic(row, rows), layout.monolithic(column, columns))
        return (*self._places[key], matrix.getValuesCSR()[2])

    # -- memory --------------------------------------------------------------------------------

    @property
    def relaxed_modulus(self) -> float:
        """``3 G dt`` of the present step [Pa s]; infinite without elasticity."""
        return np.inf if self._memory is None else self._memory.relaxed_modulus

    @property
    def _elastic(self) -> ElasticMemory | None:
        return None if self._memory is None else self._memory.elastic

    def begin_step(self, dt: float) -> None:
        """Prepare a step of dimensionless length ``dt``: what the metal remembers enters it."""
        if self._memory is not None:
            self._memory.begin_step(dt)

    def accept_step(self, dt: float, mesh_displacement: Any, platen_velocity: float) -> None:
        """Remember a converged step, before the mesh moves (collective).

        The parameters are those of :meth:`MetalMemory.accept_step`.
        """
        if self._memory is not None:
            self._update_flow(self._temperature)
            stress = (2.0 / 3.0) * self.fields.theta.x.array[:, None] * self._rate()
            self._memory.accept_step(
                dt, stress, mesh_displacement, platen_velocity, resistance=self.resistance
            )

    def memory_state(self) -> dict[str, Array]:
        """Return copies of the owned arrays of the memory; empty where nothing is remembered."""
        return {} if self._memory is None else self._memory.state()

    def memory_points(self) -> dict[str, Array]:
        """Return a point for every entry of `memory_state`, no two of an array the same."""
        return {} if self._memory is None else self._memory.points()

    def restore_memory(self, state: dict[str, Array]) -> None:
        """Return to a memory saved by `memory_state` (collective)."""
        if self._memory is not None:
            self._memory.restore(state)

    def elastic_volume_change(self, dt: float) -> float:
        """Return the solved step's gain, see :meth:`ElasticMemory.volume_change` (collective)."""
        return 0.0 if self._elastic is None else self._elastic.volume_change(dt)
