"""One block of the Jacobian: a matrix between two kinds of unknowns, as entries of the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

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
    form : dolfinx.fem.Form
        Compiled.
    row, column : int
        The blocks of its test and trial functions.
    conditions : list of dolfinx.fem.DirichletBC
        What holds the unknowns.
    diagonal : float
        Entry of a held unknown in a block on the diagonal.
    """

    def __init__(
        self, form: Any, row: int, column: int, *, conditions: list[Any], diagonal: float = 1.0
    ) -> None:
        self.form, self._conditions, self._diagonal = form, conditions, diagonal
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
    size, finds the places of an element faster than PETSc's, and nothing is copied out of it.

    Parameters
    ----------
    form : dolfinx.fem.Form
        Compiled; it has entries on the whole diagonal.
    block : int
        The block of its test and trial functions.
    conditions : list of dolfinx.fem.DirichletBC
        What holds the unknowns, with ones on the diagonal.
    """

    def __init__(self, form: Any, block: int, *, conditions: list[Any]) -> None:
        self.form, self._block, self._conditions = form, block, conditions
        self._matrix: la.MatrixCSR | None = None
        self._places: tuple[Indices, Indices] | None = None

    def entries(self, layout: BlockLayout) -> Entries:
        """Assemble at the present values and return the entries, valid until the next call.

        Those in ghosts' rows are this rank's share of other ranks' rows.
        """
        if self._matrix is None:
            self._matrix = fem.create_matrix(self.form)
        if self._places is None:
            rows, columns = _coordinates(self._matrix)
            self._places = (
                layout.monolithic(self._block, rows),
                layout.monolithic(self._block, columns),
            )
        self._matrix.set_value(0.0)
        fem.assemble_matrix(self._matrix, self.form, bcs=self._conditions)
        return (*self._places, self._matrix.data)


def _coordinates(matrix: la.MatrixCSR) -> tuple[Indices, Indices]:
    """Return global rows and columns of all entries, those of ghosts' rows included, as stored."""
    size, within = matrix.block_size[0], np.arange(matrix.block_size[0])
    shape = (len(matrix.indices), size, size)
    lines = np.repeat(np.arange(len(matrix.indptr) - 1, dtype=np.int32), np.diff(matrix.indptr))
    rows = size * matrix.index_map(0).local_to_global(lines)[:, None, None] + within[:, None]
    columns = size * matrix.index_map(1).local_to_global(matrix.indices)[:, None, None] + within
    return np.broadcast_to(rows, shape).ravel(), np.broadcast_to(columns, shape).ravel()
