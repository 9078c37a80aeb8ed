"""Newton's method after its linear solver has failed."""

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
from simulation.test_memory_of_the_metal import model_with_step

from femna.simulation.start import solve_from_rest

LARGEST_MEMORY, EXTRA_MEMORY = 23, 14  # MUMPS's ICNTL


def test_a_solve_after_one_that_ran_out_of_memory_converges():
    model, newton = model_with_step()
    system = model.system
    system.metal.begin_step(system.step.dt)
    assert solve_from_rest(system, newton).converged
    contact = system.z.copy()
    factor = newton._snes.getKSP().getPC().getFactorMatrix()
    factor.setMumpsIcntl(LARGEST_MEMORY, 1)  # a megabyte
    factor.setMumpsIcntl(EXTRA_MEMORY, 0)
    system.z = 0.9 * contact
    broken = newton.solve()
    assert not broken.converged
    assert broken.reason_name == "diverged linear solve"
    system.z = 0.9 * contact
    assert newton.solve().converged
