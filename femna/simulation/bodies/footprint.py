"""What a mask covers of the electrolyte, on a mesh that does not follow its edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from femna.case.mask_window import Window

Array = npt.NDArray[np.float64]

AT_THE_FACE: Final = 1e-9
"""Depth below the upper face, in the mesh's unit of length, that is still on it."""


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """What lies between a window and a circle, both around the electrode's centre.

    Attributes
    ----------
    window : Window
        In the mesh's unit of length.
    outer : float
        Radius of the circle, in the same.
    """

    window: Window
    outer: float

    @property
    def area(self) -> float:
        """Of the whole mask, in the mesh's unit squared."""
        return self.window.area_up_to(self.outer)

    def indicator(self, mesh: Any) -> Any:
        """Return 1 under the mask and 0 elsewhere, a UFL expression on facets (collective).

        The window's edge is where a P2 function, its distance beyond the window at the nodes,
        changes its sign.

        Parameters
        ----------
        mesh : dolfinx.mesh.Mesh
            Of the electrolyte: upper face at height 0, the electrode's centre at the origin.
        """
        dimension = mesh.geometry.dim
        beyond = fem.Function(fem.functionspace(mesh, ("Lagrange", 2)))
        beyond.interpolate(lambda x: self.window.beyond(_seen_from_above(x, dimension)))
        x = ufl.SpatialCoordinate(mesh)
        away = x[0] if dimension == 2 else ufl.sqrt(x[0] ** 2 + x[1] ** 2)
        outside = ufl.And(ufl.gt(beyond, 0.0), ufl.lt(away, fem.Constant(mesh, self.outer)))
        covered = ufl.And(ufl.gt(x[dimension - 1], -AT_THE_FACE), outside)
        return ufl.conditional(covered, ufl.as_ufl(1.0), ufl.as_ufl(0.0))


def _seen_from_above(x: Array, dimension: int) -> Array:
    """Return the horizontal coordinates of points (3, N), shape (N, 2); a radius lies along x."""
    across = x[1] if dimension == 3 else np.zeros_like(x[0])
    return np.column_stack([x[0], across])
