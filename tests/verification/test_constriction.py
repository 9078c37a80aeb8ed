"""Constriction of the current at periodic slits and at a disc in a flux tube, Z -> 0.

docs/verification.md, line 7. A vanishing interface resistance makes the contact an equipotential
as far as the map c > 0 reaches, half a transition beyond its middle: an error of order one in the
transition, with which the mesh at the edge shrinks too.
"""

from __future__ import annotations

from itertools import pairwise
from math import pi
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.closed_forms import disc_resistance, flux_tube_factor, slit_resistance
from reference.flux_tube import flux_tube_factor_exact

from femna.simulation.conduction import distribute_current
from verification.cells import model, set_step
from verification.record import Case, Verified

B = 25e-6  # half period, or radius of the flux tube
KAPPA = 0.2  # 2 mS/cm in S/m
RESISTANCE = 1e-5 * B / KAPPA  # interface resistance: 1e-5 of that of one half period


CONSTRICTION = Case(
    name="constriction",
    part="current",
    title="Spreading resistance of slits and of a disc",
    formula="slits: (2 b/(pi kappa)) ln[1/sin(pi a/(2 b))]; disc: psi(a/b) pi b^2/(4 kappa a)",
    source="Periodic slits by conformal mapping; the disc in a flux tube by its dual series, in "
    "tests/reference. The edge of the map makes the contact too wide, an error of order one.",
    mesh="graded to six elements and more over the edge, twice refined",
    across="width of the map's edge over half a period",
    measure="relative error of the resistance",
)


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


def errors(folder: Path, kind: str, ratio: float, sizes: list[tuple[float, float]]) -> list[float]:
    """Relative errors at pairs (transition over b, refinement of the mesh)."""
    reference = exact(kind, ratio)
    return [
        constriction(folder, kind, ratio, transition=w, refine=m) / reference - 1.0
        for w, m in sizes
    ]


def check(folder: Path, kind: str, ratio: float) -> list[float]:
    """Assert the limit, and the order of the transition; return the errors."""
    limit = {"slits": 5e-3, "disc": 1e-2}[kind]
    coarse, middle, fine = errors(folder, kind, ratio, [(w, 4.0) for w in (0.01, 0.005, 0.0025)])
    order = np.log2((middle - coarse) / (fine - middle))
    assert order == pytest.approx(1.0, abs=0.15)
    assert abs(fine) < limit
    # extrapolated in the transition; what is left is the mesh away from the edge, a fifth of it
    assert abs(2.0 * fine - middle) < 0.2 * limit
    return [coarse, middle, fine]


@pytest.mark.parametrize(("kind", "ratio"), [("slits", 0.5), ("disc", 0.6)])
def test_constriction_tends_to_the_closed_form(
    tmp_path: Path, kind: str, ratio: float, verified: Verified
) -> None:
    found = check(tmp_path, kind, ratio)
    label = f"{kind}, a/b = {ratio}"
    verified.convergence(CONSTRICTION, label, [0.01, 0.005, 0.0025], found, order=1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "ratio"), [("slits", 0.2), ("slits", 0.35), ("disc", 0.3)])
def test_constriction_tends_to_the_closed_form_full(
    tmp_path: Path, kind: str, ratio: float
) -> None:
    check(tmp_path, kind, ratio)


def test_constriction_converges_with_the_mesh(tmp_path: Path) -> None:
    found = errors(tmp_path, "slits", 0.5, [(0.01, 1.0), (0.01, 2.0), (0.01, 4.0)])
    changes = [b - a for a, b in pairwise(found)]
    # P1 on a mesh graded to the edge: energy of order two, less what the edge keeps
    assert np.log2(changes[0] / changes[1]) > 1.5


def test_equipotential_contact_is_the_limit_of_small_resistance(tmp_path: Path) -> None:
    """The kinetic share is Z times the mean square current: it falls with Z, log-slowly at 1."""
    found = [
        constriction(tmp_path, "slits", 0.5, transition=0.01, resistance=z * B / KAPPA)
        for z in (1e-3, 1e-4, 1e-5)
    ]
    reference = exact("slits", 0.5)
    first, second = (float(a - b) / reference for a, b in pairwise(found))
    assert 0.0 < second < 0.35 * first
    assert second < 7e-3


def test_polynomial_of_the_flux_tube_holds_to_six_tenths() -> None:
    for ratio in (0.1, 0.3, 0.6):
        assert flux_tube_factor(ratio) == pytest.approx(flux_tube_factor_exact(ratio), rel=2e-3)
