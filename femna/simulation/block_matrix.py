"""One block of the Jacobian: a matrix between two kinds of unknowns, as entries of the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
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
