"""A first solution to start Newton's method from."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from femna.simulation.conduction import distribute_current
from femna.simulation.newton import Newton, NewtonResult
from femna.simulation.system import System

STAGES: Final = ((0.0, 1.0), (0.6, 3.0), (1.0, 10.0), (1.0, 1.0))
"""Continuation from a linear metal: share of the creep law's own exponent, and strain-rate floor
over the floor asked for. The linear problem is first tried with full Newton steps."""

FLOORS: Final = (30.0, 10.0, 3.0, 1.0)
"""Strain-rate floors of the continuation, over the floor asked for."""


def rest_state(system: System) -> None:
    """Set the unknowns to a healed interface under uniform pressure, the metal drifting rigidly."""
    step = system.required_step()
    system.z = np.where(step.old_gap > 0.0, system.z, system.closed_under(step.pressure))
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
    floor = system.metal.rate_floor
    try:
        system.metal.exponent_blend = 0.0
        result = newton.solve(full_steps=True)
        total = result.iterations
        for blend, factor in STAGES:
            if blend == 0.0 and result.converged:
                continue
            system.metal.exponent_blend, system.metal.rate_floor = blend, floor * factor
            result = newton.solve()
            total += result.iterations
            if not np.all(np.isfinite(system.z)):
                break
    finally:
        system.metal.exponent_blend, system.metal.rate_floor = 1.0, floor
    if not result.converged:
        return _more(total, solve_with_falling_floor(system, newton))
    return replace(result, iterations=total)


def _more(before: int, result: NewtonResult) -> NewtonResult:
    return replace(result, iterations=before + result.iterations)


def solve_with_falling_floor(system: System, newton: Newton) -> NewtonResult:
    """Solve the present step from its unknowns while the strain-rate floor comes down to its own.

    A power law is hard for Newton's method where the metal nearly rests; a higher floor makes it
    easier and a good guess for the next lower one.
    """
    floor = system.metal.rate_floor
    try:
        system.metal.rate_floor = floor * FLOORS[0]
        result = newton.solve()
        total = result.iterations
        for factor in FLOORS[1:]:
            if not result.converged:
                break
            system.metal.rate_floor = floor * factor
            result = newton.solve()
            total += result.iterations
    finally:
        system.metal.rate_floor = floor
    return replace(result, iterations=total)
