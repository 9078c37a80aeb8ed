"""One linear and one power-law Newton step of a 3D unit cell, on any number of ranks.

The cell is stripped under pressure: metal, electrolyte, contact and current, as in a run. Timed are
the Newton steps of the linear first solution, then one tangent of the creep law there, solved to a
fixed tolerance so that its iterations compare.
"""

from __future__ import annotations

import time

import femna.backend  # noqa: F401  (the wheel's bootstrap, before dolfinx)

# isort: split
from pathlib import Path

import numpy as np
import ufl
from mpi4py import MPI
from petsc4py import PETSc

from benchmarks.outcome import answer, problem
from femna.case import load_case
from femna.simulation.contact_state import closed_state
from femna.simulation.discretisation import QuadratureEvaluator
from femna.simulation.newton import Newton
from femna.simulation.schedule import phases
from femna.simulation.setup import build_model
from femna.simulation.stage import Stage
from femna.simulation.start import rest_state
from femna.simulation.system import System
from femna.simulation.timing import first_length

TOLERANCE = 1e-6
"""Of the power-law step's linear residual."""


def main() -> None:
    """Solve what is asked for and print what it took."""
    asked, comm = problem(), MPI.COMM_WORLD
    case = load_case(Path(asked["case"]), overrides=asked.get("overrides", {}))
    begun = time.perf_counter()
    model = build_model(case, comm, refine=asked["refine"])
    built = time.perf_counter() - begun
    system, stage = model.system, Stage(model)
    newton = Newton(system, solver="iterative")
    phase = phases(case)[0]
    length = asked.get("step", 1.0) * first_length(phase, model)
    stage.set_step(phase, length)
    system.metal.begin_step(length / model.scales.time)
    system.z = closed_state(stage.gap, system.gap_scale)
    rest_state(system)
    system.metal.exponent_blend = 0.0
    comm.barrier()
    begun = time.perf_counter()
    linear = newton.solve("full")
    seconds = time.perf_counter() - begun
    system.metal.exponent_blend = 1.0
    for _ in range(asked.get("power_law_steps", 0)):
        newton.solve_by_stress(roughly=True)
    result = {
        "unknowns": int(system.layout.sizes.sum()),
        "build": built,
        "newton_steps": linear.iterations,
        "seconds": seconds,
        "seconds_per_step": seconds / max(linear.iterations, 1),
        "open_share": _share(comm, system.z < 0.0),
        **_power_law_step(newton, asked.get("contrast", 1.0)),
        "voltage": system.voltage,
        "platen": system.platen_velocity,
        "speed": float(np.sqrt(comm.allreduce(float(np.sum(system.metal.get()[0] ** 2))))),
    }
    if comm.rank == 0:
        answer(**result)


def _power_law_step(newton: Newton, contrast: float) -> dict[str, float]:
    """Time the creep law's tangent at the present unknowns: matrices, and the solution.

    The viscosity is varied besides, smoothly through the cell, by the contrast.
    """
    system, comm = newton.system, newton.system.comm
    x = system.create_vector()
    system.pack(x)
    residual, step = x.duplicate(), x.duplicate()
    ksp, linear = newton.linear_solver()
    system.residual(x, residual)
    _vary(system, contrast)
    comm.barrier()
    begun = time.perf_counter()
    ksp.setOperators(linear.update(x))
    set_up = time.perf_counter() - begun
    ksp.setTolerances(rtol=TOLERANCE, max_it=1000)
    begun = time.perf_counter()
    ksp.solve(residual, step)
    solved = time.perf_counter() - begun
    theta = system.metal.fields.theta.x.array
    return {
        "set_up": set_up,
        "krylov": solved,
        "krylov_iterations": int(ksp.getIterationNumber()),
        "converged": int(ksp.getConvergedReason()) > 0,
        "contrast": comm.allreduce(float(theta.max()), op=MPI.MAX)
        / comm.allreduce(float(theta.min()), op=MPI.MIN),
    }


def _vary(system: System, contrast: float) -> None:
    mesh = system.metal.mesh
    place = QuadratureEvaluator(ufl.SpatialCoordinate(mesh), system.metal.quadrature, mesh)()
    x, y, z = np.pi * place.T
    factor = contrast ** (0.5 + 0.5 * np.sin(2.0 * x) * np.cos(2.0 * y) * np.sin(z))
    for field in (system.metal.fields.theta, system.metal.fields.zeta):
        field.x.array[:] *= factor


def _share(comm: MPI.Comm, mask: np.ndarray) -> float:
    counted = comm.allreduce(np.array([float(mask.sum()), float(len(mask))]))
    return float(counted[0] / counted[1])


if __name__ == "__main__":
    PETSc.Options()  # PETSc is up before the clock runs
    main()
