"""The mesh of a case in Python."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from femna.api.fields import Fields
from femna.case import Case
from femna.mesh.arrays import BodyArrays, CellArrays
from femna.mesh.cell import cell_arrays
from femna.mesh.quality import MeshQuality, cell_quality


@dataclass(frozen=True)
class Mesh:
    """Both bodies of a case as they are meshed, and how good the mesh is.

    Attributes
    ----------
    case : Case
        The case.
    arrays : CellArrays
        Points, cells and named facets of both bodies, in units of `arrays.length_scale`.
    quality : MeshQuality
        Sizes and shapes of the cells, by body.
    """

    case: Case
    arrays: CellArrays
    quality: MeshQuality

    def body(self, name: str) -> Fields:
        """Return points [um] and cells of ``metal`` or ``electrolyte``, without fields."""
        import numpy as np

        found: BodyArrays = getattr(self.arrays, name)
        points = np.zeros((len(found.points), 3))
        points[:, : found.points.shape[1]] = found.points * (1e6 * self.arrays.length_scale)
        return Fields(name, points, found.cells, {}, {})

    def write(self, path: Path | str) -> MeshQuality:
        """Write the mesh as a Gmsh file with named groups."""
        from femna.mesh.write_msh import write_arrays

        write_arrays(self.arrays, path)
        return self.quality

    def _repr_html_(self) -> str:
        bodies = {name: getattr(self.quality, name) for name in ("metal", "electrolyte")}
        head = "".join(f"<th>{name}</th>" for name in bodies)
        rows = ""
        for field in dataclasses.fields(next(iter(bodies.values()))):
            scale, unit = (1e6, " (um)") if field.name.endswith("_edge") else (1.0, "")
            cells = "".join(
                f"<td>{getattr(b, field.name) * scale:.6g}</td>" for b in bodies.values()
            )
            rows += f"<tr><td>{field.name.replace('_', ' ')}{unit}</td>{cells}</tr>"
        return f"<table><tr><th></th>{head}</tr>{rows}</table>"


def make_mesh(case: Case, *, refine: float = 1.0) -> Mesh:
    """Mesh a case in this process.

    Parameters
    ----------
    case : Case
        The validated case.
    refine : float
        Divides every element size of a cell that femna meshes itself.

    Raises
    ------
    InputError, ComputationError
        The geometry cannot be meshed.
    """
    arrays = cell_arrays(case, refine=refine)
    return Mesh(case, arrays, cell_quality(arrays))
