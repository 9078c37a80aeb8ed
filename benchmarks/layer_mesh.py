"""A layer of triangles, graded away from its lower face, as a Gmsh file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import meshio
import numpy as np
from numpy.typing import NDArray

THICKNESS: Final = 2.0
GRADING: Final = 30.0
"""Height of the last row over that of the first."""
TAGS: Final = {"metal": 1, "interface": 2, "platen": 3, "side": 4}
"""Physical groups: the area, y = 0, y = THICKNESS, and x = 0 with x = 1."""


def layer_mesh(path: Path, columns: int) -> Path:
    """Write the layer 0 < x < 1, 0 < y < THICKNESS; diagonals alternate. Format 2.2."""
    rows = max(4, round(columns * 0.75 * THICKNESS))
    share = np.linspace(0.0, 1.0, rows + 1)
    heights = THICKNESS * np.expm1(np.log(GRADING) * share) / (GRADING - 1.0)
    x, y = np.meshgrid(np.linspace(0.0, 1.0, columns + 1), heights)
    number = np.arange(x.size).reshape(x.shape)
    sides = {
        "interface": [number[0]],
        "platen": [number[-1]],
        "side": [number[:, 0], number[:, -1]],
    }
    lines, tags = [], []
    for name, chains in sides.items():
        for chain in chains:
            lines.append(np.column_stack([chain[:-1], chain[1:]]))
            tags.append(np.full(len(chain) - 1, TAGS[name]))
    cells = _triangles(number)
    marks = [np.full(len(cells), TAGS["metal"]), np.concatenate(tags)]
    mesh = meshio.Mesh(
        np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)]),
        [("triangle", cells), ("line", np.concatenate(lines))],
        cell_data={"gmsh:physical": marks, "gmsh:geometrical": marks},
        field_data={k: np.array([tag, 2 if k == "metal" else 1]) for k, tag in TAGS.items()},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    meshio.write(path, mesh, file_format="gmsh22", binary=False)
    return path


def _triangles(number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two triangles for every quadrilateral of a grid of vertices."""
    a, b = number[:-1, :-1], number[:-1, 1:]
    c, d = number[1:, :-1], number[1:, 1:]
    odd = np.add.outer(np.arange(a.shape[0]), np.arange(a.shape[1])) % 2 == 1
    first = np.where(odd[..., None], np.stack([a, b, c], -1), np.stack([a, b, d], -1))
    second = np.where(odd[..., None], np.stack([b, d, c], -1), np.stack([a, d, c], -1))
    return np.concatenate([first.reshape(-1, 3), second.reshape(-1, 3)])
