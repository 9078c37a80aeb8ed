"""``[geometry]``: the shape that is meshed, from a few lengths or from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from femna.case.base import AS_TUPLE, Table
from femna.case.image_cell import ImageCell
from femna.case.metal_voids import MetalVoid
from femna.case.parameters import Parameters
from femna.case.quantities import Angle, Length, problem
from femna.case.stack import Stack
from femna.case.symmetry import SHAPES, CellSymmetry


class InitialVoid(Table):
    """A void in the metal that touches the electrolyte at the centre of the cell (x = 0).

    Its surface is a circular arc (plane strain) or a spherical cap; an array has one where each
    patch is centred.

    Attributes
    ----------
    radius : float
        Of the void's base on the electrolyte [m].
    contact_angle : float
        Between the cap and the electrolyte, inside the void [rad], at most a right angle; 40
        degrees in three dimensions.
    """

    radius: Length
    contact_angle: Angle


class UnitCell(Table):
    """A metal layer on a flat electrolyte, periodic in the interface's plane.

    Attributes
    ----------
    symmetry : str
        ``plane_strain`` (stripes), ``axisymmetric`` (a disc of diameter `period`), ``square`` or
        ``hexagonal`` (arrays, 3D).
    period : float
        One blocked and one conducting part together: the distance between neighbouring patches
        of an array [m].
    metal_thickness, electrolyte_thickness : float
        [m].
    initial_void : InitialVoid, optional
    metal_voids : tuple of MetalVoid, optional
        Inside the metal at the start.
    void_closure : bool
        Whether these shrink by creep under the stack pressure until recession meets them.
    """

    kind: Literal["unit_cell"]
    symmetry: CellSymmetry
    period: Length
    metal_thickness: Length
    electrolyte_thickness: Length
    initial_void: InitialVoid | None = None
    metal_voids: Annotated[tuple[MetalVoid, ...], Field(min_length=1), AS_TUPLE] | None = None
    void_closure: bool = True


def find_file(example: str) -> Callable[[object, ValidationInfo], Any]:
    """Return what reads a file name as an absolute path; relative ones start from the case."""

    def find(raw: object, info: ValidationInfo) -> Any:
        if not isinstance(raw, str | Path) or not str(raw):
            raise problem("a file name expected", f"write e.g. {example!r}")
        folder = (info.context or {}).get("folder")
        if folder is None:
            return Path(raw)
        path = (Path(folder) / raw).resolve()
        if not path.is_file():
            raise problem(f"no such file: {path}", "give a path relative to the case file")
        return path

    return find


class MeshFile(Table):
    """A mesh from a file with named groups.

    The file has the bodies ``metal`` and ``electrolyte`` and the facets ``interface``,
    ``platen``, ``far`` and ``side``.

    Attributes
    ----------
    file : Path
        Absolute once loaded.
    length_unit : float
        What one unit of the file's coordinates is [m].
    symmetry : str
        As for `UnitCell`.
    """

    kind: Literal["mesh"]
    file: Annotated[Path, BeforeValidator(find_file("cell.msh"))]
    length_unit: Length
    symmetry: CellSymmetry


class EntryPointGeometry(Table):
    """A mesh that an installed package makes, by the group ``femna.geometries`` of entry points.

    Attributes
    ----------
    name : str
        Of the entry point: a function that takes the parameters by name and returns a
        ``meshio.Mesh`` with the named groups of a mesh file.
    parameters : dict
        Bare numbers, and texts with a unit that reach the function in SI units.
    length_unit : float
        What one unit of the mesh's coordinates is [m].
    symmetry : str
        As for `UnitCell`.
    """

    kind: Literal["entry_point"]
    name: str
    parameters: Parameters = Field(default_factory=dict)
    length_unit: Length = 1.0
    symmetry: CellSymmetry


ReadCell = MeshFile | EntryPointGeometry
"""What comes meshed, with named groups."""

MeshedCell = UnitCell | Stack
"""What femna meshes itself: layers of metal and electrolyte of a given thickness and period."""

GivenGeometry = UnitCell | Stack | MeshFile | EntryPointGeometry | ImageCell
"""Any of them."""

Geometry = Annotated[GivenGeometry, Field(discriminator="kind")]


def relative_area(geometry: GivenGeometry) -> float:
    """Return the area of the whole interface over the square of half the period."""
    if isinstance(geometry, Stack):
        return geometry.electrode.over(0.5 * geometry.period).area
    return SHAPES[geometry.symmetry].area
