"""A tangent in PETSc's blocks is what DOLFINx assembles into PETSc, on every number of ranks."""

import femna.backend  # noqa: F401  (before dolfinx)

import numpy as np
import pytest

# isort: split
import ufl
from dolfinx import fem, mesh
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from petsc4py import PETSc

from femna.simulation.block_matrix import TangentMatrix
from femna.simulation.layout import VELOCITY


@pytest.mark.parallel(nprocs=[1, 2, 3])
def test_blocks_are_the_matrix_and_what_is_added():
    domain = mesh.create_unit_cube(MPI.COMM_WORLD, 3, 3, 4)
    space = fem.functionspace(domain, ("Lagrange", 2, (3,)))
    stiffness = fem.Function(fem.functionspace(domain, ("Lagrange", 1)))
    stiffness.interpolate(lambda x: 1.0 + x[0] * x[2])
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    written = stiffness * ufl.inner(ufl.sym(ufl.grad(u)), ufl.grad(v)) * ufl.dx
    inside = fem.form(written)
    normal = ufl.FacetNormal(domain)
    outside = fem.form(stiffness * ufl.dot(u, normal) * ufl.dot(v, normal) * ufl.ds)
    floor = mesh.locate_entities_boundary(domain, 2, lambda x: np.isclose(x[2], 0.0))
    held = fem.locate_dofs_topological(space, 2, floor)
    conditions = [fem.dirichletbc(np.zeros(3), held, space)]
    tangent = TangentMatrix(written, VELOCITY, conditions=conditions)

    def apart(found, forms):
        """Relative distance of a matrix from what PETSc's own storage gets of the forms."""
        expected = fem_petsc.create_matrix(inside)
        for form in forms:
            fem_petsc.assemble_matrix(expected, form, bcs=conditions)
            expected.assemble()
        size = expected.norm()
        expected.axpy(-1.0, found.convert("aij", out=PETSc.Mat()))
        return expected.norm() / size

    for factor in (1.0, 7.0):  # the second time into the same storage
        stiffness.x.array[:] *= factor
        found = tangent.blocks([outside])
        assert "baij" in found.getType()
        assert found.getBlockSize() == 3
        assert apart(found, [inside, outside]) < 1e-14
    alone = tangent.blocks()  # nothing of what was added is left
    assert alone.handle == found.handle
    assert apart(alone, [inside]) < 1e-14
