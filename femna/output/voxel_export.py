"""From the folder of a run back to a stack of voxels, labelled or grey."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import numpy.typing as npt

from femna.case import ImageCell, load_case
from femna.errors import InputError
from femna.output.voids import buried_spheres
from femna.output.voxels import grey_stack, void_shares
from femna.output.vtk import read_pvd, read_vtu
from femna.tables import read_table
from femna.tomography.labels import ELECTROLYTE, METAL, VOID, write_stack

BELOW: Final = 16
"""Layers of electrolyte under the interface: enough for a segmentation to find its plane."""


@dataclass(frozen=True)
class Look:
    """How the simulated state is shown.

    Attributes
    ----------
    labels : bool
        As phases 1 metal, 2 electrolyte, 3 void, instead of grey values.
    greys : tuple of float
        Of void, metal and electrolyte.
    blur : float
        Standard deviation of the point spread function [voxels].
    contrast_to_noise : float, optional
        Metal less void, over the standard deviation of the noise.
    seed : int
        Of the noise.
    """

    labels: bool = False
    greys: tuple[float, float, float] = (8000.0, 14000.0, 32000.0)
    blur: float = 0.0
    contrast_to_noise: float | None = None
    seed: int = 0


def export_voxels(
    directory: Path, path: Path, look: Look | None = None, *, frame: int = -1
) -> dict[str, Any]:
    """Write the state of a run at one of its times as a stack at the tomogram's voxel size.

    Parameters
    ----------
    directory : Path
        Folder of a run of a cell from an image.
    path : Path
        TIFF to write; must not exist.
    look : Look, optional
    frame : int
        Which of the times with fields, from 0; negative ones count from the last.

    Returns
    -------
    dict
        ``time_s``, ``void_volume_um3`` and ``shape`` of what was written.

    Raises
    ------
    InputError
        If the folder has no such state, or the file exists.
    """
    look = look or Look()
    if path.suffix.lower() not in (".tif", ".tiff"):
        raise InputError(None, "output", str(path), "is no TIFF", "name it like stack.tif")
    if path.exists() or not path.parent.is_dir():
        limit = "exists" if path.exists() else "is in no folder"
        raise InputError(None, "output", str(path), limit, "name another file with -o")
    file = directory / "case.toml"
    if not file.is_file():
        _fail(directory, "holds no run", "name the folder of femna run")
    geometry = load_case(file).geometry
    if not isinstance(geometry, ImageCell):
        _fail(directory, "is of a cell without labels", "use geometry.kind = 'image'")
    share, voxel, time = _state(directory, geometry, frame)
    if look.labels:
        above = np.where(share > 0.5, VOID, METAL).astype(np.uint8)
        under = np.full((BELOW, *share.shape[1:]), ELECTROLYTE, np.uint8)
        stack: npt.NDArray[Any] = np.concatenate([under, above])
    else:
        stack = grey_stack(
            share,
            below=BELOW,
            greys=look.greys,
            blur=look.blur,
            contrast_to_noise=look.contrast_to_noise,
            seed=look.seed,
        )
    write_stack(path, stack, voxel * 1e-6)
    volume = float(share.sum(dtype=float)) * voxel**3
    return {"time_s": time, "void_volume_um3": volume, "shape": list(stack.shape)}


def _state(
    directory: Path, geometry: ImageCell, frame: int
) -> tuple[npt.NDArray[np.float32], float, float]:
    """Return the shares of void, the edge of a voxel [um] and the time [s]."""
    from femna.mesh.label_stack import read_labels

    listed = [e for e in read_pvd(directory / "fields.pvd") if e.name == "interface"]
    if not listed:
        _fail(directory, "holds no fields", "run it with output.fields_at = ['end']")
    if not -len(listed) <= frame < len(listed):
        limit = f"the run has {len(listed)} times with fields"
        raise InputError(None, "frame", frame, limit, f"use 0 to {len(listed) - 1}")
    entry = listed[frame]
    mesh = read_vtu(directory / entry.file)
    stack = read_labels(geometry)
    rows = [
        {name: row[name] if name == "state" else float(row[name]) for name in row}
        for row in read_table(directory / "voids.csv")
        if math.isclose(float(row["time_s"]), entry.time, rel_tol=1e-9, abs_tol=1e-9)
    ]
    voxel = stack.voxel * 1e6
    shape = (stack.ids.shape[0], stack.ids.shape[1], stack.ids.shape[2])
    share = void_shares(
        np.asarray(mesh.points[:, :2]),
        np.asarray(mesh.point_data["gap_um"]),
        buried_spheres(rows),
        shape=shape,
        voxel=voxel,
    )
    return share, voxel, entry.time


def _fail(directory: Path, limit: str, remedy: str) -> NoReturn:
    raise InputError(None, "folder", str(directory), limit, remedy)
