"""The same discrete step as femna's, posed to PETSc's solvers of variational inequalities.

Unknowns: velocity, pressure, contact pressure p >= 0, potential, voltage, platen's velocity, and
the gap in units of g_c as a free unknown. The row of p is the gap, so that p >= 0, gap >= 0 and
p gap = 0 is the solver's business; the gap's row is the kinematic equation. Of femna only the
metal's and the electrolyte's operators are used: the interface is written out here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from femna.simulation.jacobian import CooMatrix, Entries
from femna.simulation.layout import BlockLayout
from femna.simulation.setup import Model

Array = NDArray[np.float64]

COMPLIANCE = 1e-12
"""Gap a unit of contact pressure takes away, in units of g_c over P: the row of p is gap + c p.

PETSc's active sets are read from the row's sign where p is zero. On a closed vertex that Newton's
step would pull on, and that is put back to p = 0, the gap alone is round-off of either sign, and
with the wrong one the reduced-space method stands still for ever. With the compliance the row is
c times the tension that was put back, far above round-off and far below what is asserted.
"""


@dataclass(frozen=True)
class Solution:
    """Contact pressure and gap (over P and g_c) at the vertices, voltage, platen's velocity."""

    pressure: Array
    gap: Array
    voltage: float
    platen_velocity: float
    iterations: int


class Inequality:
    """One step as a mixed complementarity problem (linear kinetics, free slip, one rank)."""

    def __init__(self, model: Model) -> None:
        self.model, self.system = model, model.system
        system, step = self.system, model.system.required_step()
        count = len(system.z)
        self.layout = BlockLayout.gather(
            system.comm, [*system.metal.sizes, count, system.electrolyte.size, 2, count]
        )
        self.unit = system.scales.potential / (
            model.case.interface.kinetics.resistance * system.scales.current
        )
        self.conducting, self.step = step.law.conducting, step
        self.matrix = CooMatrix(system.comm, self.layout.local_size)

    def start(self) -> Array:
        """Everything in contact under uniform pressure, the metal drifting rigidly."""
        x = np.zeros(self.layout.local_size)
        for block in (1, 2):
            x[self.layout.local_slice(block)] = self.step.pressure
        x[self.layout.local_slice(4)] = (self.step.current, -self.step.current)
        return x

    def _unpack(self, x: Array) -> tuple[Array, Array, float, float]:
        cut = [x[self.layout.local_slice(block)] for block in range(6)]
        self.system.metal.set(cut[0], cut[1])
        self.system.electrolyte.set(cut[3])
        self.system.metal.update(np.exp(-cut[5]), self.step.temperature, contact_pressure=cut[2])
        return cut[2], cut[5], float(cut[4][0]), float(cut[4][1])

    def _current(self, gap: Array, voltage: float) -> tuple[Array, Array]:
        """Current density over the nominal one and its derivative by the voltage."""
        slope = self.conducting * np.exp(-gap) * self.unit
        return slope * (voltage - self.system.electrolyte.at_interface()), slope

    def function(self, _snes: object, x: PETSc.Vec, out: PETSc.Vec) -> None:
        """Residual: rows of p hold the gap, rows of the gap the kinematic equation."""
        system, step = self.system, self.step
        pressure, gap, voltage, platen = self._unpack(x.getArray(readonly=True).copy())
        current, _ = self._current(gap, voltage)
        flow, continuity = system.metal.residual(pressure)
        opening = (system.gap_scale * gap - step.old_gap) / step.dt
        kinematic = system.area * (opening - current - platen) + system.metal.flux()
        supply = system.area * current
        scalars = [
            supply.sum() - step.current * system.total_area,
            step.pressure * system.total_area - system.area @ pressure,
        ]
        conduction = system.electrolyte.residual(supply)
        contact = gap + COMPLIANCE * pressure
        out.setArray(np.concatenate([flow, continuity, contact, conduction, scalars, kinematic]))

    def jacobian(self, x: PETSc.Vec) -> PETSc.Mat:
        """Exact Jacobian."""
        system, layout = self.system, self.layout
        _, gap, voltage, _ = self._unpack(x.getArray(readonly=True).copy())
        current, slope = self._current(gap, voltage)
        m, n = system.area, len(gap)
        p, g = (layout.monolithic(block, layout.owned(block)) for block in (2, 5))
        v, u = (np.full(n, k, dtype=np.int32) for k in layout.monolithic(4, np.arange(2)))
        phi = layout.monolithic(3, system.vertices.electrolyte)
        every = np.arange(layout.local_size, dtype=np.int32)
        entries: list[Entries] = []
        shift = int(g[0]) - int(p[0])
        for rows, columns, values in [
            *system.metal.matrices.entries(layout),
            *system.metal.surface_entries(layout, np.ones(n), np.ones(n), np.zeros(n)),
        ]:
            flux = (rows >= p[0]) & (rows <= p[-1])  # rows of v.n belong to the gap
            entries.append(((rows + shift * flux).astype(np.int32), columns, values))
        entries += system.electrolyte.jacobian(layout)
        opening = system.gap_scale / self.step.dt
        entries += [
            (p, g, np.ones(n)),
            (p, p, np.full(n, COMPLIANCE)),
            (g, g, m * (opening + current)),
            (g, phi, m * slope),
            (g, v, -m * slope),
            (g, u, -m),
            (phi, g, m * current),
            (phi, phi, m * slope),
            (phi, v, -m * slope),
            (v, g, -m * current),
            (v, phi, -m * slope),
            (v, v, m * slope),
            (u, p, -m),
            (every, every, np.zeros(len(every))),  # the solvers need a whole diagonal
        ]
        return self.matrix.assemble(entries)

    def solve(self, kind: str, start: Array, *, tolerance: float = 1e-11) -> tuple[Solution, Array]:
        """Solve with "vinewtonrsls" or "vinewtonssls"."""
        comm = self.system.comm
        x = PETSc.Vec().createWithArray(start.copy(), comm=comm)
        snes = PETSc.SNES().create(comm)
        snes.setType(kind)
        snes.setFunction(self.function, x.duplicate())
        matrix = self.jacobian(x)
        snes.setJacobian(lambda _snes, y, _a, _b: (self.jacobian(y), None)[1], matrix)
        low, high = x.duplicate(), x.duplicate()
        low.set(PETSc.NINFINITY)
        high.set(PETSc.INFINITY)
        bounds = low.getArray()
        bounds[self.layout.local_slice(2)] = 0.0
        snes.setVariableBounds(low, high)
        snes.setTolerances(rtol=0.0, atol=tolerance, stol=0.0, max_it=100)
        ksp = snes.getKSP()
        ksp.setType(PETSc.KSP.Type.PREONLY)
        ksp.getPC().setType(PETSc.PC.Type.LU)
        ksp.getPC().setFactorSolverType("mumps")
        snes.setErrorIfNotConverged(False)
        snes.solve(None, x)
        reason = snes.getConvergedReason()
        if reason <= 0:
            raise RuntimeError(f"{kind} ended with reason {reason}")
        values = x.getArray().copy()
        pressure, gap, voltage, platen = self._unpack(values)
        iterations = snes.getIterationNumber()
        return Solution(pressure.copy(), gap.copy(), voltage, platen, iterations), values
