"""Products of PETSc matrices with the owned entries of vectors, as NumPy arrays.

On several ranks PETSc does not free a vector when Python forgets it: freeing is collective, and
Python's moment is each rank's own. Vectors of a moment are therefore destroyed where they are made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

Array = npt.NDArray[np.float64]


@contextmanager
def for_a_moment(*vectors: PETSc.Vec) -> Iterator[tuple[PETSc.Vec, ...]]:
    """Lend vectors and destroy them at the end (collective); arrays of theirs end with them."""
    try:
        yield vectors
    finally:
        for vector in vectors:
            vector.destroy()


def product(matrix: PETSc.Mat, values: Array) -> Array:
    """Return ``A x`` (collective).

    Parameters
    ----------
    matrix : PETSc.Mat
        A.
    values : array, shape (owned columns,)

    Returns
    -------
    array, shape (owned rows,)
    """
    with for_a_moment(*matrix.createVecs()) as (right, left):
        right.setArray(values)
        matrix.mult(right, left)
        return np.array(left.getArray(readonly=True))


def transposed_product(matrix: PETSc.Mat, values: Array) -> Array:
    """Return ``A^T x`` (collective): owned rows in, owned columns out."""
    with for_a_moment(*matrix.createVecs()) as (right, left):
        left.setArray(values)
        matrix.multTranspose(left, right)
        return np.array(right.getArray(readonly=True))


def diagonal(matrix: PETSc.Mat) -> Array:
    """Return the owned entries of the diagonal (collective)."""
    with for_a_moment(matrix.createVecLeft()) as (entries,):
        matrix.getDiagonal(entries)
        return np.array(entries.getArray(readonly=True))


def in_single_entries(matrix: PETSc.Mat, out: PETSc.Mat | None = None) -> PETSc.Mat:
    """Return a matrix of blocks entry by entry, which PETSc's GAMG and MUMPS want (collective).

    Parameters
    ----------
    matrix : PETSc.Mat
        In blocks; stays.
    out : PETSc.Mat, optional
        What this gave for an earlier matrix of the same pattern; is filled again.
    """
    # without `out`, PETSc would convert the matrix itself
    return matrix.convert(PETSc.Mat.Type.AIJ, out=PETSc.Mat() if out is None else out)


def solution(solver: PETSc.KSP, right: Array, *, start: Array | None = None) -> Array:
    """Return what a solver finds for an owned right-hand side, from a start (collective)."""
    solver.setInitialGuessNonzero(start is not None)
    with for_a_moment(*solver.getOperators()[0].createVecs()) as (found, source):
        source.setArray(right)
        if start is not None:
            found.setArray(start)
        solver.solve(source, found)
        return np.array(found.getArray(readonly=True))


def scale_columns(matrix: PETSc.Mat, values: Array) -> None:
    """Multiply every column by its value, shape (owned columns,) (collective)."""
    with for_a_moment(matrix.createVecRight()) as (scale,):
        scale.setArray(values)
        matrix.diagonalScale(None, scale)
