"""The mesh of a square array of patches.

`femna.make_mesh` meshes a case in this process and says how good the mesh is.
"""

import numpy as np
from matplotlib.figure import Figure

import femna

EXPECTED = {"metal volume (um3)": (1000.0, 1e-9), "vertices on the metal": (599, 0.1)}


def example() -> tuple[Figure, dict[str, float]]:
    changes = {
        "geometry.period": "20 um",
        "geometry.metal_thickness": "10 um",
        "geometry.electrolyte_thickness": "10 um",
        "numerics.interface_size": "2 um",
    }
    metal = femna.make_mesh(femna.build_case("square", changes)).body("metal")
    corners = metal.points[metal.cells]
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6.0
    bottom = metal.points[metal.points[:, 2] < 1e-9]
    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(bottom[:, 0], bottom[:, 1], ".")
    axes.set(xlabel="x (um)", ylabel="y (um)", aspect="equal", title="vertices of the interface")
    return figure, {
        "metal volume (um3)": volumes.sum(),
        "vertices on the metal": len(metal.points),
    }
