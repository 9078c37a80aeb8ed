"""The electrolyte's disc as an elastic body: a structured mesh of its (r, z) section."""

from __future__ import annotations

import numpy as np

from femna.mesh.arrays import BodyArrays, compact, external_facets
from femna.mesh.ring import columns, grid_triangles

ROWS = 12
"""Elements over the thickness."""

FACES = ("far", "axis", "electrode", "ring", "bare")
"""Below, on the axis, under electrode and mask, and what bears nothing."""


def disc_arrays(*, electrode: float, window: float, outer: float, edge: float) -> BodyArrays:
    """Mesh a disc of thickness one, its upper face at height 0.

    Parameters
    ----------
    electrode, window, outer, edge : float
        Radii over the thickness, growing: of the electrode, of the mask's window and rim, and of
        the disc.
    """
    radii = [0.0]
    places = [np.zeros(1)]
    for radius in (electrode, window, outer, edge):
        if radius > radii[-1] * (1.0 + 1e-12):
            places.append(columns(radii[-1], radius, size=1.0 / ROWS)[1:])
            radii.append(radius)
    r = np.concatenate(places)
    z = -(np.linspace(1.0, 0.0, ROWS + 1) ** 1.5)  # finer at the loaded face
    x, y = np.meshgrid(r, z)
    points, cells, _ = compact(
        np.column_stack([x.ravel(), y.ravel()]), grid_triangles(len(r) - 1, ROWS)
    )
    facets = external_facets(cells)
    centres = points[facets].mean(axis=1)
    above = np.abs(centres[:, 1]) < 1e-9
    faces = [
        np.abs(centres[:, 1] + 1.0) < 1e-9,
        centres[:, 0] < 1e-9,
        above & (centres[:, 0] < electrode),
        above & (centres[:, 0] > window) & (centres[:, 0] < outer),
    ]
    tags = np.select(faces, np.arange(1, 5), 5).astype(np.int64)
    return BodyArrays(points, cells, facets, tags, {name: k + 1 for k, name in enumerate(FACES)})
