"""The voids of a cell from an image one by one, as they are at a step.

Every vertex of the interface belongs to the void of the labels on whose foot it stands, else to the
nearest one; where all voids are buried, to the nearest of them seen from above. Of a buried void
that the surface has met, the vertices that met it. So what opens at the edge of a void counts as
that void, and the sum over the voids is all of the open volume.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from scipy.spatial import cKDTree

from femna.simulation.measures import CHARGE_UNIT, UM_PER_M
from femna.simulation.schedule import Phase
from femna.simulation.stage import Stage

Array = npt.NDArray[np.float64]

COLUMNS: Final[tuple[str, ...]] = (
    "step",
    "time_s",
    "half_cycle",
    "charge_mAh_cm2",
    "id",
    "state",
    "volume_um3",
    "lost_contact_um2",
    "depth_um",
    "x_um",
    "y_um",
    "z_um",
)


class VoidRows:
    """Makes a row for each void of the labels; every method is collective.

    Parameters
    ----------
    stage : Stage
        The model in motion, of a cell from an image.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage, self._system = stage, stage.system
        voids = stage.model.cell.voids
        if voids is None:
            raise ValueError("the cell has no labels")
        self._unit = stage.model.scales.length * UM_PER_M
        self._placed = {void.id: k for k, void in enumerate(stage.voids.placed)}
        self._spheres = {sphere.id: sphere for sphere in voids.spheres}
        open_ids = {int(number) for number in np.unique(voids.owner) if number > 0}
        self._ids = sorted(open_ids | set(self._spheres))
        self._owner = np.zeros(len(self._system.area), dtype=np.int64)
        self._centre: dict[int, tuple[float, float]] = {}
        if open_ids:
            feet = voids.owner > 0
            tree = cKDTree(voids.places[feet])
            nearest = tree.query(self._system.vertices.horizontal)[1]
            self._owner = np.searchsorted(self._ids, voids.owner[feet][nearest])
            for number in open_ids:
                x, y = voids.places[voids.owner == number].mean(axis=0)
                self._centre[number] = (float(x), float(y))
        elif self._spheres:
            above = cKDTree([(self._spheres[k].x, self._spheres[k].y) for k in self._ids])
            self._owner = np.asarray(above.query(self._system.vertices.horizontal)[1])

    def rows(self, phase: Phase) -> list[dict[str, Any]]:
        """Return the rows at the present state, by the names of `COLUMNS`.

        Parameters
        ----------
        phase : Phase
            Present phase of the protocol.
        """
        clock, system = self._stage.clock, self._system
        gap, area = self._stage.gap, system.area
        owner = self._owner.copy()
        met = self._stage.voids.met
        for number, k in self._placed.items():
            owner[met[:, k] > 0.0] = self._ids.index(number)
        count = len(self._ids)
        volume = self._sum(np.bincount(owner, area * gap, minlength=count))
        openness = system.interface().openness
        closed = system.contact_area * openness
        lost = self._sum(np.bincount(owner, area - closed, minlength=count))
        depth = np.zeros(count)
        np.maximum.at(depth, owner, gap)
        system.comm.Allreduce(MPI.IN_PLACE, depth, op=MPI.MAX)
        enclosed = self._stage.voids.enclosed(clock)
        opened = self._stage.voids.opened()
        start = {
            "step": clock.step,
            "time_s": clock.time,
            "half_cycle": phase.half_cycle,
            "charge_mAh_cm2": phase.charge_at(clock) / CHARGE_UNIT,
        }
        found = []
        for at, number in enumerate(self._ids):
            state = "open" if volume[at] > 0.0 else "closed"
            x, y = self._centre.get(number, (0.0, 0.0))
            z, held, reach = 0.5 * depth[at], volume[at], depth[at]
            if number in self._placed:
                k, sphere = self._placed[number], self._spheres[number]
                x, y = sphere.x, sphere.y
                held += enclosed[k]
                state = "met" if opened[k] else "buried"
                if not opened[k]:
                    z = clock.void_heights[k]
                    reach = z + clock.void_radii[k]
                    state = "buried" if enclosed[k] > 0.0 else "closed"
            found.append(
                start
                | {
                    "id": number,
                    "state": state,
                    "volume_um3": held * self._unit**3,
                    "lost_contact_um2": lost[at] * self._unit**2,
                    "depth_um": reach * self._unit,
                    "x_um": x * self._unit,
                    "y_um": y * self._unit,
                    "z_um": z * self._unit,
                }
            )
        return found

    def _sum(self, values: Array) -> Array:
        self._system.comm.Allreduce(MPI.IN_PLACE, values)
        return values
