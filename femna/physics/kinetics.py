"""Interface kinetics: local current density against overpotential (SI, stripping positive)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from femna.constants import FARADAY, GAS_CONSTANT

Array = npt.NDArray[np.float64]


class Kinetics(Protocol):
    """A kinetic law f: overpotential -> current density of a perfect contact."""

    @property
    def resistance(self) -> float:
        """Area-specific resistance at zero overpotential [ohm m^2]."""

    def current(self, overpotential: Array) -> tuple[Array, Array]:
        """Return the current density [A/m^2] and its derivative [A/(V m^2)]."""


@dataclass(frozen=True)
class Linear:
    """Ohmic interface, ``i = eta / Z``."""

    resistance: float

    def current(self, overpotential: Array) -> tuple[Array, Array]:
        """Return ``eta / Z`` and ``1 / Z``."""
        return overpotential / self.resistance, np.full_like(overpotential, 1.0 / self.resistance)


@dataclass(frozen=True)
class ButlerVolmer:
    """Butler-Volmer law, ``i = i0 [exp(a F eta / RT) - exp(-(1 - a) F eta / RT)]``.

    Newman and Balsara, Electrochemical Systems, 4th ed. (2021), ch. 8. Its small-signal
    resistance is ``RT / (F i0)``.
    """

    exchange_current: float
    transfer_coefficient: float
    temperature: float

    @property
    def thermal_voltage(self) -> float:
        """RT/F [V]."""
        return GAS_CONSTANT * self.temperature / FARADAY

    @property
    def resistance(self) -> float:
        """Area-specific resistance at zero overpotential [ohm m^2]."""
        return self.thermal_voltage / self.exchange_current

    def current(self, overpotential: Array) -> tuple[Array, Array]:
        """Return the current density and its derivative; the exponents are kept below overflow."""
        x = np.clip(overpotential / self.thermal_voltage, -600.0, 600.0)
        a = self.transfer_coefficient
        forward, backward = np.exp(a * x), np.exp(-(1.0 - a) * x)
        slope = (a * forward + (1.0 - a) * backward) / self.thermal_voltage
        return self.exchange_current * (forward - backward), self.exchange_current * slope
