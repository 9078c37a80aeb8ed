"""Grey levels of the phases, and the cuts between them, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_erosion

from femna.errors import InputError
from femna.tomography.align import Aligned
from femna.tomography.settings import Threshold

type FloatArray = npt.NDArray[np.float64]

_BLUR: Final = 4
"""Layers above the interface that may hold some of the electrolyte's brightness."""

_SAMPLE: Final = 8_000_000
"""Voxels that levels are taken from; a larger stack is thinned in its plane."""

_DISTINCT: Final = 4.0
"""Standard deviations of the filtered metal below which a grey value is no void's."""


@dataclass(frozen=True)
class Levels:
    """Grey values of the phases and where they are cut.

    Attributes
    ----------
    void, metal, electrolyte : float
        Levels inside the phases, away from their edges.
    void_cut, electrolyte_cut : float
        Below the first is void, above the second electrolyte, far from the interface.
    foot_cut : float
        In place of `void_cut` in the layer on the interface.
    seed_cut : float or None
        What a void must fall below somewhere.
    spread : float
        Standard deviation of the filtered metal.
    blur : ndarray, shape (layers,)
        Share of the electrolyte's brightness in the layers above the interface.
    """

    void: float
    metal: float
    electrolyte: float
    void_cut: float
    foot_cut: float
    electrolyte_cut: float
    seed_cut: float | None
    spread: float
    blur: FloatArray

    def lifted(self, cut: float, height: int) -> float:
        """Return a cut in a layer above the interface, lifted by the electrolyte's brightness.

        Without it the blurred foot of a void, which passes through the metal's grey value on its
        way from dark to bright, would be taken for a layer of metal.
        """
        share = self.share(height)
        return share * self.electrolyte + (1.0 - share) * cut

    def share(self, height: int) -> float:
        """Return the share of the electrolyte's brightness in a layer above the interface."""
        return float(self.blur[height]) if height < len(self.blur) else 0.0


def find_levels(aligned: Aligned, settings: Threshold) -> Levels:
    """Measure the levels and choose the cuts.

    Parameters
    ----------
    aligned : Aligned
    settings : Threshold

    Raises
    ------
    InputError
        If no grey value above the interface is distinct from the metal's.
    """
    grey, base = aligned.grey, aligned.base
    step = max(1, int(np.ceil(np.sqrt(grey.size / _SAMPLE))))
    part = np.asarray(grey[:, ::step, ::step], dtype=np.float64)
    above, below = part[base + _BLUR :], part[: max(base - _BLUR, 1)]
    if not len(above):
        above = part[base + 1 :]
    metal, spread = _peak(above)
    electrolyte = float(np.median(below))
    start = _first_cut(part, above, settings)
    fixed = settings.method == "fixed"
    if not fixed:
        start = min(start, metal - _DISTINCT * spread)
    inside = part[base + 1 :]  # a low void has its middle within the blur of the interface
    dark = inside < start
    # a cube of dark voxels holds one that no other phase has blurred
    core = binary_erosion(dark, np.ones((3, 3, 3), dtype=np.bool_))
    if not dark.any() or (not fixed and not core.any()):
        limit = "nothing above the interface is darker than the metal: no voids"
        remedy = "check the stack, or give fixed thresholds"
        raise InputError(None, "stack", f"metal at grey {metal:.0f}", limit, remedy)
    void = float(np.median(inside[core if core.any() else dark]))
    void_cut = start
    if settings.refine != "none" and not fixed:
        void_cut = 0.5 * (void + metal)
    electrolyte_cut = 0.5 * (metal + electrolyte)
    if settings.electrolyte is not None:
        electrolyte_cut = settings.electrolyte
    seed = void + settings.seed * (metal - void) if settings.method == "hysteresis" else None
    blur = _blur(part, base, void_cut, metal, electrolyte)
    return Levels(void, metal, electrolyte, void_cut, void_cut, electrolyte_cut, seed, spread, blur)


def _first_cut(part: FloatArray, above: FloatArray, settings: Threshold) -> float:
    from skimage.filters import threshold_multiotsu, threshold_otsu

    if settings.void is not None:
        return settings.void
    if float(np.ptp(above)) == 0.0:
        return float(above.flat[0])
    if settings.method == "otsu":
        return float(threshold_otsu(above))
    try:
        return float(threshold_multiotsu(part, classes=3)[0])
    except ValueError:  # fewer than three grey values
        return float(threshold_otsu(above))


def _peak(values: FloatArray) -> tuple[float, float]:
    """Return the commonest grey value of the metal's side and the spread of its brighter half.

    Voids and their edges are darker, so the brighter half is metal alone.
    """
    counts, edges = np.histogram(values, bins=512)
    smooth = np.convolve(counts, np.ones(5), mode="same")
    place = int(np.argmax(smooth))
    near = values[(values >= edges[max(place - 3, 0)]) & (values <= edges[min(place + 4, 512)])]
    peak = float(np.median(near))
    brighter = values[values >= peak] - peak
    return peak, float(np.median(brighter)) * 1.4826


def _blur(
    part: FloatArray, base: int, void_cut: float, metal: float, electrolyte: float
) -> FloatArray:
    """Return the electrolyte's share in the layers above it, from columns with metal above."""
    layers = min(_BLUR, len(part) - base - 1)
    clear = part[base + layers : base + layers + 4]
    columns = (clear > void_cut).all(axis=0)
    if not columns.any():
        return np.zeros(layers)
    rise = [np.median(part[base + k][columns]) - metal for k in range(layers)]
    return np.clip(np.array(rise) / (electrolyte - metal), 0.0, 0.5)
