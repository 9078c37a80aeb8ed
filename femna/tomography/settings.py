"""The settings of ``femna segment``: a TOML file, each entry with a default."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from femna.case import Table, apply_overrides, read_document
from femna.case.base import AS_TUPLE
from femna.case.messages import to_input_error
from femna.case.quantities import Bare, Count, Fraction, Physical, Positive, problem

VoxelSize = Annotated[
    float, Physical("voxel size", "m", ("um",), "2.2048 um", at_least=1e-8, at_most=1e-4)
]
"""Edge of a voxel [m]; what lies outside 10 nm to 100 um is no tomogram of a cell."""

Volume = Annotated[float, Physical("volume", "m^3", ("um^3",), "100 um^3", at_least=0.0)]
Index = Annotated[int, Bare(at_least=0, whole=True)]
Grey = Annotated[float, Bare()]


Range = Annotated[tuple[Index, Index], AS_TUPLE]


class Stack(Table):
    """What the file is and which part of it counts.

    Attributes
    ----------
    voxel_size : float, optional
        Edge of a voxel [m]; that of the file's metadata when left out.
    dataset : str, optional
        Path of the dataset in an HDF5 file; may be left out where there is one 3D dataset only.
    normal : str
        Which index of the file runs across the interface.
    slices, rows, columns : tuple of int, optional
        Part to keep: first index, and the one after the last.
    """

    voxel_size: VoxelSize | None = None
    dataset: str | None = None
    normal: Literal["slices", "rows", "columns"] = "slices"
    slices: Range | None = None
    rows: Range | None = None
    columns: Range | None = None


class Filter(Table):
    """What is done to the grey values before they are cut.

    Attributes
    ----------
    background : str
        ``radial`` subtracts what the metal shows as a function of the distance from the axis of
        rotation: cupping by beam hardening, and rings. ``none`` leaves it.
    centre : tuple of float, optional
        Axis of rotation in the kept part, along the two indices in the plane of the interface
        [voxels]; the middle when left out.
    method : str
        ``nlm``, non-local means (Buades et al. 2005, as in scikit-image), or ``none``.
    patch : int
        Edge of the patches that are compared [voxels], odd.
    search : int
        How far away patches are looked for [voxels].
    strength : float
        Filter width h over the standard deviation of the noise.
    """

    background: Literal["radial", "none"] = "radial"
    centre: Annotated[tuple[Positive, Positive], AS_TUPLE] | None = None
    method: Literal["nlm", "none"] = "nlm"
    patch: Annotated[int, Bare(at_least=3, at_most=15, whole=True)] = 5
    search: Annotated[int, Bare(at_least=1, at_most=15, whole=True)] = 3
    strength: Positive = 0.5

    @model_validator(mode="after")
    def _odd(self) -> Filter:
        if self.patch % 2 == 0:
            raise problem("must be odd", "use 3, 5 or 7", key="patch", value=self.patch)
        return self


class Threshold(Table):
    """Where grey values are cut.

    Attributes
    ----------
    method : str
        ``multi_otsu`` (three classes of the whole stack), ``otsu`` (two classes of the metal's
        side), ``fixed`` (`void` and `electrolyte` are given) or ``hysteresis`` (as multi_otsu, and
        a void must hold a voxel below `seed`).
    refine : str
        Where the cut of an automatic method is moved: ``volume``, to where the labels hold as much
        void as the unfiltered grey values (`femna.tomography.calibrate`); ``midpoint``, half-way
        between the levels inside the two phases; ``none``.
    void, electrolyte : float, optional
        Grey values of ``fixed``: below the first is void, above the second electrolyte.
    seed : float
        Of ``hysteresis``: where, from the void's level to the metal's, a seed is cut.
    """

    method: Literal["multi_otsu", "otsu", "fixed", "hysteresis"] = "hysteresis"
    refine: Literal["volume", "midpoint", "none"] = "volume"
    void: Grey | None = None
    electrolyte: Grey | None = None
    seed: Fraction = 0.33

    @model_validator(mode="after")
    def _complete(self) -> Threshold:
        for key in ("void", "electrolyte"):
            given = getattr(self, key) is not None
            if self.method == "fixed" and not given:
                raise problem("fixed needs it", "give a grey value", key=key, value="(missing)")
            if self.method != "fixed" and given:
                value = getattr(self, key)
                raise problem(
                    f"{self.method} finds it by itself", "remove it", key=key, value=value
                )
        if self.void is not None and self.electrolyte is not None and self.void >= self.electrolyte:
            limit = "must be darker than the electrolyte's"
            raise problem(limit, "exchange the two", key="void", value=self.void)
        return self


class Voids(Table):
    """What counts as a void.

    Attributes
    ----------
    connectivity : int
        Neighbours that belong together: 6 (faces), 18 (edges) or 26 (corners).
    minimum_volume : float
        Smaller ones become metal [m^3]; how many, and their volume, is reported.
    """

    connectivity: Literal[6, 18, 26] = 26
    minimum_volume: Volume = 1e-16


class Blocks(Table):
    """How a stack is worked through; the result does not depend on it.

    Attributes
    ----------
    memory_GB : float
        What the grey values of the stack may take in memory; beyond it they lie on disk.
    layers : int, optional
        Layers of a block; chosen by `memory_GB` when left out.
    """

    memory_GB: Positive = 4.0
    layers: Count | None = None


class SegmentSettings(Table):
    """All settings of a segmentation.

    Attributes
    ----------
    align : bool
        Turn the stack so that the interface is level; otherwise it is only shifted.
    """

    align: bool = True
    stack: Stack = Field(default_factory=Stack)
    filter: Filter = Field(default_factory=Filter)
    threshold: Threshold = Field(default_factory=Threshold)
    voids: Voids = Field(default_factory=Voids)
    blocks: Blocks = Field(default_factory=Blocks)


def load_settings(
    path: Path | None = None, overrides: Mapping[str, Any] | None = None
) -> SegmentSettings:
    """Read and validate settings.

    Parameters
    ----------
    path : Path, optional
        A TOML file; the defaults when left out.
    overrides : mapping, optional
        Dotted key to value, as ``--set`` takes them.

    Raises
    ------
    InputError
        One line for the first problem found.
    """
    document = read_document(path) if path is not None else {}
    tables = apply_overrides(document, overrides, file=path)
    try:
        return SegmentSettings.model_validate(tables)
    except ValidationError as error:
        raise to_input_error(error, SegmentSettings, tables, file=path) from None
