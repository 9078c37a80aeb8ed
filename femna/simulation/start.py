"""A first solution to start Newton's method from."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from femna.simulation.conduction import distribute_current
from femna.simulation.newton import Newton, NewtonResult
from femna.simulation.system import System

BLENDS: Final = (0.0, 0.5, 0.75, 0.9, 1.0)
"""Share of the creep law's own exponent, from a linear law to the law itself."""

FLOORS: Final = (100.0, 20.0, 5.0, 2.0, 1.0)
"""Strain-rate floors of the continuation, over the floor asked for."""


def rest_state(system: System) -> None:
    """Set the unknowns to a healed interface under uniform pressure, the metal drifting rigidly."""
    step = system.required_step()
    system.z = np.where(step.old_gap > 0.0, system.z, step.pressure)
    system.metal.fields.velocity.x.array[:] = 0.0
    system.metal.fields.pressure.x.array[:] = step.pressure
    system.scalars[1] = -step.current
    system.voltage = step.current
    distribute_current(system, system.z)


def solve_from_rest(system: System, newton: Newton) -> NewtonResult:
    """Solve the present step by continuation from a linear metal to the creep law.

    Intermediate solves need not converge; only the last one counts.
    """
    rest_state(system)
    total = 0
    try:
        for blend in BLENDS:
            system.metal.exponent_blend = blend
            result = newton.solve()
            total += result.iterations
            if not np.all(np.isfinite(system.z)):
                break
    finally:
        system.metal.exponent_blend = 1.0
    return replace(result, iterations=total)


def solve_with_falling_floor(system: System, newton: Newton) -> NewtonResult:
    """Solve the present step from its unknowns while the strain-rate floor comes down to its own.

    A power law is hard for Newton's method where the metal nearly rests; a higher floor makes it
    easier and a good guess for the next lower one.
    """
    floor, total = system.metal.rate_floor, 0
    try:
        for factor in FLOORS:
            system.metal.rate_floor = floor * factor
            result = newton.solve()
            total += result.iterations
            if not result.converged:
                break
    finally:
        system.metal.rate_floor = floor
    return replace(result, iterations=total)
