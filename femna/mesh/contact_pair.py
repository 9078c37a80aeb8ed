"""Two surfaces that face each other, cut into segments on which both are smooth.

The facets of the slave surface carry the contact pressure. A master facet is projected onto the
slave facet along the slave's normal, their overlap is cut out, and quadrature points are laid
into it, so that integrals over meshes that do not match are exact (segment-to-segment mortar:
M. A. Puso, T. A. Laursen, Comput. Methods Appl. Mech. Eng. 193 (2004) 601; A. Popp, M. Gitterle,
M. W. Gee, W. A. Wall, Int. J. Numer. Methods Eng. 83 (2010) 1428). Forces act along the normal
through both points, so that they and their moments are in balance whatever the gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import basix
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

DEGREE: Final = 5
"""Of the quadrature on a segment: dual function (1) by displacement (2) by radius (1), and one."""

FACING: Final = -0.1
"""Largest cosine between the normals of facets that face each other."""

SLIVER: Final = 1e-12
"""Share of a facet below which an overlap counts as none."""


@dataclass(frozen=True)
class FacetSet:
    """The flat facets of a surface.

    Attributes
    ----------
    corners : array, shape (F, d, d)
        Coordinates of the d corners of every facet.
    normals : array, shape (F, d)
        Unit normals, out of the body.
    """

    corners: Array
    normals: Array


@dataclass(frozen=True)
class Segments:
    """Quadrature points on the overlaps.

    Attributes
    ----------
    slave, master : int arrays, shape (Q,)
        Facet of every point; master is -1 where a rigid body faces.
    on_slave, on_master : arrays, shape (Q, d)
        Barycentric coordinates there.
    weights : array, shape (Q,)
        Length or area that the point stands for.
    gap : array, shape (Q,)
        Distance along the slave's normal, negative where the surfaces overlap.
    """

    slave: Indices
    master: Indices
    on_slave: Array
    on_master: Array
    weights: Array
    gap: Array


def cut_segments(slave: FacetSet, master: FacetSet, *, chosen: Indices, reach: float) -> Segments:
    """Cut the overlaps of some slave facets with all master facets.

    Parameters
    ----------
    slave, master : FacetSet
        Both surfaces.
    chosen : int array
        Slave facets to look at.
    reach : float
        Largest distance of surfaces that may touch.
    """
    lows, highs = master.corners.min(axis=1) - reach, master.corners.max(axis=1) + reach
    found: list[Segments] = []
    for one in chosen:
        corners, normal = slave.corners[one], slave.normals[one]
        near = (lows <= corners.max(axis=0)).all(axis=1) & (highs >= corners.min(axis=0)).all(
            axis=1
        )
        near &= master.normals @ normal < FACING
        for other in np.flatnonzero(near):
            piece = _overlap(corners, normal, master.corners[other])
            if piece is None:
                continue
            on_slave, on_master, weights = piece
            apart = (on_master @ master.corners[other] - on_slave @ corners) @ normal
            if np.abs(apart).min() > reach:
                continue
            count = np.ones(len(weights), dtype=np.int64)
            found.append(Segments(one * count, other * count, on_slave, on_master, weights, apart))
    return _joined(found, slave.corners.shape[1])


def whole_facets(surface: FacetSet, *, chosen: Indices) -> Segments:
    """Return quadrature points over whole facets, which a rigid body faces; their gap is zero."""
    d = surface.corners.shape[1]
    points, shares = _rule(d)
    found = []
    for one in chosen:
        weights = shares * _measure(surface.corners[one])
        count = np.ones(len(weights), dtype=np.int64)
        nothing = np.zeros((len(weights), d))
        found.append(Segments(one * count, -count, points, nothing, weights, nothing[:, 0]))
    return _joined(found, d)


def _joined(found: list[Segments], d: int) -> Segments:
    if not found:
        none, empty = np.zeros(0, dtype=np.int64), np.zeros((0, d))
        return Segments(none, none, empty, empty, empty[:, 0], empty[:, 0])
    names = ("slave", "master", "on_slave", "on_master", "weights", "gap")
    return Segments(*(np.concatenate([getattr(s, name) for s in found]) for name in names))


def _measure(corners: Array) -> float:
    """Return the length or area of a facet."""
    if len(corners) == 2:
        return float(np.linalg.norm(corners[1] - corners[0]))
    return 0.5 * float(np.linalg.norm(np.cross(corners[1] - corners[0], corners[2] - corners[0])))


def _rule(d: int) -> tuple[Array, Array]:
    """Return barycentric points and weights that sum to one on a facet with d corners."""
    kind = basix.CellType.interval if d == 2 else basix.CellType.triangle
    points, weights = basix.make_quadrature(kind, DEGREE)
    points, shares = np.asarray(points, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    return np.column_stack([1.0 - points.sum(axis=1), points]), shares / shares.sum()


def _overlap(corners: Array, normal: Array, other: Array) -> tuple[Array, Array, Array] | None:
    """Return points on both facets and weights; None where they do not overlap."""
    d = len(corners)
    edges = corners[1:] - corners[0]
    # barycentric coordinates on the slave of the master's corners, projected along the normal
    flat = np.linalg.lstsq(edges.T, (other - corners[0]).T, rcond=None)[0].T
    projected = np.column_stack([1.0 - flat.sum(axis=1), flat])
    polygon = _clipped(projected)
    if len(polygon) < d:
        return None
    # a fan of simplices
    simplices = [polygon[[0, k, k + 1]] for k in range(1, len(polygon) - 1)]
    if d == 2:
        simplices = [polygon]
    whole = _measure(corners)
    points, shares = _rule(d)
    on_slave, weights = [], []
    for simplex in simplices:
        size = abs(float(np.linalg.det(simplex)))  # the share of the facet
        if size > SLIVER:
            on_slave.append(points @ simplex)
            weights.append(shares * size * whole)
    if not weights:
        return None
    found = np.concatenate(on_slave)
    if abs(np.linalg.det(projected)) < SLIVER:
        return None
    return found, np.linalg.solve(projected.T, found.T).T, np.concatenate(weights)


def _clipped(polygon: Array) -> Array:
    """Cut off where a barycentric coordinate is negative (Sutherland and Hodgman, 1974)."""
    for axis in range(polygon.shape[1]):
        if len(polygon) == 0:
            break
        kept = []
        count = len(polygon)
        # a line has two ends, a polygon as many edges as corners
        for k in range(count if count > 2 else 1):
            start, end = polygon[k], polygon[(k + 1) % count]
            inside, enters = start[axis] >= 0.0, end[axis] >= 0.0
            if inside:
                kept.append(start)
            if inside != enters:
                share = start[axis] / (start[axis] - end[axis])
                crossing = start + share * (end - start)
                crossing[axis] = 0.0
                kept.append(crossing)
            if count == 2 and enters:
                kept.append(end)
        polygon = np.array(kept).reshape(-1, polygon.shape[1])
    return polygon
