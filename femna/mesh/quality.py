"""How good a mesh is, in a few numbers a body."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from femna.mesh.arrays import BodyArrays, CellArrays, IntArray, signed_volumes
from femna.mesh.cell_voids import CellVoids
from femna.mesh.step import FloatArray


@dataclass(frozen=True)
class BodyQuality:
    """Size and shape of the cells of one body.

    Attributes
    ----------
    cells, vertices : int
        Numbers of cells and of vertices.
    smallest_edge, largest_edge : float
        Shortest and longest edge [m].
    worst_angle : float
        Smallest angle between two edges (2D) or two faces (3D) of a cell [degrees].
    worst_aspect_ratio : float
        Largest of circumscribed over inscribed radius, divided by its value in the regular
        simplex (2 or 3), so that 1 is best.
    """

    cells: int
    vertices: int
    smallest_edge: float
    largest_edge: float
    worst_angle: float
    worst_aspect_ratio: float


@dataclass(frozen=True)
class MeshQuality:
    """Quality of both bodies.

    Attributes
    ----------
    metal, electrolyte : BodyQuality
    voids : CellVoids, optional
        What the mesh makes of the voids of an image.
    """

    metal: BodyQuality
    electrolyte: BodyQuality
    voids: CellVoids | None = None


def cell_quality(arrays: CellArrays) -> MeshQuality:
    """Measure both bodies of a cell."""
    scale = arrays.length_scale
    return MeshQuality(
        body_quality(arrays.metal, scale), body_quality(arrays.electrolyte, scale), arrays.voids
    )


def body_quality(body: BodyArrays, length_scale: float = 1.0) -> BodyQuality:
    """Measure one body.

    Parameters
    ----------
    body : BodyArrays
        The mesh, in units of `length_scale`.
    length_scale : float
        Length of one unit [m].
    """
    points, cells = body.points, body.cells
    corners = cells.shape[1]
    lengths = np.stack(
        [
            np.linalg.norm(points[cells[:, a]] - points[cells[:, b]], axis=1)
            for a, b in combinations(range(corners), 2)
        ]
    )
    ratio = aspect_ratios(points, cells)
    return BodyQuality(
        cells=len(cells),
        vertices=len(points),
        smallest_edge=float(lengths.min()) * length_scale,
        largest_edge=float(lengths.max()) * length_scale,
        worst_angle=float(np.degrees(smallest_angle(points[cells]))),
        worst_aspect_ratio=float(ratio.max()),
    )


def aspect_ratios(points: FloatArray, cells: IntArray) -> FloatArray:
    """Return circumscribed over inscribed radius of simplices, over the dimension.

    Parameters
    ----------
    points : float array, shape (P, dimension)
    cells : int array, shape (C, dimension + 1)
        Corners.

    Returns
    -------
    float array, shape (C,)
        1 is best.
    """
    dimension = points.shape[1]
    volume = np.abs(signed_volumes(points, cells))
    edges = points[cells[:, 1:]] - points[cells[:, :1]]
    # the centre of the circumscribed sphere solves 2 edge . centre = |edge|^2
    squares = np.sum(edges**2, axis=2)
    centre = np.linalg.solve(2.0 * edges, squares[..., None])[..., 0]
    outer = np.linalg.norm(centre, axis=1)
    surface = sum(_facet_measure(points[np.delete(cells, k, 1)]) for k in range(dimension + 1))
    inner = dimension * volume / surface
    return np.asarray(outer / inner / dimension, dtype=np.float64)


def _facet_measure(corners: FloatArray) -> FloatArray:
    if corners.shape[1] == 2:
        return np.asarray(np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1))
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.asarray(0.5 * np.linalg.norm(normal, axis=1))


def smallest_angle(corners: FloatArray) -> float:
    """Return the smallest angle at a vertex (2D) or dihedral angle at an edge (3D) [rad]."""
    smallest = np.pi
    count = corners.shape[1]
    if count == 3:
        for at, one, two in permutations(range(3)):
            first, second = corners[:, one] - corners[:, at], corners[:, two] - corners[:, at]
            smallest = min(smallest, float(_angles(first, second).min()))
        return smallest
    for a, b in combinations(range(4), 2):
        c, d = (k for k in range(4) if k not in (a, b))
        axis = corners[:, b] - corners[:, a]
        axis /= np.linalg.norm(axis, axis=1)[:, None]
        sides = [corners[:, k] - corners[:, a] for k in (c, d)]
        flat = [s - np.sum(s * axis, axis=1)[:, None] * axis for s in sides]
        smallest = min(smallest, float(_angles(flat[0], flat[1]).min()))
    return smallest


def _angles(first: FloatArray, second: FloatArray) -> FloatArray:
    cosine = np.sum(first * second, axis=1)
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.asarray(np.arccos(np.clip(cosine / norms, -1.0, 1.0)), dtype=np.float64)
