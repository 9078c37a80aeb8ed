"""Read the named groups of a mesh file: Gmsh's own format, and whatever meshio reads."""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

import meshio
import numpy as np

from femna.errors import ComputationError, InputError
from femna.mesh.arrays import IntArray
from femna.mesh.gmsh_session import gmsh_model
from femna.mesh.step import FloatArray

KEY: Final[str] = "geometry.file"

_MSH: Final = b"$MeshFormat"

_SIMPLICES: Final[dict[str, int]] = {"vertex": 0, "line": 1, "triangle": 2, "tetra": 3}


@dataclass(frozen=True)
class Group:
    """The elements of one named group.

    Attributes
    ----------
    dimension : int
        Topological dimension; -1 if the group holds several.
    elements : ndarray, shape (K, dimension + 1)
        Rows of the points.
    foreign : str
        Name of a kind of element that is not a straight simplex, or empty.
    """

    dimension: int
    elements: IntArray
    foreign: str


@dataclass(frozen=True)
class NamedMesh:
    """Points, shape (N, 3), and groups by name."""

    points: FloatArray
    groups: dict[str, Group]


def read_named_mesh(path: Path) -> NamedMesh:
    """Read a mesh file.

    Raises
    ------
    InputError
        If there is no such file or it cannot be read as a mesh.
    """
    if not path.is_file():
        raise InputError(path, KEY, str(path), "there is no such file", "check the path")
    try:
        return _read_gmsh(path) if path.suffix == ".msh" else _read_meshio(path)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        cause = error.args[0] if isinstance(error, ComputationError) else error
        raise InputError(
            path,
            KEY,
            str(path),
            f"it cannot be read as a mesh ({type(error).__name__}: {cause})",
            "write it as Gmsh .msh, or another format that meshio reads",
        ) from error


def _group(path: Path | str, name: str, parts: list[tuple[str, int, IntArray]]) -> Group:
    """Join blocks of elements (kind, dimension, connectivity) to one group."""
    foreign = [kind for kind, _, _ in parts if kind not in _SIMPLICES]
    dimensions = {dimension for _, dimension, _ in parts}
    dimension = dimensions.pop() if len(dimensions) == 1 else -1
    if foreign or dimension < 0:
        return Group(dimension, np.empty((0, 0), dtype=np.int64), foreign[0] if foreign else "")
    elements = np.concatenate([connectivity for _, _, connectivity in parts])
    if len(elements) == 0:
        raise InputError(path, KEY, name, "the group is empty", "add its elements")
    return Group(dimension, np.asarray(elements, dtype=np.int64), "")


def _read_gmsh(path: Path) -> NamedMesh:
    with path.open("rb") as stream:
        begins = stream.read(len(_MSH))
    if begins != _MSH:
        # Gmsh takes any other text for a script in its own language, which may call programs
        raise ValueError(f"it does not begin with {_MSH.decode('ascii')}")
    with gmsh_model() as module:
        module.merge(str(path))
        mesh = module.model.mesh
        tags, coordinates, _ = mesh.getNodes()
        order = np.argsort(tags)
        sorted_tags = tags[order]
        points = np.asarray(coordinates, dtype=np.float64).reshape(-1, 3)[order]
        parts: dict[str, list[tuple[str, int, IntArray]]] = {}
        for dimension, number in module.model.getPhysicalGroups():
            name = module.model.getPhysicalName(dimension, number)
            if not name:
                continue
            blocks = parts.setdefault(name, [])
            for entity in module.model.getEntitiesForPhysicalGroup(dimension, number):
                for kind, _, nodes in zip(*mesh.getElements(dimension, entity), strict=True):
                    blocks.append(_gmsh_block(mesh, int(kind), dimension, nodes, sorted_tags))
        groups = {name: _group(path, name, blocks) for name, blocks in parts.items()}
    return NamedMesh(points, groups)


def _gmsh_block(
    mesh: Any, kind: int, dimension: int, nodes: Any, sorted_tags: Any
) -> tuple[str, int, IntArray]:
    simplices = {15: "vertex", 1: "line", 2: "triangle", 4: "tetra"}
    title, _, _, per_element, _, _ = mesh.getElementProperties(kind)
    rows = np.searchsorted(sorted_tags, nodes).reshape(-1, per_element)
    return simplices.get(kind, str(title)), dimension, np.asarray(rows, dtype=np.int64)


def _read_meshio(path: Path) -> NamedMesh:
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # it prints before it raises
        mesh = meshio.read(path)
    return groups_of(mesh, place=path)


def _check_range(numbers: Any, count: int, what: str, name: str, place: Path | str) -> None:
    """Refuse numbers of things that are not there."""
    if np.min(numbers) < 0 or np.max(numbers) >= count:
        limit = f"the group has numbers {np.min(numbers)} to {np.max(numbers)} of {count} {what}"
        raise InputError(place, KEY, name, limit, "count from 0")


def groups_of(mesh: meshio.Mesh, *, place: Path | str) -> NamedMesh:
    """Return points and cell sets of a meshio mesh; `place` is named in errors."""
    points = np.zeros((len(mesh.points), 3))
    points[:, : mesh.points.shape[1]] = mesh.points
    parts: dict[str, list[tuple[str, int, IntArray]]] = {}
    for name, rows_of_blocks in mesh.cell_sets.items():
        for block, rows in zip(mesh.cells, rows_of_blocks, strict=True):
            if rows is not None and len(rows):
                cells = np.asarray(block.data, dtype=np.int64)
                _check_range(rows, len(cells), "cells", name, place)
                data = cells[rows]
                _check_range(data, len(points), "points", name, place)
                parts.setdefault(name, []).append((str(block.type), int(block.dim), data))
    return NamedMesh(points, {name: _group(place, name, blocks) for name, blocks in parts.items()})
