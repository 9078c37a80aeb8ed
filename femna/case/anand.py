"""``[metal.creep]`` with ``law = "anand"``: what overrides the cited numbers of Anand's law."""

from __future__ import annotations

from typing import Annotated, Literal

from femna.case.base import Table
from femna.case.quantities import Bare, MolarEnergy, Rate, Strength

Sensitivity = Annotated[float, Bare(above=0.0, at_most=1.0)]
SaturationExponent = Annotated[float, Bare(at_least=0.0, below=1.0)]
HardeningExponent = Annotated[float, Bare(at_least=1.0, at_most=10.0)]


class AnandCreep(Table):
    """Anand's law: rate = A' (s/S)^(1/m), A' = A exp(-Q/RT), S hardening towards S0* (rate/A')^n.

    dS/dt = H0 |1 - S/S*|^a sign(1 - S/S*) rate. Empty entries come from the set.

    Attributes
    ----------
    law : str
        ``anand``.
    prefactor : float, optional
        A [1/s].
    activation_energy : float, optional
        Q [J/mol].
    rate_sensitivity : float, optional
        m, above 0 to 1.
    initial_resistance : float, optional
        S of metal that has not strained [Pa].
    hardening : float, optional
        H0 [Pa].
    hardening_exponent : float, optional
        a, 1 to 10.
    saturation : float, optional
        S0* [Pa].
    saturation_exponent : float, optional
        n, from 0 to below 1.
    """

    law: Literal["anand"]
    prefactor: Rate | None = None
    activation_energy: MolarEnergy | None = None
    rate_sensitivity: Sensitivity | None = None
    initial_resistance: Strength | None = None
    hardening: Strength | None = None
    hardening_exponent: HardeningExponent | None = None
    saturation: Strength | None = None
    saturation_exponent: SaturationExponent | None = None
