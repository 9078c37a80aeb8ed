"""One block of the Jacobian: a matrix between two kinds of unknowns, as entries of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from femna.simulation.discretisation import compiled_with_reordered_sums
from femna.simulation.jacobian import Entries, csr_coordinates
from femna.simulation.layout import BlockLayout

Indices = npt.NDArray[np.int32]


class BlockEntries:
    """Turns matrices of one pattern into entries of the monolithic one.

    Parameters
    ----------
    row, column : int
        The blocks of unknowns that the matrices' rows and columns stand for.
    """

    def __init__(self, row: int, column: int) -> None:
        self._row, self._column = row, column
        self._places: tuple[Indices, Indices] | None = None

    def __call__(self, layout: BlockLayout, matrix: PETSc.Mat) -> Entries:
        """Return the entries of this rank's rows, in storage order.

        Parameters
        ----------
        layout : BlockLayout
            Numbers of the unknowns.
        matrix : PETSc.Mat
            Of the pattern of the first one that was given; the entries are a copy.
        """
        if self._places is None:
            rows, columns = csr_coordinates(matrix)
            self._places = (
                layout.monolithic(self._row, rows),
                layout.monolithic(self._column, columns),
            )
        return (*self._places, matrix.getValuesCSR()[2])


class FormMatrix:
    """The matrix of a bilinear form, assembled again and again in the same storage.

    Parameters
    ----------
    form : ufl.Form
        Is compiled (collective).
    row, column : int
        The blocks of its test and trial functions.
    conditions : list of dolfinx.fem.DirichletBC
        What holds the unknowns.
    diagonal : float
        Entry of a held unknown in a block on the diagonal.

    Attributes
    ----------
    written : ufl.Form
        The form as it was given.
    form : dolfinx.fem.Form
        Compiled.
    """

    def __init__(
        self, form: Any, row: int, column: int, *, conditions: list[Any], diagonal: float = 1.0
    ) -> None:
        self.written, self.form = form, fem.form(form)
        self._conditions, self._diagonal = conditions, diagonal
        self._entries = BlockEntries(row, column)
        self._matrix: PETSc.Mat | None = None

    def entries(self, layout: BlockLayout) -> Entries:
        """Assemble at the present values and return the entries (collective)."""
        return self._entries(layout, self.assembled())

    def assembled(self) -> PETSc.Mat:
        """Assemble at the present values and return the matrix (collective)."""
        if self._matrix is None:
            self._matrix = fem_petsc.create_matrix(self.form)
        matrix = self._matrix
        matrix.zeroEntries()
        fem_petsc.assemble_matrix(matrix, self.form, bcs=self._conditions, diag=self._diagonal)
        matrix.assemble()
        return matrix


class TangentMatrix:
    """The matrix of a form between one space and itself, which changes in every Newton step.

    It does what `FormMatrix` does at half the cost: DOLFINx's own storage, in blocks of the space's
    size, finds the places of an element faster than PETSc's, and as entries nothing is copied out.

    Parameters
    ----------
    form : ufl.Form
        It has entries on the whole diagonal. Is compiled (collective).
    block : int
        The block of its test and trial functions.
    conditions : list of dolfinx.fem.DirichletBC
        What holds the unknowns, with ones on the diagonal.

    Attributes
    ----------
    written : ufl.Form
        The form as it was given.
    """

    def __init__(self, form: Any, block: int, *, conditions: list[Any]) -> None:
        self.written, self._form = form, compiled_with_reordered_sums(form)
        self._block, self._conditions = block, conditions
        self._matrix: la.MatrixCSR | None = None
        self._places: tuple[Indices, Indices] | None = None
        self._blocks: _Blocks | None = None

    def entries(self, layout: BlockLayout) -> Entries:
        """Assemble at the present values and return the entries, valid until the next call.

        Those in ghosts' rows are this rank's share of other ranks' rows.
        """
        matrix = self._assembled()
        if self._places is None:
            rows, columns = _coordinates(matrix)
            self._places = (
                layout.monolithic(self._block, rows),
                layout.monolithic(self._block, columns),
            )
        return (*self._places, matrix.data)

    def blocks(self, added: Sequence[Any] = ()) -> PETSc.Mat:
        """Assemble and return the matrix in PETSc's blocks, the same at every call (collective).

        Parameters
        ----------
        added : sequence of dolfinx.fem.Form
            Of the same space, to be added; entries where the form has some.
        """
        matrix = self._assembled(added)
        matrix.scatter_reverse()
        if self._blocks is None:
            self._blocks = _Blocks(matrix)
        return self._blocks.filled(matrix)

    def _assembled(self, added: Sequence[Any] = ()) -> la.MatrixCSR:
        if self._matrix is None:
            self._matrix = fem.create_matrix(self._form)
        self._matrix.set_value(0.0)
        for form in (self._form, *added):
            fem.assemble_matrix(self._matrix, form, bcs=self._conditions)
        return self._matrix


class _Blocks:
    """The owned rows of a matrix of DOLFINx in PETSc's storage of blocks."""

    def __init__(self, matrix: la.MatrixCSR) -> None:
        rows, columns = matrix.index_map(0), matrix.index_map(1)
        self._starts = matrix.indptr[: rows.size_local + 1].astype(PETSc.IntType)
        owned = matrix.indices[: self._starts[-1]]
        self._columns = columns.local_to_global(owned).astype(PETSc.IntType)
        self._size = matrix.block_size[0]
        local = (rows.size_local * self._size, None)
        pattern = (self._starts, self._columns)
        self._out = PETSc.Mat().createBAIJ((local, local), self._size, csr=pattern, comm=rows.comm)

    def filled(self, matrix: la.MatrixCSR) -> PETSc.Mat:
        """Return the present values of a matrix of that pattern (collective)."""
        owned = matrix.data[: self._starts[-1] * self._size**2]
        self._out.setValuesBlockedCSR(self._starts, self._columns, owned)
        self._out.assemble()
        return self._out


def _coordinates(matrix: la.MatrixCSR) -> tuple[Indices, Indices]:
    """Return global rows and columns of all entries, those of ghosts' rows included, as stored."""
    size, within = matrix.block_size[0], np.arange(matrix.block_size[0])
    shape = (len(matrix.indices), size, size)
    lines = np.repeat(np.arange(len(matrix.indptr) - 1, dtype=np.int32), np.diff(matrix.indptr))
    rows = size * matrix.index_map(0).local_to_global(lines)[:, None, None] + within[:, None]
    columns = size * matrix.index_map(1).local_to_global(matrix.indices)[:, None, None] + within
    return np.broadcast_to(rows, shape).ravel(), np.broadcast_to(columns, shape).ravel()
