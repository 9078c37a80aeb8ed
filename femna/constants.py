"""Physical constants in SI units.

They are exact by the definition of the units: BIPM, The International System of Units, 9th edition
(2019), section 2.2.
"""

from __future__ import annotations

from typing import Final

_AVOGADRO: Final = 6.02214076e23  # 1/mol
_BOLTZMANN: Final = 1.380649e-23  # J/K
_ELEMENTARY_CHARGE: Final = 1.602176634e-19  # C

FARADAY: Final[float] = _AVOGADRO * _ELEMENTARY_CHARGE
"""Charge of one mole of electrons [C/mol]."""

GAS_CONSTANT: Final[float] = _AVOGADRO * _BOLTZMANN
"""Molar gas constant [J/(mol K)]."""
