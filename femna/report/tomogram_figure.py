"""A segmented tomogram in one picture: grey values, two sections, and the voids in 3D."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from femna.report.style import ACCENT, FAINT, INK, SECOND, figure, save
from femna.tomography import Segmentation

_SAMPLE: Final = 4_000_000
_LONGEST: Final = 160
"""Longest edge of the stack that the voids' surfaces are drawn from [voxels]."""


def write_tomogram_figure(found: Segmentation, path: Path) -> Path:
    """Write the picture.

    Parameters
    ----------
    found : Segmentation
    path : Path
        PNG to write.
    """
    with figure(10.0, 7.2) as made:
        grid = made.subplot_mosaic(
            [["histogram", "level"], ["upright", "voids"]],
            per_subplot_kw={"voids": {"projection": "3d"}},
        )
        _histogram(grid["histogram"], found)
        _sections(grid["level"], grid["upright"], found)
        _voids(grid["voids"], found)
        return save(made, path)


def _histogram(axes: Axes, found: Segmentation) -> None:
    step = max(1, int(np.ceil(np.sqrt(found.grey.size / _SAMPLE))))
    values = np.asarray(found.grey[:, ::step, ::step]).ravel()
    axes.hist(values, bins=400, color=FAINT, log=True)
    levels = found.levels
    for level, name in (
        (levels.void, "void"),
        (levels.metal, "Na"),
        (levels.electrolyte, "electrolyte"),
    ):
        axes.axvline(level, color=INK, lw=0.6, ls=":")
        axes.text(level, 0.98, f" {name}", transform=axes.get_xaxis_transform(), va="top")
    for cut in (levels.void_cut, levels.electrolyte_cut):
        axes.axvline(cut, color=ACCENT, lw=1.0)
    axes.set_xlabel("grey value, filtered (cuts in red)")
    axes.set_ylabel("voxels")


def _sections(level: Axes, upright: Axes, found: Segmentation) -> None:
    edge = found.voxel_size * 1e6
    layers, rows, columns = found.grey.shape
    inside = found.ids[found.base :]
    height = int(np.argmax([int((layer > 0).sum()) for layer in inside]))
    row = int(np.argmax(sum((layer > 0).sum(axis=1) for layer in inside)))
    low, high = found.levels.void, found.levels.electrolyte
    wide, deep = columns * edge, rows * edge
    for axes, grey, ids, extent in (
        (
            level,
            found.grey[found.base + height],
            inside[height],
            (0.0, wide, 0.0, deep),
        ),
        (
            upright,
            found.grey[:, row],
            found.ids[:, row],
            (0.0, wide, -found.base * edge, (layers - found.base) * edge),
        ),
    ):
        options: dict[str, Any] = {"origin": "lower", "extent": extent}
        axes.imshow(grey, cmap="gray", vmin=low, vmax=high, **options)
        mask = np.asarray(ids > 0, dtype=float)
        if mask.any():
            axes.contour(mask, levels=[0.5], colors=[ACCENT], linewidths=0.8, **options)
        axes.set_xlabel("x (µm)")
    level.set_ylabel("y (µm)")
    level.set_title(f"{(height + 0.5) * edge:.3g} µm above the interface")
    upright.axhline(0.0, color=SECOND, lw=0.8)
    upright.set_ylabel("height (µm)")
    upright.set_title(f"section at y = {(row + 0.5) * edge:.4g} µm")


def _voids(axes: Any, found: Segmentation) -> None:
    from skimage.measure import marching_cubes

    whole = found.ids[found.base :]
    step = max(1, -(-max(whole.shape) // _LONGEST))
    mask: npt.NDArray[Any] = np.asarray(whole[::step, ::step, ::step]) > 0
    padded = np.pad(mask.astype(np.float32), 1)
    edge = found.voxel_size * 1e6 * step
    if mask.any():
        vertices, faces, *_ = marching_cubes(padded, 0.5)
        corners = ((vertices - 0.5) * edge)[:, ::-1][faces]
        axes.add_collection3d(Poly3DCollection(corners, facecolors=SECOND, shade=True))
    size = np.array(whole.shape[::-1]) * found.voxel_size * 1e6
    axes.set(xlim=(0.0, size[0]), ylim=(0.0, size[1]), zlim=(0.0, size[2]))
    axes.set_box_aspect(size / size.max())
    axes.set(xlabel="x (µm)", ylabel="y (µm)", zlabel="z (µm)")
    total = sum(void.volume_um3 for void in found.voids)
    axes.set_title(f"{len(found.voids)} voids, {total:.4g} µm³")
