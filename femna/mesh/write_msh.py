"""Write the cell of a case as a Gmsh file that a mesh case reads back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from femna.errors import InputError
from femna.mesh.arrays import BodyArrays, CellArrays
from femna.mesh.cell import cell_arrays
from femna.mesh.gmsh_session import gmsh_model
from femna.mesh.quality import MeshQuality, cell_quality

if TYPE_CHECKING:
    from femna.case import Case

FILE_UNIT: Final[float] = 1e-6
"""Files are written in micrometres: `length_unit = "1 um"` in a case that reads one."""

_BODY_GROUPS: Final[dict[str, int]] = {"metal": 1, "electrolyte": 2}
_FACET_GROUPS: Final[dict[str, int]] = {
    "interface": 3,
    "platen": 4,
    "far": 5,
    "side": 6,
    "rim": 7,
    "bare": 8,
}


def write_msh(case: Case, path: Path | str) -> MeshQuality:
    """Mesh a case in this process and write a Gmsh 4.1 file in micrometres.

    The bodies keep their own interface vertices (coincident, not shared).

    Parameters
    ----------
    case : Case
        The validated case.
    path : Path or str
        The file; an existing one is replaced once the new one is complete.

    Returns
    -------
    MeshQuality
        Numbers of cells and vertices, sizes and worst shapes of each body.

    Raises
    ------
    InputError
        If the name does not end in .msh or its folder does not exist, and as `build_cell`.
    """
    target = _target(path)  # before the work
    arrays = cell_arrays(case)
    write_arrays(arrays, target)
    return cell_quality(arrays)


def _target(path: Path | str) -> Path:
    target = Path(path)
    if target.suffix != ".msh":
        raise InputError(
            target, "output", target.name, "a mesh is written as .msh", "name it like cell.msh"
        )
    if not target.parent.is_dir() or target.is_dir():
        raise InputError(
            target, "output", str(target), "not a file in an existing folder", "choose another path"
        )
    return target


def write_arrays(arrays: CellArrays, path: Path | str) -> None:
    """Write a cell that is already meshed, as `write_msh`."""
    path = _target(path)
    dimension = arrays.metal.points.shape[1]
    scale = arrays.length_scale / FILE_UNIT
    partial = path.with_name(f".{path.stem}.{os.getpid()}.msh")
    try:
        with gmsh_model() as module:
            entities: dict[str, list[int]] = {name: [] for name in _FACET_GROUPS}
            first = 1
            for name, body in (("metal", arrays.metal), ("electrolyte", arrays.electrolyte)):
                _add_body(module, body, scale, _BODY_GROUPS[name], first, entities)
                module.model.addPhysicalGroup(
                    dimension, [_BODY_GROUPS[name]], _BODY_GROUPS[name], name
                )
                first += len(body.points)
            for name, tag in _FACET_GROUPS.items():
                if entities[name]:
                    module.model.addPhysicalGroup(dimension - 1, entities[name], tag, name)
            module.write(str(partial))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _add_body(
    module: Any,
    body: BodyArrays,
    scale: float,
    entity: int,
    first: int,
    entities: dict[str, list[int]],
) -> None:
    """Add one body as a discrete entity, and one for each of its facet groups."""
    mesh = module.model.mesh
    dimension = body.points.shape[1]
    cell_type, facet_type = (2, 1) if dimension == 2 else (4, 2)
    module.model.addDiscreteEntity(dimension, entity)
    points = np.zeros((len(body.points), 3))
    points[:, :dimension] = body.points * scale
    mesh.addNodes(dimension, entity, np.arange(first, first + len(points)), points.ravel())
    mesh.addElementsByType(entity, cell_type, [], (body.cells + first).ravel())
    for name in body.names:
        facet_entity = 10 * entity + len(entities[name]) + _FACET_GROUPS[name]
        module.model.addDiscreteEntity(dimension - 1, facet_entity)
        mesh.addElementsByType(facet_entity, facet_type, [], (body.group(name) + first).ravel())
        entities[name].append(facet_entity)
