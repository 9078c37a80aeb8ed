"""Equipotential disc at the end of an insulated flux tube, solved by a Bessel dual series.

Disc radius a, tube radius b, e = a/b. Potential in the tube: the uniform drop plus
sum_n A_n J0(x_n r/b) exp(-x_n z/b), J1(x_n) = 0. The flux through the disc is expanded in
(1 - r^2/a^2)^(m - 1/2), m = 0 .. M - 1, whose Hankel transforms are closed (Sonine); the first
has the edge singularity of the exact flux. Galerkin's condition, constant potential on the disc in
the mean against every such flux, gives an upper bound of the resistance that converges in M.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma, j0, jn_zeros, jv

Array = NDArray[np.float64]


def transform(order: int, s: Array) -> Array:
    """Integral of t J0(s t) (1 - t^2)^(order - 1/2) over 0 < t < 1; s is (K,)."""
    nu = order + 0.5
    return np.asarray(2.0 ** (nu - 1.0) * gamma(nu) * jv(nu, s) / s**nu)


def bessel_zeros(count: int) -> Array:
    """Return the positive zeros of J1 (count,): exact first ones, then McMahon's series."""
    exact = jn_zeros(1, min(count, 200))
    beta = (np.arange(exact.size + 1, count + 1) + 0.25) * np.pi
    far = beta - 3.0 / (8.0 * beta) + 36.0 / (3.0 * (8.0 * beta) ** 3)
    return np.concatenate([exact, far])


def flux_tube_factor_exact(ratio: float, *, terms: int = 6, modes: int = 200_000) -> float:
    """Constriction resistance times 4 kappa a, for e = `ratio` in (0, 1).

    The tail of the series beyond `modes` is added for its leading term, in the mean over the
    oscillation: only the pair (0, 0) decays slowly enough (1/n^2) to need it.
    """
    x = bessel_zeros(modes)
    s = ratio * x
    # unit total current per basis function, a = 1, kappa = 1:
    # potential at z = 0 of flux f: sum_n 2 f_n J0(x_n r/b)/(x_n b J0(x_n)^2), f_n the transform
    shapes = np.stack([transform(m, s) for m in range(terms)])  # (terms, modes)
    total = np.array([1.0 / (2.0 * m + 1.0) for m in range(terms)])  # integral of t (...)
    shapes /= total[:, None]
    weight = ratio / (x * j0(x) ** 2)
    energy = (shapes * weight) @ shapes.T
    # J0(x_n)^2 ~ 2/(pi x_n) and (sin s/s)^2 ~ 1/(2 s^2): terms pi/(4 e x_n^2), x_n ~ pi n
    energy[0, 0] += ratio * np.pi / (4.0 * ratio**2) / (np.pi * (x[-1] + 0.5 * np.pi))
    solution = np.linalg.solve(energy, np.ones(terms))
    return float(4.0 / np.pi / solution.sum())
