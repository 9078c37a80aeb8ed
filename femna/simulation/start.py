"""A first solution to start Newton's method from."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.simulation.conduction import distribute_current, guess_voltage
from femna.simulation.contact_state import closed_state
from femna.simulation.newton import MOST_BY_STRESS, ROUGH, LineSearch, Newton, NewtonResult
from femna.simulation.system import System

Array = npt.NDArray[np.float64]

STAGES: Final = ((0.0, 1.0, 1e4), (0.6, 3.0, 1e2), (1.0, 10.0, 10.0), (1.0, 1.0, 1.0))
"""Continuation from a linear metal: share of the creep law's own exponent, strain-rate floor and
easing of the walls, over what is asked for. The linear problem is first tried with full Newton
steps."""

ENOUGH: Final = 1e-3
"""Share of its first residual that a stage before the last one may leave: it is a guess. An image
of 74 822 unknowns took 15 iterations through all stages, for 23 with each one solved."""

FLOORS: Final = (30.0, 10.0, 3.0, 1.0)
"""Strain-rate floors and easings of the continuation, over what is asked for."""

RESIDUALS: Final = (0.1, 0.03, 0.01, 1e-3, 1e-4)
"""Shares of the contact that touch at zero pressure, where a law of real contact has less: without
any, an iterate that opens the whole interface has no current to steer it."""


def rest_state(system: System) -> None:
    """Set the unknowns to a healed interface under uniform pressure, the metal drifting rigidly."""
    step = system.required_step()
    rest = closed_state(step.old_gap, system.gap_scale)
    system.z = np.where(step.old_gap > 0.0, rest, system.closed_under(step.pressure))
    system.metal.fields.velocity.x.array[:] = 0.0
    system.metal.fields.pressure.x.array[:] = step.pressure
    guess_voltage(system, system.z, area=system.contact_area)
    distribute_current(system, system.z)
    system.take_current()
    system.scalars[1] = -step.current


def solve_from_rest(system: System, newton: Newton) -> NewtonResult:
    """Solve the present step by continuation from a linear metal to the creep law.

    Intermediate solves need not converge; only the last one counts. A law of real contact starts
    with more of it at zero pressure than its own.
    """
    step = system.required_step()
    own = step.law
    eased = [law for law in (own.eased(share) for share in RESIDUALS) if law is not None]
    try:
        step.law = eased[0] if eased else own
        result = _solve_from_linear_metal(system, newton)
        total = result.iterations
        for step.law in [*eased[1:], own] if eased else []:
            if not result.converged:
                break
            result = newton.solve()
            total += result.iterations
    finally:
        step.law = own
    return replace(result, iterations=total)


def _solve_from_linear_metal(system: System, newton: Newton) -> NewtonResult:
    result = _by_stress_from_linear_metal(system, newton)
    if not result.converged:
        result = _more(result.iterations, _through_stages(system, newton, "secant"))
    if not result.converged:
        result = _more(result.iterations, solve_with_falling_floor(system, newton))
    if not result.converged:
        result = _more(result.iterations, _through_stages(system, newton, "backtracking"))
    return result


def _by_stress_from_linear_metal(system: System, newton: Newton) -> NewtonResult:
    """Solve for a linear metal in one step, or roughly, then with the creep law at once."""
    guess = _guess_of_linear_metal(system, newton, 1)
    usable = guess.converged or guess.iterations == 1
    result = _with_the_creep_law(newton, guess, usable=usable)
    if result.converged or guess.norms[-1] <= ROUGH:
        return result  # more linear steps are none
    guess = _guess_of_linear_metal(system, newton, MOST_BY_STRESS)
    return _more(result.iterations, _with_the_creep_law(newton, guess, usable=guess.converged))


def _with_the_creep_law(newton: Newton, guess: NewtonResult, *, usable: bool) -> NewtonResult:
    return _more(guess.iterations, newton.solve_by_stress()) if usable else guess


def _guess_of_linear_metal(system: System, newton: Newton, most: int) -> NewtonResult:
    rest_state(system)
    try:
        system.metal.exponent_blend, system.metal.easing.value = 0.0, STAGES[0][2]
        return newton.solve_by_stress(roughly=True, most=most)
    finally:
        system.metal.exponent_blend, system.metal.easing.value = 1.0, 1.0


def _through_stages(system: System, newton: Newton, line_search: LineSearch) -> NewtonResult:
    """Walk from a healed interface and a linear metal through the stages."""
    rest_state(system)
    floor = system.metal.rate_floor
    try:
        system.metal.exponent_blend = 0.0
        system.metal.easing.value = STAGES[0][2]
        result = newton.solve("full", share=ENOUGH)
        total = result.iterations
        if not result.converged:
            rest_state(system)  # full steps that fail may end anywhere
        for stage in STAGES:
            blend, factor, easing = stage
            if blend == 0.0 and result.converged:
                continue
            system.metal.exponent_blend, system.metal.rate_floor = blend, floor * factor
            system.metal.easing.value = easing
            result = newton.solve(line_search, share=0.0 if stage == STAGES[-1] else ENOUGH)
            total += result.iterations
            if not np.all(np.isfinite(system.z)):
                break
    finally:
        system.metal.exponent_blend, system.metal.rate_floor = 1.0, floor
        system.metal.easing.value = 1.0
    return replace(result, iterations=total)


def close_again(system: System, gap: Array) -> None:
    """Take back what a trial step has opened or closed, and let the current find its way.

    What it opened closes at the same pressure; gaps are again what they were before it.

    Parameters
    ----------
    system : System
        Solved for the trial step.
    gap : array, shape (N,)
        Gaps before it, in lengths of the model.
    """
    rest = closed_state(gap, system.gap_scale)
    shut = system.interface().pressure + system.transport.adhesion
    closed = np.maximum(np.where(system.z < 0.0, shut, system.z), 0.0)
    system.z = np.where(rest < 0.0, rest, closed)
    distribute_current(system, system.z)


def remedy(system: System) -> str:
    """Return what helps where there may be no solution: half a sentence, or nothing."""
    if system.required_step().law.eased(RESIDUALS[-1]) is None:
        return ""
    return "; no voltage may carry the current here, interface.real_contact.residual above 0 helps"


def _more(before: int, result: NewtonResult) -> NewtonResult:
    return replace(result, iterations=before + result.iterations)


def solve_with_falling_floor(system: System, newton: Newton) -> NewtonResult:
    """Solve the present step from its unknowns while the strain-rate floor comes down to its own.

    A power law is hard for Newton's method where the metal nearly rests; a higher floor makes it
    easier and a good guess for the next lower one. So is friction where the metal nearly sticks.
    """
    floor = system.metal.rate_floor
    try:
        system.metal.rate_floor, system.metal.easing.value = floor * FLOORS[0], FLOORS[0]
        result = newton.solve()
        total = result.iterations
        for factor in FLOORS[1:]:
            if not result.converged:
                break
            system.metal.rate_floor, system.metal.easing.value = floor * factor, factor
            result = newton.solve()
            total += result.iterations
    finally:
        system.metal.rate_floor, system.metal.easing.value = floor, 1.0
    return replace(result, iterations=total)
