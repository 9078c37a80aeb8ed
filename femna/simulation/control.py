"""How long the next step may be.

Backward Euler's local error in the contact fraction is estimated as half of what a step departs
from the straight line through the two before it. Besides, a step may not change too much at once:
the contact fraction, the gap over the roughness where the current still answers to it, the
logarithm of the voltage in the runaway, the gap of an open void against its own size, and the
share of the metal that leaves through an open rim. The limits are multiples of the contact error
that the case asks for; docs/verification.md shows the error they give.

On a share of the interface, another multiple of that error, the gap may change by more. Of many
voids on a fine mesh a thin rim closes somewhere at any moment, and by the fastest vertex alone no
step would be long. What such vertices do to the contact is in its own two limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from femna.simulation.state import Clock

Array = npt.NDArray[np.float64]

LOCAL_ERROR_PER_ERROR: Final = 0.3
CONTACT_PER_ERROR: Final = 15.0
GAP_PER_ERROR: Final = 100.0
LOG_VOLTAGE: Final = 0.25
VOID_SHARE: Final = 0.1
SQUEEZED_PER_ERROR: Final = 2.0
IGNORED_PER_ERROR: Final = 2.0
GROWTH: Final = 2.5
SHRINK: Final = 0.25
STEPS_PER_PHASE: Final = 8
OVERSHOOT: Final = 1.6
"""How far a step may exceed its limits before it is undone."""


@dataclass(frozen=True)
class Reading:
    """Contact fraction, voltage [V] and mean current [A/m^2] before or after a step."""

    contact: float
    voltage: float
    current: float


@dataclass(frozen=True)
class Change:
    """What one step changed; `gap` and `void` as `change_of_gap` gives them.

    `squeezed` is the share of the metal that left through an open rim.
    """

    local_error: float
    contact: float
    gap: float
    log_voltage: float
    void: float
    squeezed: float

    @classmethod
    def between(
        cls,
        before: Reading,
        after: Reading,
        *,
        clock: Clock,
        dt: float,
        driven: bool,
        held: bool = False,
        gaps: tuple[float, float],
        squeezed: float,
    ) -> Change:
        """Return the change over a step.

        Parameters
        ----------
        before, after : Reading
            Around the step.
        clock : Clock
            At its beginning.
        dt : float
            Its length [s].
        driven : bool
            Whether current or voltage is applied: without it the voltage may vanish.
        held : bool
            Whether it is the voltage; then the current runs away.
        gaps : (float, float)
            As `change_of_gap` gives them.
        squeezed : float
            Share of the metal that left.
        """
        first = clock.phase_time == 0.0
        one, two = before.voltage, after.voltage
        if held:
            one, two = before.current, after.current
        followed = driven and not first and one * two >= 0.0 and abs(two) * abs(one) > 0.0
        ratio = float(abs(np.log(abs(two / one)))) if followed else 0.0
        contact = after.contact - before.contact
        error = 0.5 * abs(contact - clock.contact_rate * dt)
        if first and clock.phase > 0:  # nothing to predict from
            error = 0.5 * abs(contact)
        return cls(error, abs(contact), gaps[0], ratio, gaps[1], squeezed)


def reached(values: Array, area: Array, *, ignored: float) -> float:
    """Return what the values reach on more than a share of the area.

    Parameters
    ----------
    values, area : arrays, shape (N,)
        Not negative, and the area of each. Their order makes no difference.
    ignored : float
        Share of the area on which values may be larger than what is returned.
    """
    if not len(values):
        return 0.0
    falling = np.argsort(values)[::-1]
    covered = np.cumsum(area[falling])
    # equal vertices that make up the share to the last digit are ignored whatever their order
    first = np.searchsorted(covered, ignored * covered[-1] * (1.0 + 1e-9))
    return float(values[falling[min(first, len(values) - 1)]])


def change_of_gap(
    comm: MPI.Comm,
    old_gap: Array,
    new_gap: Array,
    *,
    area: Array,
    roughness: float,
    conducting: Array,
    ignored: float,
) -> tuple[float, float]:
    """Return the change of gap over roughness, and over a void's own size (collective).

    Both are the largest ones once a share of the interface is left out where they are larger.

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    old_gap, new_gap : arrays, shape (N,)
        Gap at this rank's vertices before and after the step.
    area : array, shape (N,)
        Of these vertices.
    roughness : float
        g_c, in the unit of the gaps.
    conducting : array, shape (N,)
        The conducting map.
    ignored : float
        Share of the interface's area that is left out.

    Returns
    -------
    tuple of float
        Change over g_c where the vertex conducts and is not further open than ten g_c; change
        over (gap + 10 g_c) everywhere.
    """
    change = np.abs(new_gap - old_gap)
    near = (conducting > 0.0) & (np.minimum(old_gap, new_gap) < 10.0 * roughness)
    close = np.where(near, change / roughness, 0.0)
    far = change / (np.maximum(old_gap, new_gap) + 10.0 * roughness)
    close, far, area = np.concatenate(comm.allgather(np.stack((close, far, area))), axis=1)
    return reached(close, area, ignored=ignored), reached(far, area, ignored=ignored)


class StepControl:
    """Turns a step's change into acceptance and the next length.

    Parameters
    ----------
    contact_error : float
        Error in the contact fraction that the case accepts.
    fixed : bool
        Steps of a fixed charge: nothing is judged, nothing adapts.

    Attributes
    ----------
    ignored : float
        Share of the interface whose gap may change by more than the limits.
    """

    def __init__(self, contact_error: float, *, fixed: bool) -> None:
        self.ignored = IGNORED_PER_ERROR * contact_error
        self._limits = (
            LOCAL_ERROR_PER_ERROR * contact_error,
            CONTACT_PER_ERROR * contact_error,
            GAP_PER_ERROR * contact_error,
            LOG_VOLTAGE,
            VOID_SHARE,
            SQUEEZED_PER_ERROR * contact_error,
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
            change.squeezed,
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
