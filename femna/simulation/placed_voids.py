"""The voids inside the metal at the start, of a unit cell or an image, as the ledger takes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.case import ImageCell, UnitCell, lateral_room
from femna.simulation.setup import Model

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PlacedVoid:
    """A cylinder (plane strain) or sphere, in lengths of the model.

    Attributes
    ----------
    id : int
        Its number in the labels of an image, else its place in the case, from 1.
    radius, height : float
        Of its centre the height above the electrolyte.
    distance : array, shape (N,)
        Of the owned interface vertices from its centre, along the horizontal.
    share : float
        Part of it in the cell.
    outer : float
        Radius of the body that closes around it.
    """

    id: int
    radius: float
    height: float
    distance: Array
    share: float
    outer: float


def placed_voids(model: Model) -> list[PlacedVoid]:
    """Return the voids of a model from below, so that a column meets several in this order."""
    places = model.system.vertices.horizontal
    return sorted([*_of_a_unit_cell(model, places), *_of_an_image(model, places)], key=_height)


def void_closure(model: Model) -> bool:
    """Say whether the voids inside the metal shrink by creep."""
    geometry = model.case.geometry
    return isinstance(geometry, UnitCell | ImageCell) and geometry.void_closure


def _height(void: PlacedVoid) -> float:
    return void.height


def _of_a_unit_cell(model: Model, places: Array) -> list[PlacedVoid]:
    geometry = model.case.geometry
    if not isinstance(geometry, UnitCell) or geometry.metal_voids is None:
        return []
    unit, half = model.scales.length, model.cell.half_period
    plane = model.cell.symmetry == "plane_strain"
    return [
        PlacedVoid(
            id=number,
            radius=void.radius / unit,
            height=void.height / unit,
            distance=np.abs(places[:, 0] - void.x / unit),
            share=0.5 if plane and void.x in (0.0, half) else 1.0,
            outer=min(void.height, model.metal_thickness - void.height, lateral_room(void.x, half))
            / unit,
        )
        for number, void in enumerate(geometry.metal_voids, start=1)
    ]


def _of_an_image(model: Model, places: Array) -> list[PlacedVoid]:
    voids = model.cell.voids
    if voids is None:
        return []
    return [
        PlacedVoid(
            id=sphere.id,
            radius=sphere.radius,
            height=sphere.height,
            distance=np.hypot(places[:, 0] - sphere.x, places[:, 1] - sphere.y),
            share=sphere.share,
            outer=sphere.outer,
        )
        for sphere in voids.spheres
    ]
