"""Diffusion along the metal's surface and its surface tension, between the interface's vertices.

The traction ``mu`` on the surface (contact pressure, and surface tension where it is free) drives
a flux along it, ``(K mu)_i = integral M grad N_i . grad mu``. A facet's mobility is
``M_free + (M_closed - M_free) h``, h the mean of its corners': the triple line is as wide as the
facet in which the contact ends, and the flux depends continuously on the gap. A vertex is free
surface to the share ``1 - h``, and that share feels the tension. Hence the triple line is held by
the electrolyte, which bears the upward pull of the surface; at what angle is up to the flow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from petsc4py import PETSc

from femna.materials.surface import SurfaceProperties
from femna.mesh import Cell
from femna.physics.contact import contact_pressure, openness
from femna.physics.interface_transport import Facets, free_share
from femna.simulation.contact_state import gap_slope
from femna.simulation.discretisation import owned_facets
from femna.simulation.jacobian import CooMatrix
from femna.simulation.products import scale_columns
from femna.simulation.scales import Scales

Array = npt.NDArray[np.float64]


class InterfaceTransport:
    """The traction on the metal's surface and the diffusion that it drives.

    Parameters
    ----------
    cell : Cell
        The meshed cell.
    space : dolfinx.fem.FunctionSpace
        P1 space on the metal.
    dofs : int array, shape (N,)
        Owned P1 dofs of the interface vertices, in the order of z.
    area : array, shape (N,)
        Projected area on which the vertices bear.
    surface : SurfaceProperties
        Mobilities, surface energy and adhesion (SI).
    scales : Scales
        Characteristic values.
    gap_scale : float
        Roughness over length.

    Attributes
    ----------
    area : array, shape (N,)
        As given; to be replaced where it changes.
    adhesion : float
        Tension that a closed contact holds, over the characteristic traction.
    """

    def __init__(
        self,
        cell: Cell,
        space: fem.FunctionSpace,
        dofs: npt.NDArray[np.int32],
        area: Array,
        *,
        surface: SurfaceProperties,
        scales: Scales,
        gap_scale: float,
    ) -> None:
        self._comm, self._dofs, self.area = cell.metal.mesh.comm, dofs, area
        self._surface, self._scales = surface, scales
        self.adhesion, self._gap_scale = surface.adhesion / scales.traction, gap_scale
        self._tension = surface.energy / (scales.traction * scales.length)
        self._field = fem.Function(space)
        corners = _corners(cell, space)
        self._cell, self._space, self._corners = cell, space, corners
        self.geometry_changed()
        first = self._comm.exscan(len(dofs)) or 0
        own = np.asarray(first + np.arange(len(dofs)), dtype=np.int32)
        numbers = np.rint(self._at_corners(own.astype(float))).astype(np.int32)
        k = corners.shape[1]
        self._rows = np.repeat(numbers, k, axis=1).ravel()
        self._columns = np.tile(numbers, (1, k)).ravel()
        self._traction_matrix = CooMatrix(self._comm, len(dofs))
        self._flux_matrix = CooMatrix(self._comm, len(dofs))
        self._gap_matrix = CooMatrix(self._comm, len(dofs))

    def geometry_changed(self) -> None:
        """Measure the facets anew, whose vertices may have moved along the interface."""
        places = self._space.tabulate_dof_coordinates()
        horizontal = places[:, : self._cell.metal.mesh.geometry.dim - 1]
        axisymmetric = self._cell.symmetry == "axisymmetric"
        self._facets = Facets.from_corners(horizontal[self._corners], axisymmetric=axisymmetric)

    @property
    def diffuses(self) -> bool:
        """Whether any path conducts."""
        return self._surface.closed is not None or self._surface.free is not None

    @property
    def has_tension(self) -> bool:
        """Whether the free surface has tension, which couples neighbouring vertices."""
        return self._tension > 0.0

    # -- residual ------------------------------------------------------------------------------

    def traction(self, z: Array, gap: Array) -> Array:
        """Return what presses on the surface at the owned vertices, shape (N,) (collective).

        In units of the characteristic traction: the contact pressure, and the tension's share.
        """
        pressure, _ = contact_pressure(z, self.adhesion)
        if not self.has_tension:
            return pressure
        return np.asarray(pressure + free_share(z)[0] * self._laplace(gap))

    def divergence(self, traction: Array, z: Array, gap: Array, temperature: float) -> Array:
        """Return ``integral N_i div J`` at the owned vertices, shape (N,) (collective).

        Volume that diffuses away from a vertex, in units of velocity and area; its sum vanishes.
        """
        if not self.diffuses:
            return np.zeros_like(z)
        conductance = self._facets.conductance(self._at_corners(gap))
        mobility, _ = self._mobility(z, temperature)
        flux = np.einsum("fkl,fl->fk", conductance, self._at_corners(traction))
        return self._collect(mobility[:, None] * flux)

    def _laplace(self, gap: Array) -> Array:
        """Return surface energy times curvature at the owned vertices."""
        value, _ = self._facets.bending(self._at_corners(gap))
        return np.asarray(self._tension * self._collect(value) / self.area)

    def _mobility(self, z: Array, temperature: float) -> tuple[Array, float]:
        """Return every facet's mobility, and its derivative in a corner's openness."""
        unit = self._scales.traction / (self._scales.length**2 * self._scales.velocity)
        closed, free = (unit * m for m in self._surface.mobilities(temperature))
        share = self._at_corners(openness(z)[0])
        return free + (closed - free) * share.mean(axis=1), (closed - free) / share.shape[1]

    # -- Jacobian ------------------------------------------------------------------------------

    def traction_slope(self, z: Array, gap: Array) -> tuple[Array, PETSc.Mat | None]:
        """Return the derivative of `traction` in z (collective).

        Returns
        -------
        diagonal : array, shape (N,)
        coupling : PETSc.Mat or None
            To be added, between neighbours; None without tension.
        """
        _, slope = contact_pressure(z, self.adhesion)
        if not self.has_tension:
            return slope, None
        share, share_slope = free_share(z)
        _, bent = self._facets.bending(self._at_corners(gap))
        rows = self._at_corners(self._tension * share / self.area)
        columns = self._at_corners(gap_slope(z, self._gap_scale))
        values = rows[:, :, None] * bent * columns[:, None, :]
        diagonal = slope + share_slope * self._laplace(gap)
        return diagonal, self._traction_matrix.assemble(
            [(self._rows, self._columns, values.ravel())]
        )

    def divergence_slope(
        self,
        z: Array,
        gap: Array,
        temperature: float,
        *,
        diagonal: Array,
        coupling: PETSc.Mat | None,
    ) -> PETSc.Mat:
        """Return the derivative of `divergence` in z; the caller destroys it (collective).

        Parameters
        ----------
        z, gap : arrays, shape (N,)
            Unknowns and gaps.
        temperature : float
            [K].
        diagonal, coupling : array and PETSc.Mat
            What `traction_slope` gave.
        """
        heights = self._at_corners(gap)
        conductance = self._facets.conductance(heights)
        mobility, by_openness = self._mobility(z, temperature)
        traction = self._at_corners(self.traction(z, gap))
        flux = self._flux_matrix.assemble(
            [(self._rows, self._columns, (mobility[:, None, None] * conductance).ravel())]
        )
        plain = np.einsum("fkl,fl->fk", conductance, traction)
        by_gap = mobility[:, None, None] * self._facets.conductance_slope(heights, traction)
        by_z = by_gap * self._at_corners(gap_slope(z, self._gap_scale))[:, None, :]
        by_z += by_openness * plain[:, :, None] * self._at_corners(openness(z)[1])[:, None, :]
        direct = self._gap_matrix.assemble([(self._rows, self._columns, by_z.ravel())])
        result = flux.copy()
        scale_columns(result, diagonal)
        same = PETSc.Mat.Structure.SAME_NONZERO_PATTERN
        result.axpy(1.0, direct, structure=same)
        if coupling is not None:
            product = flux.matMult(coupling)
            wider = PETSc.Mat.Structure.SUBSET_NONZERO_PATTERN
            product.axpy(1.0, result, structure=wider)
            result.destroy()
            result = product
        return result

    # -- between vertices and facets -----------------------------------------------------------

    def _at_corners(self, values: Array) -> Array:
        """Return owned vertices' values at the corners of this rank's facets, shape (F, k)."""
        field = self._field.x
        field.array[self._dofs] = values
        field.scatter_forward()
        return np.asarray(field.array[self._corners])

    def _collect(self, values: Array) -> Array:
        """Return the sum of the facets' corner values at the owned vertices, shape (N,)."""
        field = self._field.x
        field.array[:] = 0.0
        np.add.at(field.array, self._corners, values)
        field.scatter_reverse(la.InsertMode.add)
        return np.asarray(field.array[self._dofs]).copy()


def _corners(cell: Cell, space: Any) -> npt.NDArray[np.int32]:
    """Return the P1 dofs of the interface facets of owned cells, shape (F, k)."""
    found = [
        space.dofmap.cell_dofs(home)[local] for home, local in owned_facets(cell.metal, "interface")
    ]
    return np.array(found, dtype=np.int32).reshape(-1, cell.metal.mesh.topology.dim)
