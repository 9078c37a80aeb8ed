"""Make a tomogram whose voids are known: metal with voids on an electrolyte, as X-rays show it.

    python meshes/synthetic_tomogram.py stack.tif --layers 96 --rows 256 --columns 256 --voids 40

writes the stack, ``stack.csv`` (the voids as they are) and ``stack.json`` (all settings). Nothing
here is shared with what segments a stack, so that the one can be judged by the other.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, map_coordinates

type FloatArray = npt.NDArray[np.float64]

FINE = 4
"""Points along each edge of a voxel at which a void's part of it is counted."""


@dataclass(frozen=True)
class Tomogram:
    """What a synthetic tomogram is made of. Lengths in voxels unless the name says otherwise.

    Attributes
    ----------
    layers, rows, columns : int
    voxel_um : float
        Spencer Jolly et al. 2020, section 4.6: 2.2048 um.
    voids : int
        How many are tried; those that do not fit between the others are left out.
    median_um3, width : float
        Log-normal volumes: median, and standard deviation of the logarithm.
    least_um3, most_um3 : float
        Volumes beyond them are drawn again.
    buried : float
        Part of the voids that are spheres above the interface; the others are caps on it.
    angle_low, angle_high : float
        Contact angle of a cap through the void [degrees].
    interface : float
        Height of the interface in the middle, as a part of the layers.
    slope_rows, slope_columns : float
        Of the interface against the layers.
    void, metal, electrolyte : float
        Grey values.
    contrast_to_noise : float
        Metal less void, over the standard deviation of the noise.
    blur : float
        Standard deviation of the point spread function.
    cupping : float
        Beam hardening: how much darker the middle is than the rim, as a part of the grey value.
    rings : float
        Standard deviation of the offset of a ring, over that of the noise.
    seed : int
    """

    layers: int = 96
    rows: int = 256
    columns: int = 256
    voxel_um: float = 2.2048
    voids: int = 40
    median_um3: float = 3000.0
    width: float = 1.0
    least_um3: float = 500.0
    most_um3: float = 60000.0
    buried: float = 0.2
    angle_low: float = 60.0
    angle_high: float = 130.0
    interface: float = 0.3
    slope_rows: float = 0.01
    slope_columns: float = -0.006
    void: float = 8000.0
    metal: float = 14000.0
    electrolyte: float = 32000.0
    contrast_to_noise: float = 3.0
    blur: float = 0.6
    cupping: float = 0.05
    rings: float = 0.3
    seed: int = 1


@dataclass(frozen=True)
class Sphere:
    """A void: a sphere, cut by the interface where it reaches below. Places in um, level frame."""

    x_um: float
    y_um: float
    z_um: float
    radius_um: float
    volume_um3: float
    contact_area_um2: float


def place_voids(spec: Tomogram, rng: np.random.Generator) -> list[Sphere]:
    """Draw voids that keep three voxels of metal between each other and to the sides."""
    size = np.array([spec.columns, spec.rows]) * spec.voxel_um
    top = spec.layers * (1.0 - spec.interface) * spec.voxel_um
    gap = 3.0 * spec.voxel_um
    tilt = max(abs(spec.slope_rows) * size[1], abs(spec.slope_columns) * size[0])
    volumes: list[float] = []
    while len(volumes) < spec.voids:
        volume = float(np.exp(rng.normal(np.log(spec.median_um3), spec.width)))
        if spec.least_um3 <= volume <= spec.most_um3:
            volumes.append(volume)
    placed: list[Sphere] = []
    for volume in sorted(volumes, reverse=True):
        buried = rng.random() < spec.buried
        c = np.cos(np.radians(rng.uniform(spec.angle_low, spec.angle_high)))
        part = 4.0 / 3.0 if buried else (1.0 - c) ** 2 * (2.0 + c) / 3.0
        radius = float((volume / (np.pi * part)) ** (1.0 / 3.0))
        for _ in range(500):
            x, y = rng.uniform(radius + 2 * gap, size - radius - 2 * gap)
            z = -radius * c
            if buried:
                z = radius + rng.uniform(1.0, 6.0) * gap
            if z + radius + gap + tilt > top:
                continue
            here = np.array([x, y, z])
            if all(
                np.linalg.norm(here - (v.x_um, v.y_um, v.z_um)) > radius + v.radius_um + gap
                for v in placed
            ):
                area = 0.0 if buried else float(np.pi * (radius**2 - z**2))
                placed.append(Sphere(float(x), float(y), float(z), radius, volume, area))
                break
    return placed


