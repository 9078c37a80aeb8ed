"""How long the next step may be.

Backward Euler's local error in the contact fraction is estimated as half of what a step departs
from the straight line through the two before it. Besides, a step may not change too much at once:
the contact fraction, the gap over the roughness where the current still answers to it, the
logarithm of the voltage in the runaway, and the gap of an open void against its own size. The
limits are multiples of the contact error that the case asks for; docs/verification.md shows the
error they give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LOCAL_ERROR_PER_ERROR: Final = 0.3
CONTACT_PER_ERROR: Final = 15.0
GAP_PER_ERROR: Final = 100.0
LOG_VOLTAGE: Final = 0.25
VOID_SHARE: Final = 0.1
GROWTH: Final = 2.5
SHRINK: Final = 0.25
STEPS_PER_PHASE: Final = 8
OVERSHOOT: Final = 1.6
"""How far a step may exceed its limits before it is undone."""


@dataclass(frozen=True)
class Change:
    """What one step changed, as far as one rank sees it (reduce with the maximum)."""

    local_error: float
    contact: float
    gap: float
    log_voltage: float
    void: float


def largest_change(
    old_gap: Array, new_gap: Array, *, roughness: float, conducting: Array
) -> tuple[float, float]:
    """Return the largest change of gap over roughness, and over a void's own size.

    Parameters
    ----------
    old_gap, new_gap : arrays, shape (N,)
        Gap before and after the step.
    roughness : float
        g_c, in the same unit.
    conducting : array, shape (N,)
        The conducting map.

    Returns
    -------
    tuple of float
        Change over g_c where the vertex conducts and is not further open than ten g_c; change
        over (gap + 10 g_c) elsewhere.
    """
    change = np.abs(new_gap - old_gap)
    near = np.minimum(old_gap, new_gap) < 10.0 * roughness
    reach = (conducting > 0.0) & near
    close = float(np.max(change[reach] / roughness, initial=0.0))
    far = change / (np.maximum(old_gap, new_gap) + 10.0 * roughness)
    return close, float(np.max(far, initial=0.0))


class StepControl:
    """Turns a step's change into acceptance and the next length.

    Parameters
    ----------
    contact_error : float
        Error in the contact fraction that the case accepts.
    fixed : bool
        Steps of a fixed charge: nothing is judged, nothing adapts.
    """

    def __init__(self, contact_error: float, *, fixed: bool) -> None:
        self._limits = (
            LOCAL_ERROR_PER_ERROR * contact_error,
            CONTACT_PER_ERROR * contact_error,
            GAP_PER_ERROR * contact_error,
            LOG_VOLTAGE,
            VOID_SHARE,
        )
        self._fixed = fixed

    def load(self, change: Change) -> float:
        """Return the worst change over its limit; above one the step was too long."""
        values = (
            change.local_error,
            change.contact,
            change.gap,
            change.log_voltage,
            change.void,
        )
        return max(value / limit for value, limit in zip(values, self._limits, strict=True))

    def acceptable(self, load: float) -> bool:
        """Say whether a converged step is kept."""
        return self._fixed or load <= OVERSHOOT

    def factor(self, load: float) -> float:
        """Return by what the step's length is multiplied next."""
        if self._fixed:
            return 1.0
        return float(np.clip(0.9 / max(load, 1e-12), SHRINK, GROWTH))
