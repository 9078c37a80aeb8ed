"""Newton's method after its linear solver has failed."""

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
from petsc4py import PETSc
from simulation.test_memory_of_the_metal import model_with_step

from femna.simulation import factors
from femna.simulation.newton import Newton
from femna.simulation.start import solve_from_rest

MEMORY = "femna_mat_mumps_icntl_23"


def solved():
    """Return a system, its solution and Newton's method."""
    model, newton = model_with_step()
    system = model.system
    system.metal.begin_step(system.step.dt)
    assert solve_from_rest(system, newton).converged
    return system, system.z.copy(), newton


def test_a_solve_after_one_that_ran_out_of_memory_converges():
    system, contact, _ = solved()
    options = PETSc.Options()
    options.setValue(MEMORY, 1)  # a megabyte in all, whatever the workspace
    try:
        newton = Newton(system)
        system.z = 0.9 * contact
        broken = newton.solve()
    finally:
        options.delValue(MEMORY)
    assert not broken.converged
    assert broken.reason_name == "diverged linear solve"
    system.z = 0.9 * contact
    assert newton.solve().converged


def test_factors_that_need_more_workspace_than_was_estimated_get_it(monkeypatch):
    monkeypatch.setattr(factors, "EXTRA", (-90, 60))  # begins with a tenth of the estimate
    system, contact, newton = solved()
    linear = newton.linear_solver()[1]
    assert linear.workspace == 60
    monkeypatch.setattr(factors, "EXTRA", (-90,))
    starved = Newton(system)
    system.z = 0.9 * contact
    assert starved.solve().reason_name == "diverged linear solve"
