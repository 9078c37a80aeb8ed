"""First solutions of a map's cases, from which a neighbour's starts.

Cases that differ in pressure and current only have the same mesh, and their dimensionless first
solutions differ by one number, pressure over current to the power 1/n of the creep law.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from femna.case import Case
from femna.simulation.setup import Model
from femna.simulation.state import State

FARTHEST: Final = math.log(1.3)
"""Of pressure over current to the power 1/n, in logarithms: from a neighbour farther away a first
solution takes about as many iterations as from rest."""

KEPT: Final = 64
"""First solutions that are kept, the oldest is dropped."""


@dataclass(frozen=True)
class _Known:
    pressure: float
    current: float
    state: State


class Neighbours:
    """The first solutions of the cases that this process ran, of one model at a time."""

    def __init__(self) -> None:
        self._model: Case | None = None
        self._known: deque[_Known] = deque(maxlen=KEPT)

    def nearest(self, model: Model) -> State | None:
        """Return the first solution of the nearest case that differs in pressure and current only.

        None where there is none near enough.
        """
        protocol = model.case.protocol
        n = float(getattr(model.properties.metal.creep, "n", 1.0))

        def distance(known: _Known) -> float:
            pressures, currents = protocol.pressure / known.pressure, protocol.current_density
            return abs(math.log(pressures) - math.log(currents / known.current) / n)

        if self._model != _without_load(model.case) or not self._known:
            return None
        best = min(self._known, key=distance)
        return best.state if distance(best) <= FARTHEST else None

    def keep(self, model: Model, state: State) -> None:
        """Keep the first solution of a case; those of another model are dropped."""
        kind = _without_load(model.case)
        if kind != self._model:
            self._model = kind
            self._known.clear()
        protocol = model.case.protocol
        self._known.append(_Known(protocol.pressure, protocol.current_density, state))


def _without_load(case: Case) -> Case:
    """Return a case with everything that its neighbours on a map share, and nothing else."""
    load = {"pressure": 1.0, "current_density": 1.0, "charge": 1.0}
    changed = {
        "title": "",
        "protocol": case.protocol.model_copy(update=load),
        "output": None,
        "limits": None,
    }
    return case.model_copy(update=changed)
