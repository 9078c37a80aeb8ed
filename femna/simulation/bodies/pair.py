"""Two surfaces that may touch, and the unknowns of bodies and pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.simulation.bodies.mortar import Mortar
from femna.simulation.bodies.sliding import Slide

Array = npt.NDArray[np.float64]


class Side(NamedTuple):
    """A deformable side of a pair: number of its body; weighted gap and slip by displacement."""

    body: int
    across: PETSc.Mat
    along: Sequence[PETSc.Mat]


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
    law : Viscous or Friction, optional
        How they resist sliding on each other; left out, not at all.
    """

    mortar: Mortar
    slave: int
    master: int | None = None
    law: Slide | None = None

    @property
    def sides(self) -> list[Side]:
        """Every deformable side, the slave's first."""
        mortar = self.mortar
        found = [Side(self.slave, mortar.by_slave, mortar.along_slave)]
        if self.master is not None and mortar.by_master is not None:
            found.append(Side(self.master, mortar.by_master, mortar.along_master))
        return found

    def mean(self, weighted: Array) -> Array:
        """Return a weighted gap or slip over the vertices' areas, 1 where they have none."""
        area = self.mortar.area
        return np.divide(weighted, area, out=np.ones_like(weighted), where=area > 0.0)


@dataclass(frozen=True)
class Unknowns:
    """Displacements of the bodies, tractions and contact sets of the pairs, of this rank."""

    displacements: list[Array]
    pressures: list[Array]
    tractions: list[Array]
    active: list[npt.NDArray[np.bool_]]
