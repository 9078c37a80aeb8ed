"""What a third electrode on the bare electrolyte reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.case import ReferenceElectrode, Stack
from femna.simulation.discretisation import owned_facet_dofs
from femna.simulation.in_plane import InPlane
from femna.simulation.setup import Model

Array = npt.NDArray[np.float64]

RINGS: Final = 8
"""Gauss points of the electrode's mean in radius; in angle there are eight times as many."""


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
        A stack.
    electrode : ReferenceElectrode
        Where the disc lies.
    """

    def __init__(self, model: Model, electrode: ReferenceElectrode) -> None:
        block, self._comm = model.system.electrolyte, model.system.comm
        length = model.scales.length
        mesh = model.cell.electrolyte.mesh
        up = mesh.geometry.dim - 1
        dofs = owned_facet_dofs(block.space, model.cell.electrolyte, "bare")
        places = block.space.tabulate_dof_coordinates()[dofs]
        depth = model.electrolyte_thickness / length
        height = 0.0 if electrode.face == "working" else -depth
        here = np.abs(places[:, up] - height) < 1e-9 * depth
        self._block, self._dofs = block, dofs[here]
        known = np.concatenate(self._comm.allgather(places[here, :up]))
        wanted, self._weights = _disc(electrode, length)
        # vertices are put in an order that does not depend on the ranks
        self._order = np.lexsort(known.T[::-1])
        known = known[self._order]
        self._up = up
        self._read = (
            self._on_line(wanted)
            if up == 1
            else self._in_plane(wanted - (_offset(model) / length, 0.0), known)
        )

    def _on_line(self, wanted: Array) -> Callable[[Array], Array]:
        from_axis = np.hypot(*wanted.T)

        def read(values: Array) -> Array:
            # behind a rim that moves the bare ring is squeezed together
            here = self._block.space.tabulate_dof_coordinates()[self._dofs, 0]
            radii = np.concatenate(self._comm.allgather(here))[self._order]
            return np.asarray(np.interp(from_axis, radii, values))

        return read

    @staticmethod
    def _in_plane(wanted: Array, known: Array) -> Callable[[Array], Array]:
        half = np.column_stack([wanted[:, 0], np.abs(wanted[:, 1])])  # the other one is its image
        return InPlane(known, half)

    def __call__(self) -> float:
        """Return the reading over the potential scale (collective)."""
        values = np.concatenate(self._comm.allgather(self._block.get()[0][self._dofs]))
        return float(self._weights @ self._read(values[self._order]))


def _disc(electrode: ReferenceElectrode, length: float) -> tuple[Array, Array]:
    """Return places (N, 2) on the electrode, seen from the cell's axis, and their weights."""
    half, weights = np.polynomial.legendre.leggauss(RINGS)
    from_centre = 0.25 * electrode.diameter / length * (half + 1.0)
    weights = weights * from_centre / (weights @ from_centre)
    angle = np.pi * (np.arange(8 * RINGS) + 0.5) / (4 * RINGS)
    direction = electrode.angle or 0.0
    centre = electrode.distance / length * np.array([np.cos(direction), np.sin(direction)])
    around = np.column_stack([np.cos(angle), np.sin(angle)])
    places = centre + from_centre[:, None, None] * around
    return places.reshape(-1, 2), np.repeat(weights / len(angle), len(angle))


def _offset(model: Model) -> float:
    """Return how far the centre of the metal lies from the axis of the cell [m]."""
    geometry = model.case.geometry
    return (geometry.electrode_offset or 0.0) if isinstance(geometry, Stack) else 0.0
