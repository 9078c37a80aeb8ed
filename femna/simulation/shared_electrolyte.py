"""One electrolyte between two electrodes, each with a mesh of it that is fine at its own interface.

Each electrode's system has the whole electrolyte. Its far side, the other electrode's interface,
is held at the potential which the other electrode's solution has there. They are solved in turns
until both agree: then each potential has the other's values on both faces and no flux elsewhere,
so that both are one, and it obeys both interfaces' laws. What varies along the interface with wave
number k is off by 1/cosh(k D)^2 at most of what it was a turn before, D the electrolyte's
thickness; Anderson's method makes less of it.

The zero of potential, the reference, is the mean of the means over both interfaces, by each
electrode's own solution. Across interfaces of one map that is the potential of the middle.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from femna.errors import ComputationError
from femna.simulation.conduction import distribute_current, healed
from femna.simulation.fixed_point import Anderson
from femna.simulation.in_plane import InPlane
from femna.simulation.system import System

Array = npt.NDArray[np.float64]

AGREEMENT: Final = 1e-8
"""Of the largest potential along the interfaces, or of that which the nominal current makes across
one, by which the electrodes may disagree."""

MOST_TURNS: Final = 100
"""Of solving both electrodes, after which a step is given up."""


class Apart:
    """What takes the place of `SharedElectrolyte` where electrodes do not see each other."""

    def begin(self) -> None:
        """Nothing is searched for."""

    def face(self, _electrode: int) -> None:
        """The far side is held as it is."""

    def agreed(self) -> bool:
        """Return that there is nothing to disagree on."""
        return True

    def distribute(self) -> None:
        """Every electrode has distributed its own current."""


class SharedElectrolyte:
    """Passes potential from electrode to electrode.

    Parameters
    ----------
    working, counter : System
        Of the electrodes, each on a mesh of the whole electrolyte. The unit of potential and that
        of length are the same in both.
    """

    def __init__(self, working: System, counter: System) -> None:
        self._systems = (working, counter)
        self._far = [system.electrolyte.far_area() for system in self._systems]
        self._guess, self._turn = Anderson(working.comm), 0
        self._views = (_Facing(counter, working), _Facing(working, counter))

    def begin(self) -> None:
        """Begin a new search for agreement."""
        self._guess.begin()
        self._turn = 0

    def face(self, electrode: int) -> None:
        """Hold the far side of an electrode, 0 the working one, at the other's potential.

        The working electrode's turn comes first (collective).
        """
        block, seen = self._systems[electrode].electrolyte, self._seen(electrode)
        if electrode == 0:
            seen = seen if self._turn == 0 else self._guess.next(block.held, seen)
            self._turn += 1
        block.hold(seen)

    def agreed(self) -> bool:
        """Return whether another turn would change nothing (collective)."""
        worst, largest = 0.0, 1.0
        for electrode, system in enumerate(self._systems):
            seen, held = self._seen(electrode), system.electrolyte.held
            worst = max(worst, float(np.max(np.abs(seen - held), initial=0.0)))
            largest = max(largest, float(np.max(np.abs(seen), initial=0.0)))
        comm = self._systems[0].comm
        worst, largest = (float(comm.allreduce(x, op=MPI.MAX)) for x in (worst, largest))
        return worst <= AGREEMENT * largest

    def _seen(self, electrode: int) -> Array:
        """Return the other electrode's potential at the far side of one, from the reference."""
        system, far = self._systems[electrode], self._far[electrode]
        near = _mean(system.area, system.electrolyte.at_interface(), system.comm)
        across = near - _mean(far, system.electrolyte.held, system.comm)
        seen = self._views[electrode]()
        return seen - _mean(far, seen, system.comm) - 0.5 * across

    # -- at given contact ----------------------------------------------------------------------

    def distribute(self, contacts: tuple[Array, Array] | None = None) -> tuple[float, float]:
        """Solve for potentials and voltages of both at fixed contact unknowns (collective).

        Parameters
        ----------
        contacts : tuple of arrays, optional
            Contact unknowns z of both, on areas without voids; else those of the systems, on which
            the counter electrode follows the current of a working one whose voltage is held.

        Returns
        -------
        tuple of float
            The voltages over the potential scale.

        Raises
        ------
        ComputationError
            If the electrodes do not agree.
        """
        working, counter = self._systems
        self.begin()
        for _ in range(MOST_TURNS):
            voltages = []
            for electrode, system in enumerate(self._systems):
                self.face(electrode)
                if contacts is None:
                    voltages.append(distribute_current(system, system.z))
                    system.take_current()
                    counter.required_step().current = -working.required_step().current
                else:
                    z = contacts[electrode]
                    voltages.append(distribute_current(system, z, area=system.area))
            if self.agreed():
                return voltages[0], voltages[1]
        raise ComputationError("two electrodes do not agree on the current at fixed contact")

    def healed_voltages(self) -> tuple[float, float]:
        """Return the voltages of closed interfaces at the present step's pressure and current.

        Over the potential scale. The unknowns stay as they are; the guess is always the same, so
        that a resumed run finds the same digits. Collective.
        """
        saved = [(s.electrolyte.get()[0].copy(), s.scalars.copy()) for s in self._systems]
        steps = [system.required_step() for system in self._systems]
        for system, step in zip(self._systems, steps, strict=True):
            system.electrolyte.restore(np.zeros_like(system.electrolyte.get()[0]))
            system.voltage = step.current
        working, counter = self._systems
        try:
            with healed(steps[0]), healed(steps[1]):
                return self.distribute(
                    (
                        working.closed_under(steps[0].pressure),
                        counter.closed_under(steps[1].pressure),
                    )
                )
        finally:
            for system, (potential, scalars) in zip(self._systems, saved, strict=True):
                system.electrolyte.restore(potential)
                system.scalars = scalars


def _mean(weights: Array, values: Array, comm: Any) -> float:
    total, area = comm.allreduce(np.array([weights @ values, weights.sum()]))
    return float(total / area)


class _Facing:
    """The potential along one interface, at the places of the other system's far side.

    Parameters
    ----------
    source, target : System
        Whose interface is seen, and from whose far side.
    """

    def __init__(self, source: System, target: System) -> None:
        self._source, self._comm = source, source.comm
        known = np.concatenate(self._comm.allgather(source.vertices.horizontal))
        # in an order that does not depend on the ranks
        self._order = np.lexsort(known.T[::-1])
        self._known = known[self._order]
        self._wanted = target.electrolyte.far_places()
        self._in_plane = InPlane(self._known, self._wanted) if known.shape[1] > 1 else None

    def __call__(self) -> Array:
        """Return the potential at the owned dofs of the far side (collective)."""
        values = np.concatenate(self._comm.allgather(self._source.electrolyte.at_interface()))
        values = values[self._order]
        if self._in_plane is not None:
            return self._in_plane(values)
        return np.asarray(np.interp(self._wanted[:, 0], self._known[:, 0], values))
