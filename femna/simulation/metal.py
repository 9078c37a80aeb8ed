"""The metal's share of the coupled problem: flow, surface operators, quadrature state."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from femna.mesh import Cell
from femna.physics.flow_stress import CreepLaw, flow_stress
from femna.physics.metal import MetalFields, build_forms
from femna.simulation.discretisation import (
    Quadrature,
    QuadratureEvaluator,
    symmetry_conditions,
)
from femna.simulation.jacobian import Entries, csr_coordinates
from femna.simulation.layout import BlockLayout
from femna.simulation.scales import Scales

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
    ) -> None:
        mesh = cell.metal.mesh
        self.mesh, self.creep, self.scales, self.rate_floor = mesh, creep, scales, rate_floor
        self.velocity_space = fem.functionspace(mesh, ("Lagrange", 2, (mesh.geometry.dim,)))
        self.pressure_space = fem.functionspace(mesh, ("Lagrange", 1))
        self.quadrature = Quadrature.build(mesh, quadrature_degree)
        scalar = self.quadrature.scalar_space
        self.fields = MetalFields(
            velocity=fem.Function(self.velocity_space, name="velocity"),
            pressure=fem.Function(self.pressure_space, name="pressure"),
            theta=fem.Function(scalar),
            zeta=fem.Function(scalar),
            memory=None,
            old_pressure=None,
            compliance=None,
            wall_weight=fem.Function(self.pressure_space),
            wall_drag=fem.Constant(mesh, PETSc.ScalarType(wall_drag)),
        )
        forms = build_forms(
            self.fields,
            symmetry=cell.symmetry,
            facets=cell.metal.facets,
            interface_tag=cell.metal.names["interface"],
            quadrature_degree=quadrature_degree,
        )
        self.conditions = symmetry_conditions(
            self.velocity_space, cell.metal, {"platen": platen_sticks}
        )
        size = self.velocity_space.dofmap.index_map.size_local * mesh.geometry.dim
        self.sizes = [size, self.pressure_space.dofmap.index_map.size_local]
        self._held = np.unique(np.concatenate([c.dof_indices()[0] for c in self.conditions]))
        self._held = self._held[self._held < size]
        self._residual = [fem.form(f) for f in forms.residual]
        self._jacobian = [[None if f is None else fem.form(f) for f in row] for row in forms.jacobian]
        self._flux_form = fem.form(forms.interface_flux)
        self._area_form = fem.form(forms.interface_area)
        self._wall_form = fem.form(forms.wall_by_weight) if wall_drag > 0.0 else None
        self._rate = QuadratureEvaluator(forms.effective_rate, self.quadrature, mesh)
        self.relaxed_modulus = np.inf
        self.exponent_blend = 1.0
        self._matrices: dict[str, PETSc.Mat] = {}
        self._places: dict[str, tuple[Any, Any]] = {}
        self._interface = np.zeros(0, dtype=np.int32)
        self._operator: PETSc.Mat | None = None
        self._held_is_zero: PETSc.Vec | None = None

    def connect(self, interface_dofs: npt.NDArray[np.int32]) -> None:
        """Name the owned P1 dofs that face the electrolyte, in the order of z."""
        self._interface = interface_dofs
        self.geometry_changed()

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

    # -- geometry ------------------------------------------------------------------------------

    def geometry_changed(self) -> None:
        """Rebuild the interface operator ``B: velocity -> integral of q v.n`` (collective)."""
        full = fem_petsc.assemble_matrix(self._flux_form)
        full.assemble()
        rows = self._interface_set()
        start, end = full.getOwnershipRangeColumn()
        columns = PETSc.IS().createStride(end - start, start, 1, comm=self.mesh.comm)
        operator = full.createSubMatrix(rows, columns)
        free = operator.createVecRight()
        values = np.ones(self.sizes[0])
        values[self._held] = 0.0
        free.setArray(values)
        operator.diagonalScale(None, free)
        for old in (self._operator, full):
            if old is not None:
                old.destroy()
        self._operator = operator

    def _interface_set(self) -> PETSc.IS:
        start = self.pressure_space.dofmap.index_map.local_range[0]
        return PETSc.IS().createGeneral(
            (self._interface + start).astype(np.int32), comm=self.mesh.comm
        )

    def vertex_area(self) -> Array:
        """Return the projected area that belongs to each interface vertex, shape (N,)."""
        vector = fem_petsc.assemble_vector(self._area_form)
        vector.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        return np.asarray(vector.getArray()[self._interface]).copy()

    # -- residual and Jacobian -----------------------------------------------------------------

    def update(self, wall_weight: Array, temperature: float) -> None:
        """Evaluate the creep law at every quadrature point, and the wall's weight (collective)."""
        d = self._rate() * self.scales.rate
        equivalent = np.sqrt((2.0 / 3.0) * np.einsum("qi,qi->q", d, d))
        regular = np.sqrt(equivalent**2 + self.rate_floor**2)
        stress, slope = flow_stress(
            self.creep, regular, temperature=temperature, relaxed_modulus=self.relaxed_modulus
        )
        blend = self.exponent_blend
        if blend < 1.0:
            reference = flow_stress(
                self.creep, np.array([self.scales.rate]), temperature=temperature
            )[0][0]
            reference=min(reference,float(__import__('os').environ.get('SOFT','1e9'))*self.scales.traction); linear = reference * regular / self.scales.rate
            softened = stress**blend * linear ** (1.0 - blend)
            slope = softened * (blend * slope / stress + (1.0 - blend) / regular)
            stress = softened
        viscosity = stress / regular
        unit = self.scales.rate / self.scales.traction
        self.fields.theta.x.array[:] = viscosity * unit
        curvature = (slope - viscosity) / regular**2
        self.fields.zeta.x.array[:] = (2.0 / 3.0) * curvature * unit * self.scales.rate**2
        if self._wall_form is not None:
            self.fields.wall_weight.x.array[self._interface] = wall_weight
            self.fields.wall_weight.x.scatter_forward()

    def residual(self, contact_pressure: Array) -> tuple[Array, Array]:
        """Return the owned entries of the momentum and continuity residuals (collective)."""
        momentum = self.momentum(contact_pressure)
        momentum[self._held] = 0.0
        vector = fem_petsc.assemble_vector(self._residual[1])
        vector.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        return momentum, np.asarray(vector.getArray()).copy()

    def momentum(self, contact_pressure: Array) -> Array:
        """Return the momentum residual, reactions at held dofs included (collective)."""
        if self._operator is None:
            raise RuntimeError("the interface is not connected")
        vector = fem_petsc.assemble_vector(self._residual[0])
        vector.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        traction = self._operator.createVecLeft()
        traction.setArray(contact_pressure)
        load = self._operator.createVecRight()
        self._operator.multTranspose(traction, load)
        return np.asarray(vector.getArray()) + np.asarray(load.getArray())

    def flux(self) -> Array:
        """Return ``integral of q v.n`` at every interface vertex, shape (N,) (collective)."""
        if self._operator is None:
            raise RuntimeError("the interface is not connected")
        right, left = self._operator.createVecs()
        right.setArray(self.get()[0])
        self._operator.mult(right, left)
        return np.asarray(left.getArray()).copy()

    def jacobian(self, layout: BlockLayout, pressure_slope: Array, h_slope: Array) -> list[Entries]:
        """Return the entries of all blocks that touch the metal (collective)."""
        blocks: list[Entries] = []
        for r in range(2):
            for c in range(2):
                if self._jacobian[r][c] is not None:
                    blocks.append(self._block(layout, f"{r}{c}", r, c, self._jacobian[r][c]))
        if self._operator is None:
            raise RuntimeError("the interface is not connected")
        if "B" not in self._places:
            rows, columns = csr_coordinates(self._operator)
            self._places["B"] = (
                layout.monolithic(2, rows),
                layout.monolithic(0, columns),
            )
            start, _ = self._operator.getOwnershipRange()
            self._places["B_local"] = (rows - start, columns)
        rows, columns = self._places["B"]
        values = self._operator.getValuesCSR()[2]
        blocks.append((rows, columns, values))
        local = self._places["B_local"][0]
        blocks.append((columns, rows, values * pressure_slope[local]))
        if self._wall_form is not None:
            blocks.append(self._wall_block(layout, h_slope))
        return blocks

    def _block(self, layout: BlockLayout, key: str, row: int, column: int, form: Any) -> Entries:
        if key not in self._matrices:
            self._matrices[key] = fem_petsc.create_matrix(form)
        matrix = self._matrices[key]
        matrix.zeroEntries()
        fem_petsc.assemble_matrix(matrix, form, bcs=self.conditions)
        matrix.assemble()
        if key not in self._places:
            rows, columns = csr_coordinates(matrix)
            self._places[key] = (
                layout.monolithic(row, rows),
                layout.monolithic(column, columns),
            )
        return (*self._places[key], matrix.getValuesCSR()[2])

    def _wall_block(self, layout: BlockLayout, h_slope: Array) -> Entries:
        full = fem_petsc.assemble_matrix(self._wall_form, bcs=self.conditions, diag=0.0)
        full.assemble()
        start, end = full.getOwnershipRange()
        matrix = full.createSubMatrix(
            PETSc.IS().createStride(end - start, start, 1, comm=self.mesh.comm), self._interface_set()
        )
        slope = matrix.createVecRight()
        slope.setArray(h_slope)
        matrix.diagonalScale(None, slope)
        if "wall" not in self._places:
            rows, columns = csr_coordinates(matrix)
            self._places["wall"] = (layout.monolithic(0, rows), layout.monolithic(2, columns))
        values = matrix.getValuesCSR()[2]
        full.destroy()
        matrix.destroy()
        return (*self._places["wall"], values)
