"""The fields of one body as NumPy arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fields(Mapping[str, Array]):
    """One body or the interface: a mapping from the name of a field to its values.

    Attributes
    ----------
    body : str
        ``metal``, ``electrolyte``, ``interface`` or ``mask``.
    points : array, shape (N, 3)
        Vertices [um].
    cells : int array, shape (M, corners)
        Lines, triangles or tetrahedra.
    at_points, in_cells : mapping
        Arrays, shape (N,) or (N, 3), (M,) or (M, 3), by names with their units.
    """

    body: str
    points: Array
    cells: npt.NDArray[np.int64]
    at_points: Mapping[str, Array]
    in_cells: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.at_points[name] if name in self.at_points else self.in_cells[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self.at_points, *self.in_cells))

    def __len__(self) -> int:
        return len(self.at_points) + len(self.in_cells)

    def frame(self) -> pd.DataFrame:
        """Return the fields at the vertices with their places, a vector by its components."""
        import pandas as pd

        columns = {f"{axis}_um": self.points[:, k] for k, axis in enumerate("xyz")}
        for name, values in self.at_points.items():
            if values.ndim == 1:
                columns[name] = values
            else:
                columns |= {f"{name}_{axis}": values[:, k] for k, axis in enumerate("xyz")}
        return pd.DataFrame(columns)

    def _repr_html_(self) -> str:
        places = {name: "vertices" if name in self.at_points else "cells" for name in self}
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{place}</td><td>{_range(self[name])}</td></tr>"
            for name, place in places.items()
        )
        return (
            f"<b>{escape(self.body)}</b>, {len(self.points)} vertices, {len(self.cells)} cells"
            f"<table><tr><th>field</th><th>at</th><th>range</th></tr>{rows}</table>"
        )


def _range(values: Any) -> str:
    sizes = values if values.ndim == 1 else np.linalg.norm(values, axis=1)
    return f"{sizes.min():.4g} to {sizes.max():.4g}" if len(sizes) else "empty"