def to_level_frame(spec: Tomogram, points: FloatArray) -> FloatArray:
    """Return x, y, z [um] over the level interface of points (layer, row, column) [voxels]."""
    middle = np.array([spec.layers * spec.interface, spec.rows / 2, spec.columns / 2])
    z = np.array([1.0, -spec.slope_rows, -spec.slope_columns])
    z /= np.linalg.norm(z)
    x = np.array([0.0, 0.0, 1.0])
    x = x - (x @ z) * z
    x /= np.linalg.norm(x)
    y = np.cross(z[[2, 1, 0]], x[[2, 1, 0]])[[2, 1, 0]]
    off = points - middle[:, None]
    level = np.stack([x @ off + spec.columns / 2, y @ off + spec.rows / 2, z @ off])
    return level * spec.voxel_um


def void_fraction(spec: Tomogram, voids: list[Sphere]) -> FloatArray:
    """Return the part of every voxel that is void, shape (layers, rows, columns)."""
    shape = np.array([spec.layers, spec.rows, spec.columns])
    part = np.zeros(shape)
    axis = (np.arange(FINE) + 0.5) / FINE
    inside = np.stack(np.meshgrid(axis, axis, axis, indexing="ij")).reshape(3, -1)
    for void in voids:
        guess = np.array(
            [
                spec.layers * spec.interface + void.z_um / spec.voxel_um,
                void.y_um / spec.voxel_um,
                void.x_um / spec.voxel_um,
            ]
        )
        reach = void.radius_um / spec.voxel_um + 3.0 + 0.03 * max(shape)
        low = np.clip(np.floor(guess - reach), 0, shape).astype(int)
        high = np.clip(np.ceil(guess + reach), 0, shape).astype(int)
        ranges = [np.arange(a, b) for a, b in zip(low, high, strict=True)]
        corner = np.stack(np.meshgrid(*ranges, indexing="ij")).reshape(3, -1)
        away = to_level_frame(spec, corner + 0.5)
        centre = np.array([[void.x_um], [void.y_um], [void.z_um]])
        distance = np.linalg.norm(away - centre, axis=0)
        corner = corner[:, distance < void.radius_um + spec.voxel_um]
        count = np.zeros(corner.shape[1])
        for shift in inside.T:
            at = to_level_frame(spec, corner + shift[:, None])
            count += (np.linalg.norm(at - centre, axis=0) < void.radius_um) & (at[2] > 0.0)
        part[tuple(corner)] += count / FINE**3
    return part


def make(spec: Tomogram) -> tuple[npt.NDArray[np.uint16], list[Sphere]]:
    """Return the stack, shape (layers, rows, columns), and its voids."""
    rng = np.random.default_rng(spec.seed)
    voids = place_voids(spec, rng)
    shape = (spec.layers, spec.rows, spec.columns)
    hollow = void_fraction(spec, voids)
    solid = np.empty(shape)
    for layer in range(spec.layers):
        rows, columns = np.indices(shape[1:]).reshape(2, -1) + 0.5
        points = np.stack([np.full(rows.shape, layer + 0.5), rows, columns])
        height = to_level_frame(spec, points)[2] / spec.voxel_um
        solid[layer] = np.clip(0.5 - height, 0.0, 1.0).reshape(shape[1:])
    grey = spec.metal + (spec.electrolyte - spec.metal) * solid + (spec.void - spec.metal) * hollow
    grey = gaussian_filter(grey, spec.blur, mode="nearest")
    away = np.hypot(
        np.arange(spec.rows)[:, None] + 0.5 - spec.rows / 2,
        np.arange(spec.columns)[None, :] + 0.5 - spec.columns / 2,
    )
    grey *= 1.0 - spec.cupping * (1.0 - (away / away.max()) ** 2)
    sigma = (spec.metal - spec.void) / spec.contrast_to_noise
    offsets = rng.normal(0.0, spec.rings * sigma, int(away.max()) + 3)
    grey += map_coordinates(offsets, [away], order=1, mode="nearest")
    grey += rng.normal(0.0, sigma, shape)
    return np.clip(np.round(grey), 0, 65535).astype(np.uint16), voids


def write(path: Path, spec: Tomogram) -> list[Sphere]:
    """Write the stack, with the voxel's size in its metadata, and beside it what is true."""
    import tifffile

    stack, voids = make(spec)
    edge = spec.voxel_um
    tifffile.imwrite(
        path,
        stack,
        imagej=True,
        compression="zlib",
        predictor=True,
        resolution=(1.0 / edge, 1.0 / edge),
        metadata={"spacing": edge, "unit": "um", "axes": "ZYX"},
    )
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(Sphere.__annotations__), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: f"{v:.7g}" for k, v in asdict(void).items()} for void in voids)
    path.with_suffix(".json").write_text(json.dumps(asdict(spec), indent=2) + "\n", "utf-8")
    return voids


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description="Make a tomogram whose voids are known.")
    parser.add_argument("file", type=Path, help="TIFF to write")
    for name, value in asdict(Tomogram()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = vars(parser.parse_args())
    file = given.pop("file")
    voids = write(file, replace(Tomogram(), **given))
    total = sum(void.volume_um3 for void in voids)
    print(f"{len(voids)} voids of {total:.5g} um3 in {file}")


if __name__ == "__main__":
    main()
