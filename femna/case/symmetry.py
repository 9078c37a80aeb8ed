"""The symmetries of a cell: which part of it is meshed, and how often that part makes the whole."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

CellSymmetry = Literal["plane_strain", "axisymmetric", "square", "hexagonal"]
"""Of unit cells."""

Symmetry = Literal[CellSymmetry, "mirror", "rectangle"]
"""Of all geometries; ``mirror`` is that of a stack in three dimensions, half of which is meshed,
``rectangle`` that of an image."""


@dataclass(frozen=True)
class CellShape:
    """The meshed part of a cell.

    Attributes
    ----------
    dimension : int
        Of the mesh.
    multiplicity : int
        How many times the meshed part makes the whole cell, which holds one patch.
    area : float
        Of the whole cell over the square of half the period; plane strain: over half the period;
        mirror: of a round electrode.
    aspect : float
        Extent along y over the extent along x, half of the period; 3D only.
    """

    dimension: int
    multiplicity: int
    area: float
    aspect: float = 1.0


SHAPES: Final[Mapping[str, CellShape]] = MappingProxyType(
    {
        "plane_strain": CellShape(2, 2, 2.0),
        "axisymmetric": CellShape(2, 1, math.pi),
        "square": CellShape(3, 4, 4.0),
        "hexagonal": CellShape(3, 2, 2.0 * math.sqrt(3.0), math.sqrt(3.0)),
        "mirror": CellShape(3, 2, math.pi),
        "rectangle": CellShape(3, 1, math.nan, math.nan),
    }
)
"""In a hexagonal array the rectangle between four planes of symmetry holds two quarters of patches,
at opposite corners: twice its area is the hexagon around one patch. A rectangle is all of the cell;
its sides are those of an image."""
