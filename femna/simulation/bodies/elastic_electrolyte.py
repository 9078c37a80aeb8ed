"""Displacement and stress of the electrolyte under the metal and the mask that press on it.

They follow from a solved step and do not act back on it. Metal that creeps takes the shape of the
electrolyte's surface as fast as that bends: at viscosity eta, waves of pressure on a half space die
with the time 4 eta (1 - nu^2) / E (from the surface displacement 2 (1 - nu^2) p / (E k) under p
cos(kx), K. L. Johnson, Contact Mechanics, Cambridge 1985, section 13.2, and the surface velocity
p / (2 eta k) of a viscous one), below a second for sodium under a megapascal.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from dolfinx.mesh import exterior_facet_indices
from mpi4py import MPI
from petsc4py import PETSc

from femna.case.symmetry import SHAPES, Symmetry
from femna.errors import ComputationError
from femna.mesh import Body
from femna.physics.elasticity import mandel_strain, solid_forms
from femna.physics.kinematics import volume_weight
from femna.physics.solid import COMPONENTS, Solid
from femna.simulation.bodies.footprint import Footprint
from femna.simulation.bodies.solid_body import DEGREE, energy_degree
from femna.simulation.discretisation import facet_nodes, planes_of_symmetry
from femna.simulation.rigid_body import rigid_body_motions

Array = npt.NDArray[np.float64]

TOLERANCE: Final = 1e-10
"""Of the Krylov solution in three dimensions, over the load."""

MASK_DEGREE: Final = 8
"""Of the quadrature of a mask's pressure, whose edges no element follows."""


