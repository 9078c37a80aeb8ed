"""Multigrid for the velocity: from P2 to P1 on the same mesh, then algebraic.

Aggregation on a P2 matrix is slow to set up, coarsens badly, and its smoother sees mid-edge and
vertex unknowns alike. P1 on the same mesh is an eighth of the size in 3D, and smoothed aggregation
(PETSc's GAMG with the rigid-body motions) was made for it. P1 functions are P2 functions too: the
same forms on P1, with the same quadrature, are the Galerkin projection of the matrix on P2, without
a product of three matrices and without a copy in single entries. P1 comes first, then two steps of
smoothing on P2: as many products as one step before and one after, and a quarter fewer iterations.
One application is linear, but not symmetric.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from femna.mesh import Body
from femna.simulation.block_matrix import TangentMatrix
from femna.simulation.discretisation import symmetry_conditions
from femna.simulation.iterative.smoother import PoorCellSmoother
from femna.simulation.layout import VELOCITY
from femna.simulation.products import in_single_entries, product, solution, transposed_product
from femna.simulation.rigid_body import rigid_body_motions

Array = npt.NDArray[np.float64]

_SMOOTHING: Final = {"ksp_type": "chebyshev", "ksp_max_it": "2", "ksp_norm_type": "none"}
"""On P2. Chebyshev's bounds are estimated by a few steps of a Krylov method, PETSc's default."""

_COARSE: Final = {
    "ksp_type": "richardson",
    "ksp_max_it": "2",
    "ksp_norm_type": "none",
    "pc_type": "gamg",
    "pc_gamg_threshold": "0",
    "mg_levels_ksp_type": "chebyshev",
    "mg_levels_pc_type": "jacobi",
    "mg_levels_ksp_max_it": "3",
}
"""Two cycles and much smoothing on P1 and below, where it is cheap."""


class VelocityMultigrid:
    """One cycle approximates the inverse of the velocity's matrix.

    Parameters
    ----------
    forms : sequence of ufl.Form
        Their sum has that matrix; their quadrature does not depend on the space.
    space : dolfinx.fem.FunctionSpace
        P2 vectors.
    body : Body
        The metal.
    held : dict
        Walls that hold the velocity, as `symmetry_conditions` takes them.
    """

    def __init__(
        self, forms: Sequence[Any], space: Any, body: Body, *, held: dict[str, bool]
    ) -> None:
        dimension = body.mesh.geometry.dim
        coarse = fem.functionspace(body.mesh, ("Lagrange", 1, (dimension,)))
        self._coarse_space = coarse
        self._prolongation = fem_petsc.interpolation_matrix(coarse, space)
        self._prolongation.assemble()
        conditions = symmetry_conditions(coarse, body, held)
        fine_free = _free(space, symmetry_conditions(space, body, held))
        self._prolongation.diagonalScale(fine_free, _free(coarse, conditions))
        self._tangent = TangentMatrix(_on(coarse, sum(forms)), VELOCITY, conditions=conditions)
        self._coarse: PETSc.Mat | None = None
        self._smoother = PoorCellSmoother(space)
        self._smoothing: PETSc.KSP | None = None
        self._aggregating: PETSc.KSP | None = None

    def renew(self) -> None:
        """Forget aggregates and interpolations; those of the next matrix follow (collective)."""
        for solver in (self._smoothing, self._aggregating):
            if solver is not None:
                solver.destroy()
        self._smoothing = self._aggregating = None
        self._smoother.renew()

    def update(self, matrix: PETSc.Mat) -> None:
        """Take a new velocity matrix of the same pattern, rows and columns of held dofs unit.

        It is that of the forms at their present values, in blocks of the space's size (collective).
        """
        self._coarse = in_single_entries(self._tangent.blocks(), self._coarse)
        self._smoother.update(matrix)
        if self._smoothing is None or self._aggregating is None:
            self._coarse.setNearNullSpace(rigid_body_motions(self._coarse_space))  # mesh moves
            self._smoothing = _solver(matrix.comm, "femna_velocity_fine_", _SMOOTHING)
            self._smoothing.getPC().setType(PETSc.PC.Type.PYTHON)
            self._smoothing.getPC().setPythonContext(self._smoother)
            self._aggregating = _solver(matrix.comm, "femna_velocity_coarse_", _COARSE)
        for solver, own in ((self._smoothing, matrix), (self._aggregating, self._coarse)):
            solver.setOperators(own)
            solver.setUp()

    def __call__(self, right: Array) -> Array:
        """Return one cycle's answer to an owned right-hand side (collective)."""
        if self._smoothing is None or self._aggregating is None:
            raise RuntimeError("the velocity has no matrix yet")
        coarse = solution(self._aggregating, transposed_product(self._prolongation, right))
        return solution(self._smoothing, right, start=product(self._prolongation, coarse))


def _solver(comm: Any, prefix: str, options: dict[str, str]) -> PETSc.KSP:
    """Return a solver with options that PETSc's own database may override."""
    database = PETSc.Options()
    for name, value in options.items():
        if not database.hasName(prefix + name):
            database.setValue(prefix + name, value)
    solver = PETSc.KSP().create(comm)
    solver.setOptionsPrefix(prefix)
    solver.setFromOptions()
    return solver


def _on(space: Any, form: Any) -> Any:
    """Return a form with test and trial functions of another space."""
    test, trial = form.arguments()
    return ufl.replace(form, {test: ufl.TestFunction(space), trial: ufl.TrialFunction(space)})


def _free(space: Any, conditions: list[Any]) -> PETSc.Vec:
    """Return a vector of a space that is 0 where a condition holds it and 1 elsewhere."""
    owned = space.dofmap.index_map.size_local * space.dofmap.index_map_bs
    values = np.ones(owned)
    for condition in conditions:
        dofs = condition.dof_indices()[0]
        values[dofs[dofs < owned]] = 0.0
    block = space.dofmap.index_map_bs
    vector = PETSc.Vec().createMPI((owned, None), bsize=block, comm=space.mesh.comm)
    vector.setArray(values)
    return vector
