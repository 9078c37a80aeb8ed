"""Element sizes on a grid, for a mesher that asks place by place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from femna.mesh.step import FloatArray

type Rows = list[list[float]]

MOST: Final = 4_000_000
"""Places of the grid; a wider plane has a coarser one."""


class SizeTable:
    """A function of two coordinates, bilinear between the places of a grid.

    Gmsh asks some hundred times for every vertex, one place at a time. A size that changes by
    a quarter of the distance is right to a quarter of the grid's step.

    Parameters
    ----------
    sizes : callable
        Sizes, shape (N,), at places of shape (N, 2).
    low, high : (float, float)
        Corners of the rectangle; beyond it the value at its edge counts.
    step : float
        Largest distance of the grid's places, but for `MOST`.
    """

    def __init__(
        self,
        sizes: Callable[[FloatArray], FloatArray],
        *,
        low: tuple[float, float],
        high: tuple[float, float],
        step: float,
    ) -> None:
        extent = np.subtract(high, low)
        step = max(step, float(np.sqrt(extent.prod() / MOST)))
        counts = np.ceil(extent / step).astype(int) + 1
        axes = [np.linspace(a, b, n) for a, b, n in zip(low, high, counts, strict=True)]
        places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
        values: Rows = sizes(places).reshape(counts).tolist()  # type: ignore[assignment]
        self._values = values
        self._low, self._last = low, tuple(int(n) - 1 for n in counts)
        self._per_step = tuple((n - 1) / e for n, e in zip(counts, extent, strict=True))

    def __call__(self, x: float, y: float) -> float:
        """Return the size at a place."""
        s = min(max((x - self._low[0]) * self._per_step[0], 0.0), self._last[0] - 1e-9)
        t = min(max((y - self._low[1]) * self._per_step[1], 0.0), self._last[1] - 1e-9)
        i, j = int(s), int(t)
        s, t = s - i, t - j
        left, right = self._values[i], self._values[i + 1]
        before = left[j] * (1.0 - t) + left[j + 1] * t
        after = right[j] * (1.0 - t) + right[j + 1] * t
        return float(before * (1.0 - s) + after * s)
