"""The electrolyte's share of the coupled problem: conduction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from femna.mesh import Cell
from femna.physics.electrolyte import conduction_form
from femna.physics.kinematics import volume_weight
from femna.simulation.block_matrix import BlockEntries
from femna.simulation.discretisation import assembled, owned_facet_dofs
from femna.simulation.jacobian import Entries
from femna.simulation.layout import POTENTIAL, BlockLayout
from femna.simulation.products import for_a_moment, product, solution

Array = npt.NDArray[np.float64]


class ElectrolyteBlock:
    """Linear conduction (P1), fed at the interface vertices, its potential held at the far side.

    Held at zero, a grounded electrode, unless :meth:`hold` says otherwise.

    Parameters
    ----------
    cell : Cell
        The meshed cell.
    conductivity : float
        ``kappa Z / length``, dimensionless.

    Attributes
    ----------
    relative_conductivity : float
        Of the present step over `conductivity`.
    """

    def __init__(self, cell: Cell, conductivity: float) -> None:
        mesh = cell.electrolyte.mesh
        self.comm, self._body, self._symmetry = mesh.comm, cell.electrolyte, cell.symmetry
        self.relative_conductivity = 1.0
        self.space = fem.functionspace(mesh, ("Lagrange", 1))
        self.potential = fem.Function(self.space, name="potential")
        self.size = self.space.dofmap.index_map.size_local
        form = fem.form(
            conduction_form(
                self.potential, fem.Constant(mesh, PETSc.ScalarType(conductivity)), cell.symmetry
            )
        )
        far = owned_facet_dofs(self.space, cell.electrolyte, "far")
        facets = cell.electrolyte.facets.find(cell.electrolyte.names["far"])
        dofs = fem.locate_dofs_topological(self.space, mesh.topology.dim - 1, facets)
        self._far, self._form = far, form
        self._held: Array = np.zeros(len(far))
        self._grounded = [fem.dirichletbc(PETSc.ScalarType(0.0), dofs, self.space)]
        self._unconstrained = fem_petsc.create_matrix(form)
        self._matrix = fem_petsc.create_matrix(form)
        self.geometry_changed()
        self._vector = self._matrix.createVecRight()
        self._scatter: PETSc.Scatter | None = None
        self._at_interface: PETSc.Vec | None = None
        self._entries = BlockEntries(POTENTIAL, POTENTIAL)

    def geometry_changed(self) -> None:
        """Assemble conduction anew on the mesh as it is now (collective)."""
        for matrix, held in ((self._unconstrained, []), (self._matrix, self._grounded)):
            matrix.zeroEntries()
            fem_petsc.assemble_matrix(matrix, self._form, bcs=held)
            matrix.assemble()

    def connect(self, vertices: npt.NDArray[np.int64]) -> None:
        """Name the global dofs that face the metal, in the order of z (collective)."""
        here = PETSc.Vec().createMPI((len(vertices), None), comm=self.comm)
        start, end = here.getOwnershipRange()
        source = PETSc.IS().createGeneral(vertices.astype(np.int32), comm=self.comm)
        target = PETSc.IS().createStride(end - start, start, 1, comm=self.comm)
        self._scatter = PETSc.Scatter().create(self._vector, source, here, target)
        self._at_interface = here

    def get(self) -> tuple[Array]:
        """Return the owned entries of the potential."""
        return (self.potential.x.array[: self.size],)

    def set(self, potential: Array) -> None:
        """Set the owned entries and update the ghosts (collective); the far side stays held.

        A Krylov solution leaves traces there, which no solve with the far side held takes away.
        """
        self.potential.x.array[: self.size] = potential
        self.potential.x.array[self._far] = self._held
        self.potential.x.scatter_forward()

    @property
    def held(self) -> Array:
        """Potential of the owned dofs of the far side, in the order of `far_places`."""
        return self._held

    def hold(self, potential: Array) -> None:
        """Hold the owned dofs of the far side at a potential from now on (collective)."""
        self._held = potential.copy()
        self.set(self.get()[0].copy())

    def restore(self, potential: Array) -> None:
        """Set the owned entries, and hold the far side at those that it has (collective)."""
        self._held = potential[self._far].copy()
        self.set(potential)

    def far_places(self) -> Array:
        """Return the horizontal places of the owned dofs of the far side, shape (N, d - 1)."""
        places = self.space.tabulate_dof_coordinates()[self._far]
        return np.asarray(places[:, : self.space.mesh.geometry.dim - 1])

    def far_area(self) -> Array:
        """Return the area of the far side that belongs to each of its owned dofs (collective)."""
        body, test = self._body, ufl.TestFunction(self.space)
        weight = volume_weight(ufl.SpatialCoordinate(body.mesh), self._symmetry)
        surface = ufl.ds(domain=body.mesh, subdomain_data=body.facets)(body.names["far"])
        return assembled(fem.form(weight * test * surface))[self._far]

    def at_interface(self) -> Array:
        """Return the potential at the interface vertices, in the order of z (collective)."""
        return self.pick(self.get()[0])

    def spread(self, values: Array) -> Array:
        """Add values at the interface vertices into an owned vector of the potential's space."""
        scatter, here = self._connected()
        here.setArray(values)
        self._vector.set(0.0)
        scatter.scatter(
            here, self._vector, addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE
        )
        return np.asarray(self._vector.getArray()).copy()

    def pick(self, values: Array) -> Array:
        """Return an owned vector's entries at the interface vertices, in the order of z."""
        scatter, here = self._connected()
        self._vector.setArray(values)
        scatter.scatter(self._vector, here)
        return np.asarray(here.getArray()).copy()

    def shifted_matrix(self, slope: Array, *, out: PETSc.Mat | None = None) -> PETSc.Mat:
        """Return the conduction matrix plus ``slope`` on the diagonal of the interface vertices.

        ``out`` is what this gave before; it is filled again.
        """
        same = PETSc.Mat.Structure.SAME_NONZERO_PATTERN
        matrix = self._matrix.copy() if out is None else self._matrix.copy(out, same)
        matrix.scale(self.relative_conductivity)
        with for_a_moment(self._vector.duplicate()) as (shift,):
            shift.setArray(self.spread(slope))
            matrix.setDiagonal(shift, addv=PETSc.InsertMode.ADD)
        return matrix

    def solve(self, solver: PETSc.KSP, right: Array) -> Array:
        """Solve with a solver for an owned right-hand side; entries at the far side are zero."""
        values = right.copy()
        values[self._far] = 0.0
        return solution(solver, values)

    def residual(self, supply: Array) -> Array:
        """Return the owned residual for currents ``supply`` fed at the vertices (collective)."""
        through = product(self._unconstrained, self.get()[0])
        through[self._far] = 0.0  # what is held there is met exactly
        return self.relative_conductivity * through - self.spread(supply)

    def current_out(self) -> float:
        """Return the current through the far side, from its reactions (collective)."""
        out = product(self._unconstrained, self.get()[0])
        current = float(self.comm.allreduce(float(out[self._far].sum())))
        return -self.relative_conductivity * current

    def jacobian(self, layout: BlockLayout) -> list[Entries]:
        """Return the entries of the conduction matrix."""
        rows, columns, values = self._entries(layout, self._matrix)
        return [(rows, columns, self.relative_conductivity * values)]

    def _connected(self) -> tuple[PETSc.Scatter, PETSc.Vec]:
        if self._scatter is None or self._at_interface is None:
            raise RuntimeError("the interface is not connected")
        return self._scatter, self._at_interface
