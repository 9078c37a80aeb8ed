"""A mesh as plain arrays, before it is distributed over the ranks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.mesh.cell_voids import CellVoids
from femna.mesh.step import FloatArray

IntArray = npt.NDArray[np.int64]

METAL_FACETS: Final[tuple[str, ...]] = ("interface", "platen", "side")
ELECTROLYTE_FACETS: Final[tuple[str, ...]] = ("interface", "far", "side")


@dataclass(frozen=True)
class BodyArrays:
    """One body: simplices and its whole external boundary with tags.

    Attributes
    ----------
    points : ndarray, shape (N, d)
        Coordinates in units of the cell's length scale; the last one is the height.
    cells : ndarray, shape (M, d + 1)
        Vertices of each cell.
    facets : ndarray, shape (K, d)
        Vertices of each external facet.
    tags : ndarray, shape (K,)
        Tag of each external facet.
    names : dict
        Tag of each named group.
    """

    points: FloatArray
    cells: IntArray
    facets: IntArray
    tags: IntArray
    names: dict[str, int]

    def group(self, name: str) -> IntArray:
        """Return the facets of a named group, shape (K', d)."""
        return np.asarray(self.facets[self.tags == self.names[name]], dtype=np.int64)


@dataclass(frozen=True)
class CellArrays:
    """Both bodies of a cell.

    Attributes
    ----------
    metal, electrolyte : BodyArrays
        The metal above height 0 and the electrolyte below.
    symmetry : str
        plane_strain, axisymmetric, square or hexagonal.
    length_scale : float
        Length of one unit of the coordinates [m].
    half_period : float
        Extent of the meshed part along x [m].
    columns : float, optional
        Height up to which the metal's vertices stand in columns over those of the interface [units
        of `length_scale`]; None where they do not.
    voids : CellVoids, optional
        Of a cell from an image.
    """

    metal: BodyArrays
    electrolyte: BodyArrays
    symmetry: str
    length_scale: float
    half_period: float
    columns: float | None = None
    voids: CellVoids | None = None


def external_facets(cells: IntArray) -> IntArray:
    """Return the facets that belong to one cell only, shape (K, d), vertices as in the cell."""
    every, outer = _outer_facets(cells)
    return np.asarray(every[outer], dtype=np.int64)


def _outer_facets(cells: IntArray) -> tuple[IntArray, IntArray]:
    """Return the facets of all cells, those that lack the first vertex first, and which are outer.

    Outer are those of one cell only, by their rising place among all.
    """
    every = np.concatenate([np.delete(cells, skip, axis=1) for skip in range(cells.shape[1])])
    _, first, count = np.unique(
        np.sort(every, axis=1), axis=0, return_index=True, return_counts=True
    )
    return every, np.sort(first[count == 1])


def signed_volumes(points: FloatArray, cells: IntArray) -> FloatArray:
    """Return the signed areas or volumes of simplices, shape (M,)."""
    edges = points[cells[:, 1:]] - points[cells[:, :1]]
    return _cones(edges)


def _cones(edges: FloatArray) -> FloatArray:
    """Return the signed areas or volumes that 2 or 3 vectors span with the origin, shape (M,).

    Written out, since LAPACK's elimination divides by numbers that may be next to zero.
    """
    if edges.shape[2] == 2:
        return np.asarray(0.5 * (edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]))
    product = np.einsum("mi,mi->m", edges[:, 0], np.cross(edges[:, 1], edges[:, 2]))
    return np.asarray(product / 6.0)


def enclosed_volume(points: FloatArray, cells: IntArray) -> float:
    """Return the area or volume that the boundary of positively oriented simplices encloses.

    By the divergence theorem. It is the sum of the cells' own where they tile; where some lie over
    others, the facet between them has both on one side and does not cancel.
    """
    every, outer = _outer_facets(cells)
    sign = np.repeat((-1.0) ** np.arange(cells.shape[1]), len(cells))
    return float(sign[outer] @ _cones(points[every[outer]]))


def snap(points: FloatArray, axis: int, values: Iterable[float], *, within: float) -> None:
    """Put the coordinates of points that a mesher left beside planes onto them, in place."""
    for value in values:
        points[np.abs(points[:, axis] - value) < within, axis] = value


def compact(points: FloatArray, cells: IntArray) -> tuple[FloatArray, IntArray, IntArray]:
    """Drop the points that no cell uses and orient every cell positively.

    Returns
    -------
    points : ndarray, shape (N', d)
    cells : ndarray, shape (M, d + 1)
    old_to_new : ndarray, shape (N,)
        New number of each point, -1 where dropped.
    """
    used = np.unique(cells)
    old_to_new = np.full(len(points), -1, dtype=np.int64)
    old_to_new[used] = np.arange(len(used))
    kept = points[used]
    renumbered = old_to_new[cells]
    flipped = signed_volumes(kept, renumbered) < 0.0
    renumbered[flipped, -2:] = renumbered[flipped][:, [-1, -2]]
    return kept, renumbered, old_to_new


def tag_box(
    points: FloatArray, cells: IntArray, *, height: float, names: tuple[str, ...]
) -> BodyArrays:
    """Tag the boundary of a layer between an interface and a plane at `height`.

    Parameters
    ----------
    points, cells : ndarray
        The body, compact; sides are the planes at the horizontal extremes.
    height : float
        Height of the face opposite the interface.
    names : tuple of str
        Names of the interface, of the opposite face and of the sides, tagged 1, 2, 3.
    """
    facets = external_facets(cells)
    corners = points[facets]
    tolerance = 1e-9
    low, high = points[:, :-1].min(axis=0), points[:, :-1].max(axis=0)
    side = np.zeros(len(facets), dtype=bool)
    for axis in range(points.shape[1] - 1):
        for extreme in (low[axis], high[axis]):
            side |= np.all(np.abs(corners[:, :, axis] - extreme) < tolerance, axis=1)
    opposite = np.all(np.abs(corners[:, :, -1] - height) < tolerance, axis=1)
    tags = np.where(opposite, 2, np.where(side, 3, 1)).astype(np.int64)
    return BodyArrays(points, cells, facets, tags, {name: k + 1 for k, name in enumerate(names)})


def with_free_sides(body: BodyArrays) -> BodyArrays:
    """Return a body whose sides are the group ``rim``, through which metal passes."""
    tag = max(body.names.values()) + 1
    tags = np.where(body.tags == body.names["side"], tag, body.tags)
    return replace(body, tags=tags, names=body.names | {"rim": tag})
