"""Metal that diffuses along its surface: fluxes and surface tension of single facets.

``J = -M grad_s mu`` is the flux of volume along the surface, ``mu`` the traction that presses on it
(a chemical potential per molar volume): the contact pressure where the surface is closed, the
surface energy times the curvature where it is free. Herring, in The Physics of Powder Metallurgy
(1951) 143; Mullins, J. Appl. Phys. 28 (1957) 333, doi:10.1063/1.1722742; for the closed part
Needleman, Rice, Acta Metall. 28 (1980) 1315, doi:10.1016/0001-6160(80)90001-2.

The surface is a graph, the height ``g`` over a flat plane, linear in every facet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.physics.contact import openness

Array = npt.NDArray[np.float64]


def free_share(z: Array) -> tuple[Array, Array]:
    """Return the share ``1 - h(g)`` of a vertex that is free surface, and its slope in z."""
    h, slope = openness(z)
    return 1.0 - h, -slope


@dataclass(frozen=True)
class Facets:
    """Flat facets in the horizontal plane with their hat functions.

    Attributes
    ----------
    gradients : array, shape (F, k, k - 1)
        Gradients of the hats [1/length].
    measure : array, shape (F,)
        Area, or length in plane strain; of a full revolution if axisymmetric.
    """

    gradients: Array
    measure: Array

    @classmethod
    def from_corners(cls, corners: Array, *, axisymmetric: bool) -> Facets:
        """Return the facets of these corners, shape (F, k, k - 1), in any unit of length."""
        edges = corners[:, 1:] - corners[:, :1]
        others = np.swapaxes(np.linalg.inv(edges), 1, 2)
        gradients = np.concatenate([-others.sum(axis=1, keepdims=True), others], axis=1)
        size = np.abs(np.linalg.det(edges)) / (1.0, 1.0, 2.0)[edges.shape[1]]
        if axisymmetric:
            size = size * 2.0 * np.pi * corners[:, :, 0].mean(axis=1)
        return cls(gradients, size)

    def bending(self, gap: Array) -> tuple[Array, Array]:
        """Return what bends the surface: the mean curvature against the hats.

        ``integral N_k div(grad g / s) = -integral grad N_k . grad g / s``, with
        ``s^2 = 1 + |grad g|^2``; the divergence is the sum of the principal curvatures, positive
        where the metal above the surface is convex.

        Parameters
        ----------
        gap : array, shape (F, k)
            Height of the corners.

        Returns
        -------
        value : array, shape (F, k)
            [area/length].
        by_gap : array, shape (F, k, k)
            Its derivative.
        """
        slope, stretch = self._slope(gap)
        along = np.einsum("fkd,fd->fk", self.gradients, slope)
        value = -self.measure[:, None] * along / stretch[:, None]
        plain = np.einsum("fkd,fld->fkl", self.gradients, self.gradients)
        bent = plain / stretch[:, None, None] - along[:, :, None] * along[:, None, :] / (
            stretch[:, None, None] ** 3
        )
        return value, -self.measure[:, None, None] * bent

    def conductance(self, gap: Array) -> Array:
        """Return the flux of a unit mobility, ``integral grad N_k . T grad N_l``, shape (F, k, k).

        ``T = s 1 - grad g grad g^T / s`` is the metric of the inclined surface seen from above:
        in plane strain 1/s, once for the longer way and once for the slope of mu along it, times
        s for what arrives per projected length.
        """
        slope, stretch = self._slope(gap)
        along = np.einsum("fkd,fd->fk", self.gradients, slope)
        plain = np.einsum("fkd,fld->fkl", self.gradients, self.gradients)
        s = stretch[:, None, None]
        metric = s * plain - along[:, :, None] * along[:, None, :] / s
        return np.asarray(self.measure[:, None, None] * metric)

    def conductance_slope(self, gap: Array, potential: Array) -> Array:
        """Return the derivative of ``conductance(gap) @ potential`` in the gap, shape (F, k, k)."""
        slope, stretch = self._slope(gap)
        drive = np.einsum("fkd,fk->fd", self.gradients, potential)
        along = np.einsum("fkd,fd->fk", self.gradients, slope)
        driven = np.einsum("fkd,fd->fk", self.gradients, drive)
        plain = np.einsum("fkd,fld->fkl", self.gradients, self.gradients)
        s, both = stretch[:, None, None], np.einsum("fd,fd->f", slope, drive)[:, None, None]
        outer = along[:, :, None] * along[:, None, :]
        flux = (
            driven[:, :, None] * along[:, None, :] / s
            - (plain * both + along[:, :, None] * driven[:, None, :]) / s
            + outer * both / s**3
        )
        return np.asarray(self.measure[:, None, None] * flux)

    def _slope(self, gap: Array) -> tuple[Array, Array]:
        slope = np.einsum("fkd,fk->fd", self.gradients, gap)
        return slope, np.sqrt(1.0 + np.einsum("fd,fd->f", slope, slope))
