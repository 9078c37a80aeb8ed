"""Meshes: from a case to the metal and the electrolyte with named boundaries."""

from femna import backend as _backend  # noqa: F401  (before dolfinx)

# isort: split
from femna.mesh.bodies import Body, Cell, interface_vertices
from femna.mesh.cell import build_cell
from femna.mesh.maps import ConductingMap, conducting_map
from femna.mesh.quality import BodyQuality, MeshQuality
from femna.mesh.write_msh import write_msh

__all__ = [
    "Body",
    "BodyQuality",
    "Cell",
    "ConductingMap",
    "MeshQuality",
    "build_cell",
    "conducting_map",
    "interface_vertices",
    "write_msh",
]
