"""A mesh from an installed package, by the group ``femna.geometries`` of its entry points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import meshio

from femna.case.packages import find_entry_point
from femna.case.units import parse_any
from femna.errors import InputError
from femna.mesh.named_groups import NamedMesh, groups_of

if TYPE_CHECKING:
    from femna.case import EntryPointGeometry

GROUP: Final = "femna.geometries"
"""The group of entry points by which an installed package offers geometries."""


def mesh_from_entry_point(geometry: EntryPointGeometry) -> NamedMesh:
    """Let the package make its mesh; what it returns is checked as a mesh file is.

    Raises
    ------
    InputError
        No package offers it, its function fails, or it returns no mesh.
    """
    point = find_entry_point(geometry.name, group=GROUP, key="geometry.name")
    parameters = {
        name: parse_any(given)[0] if isinstance(given, str) else given
        for name, given in geometry.parameters.items()
    }
    try:
        mesh = point.load()(**parameters)
    except Exception as error:
        limit = f"its function fails ({type(error).__name__}: {error})"
        raise InputError(
            None, "geometry.name", geometry.name, limit, "correct the parameters or the package"
        ) from error
    if not isinstance(mesh, meshio.Mesh):
        limit = f"its function returned a {type(mesh).__name__}"
        raise InputError(None, "geometry.name", geometry.name, limit, "return a meshio.Mesh")
    return groups_of(mesh, place=f"geometry {geometry.name}")
