"""The operators of a contact pair: weighted gap and contact force, in the dual basis.

The contact pressure is ``sum of p_i psi_i`` over the vertices of the slave surface. The functions
psi_i are biorthogonal to the hats on what is covered of every facet, so that each vertex has its
own complementary pair of pressure and weighted gap (B. I. Wohlmuth, SIAM J. Numer. Anal. 38 (2000)
989; S. Hueeber, B. I. Wohlmuth, Comput. Methods Appl. Mech. Eng. 194 (2005) 3147; on facets that
are covered in part: T. Cichosz, M. Bischoff, the same 200 (2011) 1317). The displacement is
quadratic and the pressure linear, which is stable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.case.symmetry import Symmetry
from femna.mesh.contact_pair import Segments, cut_segments, whole_facets
from femna.simulation.bodies.solid_body import SolidBody
from femna.simulation.bodies.surface import Surface, shape_functions
from femna.simulation.products import scale_columns

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

COVERED: Final = 1e-9
"""Share of a facet that must face the other body for it to count."""

STEEP: Final = 0.9
"""Share of the x axis in a normal, from which on directions along the surface begin with y."""


@dataclass(frozen=True)
class Mortar:
    """A pair's operators; rows are the vertices of the slave surface, spread over the ranks.

    Attributes
    ----------
    by_slave, by_master : PETSc.Mat
        Weighted gap by the displacements; None for a rigid body.
    along_slave, along_master : tuples of PETSc.Mat
        Weighted slip of the slave along its master by the displacements, one matrix for every
        direction of the surface; none for a rigid body.
    gap : array, shape (n,)
        Weighted gap without displacement, of this rank's vertices.
    area : array, shape (n,)
        What belongs to each of them; 0 where nothing faces it.
    rise : array, shape (n,)
        Weighted gap by the displacement of a rigid body along its direction.
    places : array, shape (n, d)
        Coordinates of the vertices.
    """

    by_slave: PETSc.Mat
    by_master: PETSc.Mat | None
    along_slave: tuple[PETSc.Mat, ...]
    along_master: tuple[PETSc.Mat, ...]
    gap: Array
    area: Array
    rise: Array
    places: Array


def mortar_of_bodies(
    slave: tuple[SolidBody, str], master: tuple[SolidBody, str], *, reach: float
) -> Mortar:
    """Return the operators of two deformable bodies (collective).

    Parameters
    ----------
    slave, master : (SolidBody, str)
        Bodies and facet groups; the finer mesh, or the softer body, is best the slave.
    reach : float
        Largest distance of surfaces that may come to touch.
    """
    one, other = Surface.gather(*slave), Surface.gather(*master)
    comm = slave[0].body.mesh.comm
    chosen = np.arange(comm.rank, len(one.nodes), comm.size)
    segments = cut_segments(one.facets, other.facets, chosen=chosen, reach=reach)
    normals = one.facets.normals[segments.slave]
    builder = _Builder(slave[0], one, segments, slave[0].symmetry)

    def by_slave(direction: Array) -> PETSc.Mat:
        return builder.matrix(slave[0], one.nodes[segments.slave], segments.on_slave, direction)

    def by_master(direction: Array) -> PETSc.Mat:
        nodes = other.nodes[segments.master]
        return builder.matrix(master[0], nodes, segments.on_master, direction)

    along = tangents(normals)
    return builder.mortar(
        (by_slave(-normals), by_master(normals)),
        (tuple(by_slave(t) for t in along), tuple(by_master(-t) for t in along)),
        segments.gap,
        np.zeros(len(segments.gap)),
    )


def mortar_on_plane(slave: tuple[SolidBody, str], *, height: float, above: bool) -> Mortar:
    """Return the operators of a body and a rigid horizontal plane (collective).

    Parameters
    ----------
    slave : (SolidBody, str)
        Body and facet group.
    height : float
        Of the plane, in the mesh's unit of length.
    above : bool
        Whether the plane lies above the body.
    """
    one = Surface.gather(*slave)
    comm, d = slave[0].body.mesh.comm, one.places.shape[1]
    chosen = np.arange(comm.rank, len(one.nodes), comm.size)
    segments = whole_facets(one.facets, chosen=chosen)
    sign = 1.0 if above else -1.0
    normal = np.zeros((len(segments.slave), d))
    normal[:, -1] = sign
    heights = np.einsum("qi,qi->q", segments.on_slave, one.facets.corners[segments.slave, :, -1])
    builder = _Builder(slave[0], one, segments, slave[0].symmetry)

    def by_slave(direction: Array) -> PETSc.Mat:
        return builder.matrix(slave[0], one.nodes[segments.slave], segments.on_slave, direction)

    return builder.mortar(
        (by_slave(-normal), None),
        (tuple(by_slave(t) for t in tangents(normal)), ()),
        sign * (height - heights),
        np.full(len(heights), sign),
    )


def tangents(normals: Array) -> list[Array]:
    """Return the directions along a surface, the first one that of x where it is horizontal.

    Parameters
    ----------
    normals : array, shape (Q, d)
        Of unit length.

    Returns
    -------
    list of d - 1 arrays, shape (Q, d)
        Of unit length, normal to each other.
    """
    d = normals.shape[1]
    if d == 2:
        turned = np.column_stack([normals[:, 1], -normals[:, 0]])
        return [turned * np.where(normals[:, 1:] < 0.0, -1.0, 1.0)]
    steep = np.abs(normals[:, 0]) > STEEP
    axis = np.where(steep[:, None], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0])
    first = axis - np.einsum("qi,qi->q", axis, normals)[:, None] * normals
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(normals, first)
    return [first, second * np.where(normals[:, 2:] < 0.0, -1.0, 1.0)]


class _Builder:
    """Tests with the dual functions; every rank has the segments of its share of facets."""

    def __init__(
        self, slave: SolidBody, surface: Surface, segments: Segments, symmetry: Symmetry
    ) -> None:
        self._comm = slave.body.mesh.comm
        self._surface, self._segments = surface, segments
        corners = surface.facets.corners[segments.slave]
        radius = np.einsum("qi,qi->q", segments.on_slave, corners[:, :, 0])
        turn = 2.0 * np.pi * radius if symmetry == "axisymmetric" else np.ones_like(radius)
        self.weights = segments.weights * turn
        self.dual = self._dual_functions()
        self._rows = surface.vertices[segments.slave]
        count = len(surface.places)
        shares = [
            count // self._comm.size + (k < count % self._comm.size) for k in range(self._comm.size)
        ]
        start = sum(shares[: self._comm.rank])
        self._mine = slice(start, start + shares[self._comm.rank])

    def _dual_functions(self) -> Array:
        """Return the dual functions at every point, shape (Q, d)."""
        segments, d = self._segments, self._segments.on_slave.shape[1]
        dual = np.zeros_like(segments.on_slave)
        order = np.argsort(segments.slave, kind="stable")
        _, starts = np.unique(segments.slave[order], return_index=True)
        for group in np.split(order, starts[1:]) if len(order) else ():
            hats, w = segments.on_slave[group], self.weights[group]
            mass = hats.T @ (w[:, None] * hats)
            whole = float(mass.sum())
            facet = self._surface.facets.corners[segments.slave[group[0]]]
            if whole <= COVERED * max(float(np.ptp(facet, axis=0).max()), 1e-300) ** (d - 1):
                continue
            coefficients = np.diag(mass.sum(axis=1)) @ np.linalg.pinv(mass, rcond=1e-13)
            dual[group] = hats @ coefficients.T
        return dual

    def matrix(self, body: SolidBody, nodes: Indices, places: Array, normals: Array) -> PETSc.Mat:
        """Return ``integral of psi_i N_a n_k`` (collective).

        Parameters
        ----------
        body : SolidBody
            Whose displacement it takes.
        nodes : int array, shape (Q, k)
            Global block numbers of the facet's nodes.
        places : array, shape (Q, d)
            Barycentric coordinates on that body's facets.
        normals : array, shape (Q, d)
        """
        shapes = shape_functions(places)
        d = normals.shape[1]
        matrix = PETSc.Mat().create(self._comm)
        local = self._mine.stop - self._mine.start
        matrix.setSizes(((local, None), (body.size, None)))
        matrix.setType(PETSc.Mat.Type.AIJ)
        values = np.einsum(
            "q,qi,qa,qk->qiak", self.weights, self.dual, shapes, normals, optimize=True
        )
        columns = d * nodes[:, :, None] + np.arange(d)
        rows = np.broadcast_to(self._rows[:, :, None, None], values.shape)
        across = np.broadcast_to(columns[:, None], values.shape)
        matrix.setPreallocationCOO(
            rows.reshape(-1).astype(np.int32), across.reshape(-1).astype(np.int32)
        )
        matrix.setValuesCOO(values.reshape(-1))
        return matrix

    def _tested(self, values: Array) -> Array:
        """Return ``integral of psi_i f`` of this rank's vertices (collective)."""
        total = np.zeros(len(self._surface.places))
        np.add.at(total, self._rows, (self.weights * values)[:, None] * self.dual)
        return np.asarray(self._comm.allreduce(total)[self._mine])

    def mortar(
        self,
        across: tuple[PETSc.Mat, PETSc.Mat | None],
        along: tuple[tuple[PETSc.Mat, ...], tuple[PETSc.Mat, ...]],
        gap: Array,
        rise: Array,
    ) -> Mortar:
        """Return the operators (collective)."""
        return Mortar(
            *across,
            *along,
            gap=self._tested(gap),
            area=self._tested(np.ones_like(gap)),
            rise=self._tested(rise),
            places=self._surface.places[self._mine],
        )


def without_columns(matrix: PETSc.Mat, held: npt.NDArray[Any]) -> PETSc.Mat:
    """Return a copy with zeros in the columns of held unknowns (collective)."""
    copy = matrix.copy()
    values = np.ones(matrix.getLocalSize()[1])
    values[held] = 0.0
    scale_columns(copy, values)
    return copy
