"""The matrices between velocity and pressure of the metal, and which of them a step may keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from petsc4py import PETSc

from femna.physics.metal import MetalForms
from femna.simulation.block_matrix import FormMatrix, TangentMatrix
from femna.simulation.jacobian import Entries
from femna.simulation.layout import PRESSURE, VELOCITY, BlockLayout


class MetalMatrices:
    """Linearised flow of the metal.

    Parameters
    ----------
    forms : MetalForms
        Of the flow.
    conditions : list
        What holds the velocity.
    porous : bool
        Whether the metal may have closed voids: then no block stays as it is within a step.
    """

    def __init__(self, forms: MetalForms, *, conditions: list[Any], porous: bool) -> None:
        (tangent, by_pressure), by_continuity = forms.jacobian
        self._tangent = TangentMatrix(tangent, VELOCITY, conditions=conditions)
        self._continuity = [
            FormMatrix(form, PRESSURE, column, conditions=conditions)
            for column, form in zip((VELOCITY, PRESSURE), by_continuity, strict=True)
            if form is not None
        ]
        self._porous = porous
        if porous:
            # of voids the pressure's gradient is no longer the transpose of the divergence
            self._continuity.append(
                FormMatrix(by_pressure, VELOCITY, PRESSURE, conditions=conditions)
            )
        self._constant: list[Entries] | None = None
        self._assembled: list[PETSc.Mat] | None = None

    @property
    def tangent_form(self) -> Any:
        """The UFL form of velocity by velocity."""
        return self._tangent.written

    def tangent(self, added: Sequence[Any]) -> PETSc.Mat:
        """Return velocity by velocity, with other forms added, see `TangentMatrix.blocks`."""
        return self._tangent.blocks(added)

    def forget(self) -> None:
        """Drop what was kept: a step begins, or the mesh has moved."""
        self._constant = self._assembled = None

    def entries(self, layout: BlockLayout) -> list[Entries]:
        """Return the entries between velocity and pressure (collective)."""
        return [self._tangent.entries(layout), *self._constant_entries(layout)]

    def continuity(self) -> list[PETSc.Mat]:
        """Return continuity by velocity and, in a compressible metal, by pressure (collective).

        No unknown changes them within a step.
        """
        if self._assembled is None:
            self._assembled = [matrix.assembled() for matrix in self._continuity]
        return self._assembled

    def _constant_entries(self, layout: BlockLayout) -> list[Entries]:
        """Return the entries that no unknown changes within a step (collective).

        With voids they change, and are made anew at every call.
        """
        if self._porous:
            return [matrix.entries(layout) for matrix in self._continuity]
        if self._constant is None:
            entries = [matrix.entries(layout) for matrix in self._continuity]
            rows, columns, divergence = entries[0]
            # the pressure's gradient in the momentum balance is the transpose
            self._constant = [*entries, (columns, rows, divergence)]
        return self._constant
