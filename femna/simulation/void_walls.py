"""The walls of voids, off which the contact pressure at their foot is kept.

Where a void stands on the electrolyte its side rises steeply from vertices in contact. With the
plain dual functions the pressure of these would also act on the side, whose height over one element
falls with the element's root only, and hold the void open at any fineness. The share that a vertex
at the foot has of a wall is therefore given to the corners above: in its place contact acts on what
lies flat, and the flow through the wall closes the void above. The functions still sum to one, so
that charge, volume and force balance. Between flat and steep the share goes over continuously.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la

Array = npt.NDArray[np.float64]

STEEP: Final = (0.1, 0.3)
"""Rise over distance of a facet below which it is flat, and above which it is a wall."""

FOOT: Final = (0.05, 0.25)
"""Height over that of a facet's highest corner below which a corner is its foot, and above which
it is none."""


class VoidWalls:
    """Moves shares of the interface's facets up the walls of voids.

    Parameters
    ----------
    space : dolfinx.fem.FunctionSpace
        P1 on the metal.
    corners : int array, shape (F, 3)
        Local dofs of that space at the facets of owned cells.
    """

    def __init__(self, space: fem.FunctionSpace, corners: npt.NDArray[np.int32]) -> None:
        self._space, self._corners = space, corners
        self._flat = fem.Function(space)

    def moved(self, shares: Array) -> Array:
        """Return the facets' dual functions on the surface as it stands (collective).

        Parameters
        ----------
        shares : array, shape (3, 3) or (F, 3, 3)
            Coefficients of the plain ones (row) in the hats (column).

        Returns
        -------
        array, shape (F, 3, 3)
        """
        points = self._space.tabulate_dof_coordinates()[self._corners]
        height = points[:, :, 2]
        edges = points[:, 1:] - points[:, :1]
        normal = np.cross(edges[:, 0], edges[:, 1])
        across = np.hypot(normal[:, 0], normal[:, 1])
        # a facet that stands upright, or none at all, has no distance to rise over
        rise = np.divide(across, np.abs(normal[:, 2]), out=np.zeros_like(across), where=across > 0)
        wall = _ramp(rise, STEEP)
        top = height.max(axis=1, initial=0.0)[:, None]
        lower = np.divide(height, top, out=np.zeros_like(height), where=top > 0.0)
        foot = 1.0 - _ramp(lower, FOOT)
        share = wall[:, None] * foot
        share = share * self._rest(1.0 - share)
        above = 1.0 - foot
        total = above.sum(axis=1, keepdims=True)
        above = np.divide(above, total, out=np.zeros_like(above), where=total > 0.0)
        plain = np.broadcast_to(shares, (len(height), 3, 3))
        given = np.einsum("fk,fkl->fl", share, plain)
        return np.asarray(plain * (1.0 - share)[:, :, None] + above[:, :, None] * given[:, None, :])

    def _rest(self, flat: Array) -> Array:
        """Return how far each corner's vertex bears elsewhere, at most 1, shape (F, 3).

        What stands between walls alone keeps its share of them, or it would bear nothing.
        """
        count = self._flat.x
        count.array[:] = 0.0
        np.add.at(count.array, self._corners, flat)
        count.scatter_reverse(la.InsertMode.add)
        count.scatter_forward()
        return np.asarray(np.minimum(count.array[self._corners], 1.0))


def _ramp(values: Array, ends: tuple[float, float]) -> Array:
    """Return 0 below the first end, 1 above the second, linear between."""
    return np.asarray(np.clip((values - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0))
