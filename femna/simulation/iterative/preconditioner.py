"""Preconditioner of the whole Newton step, in the order in which the blocks drive each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.simulation.iterative.current import CurrentPreconditioner
from femna.simulation.iterative.flow import ContactSlopes, FlowPreconditioner, FlowVectors
from femna.simulation.iterative.flow_matrices import FlowMatrices
from femna.simulation.layout import BLOCKS
from femna.simulation.linearisation import Linearisation
from femna.simulation.system import System

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class _Interface:
    """Derivatives at the vertices over the step, arrays of shape (N,).

    Attributes
    ----------
    by_eta, by_voltage : array
        Of the current through a vertex.
    following : array
        How much current an open vertex loses for each unit of its kinematic residual.
    load : array
        Of the contact force at a vertex by z.
    """

    by_eta: Array
    by_voltage: Array
    following: Array
    load: Array


class CoupledPreconditioner:
    """Context of a PETSc preconditioner of type python.

    Parameters
    ----------
    system : System
        The coupled system.
    """

    def __init__(self, system: System) -> None:
        self._parts = [system.layout.local_slice(block) for block in BLOCKS]
        self._comm, self._system = system.comm, system
        self._flow = FlowPreconditioner(system.cell, system.metal, system.vertices.metal)
        self._current = CurrentPreconditioner(system.electrolyte, system.comm)
        self._electrolyte = system.electrolyte
        self._at: _Interface | None = None
        self._drift: FlowVectors | None = None
        self._drift_force = 0.0
        self._held = False

    def renew(self) -> None:
        """Let multigrid forget the matrices so far (collective)."""
        self._flow.renew()
        self._current.renew()

    def update(self, at: Linearisation) -> FlowMatrices:
        """Take a Newton step's slopes; return the metal's matrices there (collective)."""
        area, by_z = self._system.contact_area, at.current.by_z
        own = np.minimum(self._system.area / area * at.closing - by_z, 0.0)
        open_ = (at.load <= 0.0) & (own < 0.0)
        share = np.divide(by_z, own, out=np.zeros_like(own), where=open_)
        self._at = _Interface(
            by_eta=area * at.current.by_eta,
            by_voltage=area * at.by_voltage,
            following=share,
            load=area * at.load,
        )
        flow = self._flow.update(ContactSlopes(area=area, load=at.load, own=own))
        self._held = at.held_by is not None
        self._current.update(
            self._at.by_eta * (1.0 + share),
            self._at.by_voltage * (1.0 + share),
            held_by=at.held_by,
        )
        momentum, continuity = (np.zeros(part.stop - part.start) for part in self._parts[:2])
        self._drift = self._flow(momentum, continuity, -area)
        self._drift_force = self._comm.allreduce(float(self._at.load @ self._drift.z))
        self._drift_force += at.support
        return flow

    def apply(self, _pc: PETSc.PC, x: PETSc.Vec, y: PETSc.Vec) -> None:
        """Apply (collective)."""
        at, drift = self._at, self._drift
        if at is None or drift is None:
            raise RuntimeError("the preconditioner has no matrices yet")
        values = x.getArray(readonly=True)
        parts = self._parts
        momentum, continuity, kinematic, conduction, scalars = (values[part] for part in parts)
        current, force = self._comm.bcast(scalars.copy() if self._comm.rank == 0 else None)
        lost = at.following * kinematic
        if not self._held:
            current -= self._comm.allreduce(float(lost.sum()))
        potential, voltage = self._current(conduction + self._electrolyte.spread(lost), current)
        fed = at.by_eta * self._electrolyte.pick(potential) - at.by_voltage * voltage
        moved = self._flow(momentum, continuity, kinematic - fed)
        missing = force + self._comm.allreduce(float(at.load @ moved.z))
        sinking = missing / self._drift_force if self._drift_force else 0.0
        out = y.getArray()
        out[parts[0]] = moved.velocity - sinking * drift.velocity
        out[parts[1]] = moved.pressure - sinking * drift.pressure
        out[parts[2]] = moved.z - sinking * drift.z
        out[parts[3]] = potential
        out[parts[4]] = (voltage, sinking) if self._comm.rank == 0 else ()
