"""An octant of a spherical shell as a Gmsh file, the one mesh that every contestant reads."""

from __future__ import annotations

from math import pi
from pathlib import Path
from typing import Final

import gmsh

INNER: Final = 1.0
OUTER: Final = 5.0
TAGS: Final = {"shell": 1, "inner": 2, "outer": 3, "x0": 4, "y0": 5, "z0": 6}
"""Physical groups: the volume, the void's surface, the loaded surface, the planes of symmetry."""


def shell_mesh(path: Path, size: float) -> Path:
    """Write straight-edged tetrahedra whose edges are `size` times the radius at their place.

    Format 2.2, which every contestant's own reader takes. A file that is there is kept.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    gmsh.initialize()
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.option.setNumber("Mesh.MshFileVersion", 2.2)
        for source in ("Points", "Curvature"):
            gmsh.option.setNumber(f"Mesh.MeshSizeFrom{source}", 0)
        gmsh.option.setNumber("Mesh.MeshSizeExtendFromBoundary", 0)
        occ = gmsh.model.occ
        ball, void = (occ.addSphere(0, 0, 0, r, -1, 0, pi / 2, pi / 2) for r in (OUTER, INNER))
        occ.cut([(3, ball)], [(3, void)])
        occ.synchronize()
        _name_groups()
        field = gmsh.model.mesh.field.add("MathEval")
        gmsh.model.mesh.field.setString(field, "F", f"{size}*sqrt(x*x+y*y+z*z)")
        gmsh.model.mesh.field.setAsBackgroundMesh(field)
        gmsh.model.mesh.generate(3)
        gmsh.write(str(path))
    finally:
        gmsh.finalize()
    return path


def _name_groups() -> None:
    groups: dict[str, list[int]] = {name: [] for name in TAGS}
    groups["shell"] = [tag for _, tag in gmsh.model.getEntities(3)]
    for _, tag in gmsh.model.getEntities(2):
        low, high = gmsh.model.getParametrizationBounds(2, tag)
        middle = [0.5 * (a + b) for a, b in zip(low, high, strict=True)]
        place = gmsh.model.getValue(2, tag, middle)
        groups[_surface(place)].append(tag)
    for name, tags in groups.items():
        dimension = 3 if name == "shell" else 2
        gmsh.model.addPhysicalGroup(dimension, tags, TAGS[name], name)


def _surface(place: list[float]) -> str:
    """Name of the surface on which a place lies."""
    for name, coordinate in zip(("x0", "y0", "z0"), place, strict=True):
        if abs(coordinate) < 1e-6:
            return name
    return "inner" if sum(c * c for c in place) < ((INNER + OUTER) / 2) ** 2 else "outer"
