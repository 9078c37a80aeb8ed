"""``geometry.kind = "image"``: a cell whose voids are those of a labelled tomogram."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from femna.case.base import AS_TUPLE, Table
from femna.case.content import content_of
from femna.case.metal_voids import check_closure
from femna.case.quantities import Bare, Length, Physical, problem
from femna.case.refusal import micrometres, refuse

if TYPE_CHECKING:
    from femna.case.model import Case

LABELS: Final = "labels.tif"
VOID_IDS: Final = "void_ids.tif"

VoidVolume = Annotated[
    float, Physical("volume", "m^3", ("um^3",), "100 um^3", above=0.0, at_most=1e-9)
]
VoxelSize = Annotated[
    float, Physical("voxel size", "m", ("um",), "2.2048 um", at_least=1e-8, at_most=1e-4)
]
SidePressure = Annotated[
    float, Physical("pressure", "Pa", ("MPa",), "0 MPa", at_least=0.0, at_most=1e11)
]
Range = Annotated[
    tuple[
        Annotated[int, Bare(at_least=0, whole=True)], Annotated[int, Bare(at_least=1, whole=True)]
    ],
    AS_TUPLE,
]


def _find_labels(raw: object, info: ValidationInfo) -> Any:
    """Read the name of a folder of ``femna segment``, or of its labels, as an absolute path."""
    if not isinstance(raw, str | Path) or not str(raw):
        raise problem("a file or folder expected", "write e.g. 'seg', what femna segment -o made")
    folder = (info.context or {}).get("folder")
    if folder is None:
        return Path(raw)
    path = (Path(folder) / raw).resolve()
    if path.is_dir():
        path /= LABELS
    if not path.is_file():
        raise problem(
            f"no such file: {path}", "make it with femna segment STACK -o FOLDER, name that folder"
        )
    return path


def _find_ids(raw: object, info: ValidationInfo) -> Any:
    """Find the numbers of the voids; left out, those that `femna segment` wrote beside labels."""
    labels = info.data.get("labels")
    if raw is None:
        beside = labels.with_name(VOID_IDS) if isinstance(labels, Path) else None
        named = beside is not None and labels is not None and labels.name == LABELS
        return beside if beside is not None and named and beside.is_file() else None
    if not isinstance(raw, str | Path) or not str(raw):
        raise problem("a file name expected", "write e.g. 'seg/void_ids.tif'")
    folder = (info.context or {}).get("folder")
    if folder is None:
        return Path(raw)
    path = (Path(folder) / raw).resolve()
    if not path.is_file():
        raise problem(f"no such file: {path}", "give a path relative to the case file")
    return path


class ImageCell(Table):
    """The labelled part of a tomogram: metal with its voids on a flat electrolyte, in 3D.

    Attributes
    ----------
    labels : Path
        What `femna segment` wrote: its folder, or a stack of 1 metal, 2 electrolyte, 3 void,
        electrolyte first. Absolute once loaded.
    void_ids : Path, optional
        The number of each void; left out, ``void_ids.tif`` beside ``labels.tif``, else connected
        voxels are one void.
    voxel_size : float, optional
        Edge of a voxel [m]; left out, that of the file's metadata.
    rows, columns : tuple of int, optional
        Part that is taken, ``[first, end]``, the end not included.
    metal_thickness : float, optional
        [m]; left out, what the stack has above the interface.
    electrolyte_thickness : float
        [m].
    surface : str
        ``smooth``: outlines and heights of the voids between voxels, area and volume of each as
        labelled. ``voxels``: the columns of voxels as they are.
    smoothing : float, optional
        Standard deviation of the filter of the smooth surface [m]; left out, one voxel.
    minimum_volume : float
        Smaller voids become metal [m^3].
    overhang : str
        What of an open void lies beside its foot: ``raised`` adds its volume above the foot,
        ``dropped`` makes it metal.
    elements_across : float
        Elements across the foot of every open void above `resolved_volume`.
    resolved_volume : float
        [m^3].
    sides : str
        ``mirror``: planes of symmetry, across which nothing flows. ``free``: metal passes.
    side_pressure : float, optional
        With which the metal around presses on free sides [Pa]; left out, the stack pressure.
    buried_voids : bool
        Whether voids without contact to the interface are kept, each as the sphere of its volume.
    void_closure : bool
        Whether these shrink by creep under the stack pressure until recession meets them.
    labels_sha256, void_ids_sha256 : str, optional
        Hashes of the files, filled in when the case is loaded.
    """

    kind: Literal["image"]
    labels: Annotated[Path, BeforeValidator(_find_labels)]
    void_ids: Annotated[Path | None, BeforeValidator(_find_ids)] = Field(
        default=None, validate_default=True
    )
    voxel_size: VoxelSize | None = None
    rows: Range | None = None
    columns: Range | None = None
    metal_thickness: Length | None = None
    electrolyte_thickness: Length
    surface: Literal["smooth", "voxels"] = "smooth"
    smoothing: Length | None = None
    minimum_volume: VoidVolume = 1e-16
    overhang: Literal["raised", "dropped"] = "raised"
    elements_across: Annotated[float, Bare(at_least=2.0, at_most=40.0)] = 6.0
    resolved_volume: VoidVolume = 1e-15
    sides: Literal["mirror", "free"] = "mirror"
    side_pressure: SidePressure | None = None
    buried_voids: bool = True
    void_closure: bool = True
    labels_sha256: Annotated[str | None, BeforeValidator(content_of("labels"))] = Field(
        default=None, validate_default=True
    )
    void_ids_sha256: Annotated[str | None, BeforeValidator(content_of("void_ids"))] = Field(
        default=None, validate_default=True
    )

    @property
    def symmetry(self) -> Literal["rectangle"]:
        """The symmetry of the cell: a rectangle, all of which is meshed."""
        return "rectangle"


def check_image_cell(case: Case, cell: ImageCell) -> None:
    """Refuse what a cell from an image does not take.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the key, its value, the limit and the remedy.
    """
    for name in ("rows", "columns"):
        part = getattr(cell, name)
        if part is not None and part[0] >= part[1]:
            refuse(f"geometry.{name}", list(part), "holds nothing", "write [first, end]")
    if case.mask is not None:
        limit = "a mask stands around a whole electrode, a tomogram shows a part of one"
        refuse("mask", "(given)", limit, "remove it, or use geometry.kind = 'stack'")
    if case.interface.capillarity:
        limit = "columns of voxels have no curvature that surface tension could act on"
        refuse("interface.capillarity", True, limit, "leave it out")
    if cell.buried_voids and cell.void_closure:
        check_closure(case)
    _check_sides(case, cell)
    size, depth = case.numerics.interface_size, cell.electrolyte_thickness
    if size is not None and size > depth * (1.0 + 1e-12):
        refuse(
            "numerics.interface_size",
            micrometres(size),
            f"must be at most {micrometres(depth)}, the electrolyte's thickness",
            "make it smaller",
        )


def _check_sides(case: Case, cell: ImageCell) -> None:
    if cell.sides == "mirror":
        if cell.side_pressure is not None:
            limit = "nothing flows across planes of symmetry"
            refuse("geometry.side_pressure", "(given)", limit, "write sides = 'free', or remove it")
        return
    laws = {case.interface.wall.law, case.metal.collector_wall.law}
    if laws == {"free_slip"}:
        refuse(
            "geometry.sides",
            cell.sides,
            "nothing holds the metal: it slips freely on electrolyte and collector",
            "write metal.collector_wall = { law = 'sticking' }, or another wall than free_slip",
        )
