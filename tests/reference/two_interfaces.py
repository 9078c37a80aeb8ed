"""Two interfaces of linear kinetics across one electrolyte, solved at once in modes of the flux."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import j0, jn_zeros

Array = NDArray[np.float64]
Chart = Callable[[Array], Array]


@dataclass(frozen=True)
class Layer:
    """An electrolyte whose sides insulate, its modes along an interface orthonormal.

    Attributes
    ----------
    places, weights : arrays, shape (N,)
        Quadrature along the interface, of mean 1.
    wave_numbers : array, shape (M,)
        The first one is 0, of the mean [1/m].
    modes : array, shape (N, M)
    """

    places: Array
    weights: Array
    wave_numbers: Array
    modes: Array

    def currents(
        self, maps: tuple[Chart, Chart], *, thickness: float, kappa: float, resistance: float
    ) -> tuple[float, float, Array]:
        """Return both voltages [V] and the working one's current density, 1 and -1 A/m^2 on mean.

        Against the mean potential of both faces.
        """
        k, count = self.wave_numbers.copy(), len(self.places)
        k[0] = 1.0
        decay = np.exp(-k * thickness)
        own, crossed = 1.0 / np.tanh(k * thickness), 2.0 * decay / (1.0 - decay**2)
        own, crossed = own / (kappa * k), crossed / (kappa * k)
        own[0], crossed[0] = 0.5 * thickness / kappa, 0.0
        project = self.modes.T * self.weights
        near, far = (self.modes @ (response[:, None] * project) for response in (own, crossed))
        one, two = (np.diag(chart(self.places)) / resistance for chart in maps)
        mine, other = slice(count), slice(count, 2 * count)
        matrix = np.eye(2 * count + 2)
        # i = c (V - potential) / Z on both, mean currents 1 and -1
        matrix[mine, mine] += one @ near
        matrix[mine, other] = one @ far
        matrix[other, mine] = two @ far
        matrix[other, other] += two @ near
        matrix[mine, -2], matrix[other, -1] = -np.diag(one), -np.diag(two)
        matrix[-2:] = 0.0
        matrix[-2, mine] = matrix[-1, other] = self.weights
        right = np.zeros(2 * count + 2)
        right[-2:] = 1.0, -1.0
        found = np.linalg.solve(matrix, right)
        return float(found[-2]), float(found[-1]), found[mine]


def disc(radius: float, *, points: int = 160, modes: int = 160) -> Layer:
    """Return a disc, by Bessel functions; places are radii [m]."""
    x, w = np.polynomial.legendre.leggauss(points)
    share = 0.5 * (x + 1.0)
    zeros = np.concatenate([[0.0], jn_zeros(1, modes)])
    shapes = j0(np.outer(share, zeros)) / np.abs(j0(zeros))
    return Layer(radius * share, w * share, zeros / radius, shapes)


def half_period(width: float, *, points: int = 160, modes: int = 160) -> Layer:
    """Return half a period of stripes, by cosines; places are distances from its middle [m]."""
    x, w = np.polynomial.legendre.leggauss(points)
    share = 0.5 * (x + 1.0)
    k = np.pi * np.arange(modes)
    shapes = np.cos(np.outer(share, k)) * np.where(k > 0.0, np.sqrt(2.0), 1.0)
    return Layer(width * share, 0.5 * w, k / width, shapes)
