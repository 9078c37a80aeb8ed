"""Current and voltage of the cell at a given state of contact, the metal left out.

Gives the voltage of the healed interface, against which the voltage rise is measured, and a first
guess for the coupled solve.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.errors import ComputationError
from femna.physics.kinetics import Linear
from femna.simulation.step import StepData
from femna.simulation.system import System

Array = npt.NDArray[np.float64]

ROUGHLY: Final = 1e-3
"""Of the applied current, the unit of its logarithm in a guess; and how close that comes."""

GUESSES: Final = 50
"""Iterations of a guess at most; a poor one is a guess too."""


def healed_voltage(system: System) -> float:
    """Return the voltage of a closed interface under the present step's pressure and current.

    Over the potential scale. The unknowns stay as they are; the guess is always the same, so that
    a resumed run finds the same digits. Collective.
    """
    potential, scalars = system.electrolyte.get()[0].copy(), system.scalars.copy()
    step = system.required_step()
    system.electrolyte.set(np.zeros_like(potential))
    z = system.closed_under(step.pressure)
    try:
        with healed(step):
            guess_voltage(system, z, area=system.area)
            return distribute_current(system, z, area=system.area)
    finally:
        system.electrolyte.set(potential)
        system.scalars = scalars


@contextmanager
def healed(step: StepData) -> Iterator[None]:
    """Let a step, for a while, ask for its current, of an interface that has passed no charge."""
    law, voltage = step.law, step.voltage
    step.law, step.voltage = law.healed(), None
    try:
        yield
    finally:
        step.law, step.voltage = law, voltage


def guess_voltage(system: System, z: Array, *, area: Array) -> None:
    """Set the voltage at which the interface passes the applied current, the potential as it is.

    That of the resistance at rest is the answer where kinetics are linear. Where they are
    exponential it may be hundreds of thermal voltages too high, of which Newton's method takes back
    one or two an iteration; the logarithm of the current is then near to linear. Collective.
    """
    step = system.required_step()
    system.voltage = step.current
    if isinstance(step.law.kinetics, Linear):
        return
    target = step.current * system.total_area
    unit = ROUGHLY * max(abs(target), system.total_area)
    saved, system.z = system.z, z
    try:
        for _ in range(GUESSES):
            view = system.interface()
            sums = np.array([area @ view.current.value, area @ view.current.by_eta])
            passed, slope = system.comm.allreduce(sums) / unit
            off = np.arcsinh(target / unit) - np.arcsinh(passed)
            if abs(off) < ROUGHLY or not slope > 0.0:
                return
            system.voltage = system.voltage + off * np.hypot(1.0, passed) / slope
    finally:
        system.z = saved


def distribute_current(
    system: System, z: Array, *, area: Array | None = None, iterations: int = 50
) -> float:
    """Solve for potential and voltage at fixed contact unknowns; leaves them in the system.

    Newton's method on the potential with the voltage eliminated through the applied current: two
    linear solves a step with one matrix. A voltage that is held is taken as it is. Collective.

    Parameters
    ----------
    system : System
        With its step set; its potential and voltage are the first guess and become the solution.
    z : array, shape (N,)
        Complementary contact unknowns.
    area : array, shape (N,), optional
        On which the vertices pass current, without voids for instance; else as in the system.
    iterations : int
        Newton steps before giving up.

    Returns
    -------
    float
        The voltage over the potential scale.

    Raises
    ------
    ComputationError
        If Newton's method does not converge.
    """
    block, comm = system.electrolyte, system.comm
    saved, system.z = system.z, z
    step = system.required_step()
    held = step.voltage
    if held is not None:
        system.voltage = held
    target = step.current * system.total_area
    if area is None:
        area = system.contact_area
    solver = PETSc.KSP().create(comm)
    solver.setType(PETSc.KSP.Type.PREONLY)
    solver.getPC().setType(PETSc.PC.Type.LU)
    solver.getPC().setFactorSolverType("mumps")
    try:
        size = np.inf
        for _ in range(iterations):
            view = system.interface()
            supply, slope = area * view.current.value, area * view.current.by_eta
            residual = block.residual(supply)
            missing = target - float(comm.allreduce(float(supply.sum())))
            missing = 0.0 if held is not None else missing
            size = float(np.sqrt(comm.allreduce(float(residual @ residual)) + missing**2))
            if size < 1e-13 * max(1.0, abs(target), abs(held or 0.0)) * np.sqrt(system.total_area):
                return system.voltage
            matrix = block.shifted_matrix(slope)
            solver.setOperators(matrix)
            by_voltage = block.solve(solver, block.spread(slope))
            by_residual = block.solve(solver, -residual)
            eta_voltage = slope @ (1.0 - block.pick(by_voltage))
            eta_residual = slope @ block.pick(by_residual)
            gain, offset = comm.allreduce(np.array([eta_voltage, eta_residual]))
            change = (missing + offset) / gain if held is None else 0.0
            system.voltage = system.voltage + change
            block.set(block.get()[0] + by_residual + change * by_voltage)
            matrix.destroy()
        # the overpotential is a difference of potentials: its round-off grows with the voltage
        if size < max(1e-10 * max(1.0, abs(target)), 1e-14 * abs(system.voltage)):
            return system.voltage
        raise ComputationError("the current distribution at fixed contact did not converge")
    finally:
        system.z = saved
        solver.destroy()
