"""The matrices of the metal's flow, and the Jacobian made of them and of all the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.simulation.layout import PRESSURE, VELOCITY, BlockLayout

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FlowMatrices:
    """Blocks of velocity and pressure, each in its own matrix.

    Attributes
    ----------
    velocity : PETSc.Mat
        Tangent of the stress, and what `added` says.
    added : list of PETSc.Mat
        What a preconditioner has added to `velocity`; the operator takes it away again.
    divergence : PETSc.Mat
        Continuity by velocity; its transpose is the pressure's gradient.
    compressibility : PETSc.Mat or None
        Continuity by pressure.
    """

    velocity: PETSc.Mat
    added: list[PETSc.Mat]
    divergence: PETSc.Mat
    compressibility: PETSc.Mat | None = None


class SplitJacobian:
    """The Jacobian as an operator: flow by its blocks, all else in one small sparse matrix.

    The context of a PETSc matrix of type python.

    Parameters
    ----------
    layout : BlockLayout
        Numbers of the unknowns.
    """

    def __init__(self, layout: BlockLayout) -> None:
        self._velocity, self._pressure = (layout.local_slice(b) for b in (VELOCITY, PRESSURE))
        self._flow: FlowMatrices | None = None
        self._rest: PETSc.Mat | None = None

    def update(self, flow: FlowMatrices, rest: PETSc.Mat) -> None:
        """Take the matrices of a Newton step; `rest` is monolithic."""
        self._flow, self._rest = flow, rest

    def mult(self, _matrix: PETSc.Mat, x: PETSc.Vec, y: PETSc.Vec) -> None:
        """Multiply (collective)."""
        flow, rest = self._flow, self._rest
        if flow is None or rest is None:
            raise RuntimeError("the Jacobian has no matrices yet")
        rest.mult(x, y)
        values = x.getArray(readonly=True)
        velocity, force = flow.velocity.createVecs()
        pressure, volume = flow.divergence.createVecLeft(), flow.divergence.createVecLeft()
        velocity.setArray(values[self._velocity])
        pressure.setArray(values[self._pressure])
        flow.velocity.mult(velocity, force)
        flow.divergence.multTransposeAdd(pressure, force, force)
        for added in flow.added:
            excess = added.createVecLeft()
            added.mult(velocity, excess)
            force.axpy(-1.0, excess)
        flow.divergence.mult(velocity, volume)
        if flow.compressibility is not None:
            flow.compressibility.multAdd(pressure, volume, volume)
        out = y.getArray()
        out[self._velocity] += force.getArray(readonly=True)
        out[self._pressure] += volume.getArray(readonly=True)
