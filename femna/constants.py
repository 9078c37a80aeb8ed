"""Physical constants in SI units (CODATA, from scipy.constants)."""

from __future__ import annotations

from typing import Final

from scipy import constants

FARADAY: Final[float] = constants.value("Faraday constant")
"""Charge of one mole of electrons [C/mol]."""

GAS_CONSTANT: Final[float] = constants.R
"""Molar gas constant [J/(mol K)]."""
