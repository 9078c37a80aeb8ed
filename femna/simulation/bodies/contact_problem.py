"""Solid bodies in frictionless contact: one semismooth Newton method.

Contact is ``p >= 0, g >= 0, p g = 0`` at every vertex of the slave surfaces, g the weighted gap
over the vertex's area. Newton's method on ``p - max(0, p - c g) = 0`` is the primal-dual active set
strategy (M. Hintermueller, K. Ito, K. Kunisch, SIAM J. Optim. 13 (2002) 865; S. Hueeber,
B. I. Wohlmuth, Comput. Methods Appl. Mech. Eng. 194 (2005) 3147; the problem: N. Kikuchi,
J. T. Oden, Contact Problems in Elasticity, SIAM 1988); the bodies' own nonlinearity is part of the
same iteration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

from femna.errors import ComputationError
from femna.simulation.bodies.mortar import Mortar, times, transposed, without_columns
from femna.simulation.bodies.solid_body import SolidBody
from femna.simulation.jacobian import CooMatrix, Entries, csr_coordinates
from femna.simulation.layout import BlockLayout

Array = npt.NDArray[np.float64]

MOST_ITERATIONS: Final = 40
"""Newton steps before a solve counts as failed."""

TOLERANCE: Final = 1e-12
"""Residual at which a solve has converged: of forces over stiffness times displacement, of gaps
over displacement or gap."""


@dataclass(frozen=True)
class Pair:
    """Two surfaces that may touch.

    Attributes
    ----------
    mortar : Mortar
        Their operators.
    slave : int
        Number of the slave's body.
    master : int or None
        Number of the master's body; None for a rigid plane.
    """

    mortar: Mortar
    slave: int
    master: int | None = None


@dataclass(frozen=True)
class Unknowns:
    """Displacements of the bodies, pressures and contact sets of the pairs, of this rank."""

    displacements: list[Array]
    pressures: list[Array]
    active: list[npt.NDArray[np.bool_]]


class ContactProblem:
    """Bodies and their contact pairs.

    Parameters
    ----------
    bodies : sequence of SolidBody
        With one unit of stress and one of length.
    pairs : sequence of Pair

    Attributes
    ----------
    pressure : list of arrays
        Contact pressure at this rank's vertices of every pair, in the unit of stress.
    rise : list of float
        Displacement of every pair's rigid plane, upwards.
    iterations : int
        Newton steps of the last solve.
    """

    def __init__(self, bodies: Sequence[SolidBody], pairs: Sequence[Pair]) -> None:
        self.bodies, self.pairs = list(bodies), list(pairs)
        self._comm = self.bodies[0].body.mesh.comm
        sizes = [b.size for b in self.bodies] + [len(p.mortar.area) for p in self.pairs]
        self._layout = BlockLayout.gather(self._comm, sizes)
        self._matrix = CooMatrix(self._comm, self._layout.local_size)
        self.pressure = [np.zeros(len(p.mortar.area)) for p in self.pairs]
        self.rise = [0.0] * len(self.pairs)
        self._active = [p.mortar.area > 0.0 for p in self.pairs]
        self._sides = [self._free_sides(pair) for pair in self.pairs]
        self._solver = self._create_solver()
        self.iterations = 0
        self._moved = 0.0

    def _free_sides(self, pair: Pair) -> list[tuple[int, PETSc.Mat]]:
        """Return body and operator of each side, without the columns of what is held."""
        sides = [(pair.slave, pair.mortar.by_slave)]
        if pair.master is not None and pair.mortar.by_master is not None:
            sides.append((pair.master, pair.mortar.by_master))
        return [(b, without_columns(m, self.bodies[b].held_dofs)) for b, m in sides]

    def _create_solver(self) -> PETSc.KSP:
        ksp = PETSc.KSP().create(self._comm)
        ksp.setType(PETSc.KSP.Type.PREONLY)
        ksp.getPC().setType(PETSc.PC.Type.LU)
        ksp.getPC().setFactorSolverType("mumps")
        return ksp

    # -- evaluation ----------------------------------------------------------------------------

    def gaps(self, k: int) -> Array:
        """Return the weighted gap over the area at this rank's vertices of a pair (collective)."""
        pair, mortar = self.pairs[k], self.pairs[k].mortar
        total = mortar.gap + mortar.rise * self.rise[k]
        total = total + times(mortar.by_slave, self.bodies[pair.slave].get())
        if pair.master is not None and mortar.by_master is not None:
            total = total + times(mortar.by_master, self.bodies[pair.master].get())
        return np.divide(total, mortar.area, out=np.ones_like(total), where=mortar.area > 0.0)

    def force(self, k: int) -> float:
        """Return the upward force on a pair's slave, in units of stress and length (collective)."""
        pair = self.pairs[k]
        entries = transposed(pair.mortar.by_slave, self.pressure[k])
        dimension = self.bodies[pair.slave].body.mesh.geometry.dim
        return float(self._comm.allreduce(float(entries[dimension - 1 :: dimension].sum())))

    def active(self, k: int) -> npt.NDArray[np.bool_]:
        """Return which of this rank's vertices of a pair touch."""
        return self._active[k]

    def body_residual(self, number: int) -> Array:
        """Return a body's owned residual with the contact forces, reactions at what is held."""
        total = self.bodies[number].residual()
        for pair, pressure in zip(self.pairs, self.pressure, strict=True):
            if pair.slave == number:
                total = total - transposed(pair.mortar.by_slave, pressure)
            if pair.master == number and pair.mortar.by_master is not None:
                total = total - transposed(pair.mortar.by_master, pressure)
        return total

    def _residuals(self) -> list[Array]:
        parts = []
        for number, body in enumerate(self.bodies):
            part = self.body_residual(number)
            part[body.held_dofs] = 0.0
            parts.append(part)
        for k, active in enumerate(self._active):
            parts.append(np.where(active, self.gaps(k), self.pressure[k]))
        return parts

    def unknowns(self) -> Unknowns:
        """Return a copy of displacements, pressures and contact sets."""
        return Unknowns(
            [body.get().copy() for body in self.bodies],
            [values.copy() for values in self.pressure],
            [values.copy() for values in self._active],
        )

    def take(self, found: Unknowns) -> None:
        """Go on from unknowns that were kept (collective)."""
        for body, values in zip(self.bodies, found.displacements, strict=True):
            body.set(values)
        self.pressure = [values.copy() for values in found.pressures]
        self._active = [values.copy() for values in found.active]

    # -- solution ------------------------------------------------------------------------------

    def solve(self, dt: float = 0.0, *, predict: bool = False) -> None:
        """Solve for a step of length `dt` [s] from the present unknowns (collective).

        Parameters
        ----------
        dt : float
            [s].
        predict : bool
            Begin with the contact set that the present unknowns suggest, instead of the last one:
            for bodies that are held without contact.

        Raises
        ------
        ComputationError
            On every rank, if Newton's method does not end; the unknowns are the last iterate.
        """
        x = PETSc.Vec().createMPI((self._layout.local_size, None), comm=self._comm)
        step = x.duplicate()
        self._moved = 0.0
        for iteration in range(MOST_ITERATIONS + 1):
            for body in self.bodies:
                body.update(dt)
            changed = self._choose() if iteration or predict else False
            parts = self._residuals()
            self.iterations = iteration
            small = self._small(parts)
            if iteration and not changed and small:
                return
            if iteration == MOST_ITERATIONS:
                break
            x.setArray(np.concatenate(parts))
            self._solver.setOperators(self._matrix.assemble(self._entries()))
            self._solver.solve(x, step)
            if self._solver.getConvergedReason() < 0:
                break
            self._move(-np.asarray(step.getArray()))
        raise ComputationError(
            f"the contact of the bodies was not found in {self.iterations} Newton steps"
        )

    def rise_slope(self, k: int) -> float:
        """Return how a pair's force follows its plane's displacement, at the solution (collective).

        Uses the matrix of the last Newton step, whose contact set and tangent are those of the
        solution but for its last change.
        """
        right = PETSc.Vec().createMPI((self._layout.local_size, None), comm=self._comm)
        found = right.duplicate()
        values = np.zeros(self._layout.local_size)
        mortar = self.pairs[k].mortar
        by_rise = np.divide(
            mortar.rise, mortar.area, out=np.zeros_like(mortar.rise), where=mortar.area > 0.0
        )
        place = self._layout.local_slice(len(self.bodies) + k)
        values[place] = np.where(self._active[k], -by_rise, 0.0)
        right.setArray(values)
        self._solver.setOperators(self._matrix.assemble(self._entries()))
        self._solver.solve(right, found)
        change = np.asarray(found.getArray())[place]
        return float(self._comm.allreduce(float(change @ mortar.area)))

    def _choose(self) -> bool:
        """Choose which vertices touch; say whether any changed (collective)."""
        changed = False
        for k, pair in enumerate(self.pairs):
            new = (self.pressure[k] - self.gaps(k) > 0.0) & (pair.mortar.area > 0.0)
            changed = changed or bool((new != self._active[k]).any())
            self._active[k] = new
        return bool(self._comm.allreduce(int(changed)))

    def _small(self, parts: list[Array]) -> bool:
        """Say whether residuals are round-off (collective)."""
        bodies = len(self.bodies)
        local = np.array(
            [
                _largest(parts[:bodies]),
                _largest(parts[bodies:]),
                _largest([body.get() for body in self.bodies]),
                _largest([self.gaps(k) for k in range(len(self.pairs))]),
                max(body.stiffest for body in self.bodies),
            ]
        )
        self._comm.Allreduce(MPI.IN_PLACE, local, op=MPI.MAX)
        force, contact, moved, gap, stiffest = local
        moved = self._moved = max(moved, self._moved)  # a released body comes back to zero
        # a rigid motion leaves sums of terms as large as stiffness times displacement
        return bool(
            force <= TOLERANCE * stiffest * moved and contact <= TOLERANCE * max(gap, moved)
        )

    def _move(self, step: Array) -> None:
        for number, body in enumerate(self.bodies):
            body.set(body.get() + step[self._layout.local_slice(number)])
        for k in range(len(self.pairs)):
            place = self._layout.local_slice(len(self.bodies) + k)
            self.pressure[k] = self.pressure[k] + step[place]

    def _entries(self) -> list[Entries]:
        entries: list[Entries] = [
            body.entries(self._layout, number) for number, body in enumerate(self.bodies)
        ]
        for k, pair in enumerate(self.pairs):
            block = len(self.bodies) + k
            own = self._layout.monolithic(block, self._layout.owned(block))
            active, area = self._active[k], pair.mortar.area
            entries.append((own, own, np.where(active, 0.0, 1.0)))
            over = np.divide(1.0, area, out=np.zeros_like(area), where=area > 0.0)
            for number, matrix in self._sides[k]:
                rows, columns = csr_coordinates(matrix)
                values = matrix.getValuesCSR()[2]
                here = self._layout.monolithic(block, rows)
                there = self._layout.monolithic(number, columns)
                local = rows - matrix.getOwnershipRange()[0]
                entries.append((here, there, values * (active * over)[local]))
                entries.append((there, here, -values))
        return entries


def _largest(parts: list[Array]) -> float:
    return max((float(np.abs(part).max(initial=0.0)) for part in parts), default=0.0)
