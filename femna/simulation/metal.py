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
from femna.physics.metal import MetalFields, build_forms
from femna.simulation.discretisation import (
    Quadrature,
    QuadratureEvaluator,
    symmetry_conditions,
)
from femna.simulation.jacobian import Entries, csr_coordinates
from femna.simulation.layout import BlockLayout
from femna.simulation.memory import ElasticMemory, ElasticModuli
from femna.simulation.metal_surface import MetalSurface
from femna.simulation.scales import Scales
from femna.simulation.viscosity import Viscosity

Array = npt.NDArray[np.float64]


class MetalBlock:
    """Mixed flow of the metal on its moving mesh (P2 velocity, P1 pressure).

    Parameters
    ----------
    cell : Cell
        The meshed cell.
    creep : CreepLaw
        Creep law (SI).
    scales : Scales
        Characteristic values.
    rate_floor : float
        Strain-rate floor [1/s].
    quadrature_degree : int
        Degree of the volume quadrature.
    wall_drag : float
        Dimensionless drag of the electrolyte's wall; 0 slips freely.
    platen_sticks : bool
        Whether the collector holds the metal tangentially.
    elastic : ElasticModuli or None
        Elastic moduli of the metal; None for a purely viscous, incompressible one.
    """

    def __init__(
        self,
        cell: Cell,
        creep: CreepLaw,
        scales: Scales,
        *,
        rate_floor: float,
        quadrature_degree: int,
        wall_drag: float,
        platen_sticks: bool,
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
        memory = None
        if elastic is not None:
            memory = ElasticMemory(
                velocity,
                pressure,
                self.quadrature,
                quadrature_degree=quadrature_degree,
                moduli=elastic,
                scales=scales,
                symmetry=cell.symmetry,
            )
        self._memory = memory
        self.fields = MetalFields(
            velocity=velocity,
            pressure=pressure,
            theta=fem.Function(scalar),
            zeta=fem.Function(scalar),
            memory=None if memory is None else memory.strain_rate,
            old_pressure=None if memory is None else memory.old_pressure,
            compliance=None if memory is None else memory.compliance,
            wall_weight=fem.Function(self.pressure_space),
            wall_drag=fem.Constant(mesh, PETSc.ScalarType(wall_drag)),
        )
        trace_space = fem.functionspace(mesh, ("Discontinuous Lagrange", 1))
        forms = build_forms(
            self.fields,
            symmetry=cell.symmetry,
            facets=cell.metal.facets,
            interface_tag=cell.metal.names["interface"],
            quadrature_degree=quadrature_degree,
            trace_space=trace_space,
        )
        walls = {"platen": platen_sticks}
        self.conditions = symmetry_conditions(self.velocity_space, cell.metal, walls)
        size = self.velocity_space.dofmap.index_map.size_local * mesh.geometry.dim
        self.sizes = [size, self.pressure_space.dofmap.index_map.size_local]
        self._held = np.unique(np.concatenate([c.dof_indices()[0] for c in self.conditions]))
        self._held = self._held[self._held < size]
        self._residual = [fem.form(f) for f in forms.residual]
        self._jacobian = [[f and fem.form(f) for f in row] for row in forms.jacobian]
        self._surface = MetalSurface(
            forms,
            cell,
            self.velocity_space,
            self.pressure_space,
            trace_space=trace_space,
            conditions=self.conditions,
            held=self._held,
            has_wall=wall_drag > 0.0,
        )
        self._rate = QuadratureEvaluator(forms.effective_rate, self.quadrature, mesh)
        self.relaxed_modulus = np.inf
        self.exponent_blend = 1.0
        self._temperature = np.nan
        self._matrices: dict[str, PETSc.Mat] = {}
        self._places: dict[str, tuple[Any, Any]] = {}

    def connect(self, interface_dofs: npt.NDArray[np.int32]) -> None:
        """Name the owned P1 dofs that face the electrolyte, in the order of z."""
        self._surface.connect(interface_dofs)

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

    def update(self, wall_weight: Array, temperature: float) -> None:
        """Evaluate the creep law at every quadrature point, and the wall's weight (collective)."""
        self._update_flow(temperature)
        if self._surface.has_wall:
            self.fields.wall_weight.x.array[self._surface.dofs] = wall_weight
            self.fields.wall_weight.x.scatter_forward()

    def _update_flow(self, temperature: float) -> None:
        self._temperature = temperature
        law = Viscosity(
            creep=self.creep, rate_floor=self.rate_floor, reference_rate=self.scales.rate
        )
        rate = self._rate() * self.scales.rate
        theta = zeta = np.zeros(0)
        problem = ""
        try:
            theta, zeta = law(
                rate,
                temperature=temperature,
                relaxed_modulus=self.relaxed_modulus,
                blend=self.exponent_blend,
            )
        except ComputationError as error:
            problem = str(error)
        # one rank's failure is everybody's, or the others would wait for it for ever
        problem = self.mesh.comm.allreduce(problem, op=MPI.MAX)
        if problem:
            raise ComputationError(problem)
        unit = self.scales.rate / self.scales.traction
        self.fields.theta.x.array[:] = theta * unit
        self.fields.zeta.x.array[:] = zeta * unit * self.scales.rate**2

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
        return np.asarray(vector.getArray()) + self._surface.load(contact_pressure)

    def flux(self) -> Array:
        """Return ``integral of q v.n`` at every interface vertex, shape (N,) (collective)."""
        return self._surface.flux(self.get()[0])

    def jacobian(self, layout: BlockLayout, pressure_slope: Array, h_slope: Array) -> list[Entries]:
        """Return the entries of all blocks that touch the metal (collective)."""
        blocks = [
            self._block(layout, f"{row}{column}", row, column, form)
            for row, forms in enumerate(self._jacobian)
            for column, form in enumerate(forms)
            if form is not None
        ]
        return [*blocks, *self._surface.jacobian(layout, pressure_slope, h_slope)]

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

    # -- elastic memory ------------------------------------------------------------------------

    def begin_step(self, dt: float) -> None:
        """Prepare a step of dimensionless length ``dt``: what the metal remembers enters it."""
        if self._memory is not None:
            self.relaxed_modulus = self._memory.begin_step(dt)

    def accept_step(self, dt: float, mesh_displacement: Any, platen_velocity: float) -> None:
        """Remember a converged step, before the mesh moves (collective).

        The parameters are those of :meth:`ElasticMemory.accept_step`.
        """
        if self._memory is not None:
            self._update_flow(self._temperature)
            stress = (2.0 / 3.0) * self.fields.theta.x.array[:, None] * self._rate()
            self._memory.accept_step(dt, stress, mesh_displacement, platen_velocity)

    def memory_state(self) -> dict[str, Array]:
        """Return copies of the owned arrays of the memory; empty without elasticity."""
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
        return 0.0 if self._memory is None else self._memory.volume_change(dt)
