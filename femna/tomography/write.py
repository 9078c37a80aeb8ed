"""The files of a segmentation."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

import femna
from femna.case import dumps
from femna.errors import InputError
from femna.files import held_names, render_json, write_text
from femna.tomography.labels import METAL, VOID, write_stack
from femna.tomography.segment import Segmentation
from femna.tomography.voids import Void, bin_counts


def claim_folder(directory: Path, *, make: bool = True) -> None:
    """Make the folder; it must be new or empty.

    Parameters
    ----------
    directory : Path
    make : bool
        Whether it is made, or only looked at before the work is done.

    Raises
    ------
    InputError
        If it holds anything, or cannot be made.
    """
    try:
        if make:
            directory.mkdir(parents=True, exist_ok=True)
        held = held_names(directory)
    except OSError as error:
        limit = f"cannot be used: {error.strerror or error}"
        raise InputError(
            None, "output folder", str(directory), limit, "name a folder with -o"
        ) from None
    if held:
        limit = f"holds other files ({held[0]})"
        raise InputError(
            None, "output folder", str(directory), limit, "name another folder with -o"
        )


def write_segmentation(found: Segmentation, directory: Path) -> dict[str, Any]:
    """Write labels, ids, ``voids.csv`` and ``summary.json``; return the last one's content.

    Parameters
    ----------
    found : Segmentation
    directory : Path
        Of `claim_folder`.
    """
    write_stack(directory / "labels.tif", found.phases, found.voxel_size)
    write_stack(directory / "void_ids.tif", found.ids, found.voxel_size)
    write_text(directory / "voids.csv", _table(found.voids))
    write_text(
        directory / "settings.toml",
        dumps(found.settings.model_dump(mode="json", exclude_none=True)),
    )
    content = summary(found)
    write_text(directory / "summary.json", render_json(content))
    return content


def summary(found: Segmentation) -> dict[str, Any]:
    """Return everything that was used and found, as JSON takes it."""
    edge = found.voxel_size * 1e6
    volumes = [void.volume_um3 for void in found.voids]
    plane, levels = found.plane, found.levels
    layers, rows, columns = found.phases.shape
    metal = sum(int((layer == METAL).sum()) for layer in found.phases[found.base :])
    area = rows * columns * edge**2
    lost = float((found.phases[found.base] == VOID).sum()) * edge**2
    return {
        "femna": femna.__version__,
        "stack": str(found.source.path),
        "stack_shape": list(found.source.shape),
        "stack_dtype": found.source.dtype.name,
        "voxel_size_um": edge,
        "voxel_size_from": "settings" if found.settings.stack.voxel_size else "metadata",
        "settings": found.settings.model_dump(mode="json"),
        "interface": {
            "slices_reversed": found.upside_down,
            "height_um": plane.height * edge,
            "slope_rows": plane.slope_row,
            "slope_columns": plane.slope_column,
            "tilt_deg": plane.tilt,
            "turned": found.settings.align,
            "residual_um": plane.residual * edge,
            "columns_used": plane.used,
            "area_um2": area,
        },
        "grey": {
            "noise": found.sigma,
            "contrast_to_noise": (levels.metal - levels.void) / found.sigma
            if found.sigma
            else None,
            "noise_filtered": levels.spread,
            "void": levels.void,
            "metal": levels.metal,
            "electrolyte": levels.electrolyte,
            "void_cut": levels.void_cut,
            "void_cut_at_interface": levels.foot_cut,
            "seed_cut": levels.seed_cut,
            "electrolyte_cut": levels.electrolyte_cut,
            "blur_of_interface": levels.blur.tolist(),
        },
        "labels_shape": [layers, rows, columns],
        "layers_of_electrolyte": found.base,
        "analysed_volume_um3": float((layers - found.base) * rows * columns) * edge**3,
        "metal_volume_um3": metal * edge**3,
        "voids": len(volumes),
        "void_volume_um3": float(np.sum(volumes)),
        "contact_area_lost_um2": lost,
        "contact_fraction": 1.0 - lost / area,
        "bins_um3": bin_counts(volumes),
        "voids_at_border": sum(void.touches_border for void in found.voids),
        "dropped_voids": found.dropped[0],
        "dropped_volume_um3": found.dropped[1],
    }


def _table(voids: tuple[Void, ...]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = [field.name for field in fields(Void)]
    writer.writerow(names)
    for void in voids:
        row = asdict(void)
        writer.writerow([_cell(row[name]) for name in names])
    return stream.getvalue()


def _cell(value: float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f"{value:.9g}"
