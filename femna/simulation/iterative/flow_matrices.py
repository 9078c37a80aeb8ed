"""The matrices of the metal's flow, and the Jacobian made of them and of all the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.simulation.layout import PRESSURE, VELOCITY, BlockLayout
from femna.simulation.products import product, transposed_product

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
        velocity, pressure = values[self._velocity], values[self._pressure]
        out = y.getArray()
        force, volume = out[self._velocity], out[self._pressure]
        force += product(flow.velocity, velocity)
        force += transposed_product(flow.divergence, pressure)
        for added in flow.added:
            force -= product(added, velocity)
        volume += product(flow.divergence, velocity)
        if flow.compressibility is not None:
            volume += product(flow.compressibility, pressure)
