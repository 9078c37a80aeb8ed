"""Single solves with transport along the interface: prescribed recession, stiff or linear metal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from femna.constants import GAS_CONSTANT
from femna.simulation.contact_state import closed_state
from femna.simulation.motion import MeshMotion
from femna.simulation.newton import Newton
from femna.simulation.setup import Model
from femna.simulation.start import solve_from_rest
from verification.cells import model, set_step

Array = NDArray[np.float64]
HALF_PERIOD = 25e-6
TEMPERATURE = 298.15
MOLAR_VOLUME = 23.7e-6
# a map that resolves nothing, and an electrolyte that lets the map alone say where current passes
FLAT = {
    "interface.map": '{ kind = "uniform" }',
    "electrolyte.conductivity": "1e9 mS/cm",
    "geometry.metal_thickness": "50 um",
    "geometry.electrolyte_thickness": "25 um",
}


def path(mobility: float) -> str:
    """Return a `diffusion` table whose mobility is this [m^3/(Pa s)] at room temperature."""
    coefficient = mobility * GAS_CONSTANT * TEMPERATURE / MOLAR_VOLUME
    return f'{{ coefficient = "{coefficient!r} m^3/s" }}'


def linear_metal(viscosity: float) -> dict[str, str]:
    """Return the creep entries of n = 1 at this viscosity [Pa s]."""
    return {"metal.creep.n": "1", "metal.creep.A": f"{1.0 / (3.0 * viscosity)!r} 1/s/Pa"}


def flat_cell(folder: Path, changes: dict[str, str], *, refine: float = 1.0) -> Model:
    """Return a unit cell whose current follows its map alone."""
    return model(folder, FLAT | changes, refine=refine)


def initial_gap(built: Model) -> Array:
    """Return the gap of the mesh as it was made, over the length scale."""
    system = built.system
    motion = MeshMotion(built.cell, system.metal.pressure_space, system.vertices.metal)
    return motion.reference_gap()


def solve(
    built: Model,
    conducting: Callable[[Array], Array],
    *,
    dt: float = 1.0,
    current: float = 1.0,
    pressure: float = 1.0,
    tolerance: float = 1e-11,
) -> None:
    """Solve one step from the initial gap, the current following `conducting` of x over b.

    Parameters
    ----------
    built : Model
        From `flat_cell`.
    conducting : callable
        Any shape; the mean current stays the applied one.
    dt, current, pressure : float
        Dimensionless.
    tolerance : float
        Of Newton's method; the round-off of a stiff metal's stress is its lower bound.
    """
    system = built.system
    step = set_step(built, dt=dt, current=current, pressure=pressure)
    step.old_gap = initial_gap(built)
    step.law = replace(step.law, conducting=conducting(system.vertices.horizontal[:, 0]))
    system.z = closed_state(step.old_gap, system.gap_scale)
    result = solve_from_rest(system, Newton(system, tolerance=tolerance))
    assert result.converged, result
