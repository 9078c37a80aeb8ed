"""From a greyscale tomogram to phases and voids; NumPy only, without MPI."""

from __future__ import annotations

from femna.tomography.segment import Segmentation, segment
from femna.tomography.settings import SegmentSettings, load_settings
from femna.tomography.write import claim_folder, write_segmentation

__all__ = [
    "SegmentSettings",
    "Segmentation",
    "claim_folder",
    "load_settings",
    "segment",
    "write_segmentation",
]
