"""Solid bodies in contact, with or without friction: one semismooth Newton method.

Contact is ``p >= 0, g >= 0, p g = 0`` at every vertex of the slave surfaces, g the weighted gap
over the vertex's area. Newton's method on ``p - max(0, p - c g) = 0`` is the primal-dual active set
strategy (M. Hintermueller, K. Ito, K. Kunisch, SIAM J. Optim. 13 (2002) 865; S. Hueeber,
B. I. Wohlmuth, Comput. Methods Appl. Mech. Eng. 194 (2005) 3147; the problem: N. Kikuchi,
J. T. Oden, Contact Problems in Elasticity, SIAM 1988); the bodies' own nonlinearity is part of the
same iteration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

from femna.errors import ComputationError
from femna.physics.wall import Friction
from femna.simulation.bodies.entries import Places, entries_across, entries_along
from femna.simulation.bodies.mortar import without_columns
from femna.simulation.bodies.pair import Pair, Side, Unknowns
from femna.simulation.bodies.sliding import Sliding, share_until_return, sliding
from femna.simulation.bodies.solid_body import SolidBody
from femna.simulation.factors import Factors
from femna.simulation.jacobian import CooMatrix, Entries
from femna.simulation.layout import BlockLayout
from femna.simulation.products import product, solution, transposed_product

Array = npt.NDArray[np.float64]

PREFIX: Final = "femna_bodies_"
"""Of the solver's options."""

MOST_ITERATIONS: Final = 40
"""Newton steps before a solve counts as failed."""

TOLERANCE: Final = 1e-12
"""Residual at which a solve has converged: of forces over stiffness times displacement, of gaps
over displacement or gap."""

MOST_SHORTENED: Final = 200
"""The same for the second attempt of a problem with friction, whose steps are shortened."""

RELEASED: Final = 0.9
"""Of the largest excess over friction, from which on a vertex may begin to slide in such a step."""

