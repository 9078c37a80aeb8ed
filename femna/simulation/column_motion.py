"""The metal's mesh follows its surface column by column.

In a cell from an image the vertices up to a height above all voids stand in columns over those of
the interface. A column is stretched between the gap below it and its upper end, which moves with
the platen as all metal above does. No cell turns inside out while every column has a length,
however much the gap differs from one vertex to the next.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from scipy.spatial import cKDTree

from femna.mesh import Cell
from femna.simulation.motion import MeshMotion, VerticalMotion

Array = npt.NDArray[np.float64]


class ColumnMotion(VerticalMotion):
    """Places the metal's mesh of a cell with columns; parameters as `VerticalMotion`.

    Parameters
    ----------
    cell : Cell
    space : dolfinx.fem.FunctionSpace
    interface : int array, shape (N,)
    height : float
        Of the columns' upper ends on the reference mesh.
    """

    def __init__(
        self,
        cell: Cell,
        space: fem.FunctionSpace,
        interface: npt.NDArray[np.int32],
        *,
        height: float,
    ) -> None:
        super().__init__(cell, space, interface)
        self._comm = cell.metal.mesh.comm
        own = space.tabulate_dof_coordinates()[interface, : self._axis]
        places = np.concatenate(self._comm.allgather(own))
        self._start = np.concatenate(self._comm.allgather(self.reference_gap()))
        nodes = cell.metal.mesh.geometry.x[:, : self._axis]
        # columns are as fine as the interface: the nearest vertex is the one below
        below = self._reference < height * (1.0 - 1e-9)
        self._column = np.zeros(len(nodes), dtype=np.int64)
        self._column[below] = cKDTree(places).query(nodes[below])[1]
        start = self._start[self._column]
        self._share = np.where(below, (self._reference - start) / (height - start), 1.0)

    def displacement(self, gap: Array, platen: float) -> Array:
        """Return the displacement: see `VerticalMotion.displacement`."""
        everywhere = np.concatenate(self._comm.allgather(gap)) - self._start
        risen = everywhere[self._column]
        return np.asarray((1.0 - self._share) * risen + self._share * platen)


def vertical_motion(
    cell: Cell, space: fem.FunctionSpace, interface: npt.NDArray[np.int32]
) -> VerticalMotion:
    """Return the motion that fits the mesh of a cell; parameters as `VerticalMotion`."""
    if cell.columns is None:
        return MeshMotion(cell, space, interface)
    return ColumnMotion(cell, space, interface, height=cell.columns)
