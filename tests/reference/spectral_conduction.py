"""Current through a mapped interface into a slab, by cosine modes: independent of FEM.

Lengths in units of half the period b, conductivity 1, resistances in units of b/kappa. The slab's
response to a flux mode q cos(G.x) is the potential q tanh(G d)/G, and q d for the mean; the
kinetics are i = c (V - phi)/Z. With i = sqrt(c) y the system for y is symmetric and positive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn
from scipy.sparse.linalg import LinearOperator, cg

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Slab:
    """A slab of a given depth under the rectangle [0, extent x] x [0, extent y]."""

    extent: tuple[float, float]
    depth: float
    counts: tuple[int, int]

    def points(self) -> Array:
        """Return the centres of the grid's cells, shape (N, 2)."""
        sides = zip(self.extent, self.counts, strict=True)
        axes = [(np.arange(n) + 0.5) * (e / n) for e, n in sides]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)

    def potential(self, flux: Array) -> Array:
        """Return the interface's potential under a flux, both of shape (N,)."""
        waves = [np.pi * np.arange(n) / e for e, n in zip(self.extent, self.counts, strict=True)]
        g = np.hypot(waves[0][:, None], waves[1][None, :])
        g[0, 0] = 1.0
        response = np.tanh(g * self.depth) / g
        response[0, 0] = self.depth
        modes = dctn(flux.reshape(self.counts), type=2, norm="ortho")
        return np.asarray(idctn(response * modes, type=2, norm="ortho")).ravel()


def resistance(slab: Slab, conducting: Callable[[Array], Array], kinetic: float) -> float:
    """Return voltage over mean current density, the slab included."""
    root = np.sqrt(conducting(slab.points()))

    def apply(y: Array) -> Array:
        return y + root * slab.potential(root * y) / kinetic

    operator = LinearOperator((root.size, root.size), matvec=apply, dtype=float)
    y, failed = cg(operator, root / kinetic, rtol=1e-11, maxiter=5000)
    assert failed == 0
    return 1.0 / float(np.mean(root * y))


def spreading(slab: Slab, flux: Array) -> float:
    """Return the mean of potential times flux beyond that of the uniform flux; mean flux 1."""
    return float(np.mean(flux * slab.potential(flux))) - slab.depth
