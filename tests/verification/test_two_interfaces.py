"""Two interfaces across one electrolyte, against two halves of it with an equipotential between.

Independent of FEM: linear kinetics on striped interfaces, cosine modes of the flux. A cell with
``[counter]`` leaves out that an interface feels the other one's map: that falls as exp(-k D), D the
whole electrolyte and k = 2 pi / period.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float64]

COUNT = 128
PERIOD = 2.0  # half a period is the unit of length, the conductivity that of 1/resistance
KINETIC = 0.3  # resistance of the interfaces


def cosines() -> tuple[Array, Array]:
    """Return wave numbers, shape (N,), and the orthonormal modes at the points, shape (N, N)."""
    x = (np.arange(COUNT) + 0.5) / COUNT
    k = np.pi * np.arange(COUNT)
    modes = np.sqrt(np.where(k > 0.0, 2.0, 1.0)) * np.cos(np.outer(x, k))
    return k, modes / np.sqrt(COUNT)


def conducting(blocked: float) -> Array:
    """Return stripes that are blocked beyond a place, their edges smooth."""
    x = (np.arange(COUNT) + 0.5) / COUNT
    return np.asarray(0.5 - 0.5 * np.tanh((x - (1.0 - blocked)) / 0.05))


def currents(own: Array, crossed: Array, maps: list[Array]) -> tuple[float, Array]:
    """Return the cell's resistance and the working electrode's current density; mean current 1.

    `own` and `crossed` are the responses of the potential at an interface to the modes of the flux
    into the electrolyte there and at the other one.
    """
    _, modes = cosines()
    near, far = (modes @ np.diag(r) @ modes.T for r in (own, crossed))
    one, two = (np.diag(c / KINETIC) for c in maps)
    size = COUNT
    matrix = np.zeros((2 * size + 2, 2 * size + 2))
    # i = c (V - potential) / Z on both, mean currents 1 and -1
    matrix[:size, :size] = np.eye(size) + one @ near
    matrix[:size, size : 2 * size] = one @ far
    matrix[size : 2 * size, :size] = two @ far
    matrix[size : 2 * size, size : 2 * size] = np.eye(size) + two @ near
    matrix[:size, 2 * size], matrix[size : 2 * size, 2 * size + 1] = -np.diag(one), -np.diag(two)
    matrix[2 * size, :size] = matrix[2 * size + 1, size : 2 * size] = 1.0 / size
    right = np.zeros(2 * size + 2)
    right[2 * size :] = 1.0, -1.0
    found = np.linalg.solve(matrix, right)
    return float(found[-2] - found[-1]), found[:size]


def difference(whole: float) -> tuple[float, float]:
    """Return the errors of resistance and local current that halves make of one electrolyte."""
    k, _ = cosines()
    k[0] = 1.0
    decay = np.exp(-k * whole)
    own, crossed = 1.0 / (k * np.tanh(k * whole)), 2.0 * decay / (k * (1.0 - decay**2))
    own[0], crossed[0] = 0.5 * whole, 0.0  # the mean, against the middle
    maps = [conducting(0.3), conducting(0.5)]
    exact, current = currents(own, crossed, maps)
    halves = np.tanh(0.5 * k * whole) / k
    halves[0] = 0.5 * whole
    found, approximate = currents(halves, np.zeros(COUNT), maps)
    return abs(found - exact), float(np.max(np.abs(approximate - current)))


def test_what_is_left_out_falls_with_the_electrolytes_thickness() -> None:
    thick = np.array([0.5, 0.75, 1.0, 1.25]) * PERIOD
    errors = np.array([difference(whole) for whole in thick])
    slopes = np.log(errors[1:] / errors[:-1]) / (thick[1] - thick[0])
    # exp(-k D) with k = 2 pi / period
    assert slopes == pytest.approx(-2.0 * np.pi / PERIOD, rel=0.02)
    # below 2 exp(-k D), at which the case's check puts the limit of 1 %
    assert np.all(errors < 2.0 * np.exp(-2.0 * np.pi / PERIOD * thick)[:, None])