BEYOND: Final = 1.001
"""Of the step at whose end the first vertex that slides has come back to where it was: it then
goes against its traction, and sticks."""


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
    traction : list of arrays, shape (n, d - 1)
        What resists the sliding of the slave there, in the same unit.
    rise : list of float
        Displacement of every pair's rigid plane, upwards.
    slide : list of arrays, shape (d - 1,)
        That along the directions of its surface.
    iterations : int
        Newton steps of the last solve.
    """

    def __init__(self, bodies: Sequence[SolidBody], pairs: Sequence[Pair]) -> None:
        self.bodies, self.pairs = list(bodies), list(pairs)
        self._comm = self.bodies[0].body.mesh.comm
        directions = self.bodies[0].body.mesh.geometry.dim - 1
        vertices = [len(p.mortar.area) for p in self.pairs]
        self._rubbing = [k for k, p in enumerate(self.pairs) if p.law is not None]
        sizes = [b.size for b in self.bodies] + vertices
        sizes += [vertices[k] * directions for k in self._rubbing]
        self._layout = BlockLayout.gather(self._comm, sizes)
        self._matrix = CooMatrix(self._comm, self._layout.local_size)
        self.pressure = [np.zeros(n) for n in vertices]
        self.traction = [np.zeros((n, directions)) for n in vertices]
        self.rise = [0.0] * len(self.pairs)
        self.slide = [np.zeros(directions) for _ in self.pairs]
        self._active = [p.mortar.area > 0.0 for p in self.pairs]
        self._slides = [np.zeros(n, dtype=bool) for n in vertices]
        self._stuck = [np.zeros(n, dtype=bool) for n in vertices]
        self._from = [np.zeros((n, directions)) for n in vertices]
        self._sides = [self._free_sides(pair) for pair in self.pairs]
        self._factors = Factors(PREFIX)
        self._solver = self._create_solver()
        self.iterations = 0
        self._moved, self._dt = 0.0, 0.0

    def _free_sides(self, pair: Pair) -> list[Side]:
        """Return body and operators of each side, without the columns of what is held."""
        found: list[Side] = []
        for number, across, along in pair.sides:
            held = self.bodies[number].held_dofs
            rubs = along if pair.law is not None else ()
            free = [without_columns(m, held) for m in rubs]
            found.append(Side(number, without_columns(across, held), free))
        return found

    def _create_solver(self) -> PETSc.KSP:
        ksp = PETSc.KSP().create(self._comm)
        ksp.setType(PETSc.KSP.Type.PREONLY)
        ksp.getPC().setType(PETSc.PC.Type.LU)
        ksp.getPC().setFactorSolverType("mumps")
        ksp.setOptionsPrefix(PREFIX)
        self._factors.configure()
        ksp.getPC().setFromOptions()
        return ksp

    # -- evaluation ----------------------------------------------------------------------------

    def gaps(self, k: int) -> Array:
        """Return the weighted gap over the area at this rank's vertices of a pair (collective)."""
        pair, mortar = self.pairs[k], self.pairs[k].mortar
        total = mortar.gap + mortar.rise * self.rise[k]
        for number, across, _ in pair.sides:
            total = total + product(across, self.bodies[number].get())
        return pair.mean(total)

    def slips(self, k: int) -> Array:
        """Return how far a pair's slave slid since `accept`, shape (n, d - 1) (collective)."""
        return self._displaced(k) - self._from[k]

    def _displaced(self, k: int) -> Array:
        """Return the slave's displacement along its master's, shape (n, d - 1) (collective)."""
        pair = self.pairs[k]
        found = np.empty_like(self.traction[k])
        for direction in range(found.shape[1]):
            total = np.zeros(len(found))
            for number, _, along in pair.sides:
                total = total + product(along[direction], self.bodies[number].get())
            found[:, direction] = pair.mean(total) - self.slide[k][direction]
        return found

    def accept(self) -> None:
        """Begin a step from the present displacements: nothing has slid in it yet (collective)."""
        for k in self._rubbing:
            self._from[k] = self._displaced(k)

    def force(self, k: int) -> float:
        """Return the upward force on a pair's slave, in units of stress and length (collective)."""
        pair = self.pairs[k]
        entries = transposed_product(pair.mortar.by_slave, self.pressure[k])
        dimension = self.bodies[pair.slave].body.mesh.geometry.dim
        return float(self._comm.allreduce(float(entries[dimension - 1 :: dimension].sum())))

    def drag(self, k: int) -> Array:
        """Return the force along the surface on a pair's plane or master, shape (d - 1,)."""
        pulled = (self.traction[k] * self.pairs[k].mortar.area[:, None]).sum(axis=0)
        return np.asarray(self._comm.allreduce(pulled))

    def active(self, k: int) -> npt.NDArray[np.bool_]:
        """Return which of this rank's vertices of a pair touch."""
        return self._active[k]

    def body_residual(self, number: int) -> Array:
        """Return a body's owned residual with the contact forces, reactions at what is held."""
        total = self.bodies[number].residual()
        for k, pair in enumerate(self.pairs):
            for body, across, along in pair.sides:
                if body != number:
                    continue
                total = total - transposed_product(across, self.pressure[k])
                for direction, matrix in enumerate(along if k in self._rubbing else ()):
                    total = total + transposed_product(matrix, self.traction[k][:, direction])
        return total

    def _residuals(self, rows: dict[int, Sliding]) -> list[Array]:
        parts = []
        for number, body in enumerate(self.bodies):
            part = self.body_residual(number)
            part[body.held_dofs] = 0.0
            parts.append(part)
        for k, active in enumerate(self._active):
            parts.append(np.where(active, self.gaps(k), self.pressure[k]))
        return parts + [found.residual.reshape(-1) for found in rows.values()]

    def _rows(self) -> dict[int, Sliding]:
        """Return the rows of the tractions of all pairs with a law (collective)."""
        return {k: self._sliding(k) for k in self._rubbing}

    def _sliding(self, k: int) -> Sliding:
        """Return the rows of the traction of a pair with a law (collective)."""
        law = self.pairs[k].law
        assert law is not None
        slip = self.slips(k)
        lengths = np.array([_largest([slip]), _largest([body.get() for body in self.bodies])])
        self._comm.Allreduce(MPI.IN_PLACE, lengths, op=MPI.MAX)
        farthest, moved = lengths
        return sliding(
            law,
            slip=slip,
            traction=self.traction[k],
            pressure=self.pressure[k],
            touches=self._active[k],
            dt=self._dt,
            farthest=float(farthest),
            moved=float(moved),
            stuck=self._stuck[k],
        )

    def unknowns(self) -> Unknowns:
        """Return a copy of displacements, tractions and contact sets."""
        return Unknowns(
            [body.get().copy() for body in self.bodies],
            [values.copy() for values in self.pressure],
            [values.copy() for values in self.traction],
            [values.copy() for values in self._active],
        )

    def take(self, found: Unknowns) -> None:
        """Go on from unknowns that were kept (collective)."""
        for body, values in zip(self.bodies, found.displacements, strict=True):
            body.set(values)
        self.pressure = [values.copy() for values in found.pressures]
        self.traction = [values.copy() for values in found.tractions]
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
        self._moved, self._dt = 0.0, dt
        start = self.unknowns()
        if self._newton(dt, predict=predict):
            return
        if any(isinstance(self.pairs[k].law, Friction) for k in self._rubbing):
            self.take(start)
            if self._newton(dt, predict=predict, shorten=True):
                return
        raise ComputationError(
            f"the contact of the bodies was not found in {self.iterations} Newton steps"
        )

    def _newton(self, dt: float, *, predict: bool, shorten: bool = False) -> bool:
        """Say whether Newton's method ends (collective)."""
        most = MOST_SHORTENED if shorten else MOST_ITERATIONS
        for iteration in range(most + 1):
            for body in self.bodies:
                body.update(dt)
            changed = self._choose(one_by_one=shorten) if iteration or predict else False
            rows = self._rows()
            parts = self._residuals(rows)
            self.iterations = iteration
            small = self._small(parts)
            if iteration and not changed and small:
                return True
            if iteration == most:
                break
            self._factors.factorise(self._solver, self._matrix.assemble(self._entries(rows)))
            step = solution(self._solver, np.concatenate(parts))
            if self._solver.getConvergedReason() < 0:
                break
            self._move(-step, shorten=shorten)
        return False

    def rise_slope(self, k: int) -> float:
        """Return how a pair's force follows its plane's displacement, at the solution (collective).

        Of the matrix at the solution, which is made and factorised for it: that of the last Newton
        step differs by the last change, and where there is friction or yield by more.
        """
        values = np.zeros(self._layout.local_size)
        mortar = self.pairs[k].mortar
        by_rise = np.divide(
            mortar.rise, mortar.area, out=np.zeros_like(mortar.rise), where=mortar.area > 0.0
        )
        place = self._layout.local_slice(len(self.bodies) + k)
        values[place] = np.where(self._active[k], -by_rise, 0.0)
        self._factors.factorise(self._solver, self._matrix.assemble(self._entries(self._rows())))
        change = solution(self._solver, values)[place]
        return float(self._comm.allreduce(float(change @ mortar.area)))

    def _choose(self, *, one_by_one: bool) -> bool:
        """Choose which vertices touch and which slide (collective).

        Returns whether the residual of this choice may be small without a solution: other vertices
        touch, or some are kept from sliding. Which ones slide is no such thing: the rows of a
        vertex whose traction is at its limit and whose slip is round-off hold either way, and a
        step in which nothing moves would change them for ever.
        """
        changed = False
        for k, pair in enumerate(self.pairs):
            new = (self.pressure[k] - self.gaps(k) > 0.0) & (pair.mortar.area > 0.0)
            changed = changed or bool((new != self._active[k]).any())
            self._active[k] = new
        for stuck in self._stuck:
            stuck[:] = False
        rows = self._rows()
        begins = {k: found.slides & ~self._slides[k] for k, found in rows.items()}
        worst = _largest([rows[k].excess[begins[k]] for k in self._rubbing])
        least = RELEASED * self._comm.allreduce(worst, op=MPI.MAX) if one_by_one else 0.0
        bears = self._comm.allreduce(_largest(self.traction), op=MPI.MAX)
        for k, found in rows.items():
            self._stuck[k] = begins[k] & (found.excess < least)
            self._slides[k] = found.slides & ~self._stuck[k]
            kept = found.excess[self._stuck[k]]
            changed = changed or bool((kept > TOLERANCE * bears).any())
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

    def _move(self, step: Array, *, shorten: bool) -> None:
        """Take a Newton step, or what of it no sliding vertex comes back in (collective)."""
        before = {k: self.slips(k) for k in self._rubbing} if shorten else {}
        start = self.unknowns()
        self._take_share(start, step, 1.0)
        shares = [
            share_until_return(slip, self.slips(k), start.tractions[k], self._slides[k])
            for k, slip in before.items()
        ]
        share = self._comm.allreduce(min(shares, default=1.0), op=MPI.MIN)
        if share < 1.0:
            self._take_share(start, step, min(BEYOND * share, 1.0))

    def _take_share(self, start: Unknowns, step: Array, share: float) -> None:
        """Go a share of a step on from the start (collective)."""
        parts = [
            share * step[self._layout.local_slice(n)] for n in range(self._layout.sizes.shape[1])
        ]
        for body, values, change in zip(self.bodies, start.displacements, parts, strict=False):
            body.set(values + change)
        pairs = parts[len(self.bodies) :]
        self.pressure = [p + c for p, c in zip(start.pressures, pairs, strict=False)]
        for k, change in zip(self._rubbing, pairs[len(self.pairs) :], strict=True):
            self.traction[k] = start.tractions[k] + change.reshape(self.traction[k].shape)

    def _entries(self, rows: dict[int, Sliding]) -> list[Entries]:
        places = Places(self._layout, len(self.bodies), len(self.pairs), self._rubbing)
        entries = [body.entries(self._layout, number) for number, body in enumerate(self.bodies)]
        for k, pair in enumerate(self.pairs):
            area, sides = pair.mortar.area, self._sides[k]
            entries += entries_across(places, k, sides, area=area, active=self._active[k])
            if k in rows:
                entries += entries_along(places, k, sides, area=area, rows=rows[k])
        return entries


def _largest(parts: list[Array]) -> float:
    return max((float(np.abs(part).max(initial=0.0)) for part in parts), default=0.0)
