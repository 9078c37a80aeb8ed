"""A cell from a mesh file with named groups, checked before anything is computed on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import numpy as np
from scipy.spatial import cKDTree

from femna.case.symmetry import SHAPES
from femna.errors import InputError
from femna.mesh.arrays import (
    ELECTROLYTE_FACETS,
    METAL_FACETS,
    BodyArrays,
    CellArrays,
    compact,
    enclosed_volume,
    external_facets,
    signed_volumes,
)
from femna.mesh.named_groups import KEY, Group, NamedMesh, read_named_mesh
from femna.mesh.step import FloatArray

if TYPE_CHECKING:
    from femna.case import ReadCell

TOLERANCE: Final[float] = 1e-6
"""How far, in parts of the horizontal extent, a vertex may be from where it must be."""

_LARGEST: Final = 1e100  # a product of three of them is a number
_SMALLEST_CELL: Final = 1e-9
_LARGEST_CELL: Final = 10.0
_ROUND_OFF: Final = 1e-9
_SHOWN: Final = 12  # groups that a message lists
_BODIES: Final[tuple[str, ...]] = ("metal", "electrolyte")
_FACETS: Final[tuple[str, ...]] = ("interface", "platen", "far", "side")
_NOUNS: Final[tuple[str, ...]] = ("point", "curve", "surface", "volume")


def cell_from_file(geometry: ReadCell) -> CellArrays:
    """Read the cell of a case from its mesh file.

    Parameters
    ----------
    geometry : ReadCell
        Geometry of the case. The file holds the half period, the meridian plane or the rectangle
        between the planes of symmetry, its first corner at the horizontal origin.

    Returns
    -------
    CellArrays
        In units of half of the extent along x.

    Raises
    ------
    InputError
        Naming the file, the group and the remedy, for every way in which a file does not fit.
    """
    if geometry.kind == "entry_point":
        return _Reader(geometry.name, geometry).cell()
    return _Reader(geometry.file, geometry).cell()


def file_half_period(geometry: ReadCell) -> float:
    """Return the extent along x [m] of a mesh file.

    Raises
    ------
    InputError
        As `cell_from_file`.
    """
    return cell_from_file(geometry).half_period


@dataclass(frozen=True)
class _Reader:
    """The file being read, for the messages."""

    path: Path | str
    geometry: ReadCell

    def fail(self, value: object, limit: str, remedy: str) -> NoReturn:
        raise InputError(self.path, KEY, value, limit, remedy)

    def cell(self) -> CellArrays:
        mesh = self._read()
        dimension = SHAPES[self.geometry.symmetry].dimension
        self._check_groups(mesh, dimension)
        self._check_numbers(mesh)
        points = self._plane(mesh, dimension)
        extent = self._extent(points[np.unique(self._cells(mesh))])
        scaled = 2.0 * points / extent
        metal = self._body(scaled, mesh, "metal", METAL_FACETS)
        electrolyte = self._body(scaled, mesh, "electrolyte", ELECTROLYTE_FACETS)
        electrolyte = self._match(metal, electrolyte)
        half_period = extent * self.geometry.length_unit
        return CellArrays(
            metal, electrolyte, self.geometry.symmetry, 0.5 * half_period, half_period
        )

    def _read(self) -> NamedMesh:
        if self.geometry.kind == "entry_point":
            from femna.mesh.entry_point import mesh_from_entry_point

            return mesh_from_entry_point(self.geometry)
        return read_named_mesh(self.geometry.file)

    def _cells(self, mesh: NamedMesh) -> FloatArray:
        return np.concatenate([mesh.groups[name].elements.ravel() for name in _BODIES])

    def _check_groups(self, mesh: NamedMesh, dimension: int) -> None:
        wanted = {**dict.fromkeys(_BODIES, dimension), **dict.fromkeys(_FACETS, dimension - 1)}
        names = sorted(mesh.groups)
        found = ", ".join(name[:40] for name in names[:_SHOWN]) or "none"
        if len(names) > _SHOWN:
            found += f" and {len(names) - _SHOWN} more"
        for name, needed in wanted.items():
            noun = _NOUNS[needed]
            group: Group | None = mesh.groups.get(name)
            if group is None:
                self.fail(
                    f"groups found: {found}",
                    f"group '{name}' is missing",
                    f"name a physical {noun} '{name}'",
                )
            if group.foreign:
                self.fail(
                    name,
                    f"group '{name}' holds elements of kind {group.foreign}",
                    "mesh with triangles (2D) or tetrahedra (3D) of first order",
                )
            if group.dimension != needed:
                what = "several dimensions"
                if group.dimension >= 0:
                    what = f"dimension {group.dimension}"
                self.fail(
                    name,
                    f"group '{name}' is of {what}, {needed} expected for symmetry "
                    f"'{self.geometry.symmetry}'",
                    f"make '{name}' a physical {noun}, or change geometry.symmetry",
                )

    def _check_numbers(self, mesh: NamedMesh) -> None:
        used = mesh.points[np.unique(self._cells(mesh))]
        size = np.abs(used).max() if len(used) else 0.0
        if not 0.0 < size < _LARGEST:  # not either where one is no number
            self.fail(
                f"coordinates up to {size:g}",
                f"must be finite and below {_LARGEST:g}",
                "write the mesh again, in a unit of its size",
            )
        self._check_size(size)

    def _check_size(self, size: float) -> None:
        size *= self.geometry.length_unit
        if not _SMALLEST_CELL <= size <= _LARGEST_CELL:
            self.fail(
                f"{size:.3g} m with its length_unit",
                f"a cell of {_SMALLEST_CELL:g} to {_LARGEST_CELL:g} m is expected",
                "correct geometry.length_unit",
            )

    def _plane(self, mesh: NamedMesh, dimension: int) -> FloatArray:
        if dimension == 3:
            return mesh.points
        used = mesh.points[np.unique(self._cells(mesh))]
        if np.ptp(used[:, 2]) > TOLERANCE * np.ptp(used[:, 0]):
            self.fail(
                f"z from {used[:, 2].min():g} to {used[:, 2].max():g}",
                f"a mesh of symmetry '{self.geometry.symmetry}' lies in the plane of x and y",
                "put it there: y is the height, the interface at y = 0",
            )
        return mesh.points[:, :2]

    def _extent(self, used: FloatArray) -> float:
        low, high = used[:, :-1].min(axis=0), used[:, :-1].max(axis=0)
        extent = float(high[0] - low[0])
        if extent <= 0.0 or np.any(np.abs(low) > TOLERANCE * extent):
            self.fail(
                f"starts at {', '.join(f'{x:g}' for x in low)}",
                "the meshed part must start at the horizontal origin, its centre of symmetry",
                "move the mesh",
            )
        aspect = SHAPES[self.geometry.symmetry].aspect
        if np.any(np.abs(high[1:] - aspect * high[0]) > TOLERANCE * extent):
            self.fail(
                f"extents {', '.join(f'{x:g}' for x in high)}",
                f"in a {self.geometry.symmetry} cell the extent in y is {aspect:.7g} times the "
                "extent in x",
                "make the base so",
            )
        self._check_size(extent)
        return extent

    def _body(
        self, points: FloatArray, mesh: NamedMesh, body: str, names: tuple[str, ...]
    ) -> BodyArrays:
        kept, cells, renumber = compact(points, mesh.groups[body].elements)
        volumes = signed_volumes(kept, cells)
        if np.any(np.abs(volumes) < 1e-14):
            self.fail(body, f"body '{body}' has cells without volume", "mesh it again")
        total, enclosed = volumes.sum(), enclosed_volume(kept, cells)
        if abs(total - enclosed) > _ROUND_OFF * total:
            limit = f"cells of body '{body}' lie over each other"
            self.fail(body, limit, "mesh it again")
        facets = external_facets(cells)
        sorted_facets = np.sort(facets, axis=1)
        rows = {tuple(row): k for k, row in enumerate(sorted_facets.tolist())}
        tags = np.zeros(len(facets), dtype=np.int64)
        for tag, name in enumerate(names, start=1):
            group = np.sort(renumber[mesh.groups[name].elements], axis=1)
            inside = group[group[:, 0] >= 0] if len(group) else group
            hits = [rows[key] for row in inside.tolist() if (key := tuple(row)) in rows]
            if not hits:
                self.fail(
                    name,
                    f"group '{name}' has no facet on the boundary of '{body}'",
                    f"let '{name}' hold facets of '{body}'",
                )
            if np.any(tags[hits] > 0):
                other = names[int(tags[hits].max()) - 1]
                self.fail(
                    name,
                    f"groups '{other}' and '{name}' of '{body}' share facets",
                    "give every facet one name",
                )
            tags[hits] = tag
        if np.any(tags == 0):
            place = 0.5 * kept[facets[tags == 0][0]].mean(axis=0)
            where = ", ".join(f"{x:.4g}" for x in place)
            self.fail(
                f"{int(np.sum(tags == 0))} facets",
                f"the boundary of '{body}' has facets in none of {', '.join(names)} "
                f"(first at {where} horizontal extents)",
                "name them",
            )
        arrays = BodyArrays(
            kept, cells, facets, tags, {name: tag for tag, name in enumerate(names, start=1)}
        )
        return self._check_shape(arrays, body)

    def _check_shape(self, arrays: BodyArrays, body: str) -> BodyArrays:
        """Check heights and sides; put what is within tolerance exactly in place."""
        points = arrays.points.copy()
        close = 2.0 * TOLERANCE
        heights = points[:, -1]
        if np.any(heights < -close if body == "metal" else heights > close):
            self.fail(
                body,
                f"body '{body}' reaches to the other side of height 0",
                "put the metal above height 0 and the electrolyte below",
            )
        interface = np.unique(arrays.group("interface"))
        worst = float(np.abs(heights[interface]).max())
        if worst > close:
            self.fail(
                "interface",
                f"group 'interface' of '{body}' is not flat at height 0 "
                f"(off by {0.5 * worst:.3g} horizontal extents)",
                "the interface must lie at y = 0 (2D) or z = 0 (3D)",
            )
        points[interface, -1] = 0.0
        far = np.array([2.0, 2.0 * SHAPES[self.geometry.symmetry].aspect])[: points.shape[1] - 1]
        for axis, end in enumerate(far):
            for extreme in (0.0, end):
                points[np.abs(points[:, axis] - extreme) < close, axis] = extreme
        corners = points[arrays.group("side")][:, :, :-1]
        flat = np.all((corners == 0.0), axis=1) | np.all((corners == far), axis=1)
        if not np.all(np.any(flat, axis=1)):
            self.fail(
                "side",
                f"group 'side' of '{body}' leaves the planes of symmetry",
                "the sides are the vertical planes that bound the meshed part",
            )
        return replace(arrays, points=points)

    def _match(self, metal: BodyArrays, electrolyte: BodyArrays) -> BodyArrays:
        """Check that the interface vertices match and give both the same coordinates."""
        upper = np.unique(metal.group("interface"))
        lower = np.unique(electrolyte.group("interface"))
        above, below = metal.points[upper, :-1], electrolyte.points[lower, :-1]
        distance, partner = cKDTree(above).query(below)
        matched = len(upper) == len(lower) == len(np.unique(partner))
        if not matched or np.any(distance > 2.0 * TOLERANCE):
            self.fail(
                "interface",
                f"the interface vertices of metal ({len(upper)}) and electrolyte ({len(lower)}) "
                "do not match one to one",
                "mesh both bodies on the same interface mesh",
            )
        points = electrolyte.points.copy()
        points[lower, :-1] = above[partner]
        return replace(electrolyte, points=points)
