"""Constriction of the current at periodic slits and at a disc in a flux tube, Z -> 0.

docs/verification.md, line 7. A vanishing interface resistance makes the contact an equipotential
as far as the map c > 0 reaches, half a transition beyond its middle: an error of order one in the
transition, with which the mesh at the edge shrinks too.
"""

from __future__ import annotations

from itertools import pairwise
from math import pi, sqrt
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest

from femna.simulation.conduction import distribute_current
from reference.closed_forms import disc_resistance, flux_tube_factor, slit_resistance
from reference.flux_tube import flux_tube_factor_exact
from verification.cells import model, set_step

B = 25e-6  # half period, or radius of the flux tube
KAPPA = 0.2  # 2 mS/cm in S/m
RESISTANCE = 1e-5 * B / KAPPA  # interface resistance: 1e-5 of that of one half period


def constriction(
    folder: Path,
    kind: str,
    ratio: float,
    *,
    transition: float,
    refine: float = 1.0,
    resistance: float = RESISTANCE,
) -> float:
    """ASR (ohm m^2) beyond the uniform drop, contact a/b = ratio, transition in units of b."""
    changes = {
        "interface.map.transition": f"{transition * B} m",
        "interface.kinetics.resistance": f"{resistance} ohm*m^2",
        "geometry.metal_thickness": "20 um",
    }
    if kind == "disc":
        changes |= {
            "geometry.symmetry": "axisymmetric",
            "interface.map.kind": "patches",
            "interface.map.inside": "conducting",
            "interface.map.blocked_fraction": f"{1.0 - ratio**2}",
        }
    else:
        changes |= {"interface.map.blocked_fraction": f"{1.0 - ratio}"}
    cell = model(folder, changes, refine=refine)
    set_step(cell, dt=1.0)
    cell.system.voltage = 1.0
    voltage = distribute_current(cell.system, np.ones_like(cell.system.z))
    total = voltage * cell.scales.potential / cell.scales.current
    return total - cell.electrolyte_thickness / KAPPA


def exact(kind: str, ratio: float) -> float:
    if kind == "slits":
        return slit_resistance(ratio * B, B, KAPPA)
    return disc_resistance(ratio * B, KAPPA) * flux_tube_factor_exact(ratio) * pi * B**2
