"""What a third electrode on the bare electrolyte reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.case import ReferenceElectrode, Stack
from femna.simulation.discretisation import owned_facet_dofs
from femna.simulation.setup import Model

Array = npt.NDArray[np.float64]

RINGS: Final = 8
"""Gauss points of the electrode's mean in radius; in angle there are four times as many."""


def reference_reading(model: Model) -> Callable[[], float] | None:
    """Return what reads the reference electrode of a model; None without one."""
    geometry = model.case.geometry
    if not isinstance(geometry, Stack) or geometry.reference_electrode is None:
        return None
    return ReferenceReading(model, geometry.reference_electrode)


class ReferenceReading:
    """The mean potential of the bare electrolyte over a disc.

    Parameters
    ----------
    model : Model
        An axisymmetric stack.
    electrode : ReferenceElectrode
        Where the disc lies.
    """

    def __init__(self, model: Model, electrode: ReferenceElectrode) -> None:
        block, self._comm = model.system.electrolyte, model.system.comm
        length = model.scales.length
        dofs = owned_facet_dofs(block.space, model.cell.electrolyte, "bare")
        places = block.space.tabulate_dof_coordinates()[dofs, :2]
        depth = model.electrolyte_thickness / length
        height = 0.0 if electrode.face == "working" else -depth
        here = np.abs(places[:, 1] - height) < 1e-9 * depth
        self._block, self._dofs = block, dofs[here]
        radii = np.concatenate(self._comm.allgather(places[here, 0]))
        self._order = np.argsort(radii)
        self._radii = radii[self._order]
        half, self._weights = np.polynomial.legendre.leggauss(RINGS)
        from_centre = 0.25 * electrode.diameter / length * (half + 1.0)
        self._weights = self._weights * from_centre / (self._weights @ from_centre)
        angle = np.pi * (np.arange(4 * RINGS) + 0.5) / (4 * RINGS)
        x = electrode.distance / length + np.outer(from_centre, np.cos(angle))
        self._from_axis = np.hypot(x, np.outer(from_centre, np.sin(angle)))

    def __call__(self) -> float:
        """Return the reading over the potential scale (collective)."""
        values = np.concatenate(self._comm.allgather(self._block.get()[0][self._dofs]))
        found = np.interp(self._from_axis, self._radii, values[self._order])
        return float(self._weights @ found.mean(axis=1))
