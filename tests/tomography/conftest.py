"""Synthetic stacks, and how a segmentation is compared with what they hold."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from femna.tomography import load_settings, segment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def generator():
    """The script that makes stacks; it is no part of the package."""
    spec = importlib.util.spec_from_file_location(
        "synthetic_tomogram", ROOT / "meshes" / "synthetic_tomogram.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["synthetic_tomogram"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def segmented():
    """Segment a file with settings as `--set` takes them."""

    def run(path, **entries):
        dotted = {key.replace("__", "."): value for key, value in entries.items()}
        return segment(path, load_settings(None, dotted), then=lambda found: None)

    return run


@pytest.fixture(scope="session")
def sample(segmented):
    """The stack of the repository, segmented with the settings that nobody changed."""
    return segmented(ROOT / "meshes" / "tomogram.tif")


def matched(found, truth, spec):
    """Pair true voids with found ones: the nearest whose centre lies within the true one.

    Returns the true voids without a partner and the found ones without.
    """
    edge = spec.voxel_um
    cut = (np.array([spec.columns, spec.rows]) - np.array(found.grey.shape[:0:-1])) / 2 * edge
    free = set(range(len(found.voids)))
    missing = []
    for void in truth:
        centre = np.array([void.x_um, void.y_um, max(void.z_um, 0.0)])
        near = {}
        for k in free:
            other = found.voids[k]
            place = np.array([other.x_um + cut[0], other.y_um + cut[1], other.z_um])
            near[k] = float(np.linalg.norm(place - centre))
        best = min(near, key=near.get, default=None)
        if best is None or near[best] > void.radius_um:
            missing.append(void)
        else:
            free.remove(best)
    return missing, [found.voids[k] for k in free]