class ElasticElectrolyte:
    """The electrolyte on a rigid support without friction, linear and isotropic.

    Sides of a unit cell are planes of symmetry; the edge of a disc is free.

    Parameters
    ----------
    body : Body
        The electrolyte, facet groups "interface", "side" and, of a disc, "bare".
    vertices : dolfinx.fem.FunctionSpace
        P1 on it, in whose order pressures come.
    symmetry : Symmetry
        Of the cell.
    solid : Solid
        What it is made of (SI).
    disc : bool
        Whether its edge is free.
    mask : Footprint, optional
        Where one stands on a disc.

    Attributes
    ----------
    solid : Solid
    size : int
        Owned vertices.
    displacement : dolfinx.fem.Function
        P2; in the mesh's unit of length, times Young's modulus over the unit of the pressures.

    Raises
    ------
    ComputationError
        On every rank, if the mesh does not see the mask.
    """

    def __init__(
        self,
        body: Body,
        vertices: fem.FunctionSpace,
        symmetry: Symmetry,
        solid: Solid,
        *,
        disc: bool,
        mask: Footprint | None = None,
    ) -> None:
        mesh = body.mesh
        self.solid, self._body, self._symmetry, self._disc = solid, body, symmetry, disc
        dimension = mesh.geometry.dim
        self._space = fem.functionspace(mesh, ("Lagrange", DEGREE, (dimension,)))
        self._pressed = fem.Function(vertices)
        self.size = int(vertices.dofmap.index_map.size_local)
        self._mask_pressure = fem.Constant(mesh, PETSc.ScalarType(0.0))
        self.displacement = fem.Function(self._space, name="displacement")
        x, test = ufl.SpatialCoordinate(mesh), ufl.TestFunction(self._space)
        weight = volume_weight(x, symmetry)
        stiffness = solid.stiffness(COMPONENTS[dimension]) / solid.youngs_modulus
        by_strain = fem.Constant(mesh, stiffness)  # one compiled form for all materials
        self._stress = ufl.dot(by_strain, mandel_strain(self.displacement, x, symmetry))
        forms = solid_forms(
            self.displacement,
            self._stress,
            by_strain,
            symmetry=symmetry,
            quadrature_degree=energy_degree(symmetry),
        )
        self._energy = fem.form(forms.tangent)
        surface = ufl.ds(domain=mesh, subdomain_data=body.facets)
        bearing = [(weight, surface(body.names["interface"]))]
        self._mask_area = 0.0
        if mask is not None:
            around = surface(body.names["bare"], metadata={"quadrature_degree": MASK_DEGREE})
            bearing.append((weight * mask.indicator(mesh), around))
            self._mask_area = mask.area / SHAPES[symmetry].multiplicity
        self._areas = [fem.form(share * face) for share, face in bearing]
        if mask is not None and self._sum(self._areas[1]) == 0.0:
            raise ComputationError("the electrolyte's elements are too large for the narrow mask")
        sunk, down = -self.displacement[dimension - 1], -test[dimension - 1]
        self._sunk = [fem.form(sunk * share * face) for share, face in bearing]
        pressures = (self._pressed, self._mask_pressure)[: len(bearing)]
        loads = zip(pressures, bearing, strict=True)
        load = sum(pressure * down * share * face for pressure, (share, face) in loads)
        self._load = fem.form(load)
        cells = mesh.topology.index_map(mesh.topology.dim).size_local
        self._cells = np.arange(cells, dtype=np.int32)

    def solve(self, pressure: Array, *, mask_pressure: float = 0.0) -> None:
        """Solve under pressures in any one unit (collective).

        Parameters
        ----------
        pressure : array, shape (owned vertices,)
            At the electrolyte's vertices; counts on the interface.
        mask_pressure : float
            Of the mask, even over its area.

        Raises
        ------
        ComputationError
            On every rank, if the linear solver fails.
        """
        self._pressed.x.array[: len(pressure)] = pressure
        self._pressed.x.scatter_forward()
        if self._mask_area > 0.0:
            # what the quadrature takes for the mask's area bears all of its force
            self._mask_pressure.value = mask_pressure * self._mask_area / self._sum(self._areas[1])
        conditions = self._conditions()
        matrix = fem_petsc.assemble_matrix(self._energy, bcs=conditions)
        matrix.assemble()
        right = fem_petsc.assemble_vector(self._load)
        right.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        fem_petsc.set_bc(right, conditions)
        solver = self._solver(matrix)
        found = right.duplicate()
        try:
            solver.solve(right, found)
            if solver.getConvergedReason() < 0:
                raise ComputationError("the displacement of the electrolyte was not found")
            self.displacement.x.array[: found.getLocalSize()] = found.getArray(readonly=True)
            self.displacement.x.scatter_forward()
        finally:
            for made in (solver, found, right, matrix):
                made.destroy()

    def _solver(self, matrix: PETSc.Mat) -> PETSc.KSP:
        solver = PETSc.KSP().create(matrix.comm)
        solver.setOperators(matrix)
        pc = solver.getPC()
        if self._body.mesh.geometry.dim == 2:
            solver.setType(PETSc.KSP.Type.PREONLY)
            pc.setType(PETSc.PC.Type.LU)
            pc.setFactorSolverType("mumps")
            return solver
        motions = rigid_body_motions(self._space)
        matrix.setNearNullSpace(motions)
        if self._disc:  # half a disc on a support without friction may slide along its plane
            along_x = PETSc.NullSpace().create(vectors=motions.getVecs()[:1], comm=matrix.comm)
            matrix.setNullSpace(along_x)
        solver.setType(PETSc.KSP.Type.CG)
        solver.setTolerances(rtol=TOLERANCE)
        pc.setType(PETSc.PC.Type.GAMG)
        return solver

    def _conditions(self) -> list[Any]:
        """Return what holds the body where it stands now."""
        mesh, body = self._body.mesh, self._body
        dimension = mesh.geometry.dim
        outside = exterior_facet_indices(mesh.topology)
        nodes = mesh.geometry.x[facet_nodes(mesh, outside)]
        height = nodes[:, :, dimension - 1]
        deepest = mesh.comm.allreduce(float(height.min(initial=0.0)), op=MPI.MIN)
        held = [(dimension - 1, outside[(height < deepest * (1.0 - 1e-9)).all(axis=1)])]
        if self._disc:
            sides = body.facets.find(body.names["side"])
            nodes = mesh.geometry.x[facet_nodes(mesh, sides)]
            # of its sides the axis or the plane of symmetry, the last horizontal coordinate 0
            across = dimension - 2
            held.append((across, sides[(np.abs(nodes[:, :, across]) < 1e-9).all(axis=1)]))
        else:
            held += enumerate(planes_of_symmetry(body))
        conditions = []
        for direction, facets in held:
            sub = self._space.sub(direction)
            dofs = fem.locate_dofs_topological(sub, mesh.topology.dim - 1, facets)
            conditions.append(fem.dirichletbc(PETSc.ScalarType(0.0), dofs, sub))
        return conditions

    def sinking(self) -> Array:
        """Return the mean sinking of the interface and of a mask's area (collective).

        Shape (2,), or (1,) without a mask, in the unit of `displacement`.
        """
        sums = zip(self._sunk, self._areas, strict=True)
        return np.array([self._sum(sunk) / self._sum(area) for sunk, area in sums])

    def areas(self) -> Array:
        """Return the areas that `sinking` is the mean over, those of the whole cell (collective).

        The interface's as it is meshed, the mask's true one; in the mesh's unit squared.
        """
        found = [self._sum(self._areas[0])] + [self._mask_area] * (len(self._areas) - 1)
        return np.array(found) * SHAPES[self._symmetry].multiplicity

    def _sum(self, form: fem.Form) -> float:
        return float(self._body.mesh.comm.allreduce(fem.assemble_scalar(form), op=MPI.SUM))

    def stress_of_cells(self) -> Array:
        """Return the stress tensor in the middle of every owned cell, shape (M, 3, 3).

        In the unit of the pressures, tension positive; the last row and column are the vertical
        ones in three dimensions. Of a plane or axisymmetric body the second ones are, and the last
        ones out of plane.
        """
        mesh = self._body.mesh
        dimension = mesh.geometry.dim
        middle = np.full((1, dimension), 1.0 / (dimension + 1))
        expression = fem.Expression(self._stress, middle)
        values = np.asarray(expression.eval(mesh, self._cells))
        mandel = values.reshape(len(self._cells), self._stress.ufl_shape[0])
        tensor = np.zeros((len(mandel), 3, 3))
        for k in range(3):
            tensor[:, k, k] = mandel[:, k]
        pairs = [(1, 2), (0, 2), (0, 1)] if dimension == 3 else [(0, 1)]
        for column, (i, j) in enumerate(pairs, start=3):
            tensor[:, i, j] = tensor[:, j, i] = mandel[:, column] / np.sqrt(2.0)
        return tensor
