"""Labelled stacks of spheres and of noise, made without what reads them."""

import numpy as np
import tifffile

METAL, ELECTROLYTE, VOID = 1, 2, 3


def write_labels(path, above, edge_um, below=2):
    """Write phases: `below` layers of electrolyte and, on them, metal with the mask as void."""
    phases = np.where(above, VOID, METAL).astype(np.uint8)
    under = np.full((below, *above.shape[1:]), ELECTROLYTE, np.uint8)
    tifffile.imwrite(
        path,
        np.concatenate([under, phases]),
        imagej=True,
        resolution=(1.0 / edge_um, 1.0 / edge_um),
        metadata={"spacing": edge_um, "unit": "um", "axes": "ZYX"},
    )
    return path


def spheres(shape, edge_um, *bodies):
    """Return the voxels whose centre lies in a sphere (x, y, z, radius) [um]."""
    z, y, x = (np.indices(shape) + 0.5) * edge_um
    mask = np.zeros(shape, bool)
    for bx, by, bz, radius in bodies:
        mask |= (x - bx) ** 2 + (y - by) ** 2 + (z - bz) ** 2 < radius**2
    return mask


def dirty(shape, seed):
    """Return blobs and single voxels, open and buried, at sides and corners, some overhanging."""
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < rng.uniform(0.0, 0.03)
    for _ in range(rng.integers(1, 6)):
        centre = rng.uniform(0, shape)
        centre[0] = rng.uniform(-2, 0.6 * shape[0])
        radii = rng.uniform(0.8, 4.5, 3)
        at = [(np.arange(n) + 0.5 - c) / r for n, c, r in zip(shape, centre, radii, strict=True)]
        mask |= at[0][:, None, None] ** 2 + at[1][:, None] ** 2 + at[2] ** 2 < 1.0
    mask[-3:] = False
    return mask
