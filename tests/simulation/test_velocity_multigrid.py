"""The first coarse matrix of multigrid: the forms on P1 are the projection of those on P2."""

import femna.backend  # noqa: F401  (before dolfinx)

import numpy as np
import pytest

# isort: split
from mpi4py import MPI
from petsc4py import PETSc
from simulation.test_iterative_solver import cell

from femna.simulation.iterative.flow import ContactSlopes, FlowPreconditioner
from femna.simulation.products import in_single_entries

WALLS = {
    "that slip": {},
    "that rub, and stick": {
        "wall": {"law": "viscous", "drag": "1e14 Pa*s/m"},
        "metal": {"collector_wall": {"law": "sticking"}},
    },
    "elastic": {"metal": {"elastic": True, "youngs_modulus": "3 GPa"}},
}


@pytest.mark.parametrize("kind", WALLS)
@pytest.mark.parallel(nprocs=[1, 2, 3])
def test_the_matrix_on_vertices_is_the_projection_of_that_on_vertices_and_edges(kind):
    system = cell(size="5 um", comm=MPI.COMM_WORLD, **WALLS[kind])
    metal, area = system.metal, system.area
    metal.fields.velocity.interpolate(lambda x: np.sin(3.0 * x + x[2]))
    metal.set(*metal.get())
    ones = np.ones_like(area)
    metal.update(ones, 298.15, contact_pressure=ones)
    flow = FlowPreconditioner(system.cell, metal, system.vertices.metal)
    matrices = flow.update(ContactSlopes(area=area, load=2.0 * area, own=-0.5 * ones))
    assert len(matrices.added) == (2 if kind == "that rub, and stick" else 1)
    multigrid = flow._velocity  # no one else asks for these
    found, prolongation = multigrid._coarse, multigrid._prolongation
    projected = in_single_entries(matrices.velocity).ptap(prolongation)
    held = projected.getDiagonal()
    held.setArray(np.where(held.getArray() == 0.0, 1.0, 0.0))
    assert 0.0 < held.sum() < held.getSize()
    projected.setDiagonal(held, addv=PETSc.InsertMode.ADD_VALUES)
    assert found.getBlockSize() == 3
    size = projected.norm()
    projected.axpy(-1.0, found)
    # the quadrature is the same, so that round-off is left
    assert projected.norm() < 1e-13 * size
